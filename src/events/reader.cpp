// Steps through the matches of a query.
#include "events/reader.h"

#include <algorithm>

#include "base/check.h"

namespace stele::events {

Reader::Reader(const Tail& tail, const Query& query, const ReadOptions& options,
               const engine::Snapshot& snapshot)
    : tail_(tail),
      snapshot_(snapshot),
      backward_(options.backward),
      matcher_(query, tail.terms(),
               options.backward ? Matcher::Direction::kBackward : Matcher::Direction::kForward),
      from_(options.backward ? std::min(options.start.value_or(snapshot.head), snapshot.head)
                             : std::max<uint64_t>(options.start.value_or(1), 1)),
      left_(options.limit) {}

std::optional<RecordView> Reader::peek() {
  if (found_ != 0) return tail_.record(found_);
  if (left_ == 0) return std::nullopt;
  if (backward_) {
    if (from_ == 0) return std::nullopt;
    const uint64_t match = matcher_.at_or_before(from_);
    if (match == 0) {
      from_ = 0;
      return std::nullopt;
    }
    found_ = match;
  } else {
    if (from_ > snapshot_.head) return std::nullopt;
    const uint64_t match = matcher_.at_or_after(from_, snapshot_.head);
    if (match == kNoPosition) {
      from_ = kNoPosition;
      return std::nullopt;
    }
    found_ = match;
  }
  return tail_.record(found_);
}

void Reader::advance() {
  STELE_CHECK(found_ != 0);
  last_returned_ = found_;
  from_ = backward_ ? found_ - 1 : found_ + 1;
  found_ = 0;
  if (left_ != kNoLimit) --left_;
}

}  // namespace stele::events
