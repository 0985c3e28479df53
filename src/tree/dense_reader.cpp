// Going down by numbers, one at a time or many together.
#include "tree/dense_reader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "tree/damage.h"

namespace stele::tree {

namespace {

// Of a value, so much is fetched: what a reader of records looks at first.
constexpr size_t kFetchBytes = 320;
constexpr size_t kCacheLine = 64;

void prefetch(const uint8_t* bytes, size_t size) {
  for (size_t at = 0; at < size; at += kCacheLine) __builtin_prefetch(bytes + at);
}

}  // namespace

std::unexpected<Error> DenseReader::damaged_value() const {
  return damaged(file_, ref_.number, "an entry beyond the page");
}

Status DenseReader::check_root() const {
  if (root_.height > 0 && root_.height <= kHeightMax) return {};
  return damaged(file_, root_.page.number, cat("a tree of ", root_.height, " levels"));
}

// ---- One number. ----

Status DenseReader::enter(const page::PageRef& ref, size_t level) {
  Step& at = path_[level];
  if (at.pin && at.ref == ref) return {};
  at.low = 1;
  at.high = 0;
  auto read = file_.read(ref);
  if (!read) return fail(std::move(read).error());
  at.pin = *std::move(read);
  at.ref = ref;
  const char* fault = at.node.open(at.pin.bytes(), file_.page_size());
  if (fault == nullptr && at.pin.header().level() != level) fault = "of another level";
  if (fault != nullptr) {
    at.pin.reset();
    return damaged(file_, ref.number, fault);
  }
  // N1: what lies in its fences is in it or nowhere.
  const UpperBound end = at.node.upper_fence();
  const uint64_t upper = end ? number_of(*end) : UINT64_MAX;
  if (upper == 0) return {};
  at.low = number_of(at.node.lower_fence());
  at.high = end ? upper - 1 : upper;
  return {};
}

Status DenseReader::enter_leaf(const page::PageRef& ref) {
  count_ = 0;
  if (next_ && next_ref_ == ref) {
    pin_ = std::move(next_);
  } else {
    auto read = file_.read(ref);
    if (!read) return fail(std::move(read).error());
    pin_ = *std::move(read);
  }
  ref_ = ref;
  if (const char* fault = leaf_.open(pin_.bytes(), file_.page_size())) {
    return damaged(file_, ref.number, fault);
  }
  first_ = leaf_.first();
  count_ = leaf_.count();
  return {};
}

Result<page::PageRef> DenseReader::find_leaf(uint64_t number) {
  if (!root_.page) return page::PageRef();
  STELE_TRY(check_root());
  // The lowest page that the number is in for sure is where to begin.
  size_t level = 1;
  while (level < root_.height && !(path_[level].low <= number && number <= path_[level].high)) {
    ++level;
  }
  page::PageRef ref = root_.page;
  if (level < root_.height) {
    ref = path_[level].node.child(child_of(path_[level], number));
  } else {
    level = root_.height;
  }
  while (--level > 0) {
    STELE_TRY(enter(ref, level));
    ref = path_[level].node.child(child_of(path_[level], number));
  }
  return ref;
}

page::PageRef DenseReader::take_expected(uint64_t number) {
  while (expected_count_ > 0) {
    const Expected& expected = expected_[expected_at_];
    expected_at_ = (expected_at_ + 1) % kExpectedMax;
    --expected_count_;
    if (expected.number == number) return expected.page;
  }
  return {};
}

Status DenseReader::go_to(uint64_t number) {
  const uint64_t first_before = first_;
  const uint64_t count_before = count_;
  count_ = 0;
  if (const page::PageRef leaf = take_expected(number)) {
    STELE_TRY(enter_leaf(leaf));
    pin_expected();
    return {};
  }
  const auto leaf = find_leaf(number);
  if (!leaf) return fail(leaf.error());
  if (!*leaf) return {};
  STELE_TRY(enter_leaf(*leaf));
  pin_next(number, first_before, count_before);
  return {};
}

void DenseReader::pin_expected() {
  next_.reset();
  if (expected_count_ == 0) return;
  const Expected& expected = expected_[expected_at_];
  next_ = file_.find(expected.page);
  next_ref_ = expected.page;
  DenseNode leaf;
  Value value;
  if (next_ && leaf.open(next_.bytes(), file_.page_size()) == nullptr &&
      expected.number - leaf.first() < leaf.count() &&
      leaf.value(expected.number - leaf.first(), value)) {
    prefetch(value.bytes.data(), std::min(value.bytes.size(), kFetchBytes));
  }
}

void DenseReader::pin_next(uint64_t number, uint64_t first_before, uint64_t count_before) {
  next_.reset();
  const bool forward = number == first_before + count_before;
  const bool backward = number + 1 == first_before;
  if (count_before == 0 || count_ == 0 || root_.height < 2 || (!forward && !backward)) return;
  const InnerNode& parent = path_[1].node;
  const size_t child = child_of(path_[1], number);
  if (child == (forward ? parent.child_count() - 1 : 0)) return;
  next_ref_ = parent.child(forward ? child + 1 : child - 1);
  auto read = file_.read(next_ref_);
  if (!read) return;  // It is found again by who gets there.
  next_ = *std::move(read);
}

// ---- Many numbers. ----

void DenseReader::expect(std::span<const uint64_t> numbers) {
  STELE_DCHECK(numbers.size() <= kExpectMax);
  if (root_.height < 2 || root_.height > kHeightMax) return;
  std::array<Expected, kExpectMax> wanted;
  size_t count = 0;
  for (const uint64_t number : numbers) {
    if (number - first_ >= count_) wanted[count++] = {.number = number, .page = root_.page};
  }
  const std::span<Expected> all(wanted.data(), count);
  if (find_leaves(all)) remember(all);
}

Status DenseReader::find_leaves(std::span<Expected> wanted) {
  for (size_t level = root_.height - 1U; level > 0; --level) {
    const Step& at = path_[level];
    page::PageRef above;  // That `child` is of.
    size_t child = 0;
    for (Expected& expected : wanted) {
      const bool is_same = expected.page == above;
      if (!is_same) {
        above = expected.page;
        STELE_TRY(enter(above, level));
      }
      if (!is_same || !at.node.is_child_of(expected.number, child)) {
        child = child_of(at, expected.number);
      }
      expected.page = at.node.child(child);
      file_.prefetch_entry(expected.page);
    }
    // Of the pages that are not in memory, the first is waited for while the others come.
    fetch(wanted);
  }
  return {};
}

void DenseReader::fetch(std::span<const Expected> wanted) const {
  page::PageRef before = last_expected();
  for (const Expected& expected : wanted) {
    if (expected.page == before) continue;
    before = expected.page;
    if (!file_.prefetch_page(before)) file_.will_need(before);
  }
}

void DenseReader::remember(std::span<const Expected> wanted) {
  page::PageRef before = last_expected();
  for (const Expected& expected : wanted) {
    if (expected.page == before) continue;
    before = expected.page;
    if (expected_count_ == kExpectedMax) {  // What was expected first was not read.
      expected_at_ = (expected_at_ + 1) % kExpectedMax;
      --expected_count_;
    }
    expected_[(expected_at_ + expected_count_++) % kExpectedMax] = expected;
  }
}

}  // namespace stele::tree
