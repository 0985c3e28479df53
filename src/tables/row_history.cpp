// The history of a row, from the walks over its versions.
#include "tables/row_history.h"

#include <algorithm>
#include <utility>

namespace stele::tables {

RowHistory::RowHistory(const WalkedRow& row, const HistoryRange& range) : row_(row), range_(range) {
  if (range.since) {
    since_ = Horizon{.tsn = std::min(range.since->tsn, range.until.tsn),
                     .position = std::min(range.since->position, range.until.position)};
  }
  if (!range.oldest_first) newest_first_.emplace(row_, range_.until);
}

// A deletion is shown once there is a row behind it; of several in a row the oldest one has ended
// it.
Result<bool> RowHistory::next_older() {
  if (std::exchange(has_row_ahead_, false)) {
    version_.version = ahead_;
    return true;
  }
  std::optional<VersionTime> deletion;
  while (!has_ended_) {
    const auto there = newest_first_->next(ahead_);
    if (!there) return fail(there.error());
    if (!*there) break;
    has_ended_ = since_ && since_->shows(ahead_.time);
    if (ahead_.is_deleted) {
      deletion = ahead_.time;
      continue;
    }
    has_row_ahead_ = deletion.has_value();
    version_.version = deletion ? MergedVersion{.time = *deletion, .is_deleted = true} : ahead_;
    return true;
  }
  has_ended_ = true;
  return false;
}

Status RowHistory::begin_oldest() {
  std::optional<VersionTime> from;
  if (since_) {
    NewestFirst first(row_, *since_);
    MergedVersion version;
    const auto there = first.next(version);
    if (!there) return fail(there.error());
    if (*there) from = version.time;
  }
  oldest_first_.emplace(row_, from, range_.until);
  return {};
}

Result<bool> RowHistory::next_newer() {
  if (!oldest_first_) STELE_TRY(begin_oldest());
  for (;;) {
    const auto there = oldest_first_->next(version_.version);
    if (!there || !*there) return there;
    const bool was_row = std::exchange(was_row_, !version_.version.is_deleted);
    if (was_row_ || was_row) return true;
  }
}

Result<const Row*> RowHistory::next() {
  const auto there = range_.oldest_first ? next_newer() : next_older();
  if (!there) return fail(there.error());
  if (!*there) return nullptr;
  version_.key = row_.key;
  return &version_;
}

}  // namespace stele::tables
