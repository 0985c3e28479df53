// Compares an entity's version with the one expected.
#include "events/entity_guard.h"

#include "base/text.h"

namespace stele::events {

namespace {

std::string events_in_words(uint64_t count) {
  if (count == 0) return "no event";
  if (count == kSequenceSome) return "any event";
  return count == 1 ? "1 event" : cat(count, " events");
}

}  // namespace

std::optional<engine::Objection> EntityGuard::check(const engine::Snapshot& /*held*/,
                                                    const engine::Snapshot& now) {
  const Postings* postings = tail_.terms().find(TermKind::kEntity, entity_);
  const uint64_t count = postings == nullptr ? 0 : postings->count_to(now.head);
  if (sequence_ == kSequenceSome ? count > 0 : count == sequence_) return std::nullopt;
  engine::Objection objection = {
      .sequence = count,
      .message = cat("entity ", quoted(entity_), " has ", events_in_words(count), ", not ",
                     events_in_words(sequence_))};
  if (count > 0) {
    const Postings::View view = postings->view();
    const auto tsn_of = [&](uint64_t sequence) {
      return tail_.record(view.list[sequence - 1]).tsn();
    };
    objection.position = view.list[count - 1];
    objection.tsn = tsn_of(count);
    if (count > sequence_) objection.since = tsn_of(sequence_ + 1);
  }
  return objection;
}

}  // namespace stele::events
