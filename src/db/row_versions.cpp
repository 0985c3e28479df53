// The history of a row between two moments of a table.
#include "db/row_versions.h"

#include <algorithm>
#include <utility>

namespace stele::db {

namespace {

Status tighten(const engine::View& view, const engine::Snapshot& now, tables::Horizon& horizon) {
  return horizon.tsn == now.tsn ? Status() : tables::tighten(view, horizon);
}

}  // namespace

RowVersions::RowVersions(const Table& table, ByteView key)
    : database_(table.database()),
      info_(table.info()),
      key_(key.begin(), key.end()),
      held_(database_->views(), database_->reader_age_us()) {}

Result<std::optional<tables::HistoryRange>> RowVersions::range_of(
    const Table& table, const engine::Snapshot& now, const VersionOptions& options) const {
  const engine::View& view = *held_.view();
  const auto& since = options.since;
  if (since && since->kind == options.until.kind && since->at > options.until.at &&
      since->kind != AsOf::Kind::kNow) {
    return fail(Code::kInvalid, "the history ends before it begins");
  }
  auto until = table.horizon_of(view, now, options.until);
  if (!until) return fail(until.error());
  if (!*until) return std::nullopt;
  STELE_TRY(tighten(view, now, **until));
  tables::HistoryRange range = {.until = **until, .oldest_first = options.oldest_first};
  if (since) {
    auto first = table.horizon_of(view, now, *since);
    if (!first) return fail(first.error());
    if (!*first) return std::nullopt;
    range.since = **first;
  } else if (info_.history == tables::History::kNone) {
    range.since = tables::Horizon{.tsn = now.tsn};
  } else {
    // Older versions may be there still: until a checkpoint has come to them.
    const auto gone = tables::history_horizon(view, info_, now.tsn);
    if (!gone) return fail(gone.error());
    if (*gone > 0) range.since = tables::Horizon{.tsn = *gone + 1};
  }
  if (range.since) STELE_TRY(tighten(view, now, *range.since));
  return range;
}

Result<std::unique_ptr<RowVersions>> RowVersions::start(const Table& table, ByteView key,
                                                        const VersionOptions& options) {
  // The snapshot before the view, which holds all of it; again, if a checkpoint came in between.
  for (;;) {
    const engine::Snapshot now = table.database()->snapshot();
    std::unique_ptr<RowVersions> versions(new RowVersions(table, key));
    const engine::View& view = *versions->held_.view();
    if (view.trees->applied.tsn > now.tsn) continue;
    const auto range = versions->range_of(table, now, options);
    if (!range) return fail(range.error());
    if (!*range) continue;
    versions->history_.emplace(
        tables::WalkedRow{.view = view, .table = versions->info_, .key = versions->key_}, **range);
    versions->held_.rest();
    return versions;
  }
}

Status RowVersions::note_recorded(uint64_t tsn) {
  if (tsn == recorded_tsn_) return {};
  const auto info = engine::commit_info(*held_.view(), tsn);
  if (!info) return fail(info.error());
  recorded_tsn_ = tsn;
  recorded_ = info->stamp.recorded;
  return {};
}

Result<const tables::Row*> RowVersions::next() {
  if (!held_.read()) {
    history_.reset();
    return engine::too_old("the history");
  }
  if (std::exchange(holds_back_, false)) return version_;
  const auto version = history_->next();
  if (!version) return fail(version.error());
  version_ = *version;
  if (version_ != nullptr) STELE_TRY(note_recorded(version_->time().tsn));
  return version_;
}

Status RowVersions::read(uint64_t offset, ByteSpan into) const {
  return tables::read_row(*held_.view(), *version_, offset, into);
}

}  // namespace stele::db
