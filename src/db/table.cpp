// Tables: opening them, and the moments they are read as of.
#include "db/table.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace stele::db {

Result<std::unique_ptr<Table>> Table::open(std::shared_ptr<Database> database,
                                           const tables::TableName& name) {
  STELE_TRY(tables::check_table_name(name));
  const auto [now, view] = database->pipeline().look();
  auto info = tables::find_table(*view, name, now.tsn);
  if (!info) return fail(std::move(info).error());
  if (!*info) return fail(Code::kNotFound, cat("there is no table ", tables::shown(name)));
  return std::unique_ptr<Table>(new Table(std::move(database), **std::move(info)));
}

std::unexpected<Error> Table::not_found() const {
  return fail(Code::kNotFound, cat("table ", tables::shown(info_.name), " has no such row"));
}

Status Table::check_is_there(const engine::View& view, uint64_t tsn) const {
  const uint64_t version = database_->catalog().version();
  if (checked_version_.load(std::memory_order_acquire) == version) return {};
  // Also what is on its way: only if nothing is, need this not be asked again. The view that the
  // caller reads may be older than the version, and have no part in what it stands for.
  const engine::ViewPtr current = database_->views().current();
  const auto newest = tables::find_table(*current, info_.id, UINT64_MAX);
  if (!newest) return fail(newest.error());
  if (*newest) {
    checked_version_.store(version, std::memory_order_release);
    return {};
  }
  const auto seen = tables::find_table(view, info_.id, tsn);
  if (!seen) return fail(seen.error());
  if (*seen) return {};
  return fail(Code::kNotFound, cat("table ", tables::shown(info_.name), " was dropped"));
}

Result<Table::Looked> Table::look(const AsOf& as_of) const {
  for (;;) {
    engine::Pipeline::Look look = database_->pipeline().look();
    const auto horizon = horizon_of(*look.view, look.snapshot, as_of);
    if (!horizon) return fail(horizon.error());
    if (*horizon) return Looked{.view = std::move(look.view), .horizon = **horizon};
  }
}

Result<std::optional<tables::Horizon>> Table::horizon_of(const engine::View& view,
                                                         const engine::Snapshot& now,
                                                         const AsOf& as_of) const {
  STELE_TRY(check_is_there(view, now.tsn));
  if (as_of.kind == AsOf::Kind::kNow) return tables::Horizon{.tsn = now.tsn};
  Moment moment = {.view = view, .now = now};
  auto horizon = find_horizon(moment, as_of);
  if (moment.is_behind) return std::nullopt;
  if (!horizon) return fail(std::move(horizon).error());
  return *horizon;
}

Result<tables::Horizon> Table::find_horizon(Moment& moment, const AsOf& as_of) const {
  auto horizon = past(moment, as_of);
  if (horizon) STELE_TRY(check_kept(moment, *horizon));
  if (!horizon || info_.history != tables::History::kNone) return horizon;
  if (horizon->tsn == moment.now.tsn) {
    const auto newest = newest_position(moment);
    if (!newest) return fail(newest.error());
    if (horizon->position >= *newest) return horizon;
  }
  return fail(Code::kTooOld, cat("table ", tables::shown(info_.name),
                                 " keeps no history: it can be read as of ", "now only"));
}

// No row follows from an event behind it. A rebuild that is over has given its tables away.
Result<uint64_t> Table::newest_position(Moment& moment) const {
  const auto& [view, now, is_behind] = moment;
  if (info_.owner.empty()) return now.head;
  const auto mark = events::find_mark(view, info_.owner, 0, now.tsn);
  if (!mark) return fail(mark.error());
  moment.is_behind |= mark->tsn > now.tsn;
  if (mark->position != events::kTrackedPositionMax) return mark->position;
  const auto info = tables::find_table(view, info_.id, now.tsn);
  if (!info) return fail(info.error());
  if (!*info || (*info)->owner.empty()) return now.head;
  const auto taken = events::find_mark(view, (*info)->owner, 0, now.tsn);
  if (!taken) return fail(taken.error());
  moment.is_behind |= taken->tsn > now.tsn;
  return taken->position;
}

Status Table::check_applied(Moment& moment, uint64_t position) const {
  if (info_.owner.empty()) return {};
  const auto newest = newest_position(moment);
  if (!newest) return fail(newest.error());
  if (*newest >= position) return {};
  return fail(Code::kNotYet, cat("projection ", quoted(info_.owner), " stands at ", *newest,
                                 ", not yet at ", position));
}

// Whether a moment is kept: of positions, that of the commit at the horizon and later ones are,
// whoever has written the rows: no row that a commit has put follows from an event behind it. And
// the position of the newest rows is, however far a projection is behind.
Status Table::check_kept(Moment& moment, const tables::Horizon& horizon) const {
  const auto& [view, now, is_behind] = moment;
  if (info_.history == tables::History::kAll || info_.history == tables::History::kNone) return {};
  const auto gone = tables::history_horizon(view, info_, now.tsn);
  if (!gone) return fail(gone.error());
  if (*gone == 0) return {};
  bool is_kept = horizon.tsn > *gone;
  if (horizon.position != UINT64_MAX) {
    const auto info = engine::commit_info(view, *gone + 1);
    if (!info) return fail(info.error());
    const auto newest = newest_position(moment);
    if (!newest) return fail(newest.error());
    is_kept = horizon.position >= std::min(info->stamp.last_position(), *newest);
  }
  if (is_kept) return {};
  return fail(Code::kTooOld,
              cat("table ", tables::shown(info_.name), " keeps what was there behind ", "commit ",
                  *gone + 1, " and later"));
}

Result<tables::Horizon> Table::past(Moment& moment, const AsOf& as_of) const {
  const auto& [view, now, is_behind] = moment;
  if (as_of.at < 0 && as_of.kind != AsOf::Kind::kTime) {
    return fail(Code::kInvalid, cat("there is nothing to read as of ", as_of.at));
  }
  const auto at = static_cast<uint64_t>(as_of.at);
  if (as_of.kind == AsOf::Kind::kPosition) {
    STELE_TRY(check_applied(moment, at));
    if (at <= now.head) return tables::Horizon{.tsn = now.tsn, .position = at};
    return fail(Code::kNotYet, cat("there is no event ", at, " yet; the last one is ", now.head));
  }
  uint64_t tsn = at;
  if (as_of.kind == AsOf::Kind::kTime) {
    const auto found = engine::commit_at(view, as_of.at, now.tsn);
    if (!found) return fail(found.error());
    tsn = *found;
  } else if (at > now.tsn) {
    return fail(Code::kNotYet, cat("there is no commit ", at, " yet; the last one is ", now.tsn));
  }
  if (tsn < info_.created_tsn) {
    return fail(Code::kTooOld, cat("table ", tables::shown(info_.name), " was created by commit ",
                                   info_.created_tsn, ", behind commit ", tsn));
  }
  return tables::Horizon{.tsn = tsn};
}

Result<tables::TableInfo> Table::describe() const {
  const auto [now, view] = database_->pipeline().look();
  auto info = tables::find_table(*view, info_.id, now.tsn);
  if (!info) return fail(std::move(info).error());
  if (*info) return **std::move(info);
  return fail(Code::kNotFound, cat("table ", tables::shown(info_.name), " was dropped"));
}

TableScan::TableScan(const Table& table, tables::RowRange range)
    : database_(table.database()),
      info_(table.info()),
      range_(std::move(range)),
      held_(database_->views(), database_->reader_age_us()) {}

Result<std::unique_ptr<TableScan>> TableScan::start(const Table& table,
                                                    const tables::RowRange& range,
                                                    const AsOf& as_of) {
  // The snapshot before the view, which holds all of it; again, if a checkpoint came in between.
  for (;;) {
    const engine::Snapshot now = table.database()->snapshot();
    std::unique_ptr<TableScan> scan(new TableScan(table, range));
    const engine::View& view = *scan->held_.view();
    if (view.trees->applied.tsn > now.tsn) continue;
    const auto horizon = table.horizon_of(view, now, as_of);
    if (!horizon) return fail(horizon.error());
    if (!*horizon) continue;
    scan->scan_.emplace(view, scan->info_, **horizon, scan->range_);
    scan->held_.rest();
    return scan;
  }
}

TableScan::TableScan(const Table& table, tables::RowRange range, InTransaction transaction)
    : database_(table.database()),
      info_(table.info()),
      range_(std::move(range)),
      held_(transaction.held, database_->reader_age_us()),
      own_(std::move(transaction.rows)),
      read_(std::move(transaction.read)) {
  const tables::OwnRows own = {.tail = &own_->rows, .last = transaction.last};
  scan_.emplace(*held_.view(), info_, transaction.horizon, range_, own);
  held_.rest();
}

std::unique_ptr<TableScan> TableScan::start(const Table& table, const tables::RowRange& range,
                                            InTransaction transaction) {
  return std::unique_ptr<TableScan>(new TableScan(table, range, std::move(transaction)));
}

Status TableScan::begin_call() {
  if (own_ && own_->is_over) {
    scan_.reset();
    own_.reset();
    outlives_transaction_ = true;
    if (held_.read()) held_.rest();
  }
  if (outlives_transaction_) return fail(Code::kInvalid, "the transaction of the scan is over");
  if (held_.read()) return {};
  scan_.reset();
  return engine::too_old("the scan");
}

Result<tables::TableInfo> next_table(const Database& database, const tables::TableName& name) {
  const engine::Snapshot now = database.snapshot();
  const engine::ViewPtr view = database.views().current();
  auto info = tables::next_table(*view, name, now.tsn);
  if (!info) return fail(std::move(info).error());
  if (!*info) return fail(Code::kNotFound, "there is no further table");
  return **std::move(info);
}

}  // namespace stele::db
