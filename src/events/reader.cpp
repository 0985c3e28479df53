// Steps through the matches of a query.
#include "events/reader.h"

#include <algorithm>
#include <utility>

#include "events/entity.h"

namespace stele::events {

namespace {

// So many records ahead are fetched where the next ones are known. A record is several cache lines,
// and a reader that looks at the front of each would otherwise wait for memory most of its time.
constexpr uint64_t kAhead = 4;

}  // namespace

Reader::Reader(const engine::Views& views, const Query& query, const ReadOptions& options,
               const engine::Snapshot& snapshot)
    : EventSource(views, snapshot, options.limit),
      backward_(options.backward),
      from_(options.backward ? std::min(options.start.value_or(snapshot.head), snapshot.head)
                             : std::max<uint64_t>(options.start.value_or(1), 1)),
      matcher_(query, history(), options.backward ? Direction::kBackward : Direction::kForward),
      left_(options.limit) {}

Result<uint64_t> Reader::next_position() {
  if (matcher_.matches_all()) return find_next();
  if (end_ - at_ <= reach_ / 2 && left_ > 0) look_ahead();
  if (at_ < end_) return ahead_[at_++];
  if (!ahead_ends_) return fail(ahead_ends_.error());
  return 0;
}

uint64_t Reader::find_next() {
  if (backward_) {
    const uint64_t match = from_ == 0 ? 0 : matcher_.at_or_before(from_);
    if (match != 0) from_ = match - 1;
    return match;
  }
  const uint64_t match = matcher_.at_or_after(from_, snapshot().head);
  if (match == kNoPosition) return 0;
  from_ = match + 1;
  if (matcher_.matches_all() && snapshot().head - match >= kAhead)
    history().prefetch(match + kAhead);
  return match;
}

void Reader::look_ahead() {
  // Who has had an error from the history gets no more from it.
  if (!history().status()) return;
  std::copy(ahead_.begin() + at_, ahead_.begin() + end_, ahead_.begin());
  end_ -= std::exchange(at_, 0);
  const size_t known = end_;
  const size_t until = std::min(reach_, known + History::kExpectMax);
  while (end_ < until && left_ > 0) {
    const uint64_t match = find_next();
    // An error is due behind the matches before it.
    if (!history().status()) ahead_ends_ = history().take_status();
    if (match == 0 || !ahead_ends_) {
      left_ = 0;
    } else {
      ahead_[end_++] = match;
      if (left_ != kNoLimit) --left_;
    }
  }
  if (end_ > 1) history().expect({ahead_.data() + known, end_ - known});
  // Records that are read to find a match are not there any more when it is returned.
  if (!matcher_.reads_records()) reach_ = std::min(2 * reach_, kAheadMax);
}

Result<ReadOptions> stream_options(const engine::Views& views, const engine::Snapshot& snapshot,
                                   std::string_view entity, const ReadOptions& options) {
  ReadOptions positions = options;
  if (!options.start) return positions;
  History history(views);
  const auto newest = newest_of_entity(history, entity, snapshot.head);
  if (!newest) return fail(newest.error());
  const uint64_t count = newest->sequence;
  const uint64_t sequence =
      options.backward ? std::min(*options.start, count) : std::max<uint64_t>(*options.start, 1);
  if (sequence == 0) {
    positions.start = 0;
  } else if (sequence > count) {
    positions.limit = 0;
  } else {
    const auto position = position_of_sequence(history, entity, sequence, snapshot.head);
    if (!position) return fail(position.error());
    positions.start = *position;
  }
  return positions;
}

}  // namespace stele::events
