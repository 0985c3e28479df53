// Steps through the matches of a query.
#include "events/reader.h"

#include <algorithm>

namespace stele::events {

namespace {

// So many records ahead are fetched where the next ones are known. A record is several cache lines,
// and a reader that looks at the front of each would otherwise wait for memory most of its time.
constexpr uint64_t kAhead = 4;

}  // namespace

Reader::Reader(const Tail& tail, const Query& query, const ReadOptions& options,
               const engine::Snapshot& snapshot)
    : EventSource(tail, snapshot, options.limit),
      backward_(options.backward),
      from_(options.backward ? std::min(options.start.value_or(snapshot.head), snapshot.head)
                             : std::max<uint64_t>(options.start.value_or(1), 1)),
      matcher_(query, tail, options.backward ? Direction::kBackward : Direction::kForward) {}

Result<uint64_t> Reader::next_position() {
  if (backward_) {
    const uint64_t match = from_ == 0 ? 0 : matcher_.at_or_before(from_);
    if (match != 0) from_ = match - 1;
    return match;
  }
  const uint64_t match = matcher_.at_or_after(from_, snapshot().head);
  if (match == kNoPosition) return 0;
  from_ = match + 1;
  if (matcher_.matches_all() && snapshot().head - match >= kAhead) tail().prefetch(match + kAhead);
  return match;
}

ReadOptions stream_options(const Tail& tail, const engine::Snapshot& snapshot,
                           std::string_view entity, const ReadOptions& options) {
  ReadOptions positions = options;
  if (!options.start) return positions;
  const Postings* postings = tail.terms().find(TermKind::kEntity, entity);
  const uint64_t count = postings == nullptr ? 0 : postings->count_to(snapshot.head);
  const uint64_t sequence = *options.start;
  if (options.backward) {
    const uint64_t from = std::min(sequence, count);
    positions.start = from == 0 ? 0 : postings->view().list[from - 1];
  } else if (sequence > count) {
    positions.limit = 0;
  } else {
    positions.start = sequence == 0 ? 0 : postings->view().list[sequence - 1];
  }
  return positions;
}

}  // namespace stele::events
