// The walk of a verification.
#include "tree/verify.h"

#include <utility>
#include <vector>

#include "tree/damage.h"
#include "tree/node.h"
#include "tree/value.h"

namespace stele::tree {

namespace {

class Verifier {
 public:
  Verifier(const page::PageFile& file, LeafKind kind,
           const std::function<Status(uint64_t page)>& visit_page)
      : file_(file), kind_(kind), visit_page_(visit_page), page_(file.page_size()) {}

  // Checks the page, which may have keys of the range, and all that is below it.
  Status check(const page::PageRef& ref, size_t level, const KeyRange& range);
  [[nodiscard]] uint64_t entries() const { return entries_; }

 private:
  Status check_inner(const page::PagePin& pin, const KeyRange& range);
  Status check_leaf(const page::PagePin& pin, const KeyRange& range);
  Status check_dense(const page::PagePin& pin, const KeyRange& range);
  Status check_value(const Value& value, size_t key_size, uint64_t number);
  // What leaf and inner node have in common. Both return what is wrong, null if nothing.
  static const char* fence_fault(const SlottedNode& node, const KeyRange& range);
  // `key` is number i, its cell begins at `at`, and should at `expected`.
  static const char* key_fault(const SlottedNode& node, size_t i, ByteView suffix,
                               KeyBuffer& previous);
  [[nodiscard]] std::unexpected<Error> wrong(uint64_t number, const std::string& reason) const {
    return damaged(file_, number, reason);
  }

  const page::PageFile& file_;
  LeafKind kind_;
  const std::function<Status(uint64_t page)>& visit_page_;
  std::vector<uint8_t> page_;  // For pieces of values.
  uint64_t entries_ = 0;
  uint64_t next_number_ = 0;  // What a dense leaf must go on with, once one was seen.
};

Status Verifier::check(const page::PageRef& ref, size_t level, const KeyRange& range) {
  STELE_TRY(visit_page_(ref.number));
  const auto pin = file_.read(ref, page::PageUse::kOnce);
  if (!pin) return fail(pin.error());
  if (pin->header().number() != ref.number) return wrong(ref.number, "it has another's number");
  if (pin->header().level() != level) return wrong(ref.number, cat("not of level ", level));
  if (level > 0) return check_inner(*pin, range);
  return kind_ == LeafKind::kDense ? check_dense(*pin, range) : check_leaf(*pin, range);
}

const char* Verifier::fence_fault(const SlottedNode& node, const KeyRange& range) {
  const ByteView low = node.lower_fence();
  const UpperBound high = node.upper_fence();
  const size_t prefix = high ? common_prefix(low, *high) : 0;
  if (prefix != node.prefix().size()) return "the prefix is not that of its fences";
  if (high && compare(low, *high) >= 0) return "the fences are out of order";
  if (compare(low, range.low) < 0) return "the lower fence is below the page's range";
  if (range.high && (!high || compare(*high, *range.high) > 0)) {
    return "the upper fence is above the page's range";
  }
  return nullptr;
}

const char* Verifier::key_fault(const SlottedNode& node, size_t i, ByteView suffix,
                                KeyBuffer& previous) {
  if (node.head(i) != head_of(suffix)) return "a slot's head is not its key's";
  if (node.prefix().size() + suffix.size() > kKeySizeMax) return "a key is too long";
  KeyBuffer key;
  key.assign(node.prefix(), suffix);
  // The first key of a leaf may be the lower fence itself.
  const int order = compare(previous.view(), key.view());
  if (order > 0 || (order == 0 && i > 0)) return "keys are out of order";
  const UpperBound high = node.upper_fence();
  if (high && compare(key.view(), *high) >= 0) return "a key is beyond the upper fence";
  previous.assign(key.view());
  return nullptr;
}

Status Verifier::check_inner(const page::PagePin& pin, const KeyRange& range) {
  const uint64_t number = pin.header().number();
  const size_t level = pin.header().level();
  InnerNode node;
  if (const char* fault = node.open(pin.bytes(), file_.page_size())) return wrong(number, fault);
  if (const char* fault = fence_fault(node, range)) return wrong(number, fault);
  size_t cell = node.slots_at() + node.slot_count() * kSlotSize + node.child_count() * kRefSize;
  KeyBuffer low;
  KeyBuffer high;
  low.assign(node.lower_fence());
  for (size_t i = 0; i < node.child_count(); ++i) {
    KeyRange below = {.low = low.view(), .high = node.upper_fence()};
    if (i < node.slot_count()) {
      high.assign(low.view());
      if (const char* fault = key_fault(node, i, node.suffix(i), high)) {
        return wrong(number, fault);
      }
      if (compare(low.view(), high.view()) >= 0) return wrong(number, "separators out of order");
      if (node.cell_offset(i) != cell) return wrong(number, "a cell is not behind the one before");
      cell += node.suffix(i).size();
      below.high = high.view();
    }
    STELE_TRY(check(node.child(i), level - 1, below));
    low.assign(high.view());
  }
  return {};
}

Status Verifier::check_leaf(const page::PagePin& pin, const KeyRange& range) {
  const uint64_t number = pin.header().number();
  LeafNode node;
  if (const char* fault = node.open(pin.bytes(), file_.page_size())) return wrong(number, fault);
  if (const char* fault = fence_fault(node, range)) return wrong(number, fault);
  if (node.count() == 0) return wrong(number, "a leaf without entries");
  size_t at = node.slots_at() + node.count() * kSlotSize;
  KeyBuffer previous;
  previous.assign(node.lower_fence());
  for (size_t i = 0; i < node.count(); ++i) {
    Cell cell;
    if (!node.cell(i, cell)) return wrong(number, cat("entry ", i, " is beyond the page"));
    if (const char* fault = key_fault(node, i, cell.suffix, previous)) return wrong(number, fault);
    if (node.cell_offset(i) != at) return wrong(number, "a cell is not behind the one before");
    at += kCellHeaderSize + cell.suffix.size() + cell.value.bytes.size();
    STELE_TRY(check_value(cell.value, previous.view().size(), number));
  }
  entries_ += node.count();
  return {};
}

Status Verifier::check_dense(const page::PagePin& pin, const KeyRange& range) {
  const uint64_t number = pin.header().number();
  DenseNode node;
  if (const char* fault = node.open(pin.bytes(), file_.page_size())) return wrong(number, fault);
  if (node.count() == 0) return wrong(number, "a leaf without entries");
  if (entries_ > 0 && node.first() != next_number_) {
    return wrong(number, cat("it begins with ", node.first(), " instead of ", next_number_));
  }
  next_number_ = node.first() + node.count();
  const auto first = key_of(node.first());
  const auto last = key_of(next_number_ - 1);
  if (compare(first, range.low) < 0 || (range.high && compare(last, *range.high) >= 0)) {
    return wrong(number, "numbers beyond the page's range");
  }
  size_t at = kDenseHeaderSize + node.count() * kDenseOffsetSize;
  for (size_t i = 0; i < node.count(); ++i) {
    Value value;
    if (!node.value(i, value)) return wrong(number, cat("entry ", i, " is beyond the page"));
    if (node.cell_offset(i) != at) return wrong(number, "a cell is not behind the one before");
    at += kCellHeaderSize + value.bytes.size();
    STELE_TRY(check_value(value, kNumberSize, number));
  }
  entries_ += node.count();
  return {};
}

Status Verifier::check_value(const Value& value, size_t key_size, uint64_t number) {
  if (value.bytes.size() > inline_size_max(file_.page_size(), key_size)) {
    return wrong(number, "a value is too large to lie in a leaf");
  }
  if (!value.is_large) return {};
  if (value.size() <= inline_size_max(file_.page_size(), key_size)) {
    return wrong(number, "a value is too small for pages of its own");
  }
  const auto check_run = [&](const ValueRun& run) -> Status {
    for (uint64_t i = 0; i < run.count; ++i) {
      STELE_TRY(visit_page_(run.page + i));
      const ValueRun place = {.piece = run.piece + i, .page = run.page + i, .count = 1};
      STELE_TRY(read_piece(file_, value.bytes, place, page_));
    }
    return {};
  };
  return visit_value(file_, value.bytes, 0, UINT64_MAX, {check_run, visit_page_});
}

}  // namespace

Status verify(const page::PageFile& file, const page::Root& root, LeafKind kind,
              const std::function<Status(uint64_t page)>& visit_page) {
  if (!root.page) {
    if (root.height == 0 && root.entries == 0) return {};
    return damaged(file, 0, "a tree without a root, but with entries");
  }
  if (root.height == 0 || root.height > kHeightMax) {
    return damaged(file, root.page.number, cat("a tree of ", root.height, " levels"));
  }
  Verifier verifier(file, kind, visit_page);
  STELE_TRY(verifier.check(root.page, root.height - 1U, {}));
  if (verifier.entries() == root.entries) return {};
  return damaged(file, root.page.number,
                 cat("a tree of ", verifier.entries(), " entries instead of ", root.entries));
}

}  // namespace stele::tree
