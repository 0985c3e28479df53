// Reading marks, and holding on to them.
#include "db/progress.h"

#include <algorithm>

#include "base/text.h"
#include "events/history.h"

namespace stele::db {

Result<uint64_t> standing(Database& database, const std::string& source) {
  const auto [now, view] = database.pipeline().look();
  const auto mark = events::find_mark(*view, source, 0, now.tsn);
  if (!mark) return fail(mark.error());
  return mark->position;
}

Result<ProjectionLag> lag_of(Database& database, const std::string& source) {
  const auto mark = standing(database, source);
  if (!mark) return fail(mark.error());
  const engine::Snapshot durable = database.pipeline().durable();
  ProjectionLag lag = {.applied = *mark, .head = durable.head, .us = 0};
  if (*mark >= durable.head) return lag;
  const engine::ViewPtr view = database.views().current();
  events::History history(*view);
  const auto record = history.record(*mark + 1);
  if (!record) return fail(history.status().error());
  lag.us = std::max<int64_t>(0, database.environment().clock->wall_us() - record->recorded());
  return lag;
}

std::optional<engine::Objection> MarkGuard::check(const engine::View& view,
                                                  const engine::Snapshot& held,
                                                  const engine::Snapshot& now) {
  const auto mark = events::find_mark(view, source_, held.tsn, now.tsn);
  if (!mark) return engine::objection(mark.error());
  if (mark->tsn == 0 && held.tsn != 0) return std::nullopt;  // Nothing new.
  if (mark->position == position_) return std::nullopt;
  return engine::Objection{.position = mark->position,
                           .tsn = mark->tsn,
                           .message = cat("projection ", quoted(source_), " stands at ",
                                          mark->position, " by now, not at ", position_)};
}

}  // namespace stele::db
