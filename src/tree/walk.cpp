// The way through a damaged tree.
#include "tree/walk.h"

#include <utility>

namespace stele::tree {

namespace {

std::vector<uint8_t> joined(ByteView first, ByteView second) {
  std::vector<uint8_t> bytes(first.begin(), first.end());
  bytes.insert(bytes.end(), second.begin(), second.end());
  return bytes;
}

}  // namespace

Result<Walk::At> Walk::next() {
  if (count_ > 0 && ++index_ < count_) {
    load();  // Whole: enter_leaf() has looked.
    ++entries_;
    return At::kEntry;
  }
  count_ = 0;
  for (;;) {
    page::PageRef ref = root_.page;
    size_t level = 0;
    if (!std::exchange(is_begun_, true)) {
      if (!root_.page) return At::kEnd;
      low_.clear();
      high_.reset();
      if (root_.height == 0 || root_.height > kHeightMax) {
        ++holes_;
        return At::kHole;
      }
      level = root_.height - 1U;
    } else {
      while (!path_.empty() && path_.back().next == path_.back().node.child_count()) {
        path_.pop_back();
      }
      if (path_.empty()) return At::kEnd;
      Inner& inner = path_.back();
      enter_range(inner);
      ref = inner.node.child(inner.next++);
      level = inner.pin.header().level() - 1U;
    }
    const auto entered = enter(ref, level);
    if (!entered) return fail(entered.error());
    if (!*entered) {
      ++holes_;
      return At::kHole;
    }
    if (count_ == 0) continue;
    ++entries_;
    return At::kEntry;
  }
}

void Walk::enter_range(const Inner& inner) {
  const size_t child = inner.next;
  low_ = child == 0 ? inner.low : joined(inner.node.prefix(), inner.node.suffix(child - 1));
  high_ = child + 1 == inner.node.child_count()
              ? inner.high
              : High(joined(inner.node.prefix(), inner.node.suffix(child)));
}

Result<bool> Walk::enter(const page::PageRef& ref, size_t level) {
  auto pin = file_.read(ref, page::PageUse::kOnce);
  if (!pin && pin.error().code() == Code::kNoMemory) return fail(std::move(pin).error());
  if (!pin || pin->header().level() != level || pin->header().number() != ref.number) return false;
  return level > 0 ? enter_inner(*std::move(pin)) : enter_leaf(*std::move(pin));
}

bool Walk::enter_inner(page::PagePin pin) {
  Inner inner = {.pin = std::move(pin), .node = {}, .next = 0, .low = low_, .high = high_};
  if (inner.pin.header().type() != page::PageType::kInner) return false;
  if (inner.node.open(inner.pin.bytes(), file_.page_size()) != nullptr) return false;
  // Separators ascend, within the range.
  Bytes before = low_;
  for (size_t i = 0; i + 1 < inner.node.child_count(); ++i) {
    Bytes separator = joined(inner.node.prefix(), inner.node.suffix(i));
    if (separator.size() > kKeySizeMax || compare(separator, before) <= 0) return false;
    before = std::move(separator);
  }
  if (high_ && inner.node.child_count() > 1 && compare(before, *high_) >= 0) return false;
  path_.push_back(std::move(inner));
  return true;
}

bool Walk::enter_leaf(page::PagePin pin) {
  if (pin.header().type() != page::PageType::kLeaf) return false;
  if (leaf_.open(pin.bytes(), file_.page_size()) != nullptr) return false;
  leaf_pin_ = std::move(pin);
  Bytes before = low_;
  for (index_ = 0; index_ < leaf_.count(); ++index_) {
    if (!load()) return false;
    const int order = compare(before, key_.view());
    if (order > 0 || (order == 0 && index_ > 0)) return false;
    before.assign(key_.view().begin(), key_.view().end());
  }
  if (high_ && leaf_.count() > 0 && compare(before, *high_) >= 0) return false;
  index_ = 0;
  count_ = leaf_.count();
  return count_ == 0 || load();
}

bool Walk::load() {
  if (!leaf_.cell(index_, cell_)) return false;
  if (leaf_.prefix().size() + cell_.suffix.size() > kKeySizeMax) return false;
  key_.assign(leaf_.prefix(), cell_.suffix);
  return true;
}

}  // namespace stele::tree
