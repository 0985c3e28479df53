// A tree in a page file, used as the database is to use it: a batch is one write and one sync of a
// log frame; what batches have written is gathered in memory, sorted, and goes into the tree at a
// checkpoint, every 64 MiB of log.
//
// The log is a file that was written before, as a recycled segment is.
#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "base/checksum.h"
#include "floor.h"
#include "ordered_store.h"
#include "page/page_writer.h"
#include "tree/apply.h"
#include "tree/cursor.h"
#include "unsynced_files.h"

namespace stele::bench {

namespace {

constexpr uint32_t kPageSize = 8192;
constexpr uint64_t kLogSize = uint64_t{64} << 20;
constexpr size_t kFrameHeader = 40;
constexpr size_t kEntrySize = kKeySize + kValueSize;
constexpr const char* kTree = "t";

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// A key of the log, as numbers that compare as it does, and where it stands: value behind it.
struct Entry {
  uint64_t high;
  uint64_t low;
  const uint8_t* at;
  [[nodiscard]] bool same_key(const Entry& other) const {
    return high == other.high && low == other.low;
  }
  [[nodiscard]] bool operator<(const Entry& other) const {
    return high != other.high ? high < other.high : low < other.low;
  }
};

Entry entry_at(const uint8_t* at) {
  return {load_be<uint64_t>(at), load_be<uint64_t>(at + 8), at};
}

class LoadSource final : public tree::ChangeSource {
 public:
  explicit LoadSource(Keys keys) : keys_(keys) {}
  Result<const tree::Change*> next() override {
    if (keys_.empty()) return nullptr;
    change_ = {.key = keys_.front(), .value = value_of(keys_.front())};
    keys_ = keys_.subspan(1);
    return &change_;
  }

 private:
  Keys keys_;
  tree::Change change_;
};

// Sorted entries, of equal ones the last.
class EntrySource final : public tree::ChangeSource {
 public:
  explicit EntrySource(std::span<const Entry> entries) : entries_(entries) {}
  Result<const tree::Change*> next() override {
    while (at_ + 1 < entries_.size() && entries_[at_].same_key(entries_[at_ + 1])) ++at_;
    if (at_ == entries_.size()) return nullptr;
    const uint8_t* entry = entries_[at_++].at;
    change_ = {.key = {entry, kKeySize}, .value = {entry + kKeySize, kValueSize}};
    return &change_;
  }

 private:
  std::span<const Entry> entries_;
  size_t at_ = 0;
  tree::Change change_;
};

class SteleTree final : public OrderedStore {
 public:
  explicit SteleTree(const Setup& setup)
      : directory_(setup.directory), environment_(os::posix_environment()) {
    if (setup.sync == Sync::kNever) environment_.files = &unsynced_;
    if (setup.cache == nullptr) own_cache_ = std::make_unique<page::PageCache>(kCacheSize);
    page::PageCache& cache = setup.cache != nullptr ? *setup.cache : *own_cache_;
    const page::PageFileOptions options = {.uuid = {1}, .file_id = 1, .page_size = kPageSize};
    file_ = must(page::PageFile::create(environment_, directory_ + "/t.pages", options, cache));
  }

  void load(Keys sorted) override {
    LoadSource source(sorted);
    apply(source);
  }

  Seen get(Keys keys) override {
    const auto state = file_->state();
    const page::Root root = state->root(kTree);
    Seen seen;
    tree::Found found;
    for (const Key& key : keys) {
      const auto is_there = tree::get(*file_, root, key, found);
      if (!is_there || !*is_there) throw std::runtime_error("stele: a key is missing");
      ++seen.events;
      seen.bytes += found.value.bytes.size() + found.value.bytes[0];
    }
    return seen;
  }

  Seen scan() override {
    const auto state = file_->state();
    tree::Cursor cursor(*file_, state->root(kTree));
    Seen seen;
    for (bool there = must(cursor.first()); there;) {
      const ByteView value = cursor.value().bytes;
      ++seen.events;
      seen.bytes += value.size() + value[0] + cursor.key()[0];
      const auto next = cursor.next();
      if (!next) throw std::runtime_error(next.error().message());
      there = *next;
    }
    return seen;
  }

  void write(Keys keys) override {
    if (log_ == nullptr) log_ = std::make_unique<Floor>(directory_ + "/t.wal", 2 * kLogSize);
    std::vector<uint8_t> frame(kFrameHeader + keys.size() * kEntrySize);
    const size_t first = entries_.size();
    uint8_t* at = frame.data() + kFrameHeader;
    for (const Key& key : keys) {
      std::memcpy(at, key.data(), kKeySize);
      const Bytes value = value_of(key);
      std::memcpy(at + kKeySize, value.data(), value.size());
      entries_.push_back(entry_at(at));
      at += kEntrySize;
    }
    store_le(frame.data(), checksum(ByteView(frame).subspan(8), /*seed=*/1));
    log_->commit(frame);
    // Sorted at once, so that it can be read from memory.
    std::stable_sort(entries_.begin() + static_cast<std::ptrdiff_t>(first), entries_.end());
    log_bytes_ += frame.size();
    frames_.push_back(std::move(frame));
    if (log_bytes_ >= kLogSize) finish();
  }

  void finish() override {
    if (entries_.empty()) return;
    std::stable_sort(entries_.begin(), entries_.end());  // Runs in the order of their batches.
    EntrySource source(entries_);
    apply(source);
    entries_.clear();
    frames_.clear();
    log_bytes_ = 0;
  }

  [[nodiscard]] uint64_t file_bytes() const override { return bytes_in(directory_); }

 private:
  void apply(tree::ChangeSource& source) {
    const auto writer = must(file_->begin());
    const page::Root root = file_->state()->root(kTree);
    const page::Root made = must(tree::apply(*writer, root, tree::LeafKind::kSlotted, source));
    must(writer->commit({{kTree, made}}, /*applied_tsn=*/0, {}));
  }

  std::string directory_;
  UnsyncedFiles unsynced_;
  os::Environment environment_;
  std::unique_ptr<page::PageCache> own_cache_;
  std::shared_ptr<page::PageFile> file_;
  std::unique_ptr<Floor> log_;
  std::vector<std::vector<uint8_t>> frames_;  // Since the last checkpoint.
  std::vector<Entry> entries_;                // Of frames_, each frame's sorted.
  uint64_t log_bytes_ = 0;
};

}  // namespace

std::unique_ptr<OrderedStore> make_stele_tree(const Setup& setup) {
  return std::make_unique<SteleTree>(setup);
}

}  // namespace stele::bench
