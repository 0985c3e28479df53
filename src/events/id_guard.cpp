// Looks the ids of a batch up.
#include "events/id_guard.h"

#include "base/text.h"

namespace stele::events {

std::optional<engine::Objection> IdGuard::check(const engine::Snapshot& held,
                                                const engine::Snapshot& now) {
  if (held.head == now.head) return std::nullopt;
  // Ids that were made here are new: their clock never gives the same time twice, and 62 bits of
  // chance tell them from those of others.
  for (const EventPart::GivenId& given : part_.given_ids()) {
    const uint64_t position = tail_.position_of(part_.id_of(given), given.hash, now.head);
    if (position == 0) continue;
    return engine::Objection{
        .code = Code::kExists,
        .position = position,
        .tsn = tail_.record(position).tsn(),
        .message = cat("event ", given.index, " of the batch has the id of event ", position)};
  }
  return std::nullopt;
}

}  // namespace stele::events
