// Looks the ids of a batch up.
#include "events/id_guard.h"

#include "base/text.h"
#include "events/history.h"

namespace stele::events {

std::optional<engine::Objection> IdGuard::check(const engine::View& view,
                                                const engine::Snapshot& held,
                                                const engine::Snapshot& now) {
  if (held.head == now.head || part_.given_ids().empty()) return std::nullopt;
  History history(view, held.head + 1);
  // Ids that were made here are new: their clock never gives the same time twice, and 62 bits of
  // chance tell them from those of others.
  const EventPart::GivenId* first = nullptr;  // In the order of the batch: they are sorted by hash.
  uint64_t position = 0;
  for (const EventPart::GivenId& given : part_.given_ids()) {
    if (first != nullptr && first->index < given.index) continue;
    const uint64_t found = history.position_of(part_.id_of(given), given.hash, now.head);
    if (found == 0) continue;
    first = &given;
    position = found;
  }
  const auto record = first == nullptr ? std::nullopt : history.record(position);
  if (!history.status()) return engine::objection(history.status().error());
  if (!record) return std::nullopt;
  return engine::Objection{
      .code = Code::kExists,
      .position = position,
      .tsn = record->tsn(),
      .message = cat("event ", first->index, " of the batch has the id of event ", position)};
}

}  // namespace stele::events
