// Asks the tail's indexes.
#include "events/lookup.h"

#include "events/matcher.h"

namespace stele::events {

std::optional<RecordView> event_at(const Tail& tail, const engine::Snapshot& now,
                                   uint64_t position) {
  if (position == 0 || position > now.head) return std::nullopt;
  return tail.record(position);
}

std::optional<RecordView> event_with_id(const Tail& tail, const engine::Snapshot& now,
                                        const uint8_t* id) {
  return event_at(tail, now, tail.position_of(id, id_hash(id), now.head));
}

std::optional<Stream> stream_of(const Tail& tail, const engine::Snapshot& now,
                                std::string_view entity) {
  const Postings* postings = tail.terms().find(TermKind::kEntity, entity);
  const uint64_t count = postings == nullptr ? 0 : postings->count_to(now.head);
  if (count == 0) return std::nullopt;
  const uint64_t* list = postings->view().list;
  return Stream{.sequence = count, .first_position = list[0], .last_position = list[count - 1]};
}

bool exists(const Tail& tail, const engine::Snapshot& now, const Query& query) {
  return Matcher(query, tail, Direction::kForward).at_or_after(1, now.head) != kNoPosition;
}

uint64_t count(const Tail& tail, const engine::Snapshot& now, const Query& query) {
  if (query.items.empty()) return now.head;
  Matcher matcher(query, tail, Direction::kForward);
  uint64_t found = 0;
  for (uint64_t from = 1;; ++found) {
    const uint64_t match = matcher.at_or_after(from, now.head);
    if (match == kNoPosition) return found;
    from = match + 1;
  }
}

std::vector<uint64_t> last_of_each(const Tail& tail, const engine::Snapshot& now,
                                   const Query& query) {
  if (query.items.empty()) return {now.head};
  std::vector<uint64_t> positions;
  positions.reserve(query.items.size());
  for (const QueryItem& item : query.items) {
    positions.push_back(ItemSearch(item, tail, Direction::kBackward).at_or_before(now.head));
  }
  return positions;
}

std::optional<TermList::Entry> TermList::next() {
  while (at_ < terms_.size()) {
    const Term& term = *terms_[at_++];
    const uint64_t count = term.postings.count_to(head_);
    if (count == 0) continue;  // Of commits that came later.
    const uint64_t* list = term.postings.view().list;
    return Entry{term.view(), count, list[0], list[count - 1]};
  }
  return std::nullopt;
}

}  // namespace stele::events
