// Asks trees and chunks.
#include "events/lookup.h"

#include "events/entity.h"
#include "events/matcher.h"
#include "events/positions.h"

namespace stele::events {

namespace {

// How many terms are looked for at a time.
constexpr size_t kTermsAtATime = 256;

}  // namespace

Result<std::optional<RecordView>> event_at(History& history, const engine::Snapshot& now,
                                           uint64_t position) {
  if (position == 0 || position > now.head) return std::nullopt;
  const auto record = history.record(position);
  if (!record) return fail(history.status().error());
  return record;
}

Result<std::optional<RecordView>> event_with_id(History& history, const engine::Snapshot& now,
                                                const uint8_t* id) {
  const uint64_t position = history.position_of(id, now.head);
  if (!history.status()) return fail(history.status().error());
  return event_at(history, now, position);
}

Result<std::optional<Stream>> stream_of(History& history, const engine::Snapshot& now,
                                        std::string_view entity) {
  const auto newest = newest_of_entity(history, entity, now.head);
  if (!newest) return fail(newest.error());
  if (newest->position == 0) return std::nullopt;
  Positions positions(history, TermKind::kEntity, entity, Direction::kForward);
  const uint64_t first = positions.at_or_after(1);
  if (!history.status()) return fail(history.status().error());
  return Stream{
      .sequence = newest->sequence, .first_position = first, .last_position = newest->position};
}

Result<bool> exists(History& history, const engine::Snapshot& now, const Query& query) {
  const uint64_t match = Matcher(query, history, Direction::kForward).at_or_after(1, now.head);
  if (!history.status()) return fail(history.status().error());
  return match != kNoPosition;
}

Result<uint64_t> count(History& history, const engine::Snapshot& now, const Query& query) {
  if (query.items.empty()) return now.head;
  Matcher matcher(query, history, Direction::kForward);
  uint64_t found = 0;
  for (uint64_t from = 1;; ++found) {
    const uint64_t match = matcher.at_or_after(from, now.head);
    if (!history.status()) return fail(history.status().error());
    if (match == kNoPosition) return found;
    from = match + 1;
  }
}

Result<std::vector<uint64_t>> last_of_each(History& history, const engine::Snapshot& now,
                                           const Query& query) {
  if (query.items.empty()) return std::vector<uint64_t>{now.head};
  std::vector<uint64_t> positions;
  positions.reserve(query.items.size());
  for (const QueryItem& item : query.items) {
    positions.push_back(ItemSearch(item, history, Direction::kBackward).at_or_before(now.head));
  }
  if (!history.status()) return fail(history.status().error());
  return positions;
}

Status TermList::find_more() {
  history_.refresh();
  found_ = history_.with_prefix(kind_, prefix_, behind_, kTermsAtATime);
  at_ = 0;
  has_more_ = found_.size() == kTermsAtATime;
  if (!found_.empty()) behind_ = found_.back();
  return history_.status();
}

Result<std::optional<TermList::Entry>> TermList::next() {
  if (history_.rests()) history_.refresh();
  auto entry = find_next();
  history_.rest();
  return entry;
}

Result<std::optional<TermList::Entry>> TermList::find_next() {
  for (;;) {
    if (at_ == found_.size()) {
      if (!has_more_) return std::nullopt;
      STELE_TRY(find_more());
      if (found_.empty()) return std::nullopt;
    }
    const std::string& text = found_[at_++];
    const auto summary = summary_of(history_, kind_, text, head_);
    if (!summary) return fail(summary.error());
    if (summary->count == 0) continue;  // Of commits that came later.
    return Entry{text, summary->count, summary->first_position, summary->last_position};
  }
}

}  // namespace stele::events
