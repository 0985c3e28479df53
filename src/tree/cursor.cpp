// Going down and from leaf to leaf.
#include "tree/cursor.h"

#include <utility>

#include "tree/damage.h"

namespace stele::tree {

Status Cursor::enter(const page::PageRef& ref, size_t level) {
  Step& at = step(level);
  // Who looks for one key after another finds the upper pages where the last one left them.
  if (level > 0 && at.pin && at.ref == ref) return {};
  if (level == 0 && ahead_ && ahead_ref_ == ref) {
    at.pin = std::move(ahead_);
  } else {
    auto read = file_.read(ref, use_);
    if (!read) return fail(std::move(read).error());
    at.pin = *std::move(read);
  }
  at.ref = ref;
  if (at.pin.header().level() != level) {
    at.pin.reset();
    return damaged(file_, ref.number, cat("not of level ", level));
  }
  if (level == 0) return enter_leaf(at);
  if (const char* fault = at.node.open(at.pin.bytes(), file_.page_size())) {
    at.pin.reset();
    return damaged(file_, ref.number, fault);
  }
  return {};
}

Status Cursor::enter_leaf(const Step& at) {
  is_dense_ = at.pin.header().type() == page::PageType::kDenseLeaf;
  const char* const fault = is_dense_ ? dense_.open(at.pin.bytes(), file_.page_size())
                                      : leaf_.open(at.pin.bytes(), file_.page_size());
  if (fault != nullptr) return damaged(file_, at.ref.number, fault);
  count_ = is_dense_ ? dense_.count() : leaf_.count();
  prefix_size_ = is_dense_ ? 0 : leaf_.prefix().size();
  if (prefix_size_ > 0) copy_bytes(key_.data(), leaf_.prefix());
  return {};
}

std::unexpected<Error> Cursor::damaged_entry() {
  at_entry_ = false;
  return damaged(file_, step(0).ref.number, "an entry beyond the page");
}

Result<bool> Cursor::go_to(size_t index) {
  if (!load(index)) return damaged_entry();
  at_entry_ = true;
  return true;
}

Result<bool> Cursor::descend(ByteView key, Place& place) {
  at_entry_ = false;
  if (!root_.page) return false;
  if (root_.height == 0 || root_.height > kHeightMax) {
    return damaged(file_, root_.page.number, cat("a tree of ", root_.height, " levels"));
  }
  page::PageRef ref = root_.page;
  for (size_t level = root_.height - 1;; --level) {
    STELE_TRY(enter(ref, level));
    if (level == 0) break;
    Step& at = step(level);
    at.child = at.node.child_of(key);
    ref = at.node.child(at.child);
  }
  place = is_dense_ ? dense_.search(key) : leaf_.search(key);
  return true;
}

Result<bool> Cursor::descend_edge(size_t level, const page::PageRef& ref, Edge edge) {
  page::PageRef at_ref = ref;
  for (;; --level) {
    STELE_TRY(enter(at_ref, level));
    if (level == 0) break;
    Step& at = step(level);
    at.child = edge == Edge::kFirst ? 0 : at.node.child_count() - 1;
    at_ref = at.node.child(at.child);
  }
  if (count_ == 0) return damaged(file_, at_ref.number, "a leaf without entries");
  return go_to(edge == Edge::kFirst ? 0 : count_ - 1);
}

Result<bool> Cursor::edge(Edge edge) {
  at_entry_ = false;
  if (!root_.page) return false;
  if (root_.height == 0 || root_.height > kHeightMax) {
    return damaged(file_, root_.page.number, cat("a tree of ", root_.height, " levels"));
  }
  return descend_edge(root_.height - 1, root_.page, edge);
}

Result<bool> Cursor::first() {
  return edge(Edge::kFirst);
}

Result<bool> Cursor::last() {
  return edge(Edge::kLast);
}

Result<bool> Cursor::seek(ByteView key) {
  Place place;
  const auto found = descend(key, place);
  if (!found || !*found) return found;
  return place.index < count_ ? go_to(place.index) : next_leaf();
}

Result<bool> Cursor::seek_before(ByteView key) {
  Place place;
  const auto found = descend(key, place);
  if (!found || !*found) return found;
  return place.index > 0 ? go_to(place.index - 1) : previous_leaf();
}

Result<bool> Cursor::seek_at_most(ByteView key) {
  Place place;
  const auto found = descend(key, place);
  if (!found || !*found) return found;
  if (place.is_exact) return go_to(place.index);
  return place.index > 0 ? go_to(place.index - 1) : previous_leaf();
}

Result<bool> Cursor::next_leaf() {
  // Not at the end: the next entry could not be read.
  if (at_entry_ && index_ + 1 < count_) return damaged_entry();
  at_entry_ = false;
  for (size_t level = 1; level < root_.height; ++level) {
    Step& at = step(level);
    if (at.child + 1 == at.node.child_count()) continue;
    ++at.child;
    auto moved = descend_edge(level - 1, at.node.child(at.child), Edge::kFirst);
    if (moved) read_ahead(Edge::kFirst);
    return moved;
  }
  return false;
}

Result<bool> Cursor::previous_leaf() {
  if (at_entry_ && index_ > 0) return damaged_entry();
  at_entry_ = false;
  for (size_t level = 1; level < root_.height; ++level) {
    Step& at = step(level);
    if (at.child == 0) continue;
    --at.child;
    auto moved = descend_edge(level - 1, at.node.child(at.child), Edge::kLast);
    if (moved) read_ahead(Edge::kLast);
    return moved;
  }
  return false;
}

void Cursor::read_ahead(Edge from) {
  ahead_.reset();
  const Step& parent = step(1);
  const bool forwards = from == Edge::kFirst;
  if (parent.child == (forwards ? parent.node.child_count() - 1 : 0)) return;
  ahead_ref_ = parent.node.child(forwards ? parent.child + 1 : parent.child - 1);
  auto read = file_.read(ahead_ref_, use_);
  if (!read) return;  // It is found again by who gets there.
  ahead_ = *std::move(read);
}

}  // namespace stele::tree
