// Walking runs and texts.
#include "events/term_tree.h"

#include <algorithm>

#include "base/text.h"

namespace stele::events {

TermCursor::TermCursor(const page::PageFile& file, const page::Root& root, std::string_view tree,
                       TermKind kind, std::string_view text)
    : file_(file), tree_(tree), key_(kind, text), cursor_(file, root) {}

std::unexpected<Error> TermCursor::damaged(const char* reason) const {
  TermKeyView view = {};
  [[maybe_unused]] const bool sound = TermKeyView::decode(key_.bytes(), view);
  return fail(Code::kCorrupt, cat(file_.path(), ": tree ", tree_, ", term ", quoted(view.text),
                                  ", run from ", run_first_, ": ", reason));
}

Result<bool> TermCursor::take(const Result<bool>& moved) {
  run_first_ = 0;
  decoded_ = false;
  if (!moved || !*moved) return moved;
  const ByteView key = cursor_.key();
  if (!key_.is_of_term(key)) return false;
  run_first_ = load_be<uint64_t>(key.data() + key.size() - sizeof(uint64_t));
  if (run_first_ == 0 || cursor_.value().is_large) return damaged("it is impossible");
  const auto summary = summary_of_run(run_first_, cursor_.value().bytes);
  if (!summary) return damaged(summary.error());
  run_ = *summary;
  return true;
}

Status TermCursor::decode() {
  if (decoded_) return {};
  if (const char* fault = decode_run(run_first_, cursor_.value().bytes, positions_)) {
    return damaged(fault);
  }
  decoded_ = true;
  at_ = 0;
  return {};
}

Result<bool> TermCursor::first_run() {
  key_.set_position(0);
  return take(cursor_.seek(key_.bytes()));
}

Result<bool> TermCursor::next_run() {
  return take(cursor_.next());
}

Result<bool> TermCursor::go_to_run_of(uint64_t from) {
  if (run_first_ != 0) {
    if (run_.last >= from) return true;
    // Mostly the next run has it; if not, the tree is asked.
    auto next = next_run();
    if (!next || !*next || run_.last >= from) return next;
  }
  key_.set_position(from);
  auto there = take(cursor_.seek_at_most(key_.bytes()));
  if (!there) return there;
  if (!*there) {
    there = take(cursor_.seek(key_.bytes()));
  } else if (run_.last < from) {
    there = next_run();
  }
  // Else pages that are sound, but whose keys somebody has put in another order, could hold us
  // here.
  if (there && *there && run_.last < from) return damaged("it is out of order");
  return there;
}

Result<uint64_t> TermCursor::at_or_after(uint64_t from) {
  if (ended_) return kNoPosition;
  const auto there = go_to_run_of(from);
  if (!there) return fail(there.error());
  if (!*there) {
    ended_ = true;
    return kNoPosition;
  }
  if (run_first_ >= from) return run_first_;
  STELE_TRY(decode());
  const auto begin = positions_.begin() + static_cast<std::ptrdiff_t>(at_);
  const auto found = std::lower_bound(begin, positions_.end(), from);
  at_ = static_cast<size_t>(found - positions_.begin());
  return *found;
}

Result<uint64_t> TermCursor::at_or_before(uint64_t from) {
  if (run_first_ == 0 || from < run_first_) {
    key_.set_position(from);
    const auto there = take(cursor_.seek_at_most(key_.bytes()));
    if (!there) return fail(there.error());
    if (!*there) return 0;
    if (run_first_ > from) return damaged("it is out of order");
  }
  if (from >= run_.last) return run_.last;
  STELE_TRY(decode());
  return *std::prev(std::ranges::upper_bound(positions_, from));
}

Result<uint64_t> TermCursor::count_at_most() {
  const auto there = first_run();
  if (!there) return fail(there.error());
  if (!*there) return 0;
  const uint64_t count = run_.count;
  const auto more = next_run();
  if (!more) return fail(more.error());
  run_first_ = 0;
  return *more ? kMany : count;
}

Result<bool> TermTexts::seek(std::string_view text, bool behind) {
  key_.assign(1, static_cast<uint8_t>(kind_));
  key_.insert(key_.end(), text.begin(), text.end());
  if (behind) key_.push_back(1);  // Behind the 00 that ends a text; no text has less than a 01.
  const auto there = cursor_.seek(key_);
  if (!there || !*there) return there;
  TermKeyView view = {};
  if (!TermKeyView::decode(cursor_.key(), view)) {
    return fail(Code::kCorrupt, cat(file_.path(), ": a tree of terms has a key that is none"));
  }
  if (view.kind != kind_) return false;
  text_ = view.text;
  return true;
}

}  // namespace stele::events
