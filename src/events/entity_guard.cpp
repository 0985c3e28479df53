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

Status EntityGuard::describe(History& history, uint64_t last, engine::Objection& objection) const {
  const auto tsn_at = [&](uint64_t position) -> Result<uint64_t> {
    const auto record = history.record(position);
    if (!record) return fail(history.status().error());
    return record->tsn();
  };
  const auto tsn = tsn_at(newest_.position);
  if (!tsn) return fail(tsn.error());
  objection.position = newest_.position;
  objection.tsn = *tsn;
  if (newest_.sequence <= sequence_) return {};
  const auto first = position_of_sequence(history, entity_, sequence_ + 1, last);
  if (!first) return fail(first.error());
  const auto since = tsn_at(*first);
  if (!since) return fail(since.error());
  objection.since = *since;
  return {};
}

std::optional<engine::Objection> EntityGuard::check(const engine::View& view,
                                                    const engine::Snapshot& held,
                                                    const engine::Snapshot& now) {
  History history(view, held.head + 1);
  const auto newest = newest_of_entity(history, entity_, now.head);
  if (!newest) return engine::objection(newest.error());
  // Behind a snapshot there may be nothing new.
  if (newest->position != 0 || held.tsn == 0) newest_ = *newest;
  const uint64_t count = newest_.sequence;
  if (sequence_ == kSequenceSome ? count > 0 : count == sequence_) return std::nullopt;
  engine::Objection objection = {
      .sequence = count,
      .message = cat("entity ", quoted(entity_), " has ", events_in_words(count), ", not ",
                     events_in_words(sequence_))};
  if (count > 0) {
    if (const Status said = describe(history, now.head, objection); !said) {
      return engine::objection(said.error());
    }
  }
  return objection;
}

}  // namespace stele::events
