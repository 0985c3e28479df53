// Looks the ids of a batch up.
#include "events/id_guard.h"

#include "base/text.h"

namespace stele::events {

std::optional<engine::Objection> IdGuard::check(const engine::Snapshot& held,
                                                const engine::Snapshot& now) {
  if (held.head == now.head) return std::nullopt;
  // Ids that were made here are new: their clock never gives the same time twice, and 62 bits of
  // chance tell them from those of others.
  const EventPart::GivenId* first = nullptr;  // In the order of the batch: they are sorted by hash.
  uint64_t position = 0;
  for (const EventPart::GivenId& given : part_.given_ids()) {
    if (first != nullptr && first->index < given.index) continue;
    const uint64_t found = tail_.position_of(part_.id_of(given), given.hash, now.head);
    if (found == 0) continue;
    first = &given;
    position = found;
  }
  if (first == nullptr) return std::nullopt;
  return engine::Objection{
      .code = Code::kExists,
      .position = position,
      .tsn = tail_.record(position).tsn(),
      .message = cat("event ", first->index, " of the batch has the id of event ", position)};
}

}  // namespace stele::events
