// Going through a tree with changes, and making pages of what comes out of it.
#include "tree/merger.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "tree/cursor.h"
#include "tree/damage.h"
#include "tree/value.h"

namespace stele::tree {

Merger::Merger(page::PageWriter& writer, const page::Root& root, LeafKind kind,
               ChangeSource& changes)
    : writer_(writer), root_(root), kind_(kind), changes_(changes), entries_(root.entries) {}

Merger::Level& Merger::level(size_t number) {
  while (levels_.size() <= number) {
    levels_.push_back(std::make_unique<Level>(kind_, levels_.size(), page_size()));
  }
  return *levels_[number];
}

Result<page::Root> Merger::run() {
  page_.resize(page_size());
  if (root_.height > kHeightMax || (root_.height == 0) != !root_.page) {
    return damaged(writer_.file(), root_.page.number, cat("a tree of ", root_.height, " levels"));
  }
  if (kind_ == LeafKind::kDense && root_.page) {
    auto cursor = std::make_unique<Cursor>(writer_.file(), root_);
    auto found = cursor->first();
    if (!found) return fail(std::move(found).error());
    const uint64_t first = cursor->number();
    found = cursor->last();
    if (!found) return fail(std::move(found).error());
    dense_ = DenseCheck(first, cursor->number());
  }
  STELE_TRY(advance());
  if (change_ == nullptr) return root_;
  if (root_.height == 0) {
    STELE_TRY(fill());
  } else {
    const auto changed = merge(root_.page, root_.height - 1, {});
    if (!changed) return fail(changed.error());
    if (!*changed) return root_;
  }
  if (change_ != nullptr) return damaged(writer_.file(), root_.page.number, "keys out of order");
  return make_root();
}

Status Merger::advance() {
  const auto next = changes_.next();
  if (!next) return fail(next.error());
  change_ = *next;
  if (change_ == nullptr) {
    if (kind_ == LeafKind::kDense && !dense_.finish()) {
      return fail(Code::kInvalid, "a gap in the numbers of a dense tree, behind the last change");
    }
    return {};
  }
  const ByteView key = change_->key;
  if (key.size() > kKeySizeMax) {
    return fail(Code::kTooLarge, cat("a key of ", key.size(), " bytes"));
  }
  STELE_CHECK(!has_last_key_ || compare(last_key_.view(), key) < 0);
  last_key_.assign(key);
  has_last_key_ = true;
  if (kind_ == LeafKind::kDense) {
    STELE_CHECK(key.size() == kNumberSize);
    const auto number = load_be<uint64_t>(key.data());
    if (!dense_.add(number, change_->is_erase)) {
      return fail(Code::kInvalid, cat("a gap in the numbers of a dense tree, before ", number));
    }
  }
  return {};
}

// ---- Going down. ----

Status Merger::open_inner(const page::PageRef& ref, size_t number, Inner& into) {
  auto read = writer_.read(ref);
  if (!read) return fail(std::move(read).error());
  into.pin = *std::move(read);
  if (into.pin.header().level() != number) {
    return damaged(writer_.file(), ref.number, cat("not of level ", number));
  }
  const char* const fault = into.node.open(into.pin.bytes(), page_size());
  return fault == nullptr ? Status() : damaged(writer_.file(), ref.number, fault);
}

Status Merger::open_leaf(const page::PageRef& ref, Leaf& into) {
  auto read = writer_.read(ref);
  if (!read) return fail(std::move(read).error());
  into.pin = *std::move(read);
  into.number = ref.number;
  const char* fault = into.node.open(into.pin.bytes(), page_size());
  if (fault == nullptr && into.node.is_dense() != (kind_ == LeafKind::kDense)) {
    fault = "a leaf of the other kind";
  }
  return fault == nullptr ? Status() : damaged(writer_.file(), ref.number, fault);
}

Result<bool> Merger::merge(const page::PageRef& ref, size_t number, const KeyRange& range) {
  if (number == 0) return merge_leaf(ref, range);
  Inner inner;
  STELE_TRY(open_inner(ref, number, inner));
  Level& here = level(number);
  const bool has_waited = !here.stage.empty();
  if (!has_waited) here.stage.begin(range.low);
  here.has_left = false;
  const auto changed = merge_children(inner, number, range);
  if (!changed) return changed;
  if (!*changed && !has_waited && !here.has_left) {  // M4
    here.stage.clear();
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): an Error on its way out.
    if (number + 1 < root_.height) STELE_TRY(stage_child(number + 1, range.low, ref));
    return false;
  }
  writer_.free(ref.number, inner.pin.header().generation());
  // The root's children become pages when it is known whether there is more than one.
  if (number + 1 < root_.height) STELE_TRY(finish(number, range.high, /*may_wait=*/true));
  return true;
}

Result<bool> Merger::merge_children(const Inner& inner, size_t number, const KeyRange& range) {
  const InnerNode& node = inner.node;
  Level& below = level(number - 1);
  bool changed = false;
  bool is_append = !range.high;
  for (size_t next = 0; next < node.child_count();) {
    if (below.stage.empty()) {
      const size_t wanted =
          has_change_below(range.high) ? node.child_of(change_->key) : node.child_count();
      STELE_TRY(stage_children(inner, number, next, wanted, range.low));
      next = std::max(next, wanted);
      if (next == node.child_count()) break;
    }
    const auto merged = merge_child(inner, next, number, range);
    if (!merged) return merged;
    is_append &= next + 1 == node.child_count() && below.is_append;
    changed |= *merged;
    ++next;
  }
  level(number).is_append = is_append;
  if (!below.stage.empty()) STELE_TRY(settle(number - 1, range.high));
  return changed;
}

Result<bool> Merger::merge_child(const Inner& inner, size_t child, size_t number,
                                 const KeyRange& range) {
  const InnerNode& node = inner.node;
  Level& here = level(number);
  KeyRange child_range = range;
  const auto is_too_long = [&](size_t i) {
    return node.prefix().size() + node.suffix(i).size() > kKeySizeMax;
  };
  if ((child > 0 && is_too_long(child - 1)) ||
      (child + 1 < node.child_count() && is_too_long(child))) {
    return damaged(writer_.file(), inner.pin.header().number(), "a separator is too long");
  }
  if (child > 0) {
    here.low.assign(node.prefix(), node.suffix(child - 1));
    child_range.low = here.low.view();
  }
  if (child + 1 < node.child_count()) {
    here.high.assign(node.prefix(), node.suffix(child));
    child_range.high = here.high.view();
  }
  return merge(node.child(child), number - 1, child_range);
}

Result<bool> Merger::merge_leaf(const page::PageRef& ref, const KeyRange& range) {
  Leaf leaf;
  STELE_TRY(open_leaf(ref, leaf));
  Level& here = level(0);
  bool changed = !here.stage.empty();
  if (!changed) here.stage.begin(range.low);
  here.is_append = !range.high;
  size_t next = 0;  // The leaf's entries before are through; in the stage, once something changes.
  while (has_change_below(range.high)) {
    const auto merged = merge_change(leaf, next);
    if (!merged) return merged;
    changed |= *merged;
    STELE_TRY(advance());
  }
  if (!changed && here.stage.empty()) {  // M4
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): an Error on its way out.
    if (root_.height > 1) STELE_TRY(stage_child(1, range.low, ref));
    return false;
  }
  STELE_TRY(stage_entries(leaf, next, leaf.node.count()));
  writer_.free(ref.number, leaf.pin.header().generation());
  STELE_TRY(finish(0, range.high, /*may_wait=*/true));
  return true;
}

Result<bool> Merger::merge_change(const Leaf& leaf, size_t& next) {
  const Place place = leaf.node.search(change_->key);
  if (place.index < leaf.node.count()) level(0).is_append = false;
  Value old;
  if (place.is_exact) {
    if (place.index < next || !leaf.node.value(place.index, old)) {
      return damaged(writer_.file(), leaf.number, "an entry beyond the page");
    }
    if (change_->keeps) {
      STELE_TRY(stage_entries(leaf, next, place.index + 1));
      next = place.index + 1;
      return true;
    }
    const bool is_same = !change_->is_erase && change_->large == nullptr && !old.is_large &&
                         equal(change_->value, old.bytes);
    if (is_same) return false;
    if (old.is_large) STELE_TRY(free_value(writer_, old.bytes));
    --entries_;
  } else if (change_->is_erase || change_->keeps) {
    return false;
  }
  STELE_TRY(stage_entries(leaf, next, place.index));
  next = place.index + (place.is_exact ? 1 : 0);
  if (!change_->is_erase) STELE_TRY(stage_change());
  return true;
}

Status Merger::fill() {
  level(0).stage.begin({});
  level(0).is_append = true;
  while (change_ != nullptr) {
    if (!change_->is_erase && !change_->keeps) STELE_TRY(stage_change());
    STELE_TRY(advance());
  }
  return finish(0, {}, /*may_wait=*/false);
}

// ---- Into the stages. ----

Status Merger::stage_entries(const Leaf& leaf, size_t from, size_t to) {
  Stage& stage = level(0).stage;
  for (size_t i = from; i < to; ++i) {
    AnyLeaf::Key key;
    std::array<uint8_t, kNumberSize> number;
    Value value;
    if (!leaf.node.key(i, key, number) || !leaf.node.value(i, value)) {
      return damaged(writer_.file(), leaf.number, cat("entry ", i, " is beyond the page"));
    }
    if (value.bytes.size() > inline_size_max(page_size(), key.prefix.size() + key.suffix.size())) {
      return damaged(writer_.file(), leaf.number, cat("the value of entry ", i, " is too large"));
    }
    if (!stage.add(key.prefix, key.suffix, value)) {
      return damaged(writer_.file(), leaf.number, cat("key ", i, " is out of order"));
    }
    if (stage.is_overfull()) STELE_TRY(emit(0, stage.full_cut(), {}));
  }
  return {};
}

Status Merger::stage_change() {
  Stage& stage = level(0).stage;
  const ByteView key = change_->key;
  const size_t size_max = inline_size_max(page_size(), key.size());
  BytesSource bytes(change_->value);
  ValueSource& source = change_->large != nullptr ? *change_->large : bytes;
  Value value = {.bytes = change_->value};
  std::vector<uint8_t> kept;
  if (source.size() > size_max) {
    auto written = write_value(writer_, source);
    if (!written) return fail(std::move(written).error());
    kept = *std::move(written);
    value = {.bytes = kept, .is_large = true};
  } else if (change_->large != nullptr) {
    kept.resize(source.size());
    STELE_TRY(source.read(kept));
    value = {.bytes = kept};
  }
  // Old entries come in the order of their pages, which may be wrong.
  if (!stage.add(key, {}, value)) {
    return damaged(writer_.file(), root_.page.number, "a tree whose keys are out of order");
  }
  ++entries_;
  return stage.is_overfull() ? emit(0, stage.full_cut(), {}) : Status();
}

Status Merger::stage_children(const Inner& inner, size_t number, size_t from, size_t to,
                              ByteView low) {
  Stage& stage = level(number).stage;
  const InnerNode& node = inner.node;
  for (size_t i = from; i < to; ++i) {
    const ByteView prefix = i == 0 ? low : node.prefix();
    const ByteView suffix = i == 0 ? ByteView() : node.suffix(i - 1);
    if (!stage.add(prefix, suffix, node.child(i))) {
      return damaged(writer_.file(), inner.pin.header().number(),
                     cat("separator ", i, " is out of order"));
    }
    if (stage.is_overfull()) STELE_TRY(emit(number, stage.full_cut(), {}));
  }
  return {};
}

Status Merger::stage_child(size_t number, ByteView low, const page::PageRef& child) {
  Stage& stage = level(number).stage;
  if (number > kHeightMax) return fail(Code::kTooLarge, "a tree has too many levels");
  if (!stage.add(low, {}, child)) {
    return damaged(writer_.file(), root_.page.number, "a tree whose pages are out of order");
  }
  return stage.is_overfull() ? emit(number, stage.full_cut(), {}) : Status();
}

// ---- Out of them. ----

Status Merger::emit(size_t number, size_t count, const UpperBound& high) {
  Level& here = level(number);
  const UpperBound upper = here.stage.upper(count, high);
  here.stage.encode(count, upper, page_);
  const auto written = writer_.write(page_);
  if (!written) return fail(written.error());
  here.has_left = true;
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): an Error on its way out.
  STELE_TRY(stage_child(number + 1, here.stage.low(), *written));
  if (count == here.stage.size()) {
    here.stage.clear();
  } else {
    here.stage.drop_first(count, *upper);
  }
  return {};
}

Status Merger::finish(size_t number, const UpperBound& high, bool may_wait) {
  Level& here = level(number);
  Stage& stage = here.stage;
  if (stage.empty()) return {};
  if (high && compare(stage.key(stage.size() - 1), *high) >= 0) {
    return damaged(writer_.file(), root_.page.number, "a key is beyond its page's range");
  }
  if (may_wait && high && stage.is_sparse(high)) return {};  // M2, M3
  const UpperBound fence = high ? high : last_fence(here);
  while (!stage.fits(fence)) {
    STELE_TRY(emit(number, here.is_append ? stage.full_cut() : stage.even_cut(), fence));
  }
  return emit(number, stage.size(), fence);
}

UpperBound Merger::last_fence(Level& here) {
  if (&here != levels_[0].get() || kind_ == LeafKind::kDense) return std::nullopt;
  const ByteView low = here.stage.low();
  const ByteView last = here.stage.key(here.stage.size() - 1);
  if (last.size() == kKeySizeMax || common_prefix(low, last) == 0) return std::nullopt;
  constexpr uint8_t kLowest = 0;
  here.high.assign(last, {&kLowest, 1});
  return here.high.view();
}

Status Merger::settle(size_t number, const UpperBound& high) {
  Stage& above = level(number + 1).stage;
  level(number).is_append = false;
  if (!above.empty()) {
    KeyBuffer low;
    low.assign(above.key(above.size() - 1));
    const page::PageRef before = above.child(above.size() - 1);
    above.drop_last();
    STELE_TRY(join(number, before, low.view()));
  }
  return finish(number, high, /*may_wait=*/false);
}

Status Merger::join(size_t number, const page::PageRef& before, ByteView low) {
  Stage& stage = level(number).stage;
  Stage rest = std::exchange(stage, Stage(kind_, number, page_size()));
  stage.begin(low);
  uint64_t birth = 0;
  if (number == 0) {
    Leaf leaf;
    STELE_TRY(open_leaf(before, leaf));
    birth = leaf.pin.header().generation();
    STELE_TRY(stage_entries(leaf, 0, leaf.node.count()));
  } else {
    Inner inner;
    STELE_TRY(open_inner(before, number, inner));
    birth = inner.pin.header().generation();
    STELE_TRY(stage_children(inner, number, 0, inner.node.child_count(), low));
  }
  writer_.free(before.number, birth);
  for (size_t i = 0; i < rest.size(); ++i) {
    if (!stage.add(rest, i)) {
      return damaged(writer_.file(), before.number, "a key is beyond its page's range");
    }
  }
  return {};
}

Result<page::Root> Merger::make_root() {
  // What the root was made of waits in the stage of its level; what it left for a level above is
  // there.
  for (size_t number = std::max<size_t>(root_.height, 1) - (root_.height > 1 ? 1 : 0);; ++number) {
    const bool is_top = levels_.size() <= number + 1 || levels_[number + 1]->stage.empty();
    Level& here = level(number);
    if (is_top && here.stage.size() <= 1) {
      if (here.stage.empty()) return page::Root();
      return lower_root({.page = here.stage.child(0),
                         .height = static_cast<uint8_t>(number),
                         .entries = entries_});
    }
    if (number >= root_.height) here.is_append = level(number - 1).is_append;
    STELE_TRY(finish(number, {}, /*may_wait=*/false));
  }
}

Result<page::Root> Merger::lower_root(page::Root root) {
  while (root.height > 1) {
    Inner inner;
    STELE_TRY(open_inner(root.page, root.height - 1U, inner));
    if (inner.node.child_count() > 1) break;
    writer_.free(root.page.number, inner.pin.header().generation());
    root.page = inner.node.child(0);
    --root.height;
  }
  return root;
}

Result<page::Root> apply(page::PageWriter& writer, const page::Root& root, LeafKind kind,
                         ChangeSource& changes) {
  return Merger(writer, root, kind, changes).run();
}

}  // namespace stele::tree
