// Any bytes as a program for a tree: batches, commits and reopenings, compared with a std::map.
//
// Input: a byte for page size and kind of leaves, then operations: a byte that says which, then
// what it takes. What is missing at the end is zeros.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "fuzz/target.h"
#include "fuzz/tree_world.h"
#include "page/page_census.h"
#include "tree/apply.h"
#include "tree/cursor.h"
#include "tree/key.h"
#include "tree/verify.h"

namespace stele::fuzz {
namespace {

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

constexpr size_t kOperationsMax = 100;

using Batch = std::map<std::string, std::optional<std::string>>;

class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  uint64_t number(size_t size) {
    uint64_t number = 0;
    for (; size > 0; --size) number = number << 8 | byte();
    return number;
  }
  std::string text(size_t size) {
    std::string text;
    for (; size > 0; --size) text += static_cast<char>(byte());
    return text;
  }

 private:
  uint8_t byte() {
    if (bytes_.empty()) return 0;
    const uint8_t first = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return first;
  }
  ByteView bytes_;
};

class Source final : public tree::ChangeSource {
 public:
  explicit Source(const Batch& batch) : at_(batch.begin()), end_(batch.end()) {}
  Result<const tree::Change*> next() override {
    if (at_ == end_) return nullptr;
    change_ = {.key = as_bytes(at_->first), .is_erase = !at_->second};
    if (at_->second) change_.value = as_bytes(*at_->second);
    ++at_;
    return &change_;
  }

 private:
  Batch::const_iterator at_;
  Batch::const_iterator end_;
  tree::Change change_;
};

class Program {
 public:
  Program(ByteView input, uint32_t page_size, tree::LeafKind kind)
      : input_(input), kind_(kind), world_(page_size) {}

  void run() {
    for (size_t i = 0; i < kOperationsMax && !input_.at_end(); ++i) {
      switch (input_.number(1) % 8) {
        case 0:
          apply();
          break;
        case 1:
          apply();
          world_.reopen();
          break;
        case 2:
          erase(input_.number(1));
          break;
        case 3:
          look_up();
          break;
        default:
          put(input_.number(1));
      }
    }
    apply();
    ++accepted_count;
  }

 private:
  // Runs of keys, so that a short input makes a large tree.
  std::string key(uint64_t start, uint64_t i) {
    if (kind_ == tree::LeafKind::kDense) return as_text_of(start + i);
    const std::string number = as_text_of((start % 1000) * 64 + i);
    return start % 2 == 0 ? number.substr(5) : std::string(start % 1000, 'k') + number;
  }
  static std::string as_text_of(uint64_t number) {
    return std::string(as_text(tree::key_of(number)));
  }

  void put(uint64_t count) {
    const uint64_t start = kind_ == tree::LeafKind::kDense ? next_ : input_.number(2);
    const uint64_t size = input_.number(2) % 6'000;
    const std::string value(input_.number(1) < 128 ? size % 64 : size, 'v');
    for (uint64_t i = 0; i < count % 64; ++i) batch_[key(start, i)] = value + std::to_string(i);
    if (kind_ == tree::LeafKind::kDense) next_ += count % 64;
  }

  void erase(uint64_t count) {
    if (kind_ == tree::LeafKind::kDense) {  // From the front, of what is in the tree.
      for (uint64_t i = 0; i < count % 64 && i < model_.size(); ++i) {
        batch_.try_emplace(std::next(model_.begin(), static_cast<ptrdiff_t>(i))->first);
      }
      return;
    }
    const uint64_t start = input_.number(2);
    for (uint64_t i = 0; i < count % 64; ++i) batch_[key(start, i)] = std::nullopt;
  }

  void apply() {
    auto writer = world_.begin();
    Source source(batch_);
    const auto made = tree::apply(*writer, root(), kind_, source);
    require_ok(made, "a batch");
    require_ok(writer->commit({{"tree", *made}}, 0, {}), "a commit");
    for (auto& [key, value] : batch_) {
      if (value) {
        model_[key] = *value;
      } else {
        model_.erase(key);
      }
    }
    batch_.clear();
    check();
  }

  void check() {
    const auto state = world_.file().state();
    page::PageCensus census(world_.file(), *state);
    require_ok(tree::verify(world_.file(), root(), kind_,
                            [&](uint64_t page) { return census.mark(page); }),
               "a verification");
    require_ok(census.mark_free(), "the free pages");
    require_ok(census.finish(), "the census");
    require(root().entries == model_.size(), "the entries are miscounted");
    tree::Cursor cursor(world_.file(), root());
    auto at = cursor.first();
    for (const auto& [key, value] : model_) {
      require(at && *at, "an entry is missing");
      require(as_text(cursor.key()) == key, "another key");
      std::vector<uint8_t> bytes(cursor.value().size());
      require_ok(tree::read_value(world_.file(), cursor.value(), 0, bytes), "a value");
      require(as_text(bytes) == value, "another value");
      at = cursor.next();
    }
    require(at && !*at, "an entry too many");
  }

  void look_up() {
    const std::string wanted = input_.text(input_.number(1) % 16);
    tree::Found found;
    const auto is_there = tree::get(world_.file(), root(), as_bytes(wanted), found);
    require_ok(is_there, "a look-up");
    require(*is_there == model_.contains(wanted), "a look-up is wrong");
    tree::Cursor cursor(world_.file(), root());
    const auto at = cursor.seek(as_bytes(wanted));
    const auto expected = model_.lower_bound(wanted);
    require(at && *at == (expected != model_.end()), "a seek is wrong");
    require(!*at || as_text(cursor.key()) == expected->first, "a seek leads elsewhere");
  }

  [[nodiscard]] page::Root root() { return world_.file().state()->root("tree"); }

  Reader input_;
  tree::LeafKind kind_;
  TreeWorld world_;
  std::map<std::string, std::string> model_;
  Batch batch_;
  uint64_t next_ = 1;  // Behind the last number of a dense tree.
};

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const uint32_t page_size = stele::page::kPageSizeMin << (data[0] >> 1) % 3;
  const auto kind =
      data[0] % 2 == 0 ? stele::tree::LeafKind::kSlotted : stele::tree::LeafKind::kDense;
  stele::fuzz::Program({data + 1, size - 1}, page_size, kind).run();
  return 0;
}
