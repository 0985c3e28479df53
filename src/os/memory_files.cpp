// A tree of names over files that are cut into chunks.
#include "os/memory_files.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <map>
#include <ranges>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "os/failure.h"

namespace stele::os {

namespace {

constexpr uint64_t kChunkSize = uint64_t{64} << 10;
// As large as the offsets of POSIX reach.
constexpr uint64_t kSizeMax = INT64_MAX;

using MemoryCount = std::shared_ptr<std::atomic<uint64_t>>;

// The bytes of a file. Threads: any.
class Content {
 public:
  explicit Content(MemoryCount memory_used) : memory_used_(std::move(memory_used)) {}
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;
  ~Content() { forget_from(0); }

  size_t read(uint64_t offset, ByteSpan into) const {
    const std::shared_lock lock(mutex_);
    if (offset >= size_) return 0;
    into = into.first(std::min<uint64_t>(into.size(), size_ - offset));
    for (size_t done = 0; done < into.size();) {
      const Part part = part_at(offset + done, into.size() - done);
      const auto chunk = chunks_.find(part.chunk);
      if (chunk == chunks_.end()) {
        std::ranges::fill(into.subspan(done, part.size), uint8_t{0});
      } else {
        copy_bytes(into.data() + done, ByteView(*chunk->second).subspan(part.begin, part.size));
      }
      done += part.size;
    }
    return into.size();
  }

  // Requires: the end of the bytes is at most kSizeMax.
  void write(uint64_t offset, std::span<const ByteView> pieces) {
    const std::lock_guard lock(mutex_);
    for (ByteView piece : pieces) {
      while (!piece.empty()) {
        const Part part = part_at(offset, piece.size());
        copy_bytes(chunk_of(part.chunk).data() + part.begin, piece.first(part.size));
        piece = piece.subspan(part.size);
        offset += part.size;
        size_ = std::max(size_, offset);
      }
    }
  }

  void resize(uint64_t size) {
    const std::lock_guard lock(mutex_);
    if (size < size_) {
      const Part cut = part_at(size, kChunkSize);
      if (const auto chunk = chunks_.find(cut.chunk); chunk != chunks_.end() && cut.begin != 0) {
        std::ranges::fill(ByteSpan(*chunk->second).subspan(cut.begin), uint8_t{0});
      }
      forget_from(cut.begin == 0 ? cut.chunk : cut.chunk + 1);
    }
    size_ = size;
  }

  void grow(uint64_t size) {
    const std::lock_guard lock(mutex_);
    size_ = std::max(size_, size);
  }

  [[nodiscard]] uint64_t size() const {
    const std::shared_lock lock(mutex_);
    return size_;
  }

 private:
  using Chunk = std::array<uint8_t, kChunkSize>;
  // Bytes of the file that lie in one chunk.
  struct Part {
    uint64_t chunk;
    uint64_t begin;  // In the chunk.
    uint64_t size;
  };

  // Returns as much as lies in one chunk of the `size` bytes from `offset` on.
  static Part part_at(uint64_t offset, uint64_t size) {
    const uint64_t begin = offset % kChunkSize;
    return {offset / kChunkSize, begin, std::min(size, kChunkSize - begin)};
  }

  Chunk& chunk_of(uint64_t number) {
    const auto found = chunks_.find(number);
    if (found != chunks_.end()) return *found->second;
    const auto made = chunks_.emplace(number, std::make_unique<Chunk>()).first;
    memory_used_->fetch_add(kChunkSize, std::memory_order_relaxed);
    return *made->second;
  }

  void forget_from(uint64_t first) {
    const uint64_t before = chunks_.size();
    chunks_.erase(chunks_.lower_bound(first), chunks_.end());
    memory_used_->fetch_sub((before - chunks_.size()) * kChunkSize, std::memory_order_relaxed);
  }

  mutable std::shared_mutex mutex_;
  MemoryCount memory_used_;  // Of all files.
  uint64_t size_ = 0;
  std::map<uint64_t, std::unique_ptr<Chunk>> chunks_;  // All bytes behind size_ are zero.
};

// Who holds the lock on a file. Threads: any.
class Holders {
 public:
  Status take(bool is_shared, const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (is_owned_) {
      return fail(Code::kBusy, cat(path, " is locked by another handle of this process"));
    }
    if (!is_shared && readers_ > 0) {
      return fail(Code::kBusy, cat(path, " is locked by a reader"));
    }
    if (is_shared) {
      ++readers_;
    } else {
      is_owned_ = true;
    }
    return {};
  }
  void give_back(bool is_shared) {
    const std::lock_guard lock(mutex_);
    if (is_shared) {
      --readers_;
    } else {
      is_owned_ = false;
    }
  }

 private:
  std::mutex mutex_;
  bool is_owned_ = false;
  uint64_t readers_ = 0;  // 0 while it is owned.
};

}  // namespace

struct MemoryNode {
  MemoryNode(bool directory, MemoryCount memory_used)
      : is_directory(directory), content(std::move(memory_used)) {}

  const bool is_directory;
  Content content;                                           // Of a file.
  Holders holders;                                           // Of a file.
  std::map<std::string, std::shared_ptr<MemoryNode>> names;  // Of a directory.
};

namespace {

class MemoryFile final : public File {
 public:
  MemoryFile(std::shared_ptr<MemoryNode> node, std::string path, bool writable)
      : node_(std::move(node)), path_(std::move(path)), writable_(writable) {}

  Result<size_t> read_at(uint64_t offset, ByteSpan into) override {
    return node_->content.read(offset, into);
  }

  Status write_at(uint64_t offset, std::span<const ByteView> pieces) override {
    uint64_t size = 0;
    for (const ByteView piece : pieces) size += piece.size();
    if (offset > kSizeMax || size > kSizeMax - offset) return os_failure("write", path_, EFBIG);
    STELE_TRY(check_change("write", offset + size));
    node_->content.write(offset, pieces);
    return {};
  }

  Status sync(SyncSite /*site*/) override { return {}; }

  Status resize(uint64_t size) override {
    STELE_TRY(check_change("resize", size));
    node_->content.resize(size);
    return {};
  }

  Status allocate(uint64_t size) override {
    STELE_TRY(check_change("allocate", size));
    node_->content.grow(size);
    return {};
  }

  void write_back() override {}
  void will_need(uint64_t /*offset*/, uint64_t /*size*/) override {}
  Result<uint64_t> size() override { return node_->content.size(); }
  const std::string& path() const override { return path_; }

 private:
  // Says whether the file may be changed and have this size.
  Status check_change(const std::string& what, uint64_t size) const {
    if (!writable_) return os_failure(what, path_, EBADF);
    if (size > kSizeMax) return os_failure(what, path_, EFBIG);
    return {};
  }

  std::shared_ptr<MemoryNode> node_;
  std::string path_;
  bool writable_;
};

class MemoryLock final : public DirectoryLock {
 public:
  // Requires: the lock was taken.
  MemoryLock(std::shared_ptr<MemoryNode> node, bool is_shared)
      : node_(std::move(node)), is_shared_(is_shared) {}
  MemoryLock(const MemoryLock&) = delete;
  MemoryLock& operator=(const MemoryLock&) = delete;
  ~MemoryLock() override { node_->holders.give_back(is_shared_); }

 private:
  std::shared_ptr<MemoryNode> node_;
  bool is_shared_;
};

// Returns the names that lead from the root to `path`.
std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  for (const auto part : std::views::split(path, '/')) {
    const std::string_view name(part.begin(), part.end());
    if (!name.empty() && name != ".") names.emplace_back(name);
  }
  return names;
}

Result<std::unique_ptr<DirectoryLock>> take_lock(const std::shared_ptr<MemoryNode>& node,
                                                 bool is_shared, const std::string& path) {
  if (node->is_directory) return os_failure("lock", path, EISDIR);
  STELE_TRY(node->holders.take(is_shared, path));
  return std::make_unique<MemoryLock>(node, is_shared);
}

}  // namespace

// Where a path leads.
struct MemoryFiles::Place {
  NodePointer parent;  // Null for the root only.
  std::string name;    // In the parent.
  NodePointer node;    // Null: missing.
};

MemoryFiles::MemoryFiles()
    : memory_used_(std::make_shared<std::atomic<uint64_t>>(0)),
      root_(std::make_shared<MemoryNode>(true, memory_used_)) {}

MemoryFiles::~MemoryFiles() = default;

Result<MemoryFiles::Place> MemoryFiles::find(const std::string& what,
                                             const std::string& path) const {
  Place place = {.parent = nullptr, .name = {}, .node = root_};
  if (path.empty()) return os_failure(what, path, ENOENT);
  for (std::string& name : names_in(path)) {
    if (place.node == nullptr) return os_failure(what, path, ENOENT);
    if (!place.node->is_directory) return os_failure(what, path, ENOTDIR);
    const auto found = place.node->names.find(name);
    NodePointer next = found == place.node->names.end() ? nullptr : found->second;
    place = {.parent = std::move(place.node), .name = std::move(name), .node = std::move(next)};
  }
  return place;
}

Result<MemoryFiles::NodePointer> MemoryFiles::find_or_create(const std::string& what,
                                                             const std::string& path) const {
  auto place = find(what, path);
  if (!place) return fail(std::move(place).error());
  if (place->node != nullptr) return place->node;
  auto node = std::make_shared<MemoryNode>(false, memory_used_);
  place->parent->names.emplace(place->name, node);
  return node;
}

Result<std::unique_ptr<File>> MemoryFiles::open(const std::string& path, OpenFor purpose) {
  const std::lock_guard lock(mutex_);
  NodePointer node;
  if (purpose == OpenFor::kCreating) {
    auto made = find_or_create("open", path);
    if (!made) return fail(std::move(made).error());
    node = *std::move(made);
  } else {
    auto place = find("open", path);
    if (!place) return fail(std::move(place).error());
    if (place->node == nullptr) return os_failure("open", path, ENOENT);
    node = place->node;
  }
  if (node->is_directory) return os_failure("open", path, EISDIR);
  if (purpose == OpenFor::kCreating) node->content.resize(0);
  return std::make_unique<MemoryFile>(std::move(node), path, purpose != OpenFor::kReading);
}

Result<FileKind> MemoryFiles::kind(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto place = find("look at", path);
  if (!place && place.error().code() == Code::kNotFound) return FileKind::kMissing;
  if (!place) return fail(place.error());
  if (place->node == nullptr) return FileKind::kMissing;
  return place->node->is_directory ? FileKind::kDirectory : FileKind::kFile;
}

Result<std::vector<std::string>> MemoryFiles::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto place = find("list", path);
  if (!place) return fail(place.error());
  if (place->node == nullptr) return os_failure("list", path, ENOENT);
  if (!place->node->is_directory) return os_failure("list", path, ENOTDIR);
  const auto names = place->node->names | std::views::keys;
  return std::vector<std::string>(names.begin(), names.end());
}

Status MemoryFiles::create_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto place = find("create directory", path);
  if (!place) return fail(place.error());
  if (place->node != nullptr) return os_failure("create directory", path, EEXIST);
  place->parent->names.emplace(place->name, std::make_shared<MemoryNode>(true, memory_used_));
  return {};
}

Status MemoryFiles::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto old = find("rename", from);
  if (!old) return fail(old.error());
  const auto fresh = find("rename", to);
  if (!fresh) return fail(fresh.error());
  if (old->node == nullptr) return os_failure("rename", from, ENOENT);
  if (old->node == fresh->node) return {};
  const std::vector<std::string> above = names_in(from);
  const std::vector<std::string> below = names_in(to);
  const bool into_itself = std::ranges::mismatch(above, below).in1 == above.end();
  if (into_itself) return os_failure("rename", from, EINVAL);
  if (fresh->node != nullptr) {
    if (fresh->node->is_directory && !old->node->is_directory) {
      return os_failure("rename", from, EISDIR);
    }
    if (!fresh->node->is_directory && old->node->is_directory) {
      return os_failure("rename", from, ENOTDIR);
    }
    if (!fresh->node->names.empty()) return os_failure("rename", from, ENOTEMPTY);
  }
  fresh->parent->names.insert_or_assign(fresh->name, old->node);
  old->parent->names.erase(old->name);
  return {};
}

Status MemoryFiles::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto place = find("remove", path);
  if (!place) return fail(place.error());
  if (place->node == nullptr) return os_failure("remove", path, ENOENT);
  if (place->node->is_directory) return os_failure("remove", path, EISDIR);
  place->parent->names.erase(place->name);
  return {};
}

Status MemoryFiles::sync_directory(const std::string& path, SyncSite /*site*/) {
  const auto names = list(path);
  if (names) return {};
  return os_failure("sync", path, names.error().os_errno());
}

Result<std::unique_ptr<DirectoryLock>> MemoryFiles::lock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto node = find_or_create("lock", path);
  if (!node) return fail(node.error());
  return take_lock(*node, /*is_shared=*/false, path);
}

Result<std::unique_ptr<DirectoryLock>> MemoryFiles::lock_for_reading(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto place = find("lock", path);
  if (!place && place.error().code() != Code::kNotFound) return fail(place.error());
  if (!place || place->node == nullptr) return std::make_unique<DirectoryLock>();
  return take_lock(place->node, /*is_shared=*/true, path);
}

uint64_t MemoryFiles::memory_used() const {
  return memory_used_->load(std::memory_order_relaxed);
}

}  // namespace stele::os
