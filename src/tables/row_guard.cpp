// Checking rows at the moment of a commit.
#include "tables/row_guard.h"

#include <algorithm>

#include "base/text.h"
#include "tables/row_changes.h"
#include "tables/vacuum.h"

namespace stele::tables {

namespace {

using engine::Objection;
using engine::objection;

// Keys are any bytes: shown as text where they are that.
std::string shown_key(ByteView key) {
  if (is_utf8(as_text(key))) return quoted(as_text(key));
  constexpr size_t kShown = 32;
  return cat("0x", hex(key.data(), std::min(key.size(), kShown)), key.size() > kShown ? "..." : "");
}

// Compares a row, null: it is not there, with what is expected. `tsn`: the commit that has made it
// so.
std::optional<Objection> judge(const GuardScope& scope, const TableInfo& table, ByteView key,
                               const RowExpectation& expected, const Row* row, uint64_t tsn) {
  const auto object = [&](const std::string& reason) {
    return Objection{
        .position = row ? row->time().position : 0,
        .tsn = tsn,
        .since = tsn,
        .message = cat("table ", shown(table.name), ", row ", shown_key(key), " ", reason)};
  };
  const bool by_tsn = expected.kind == RowExpectation::Kind::kTsn;
  if (!row) {
    if (by_tsn && expected.tsn == 0) return std::nullopt;
    return object("is not there");
  }
  if (by_tsn) {
    if (row->time().tsn == expected.tsn) return std::nullopt;
    if (expected.tsn == 0) return object(cat("is there, from commit ", row->time().tsn));
    return object(cat("is of commit ", row->time().tsn, ", not of ", expected.tsn));
  }
  if (row->size() == expected.value.size()) {
    std::vector<uint8_t> found(row->size());
    if (auto read = read_row(scope.view, *row, 0, found); !read) return objection(read.error());
    if (found == expected.value) return std::nullopt;
  }
  return object(cat("holds something else, from commit ", row->time().tsn));
}

bool is_below_high(const RowRange& range, ByteView key) {
  return !range.high || tree::compare(key, *range.high) < 0;
}

// Returns a commit in (from, to] that has changed something, 0: there is none.
uint64_t change_in(const RowTail& tail, TableId table, const RowRange& range, uint64_t from,
                   uint64_t to) {
  const auto is_new = [&](const VersionTime& time) { return time.tsn > from && time.tsn <= to; };
  for (const auto* node = tail.versions().seek(table, range.low);
       node != nullptr && node->table() == table && is_below_high(range, node->key());
       node = node->next()) {
    if (is_new(node->time())) return node->time().tsn;
  }
  for (uint64_t i = 0; i < tail.ranges().size(); ++i) {
    const RangeDelete& deleted = *tail.ranges()[i];
    const bool is_above_low =
        !deleted.op.has_end() || tree::compare(deleted.op.value(), range.low) > 0;
    if (deleted.table == table && is_new(deleted.time) && is_above_low &&
        is_below_high(range, deleted.op.key())) {
      return deleted.time.tsn;
    }
  }
  return 0;
}

// Returns a commit behind `since` that has put a row which is in the trees, or has left a deletion
// there.
Result<uint64_t> change_in_trees(const engine::View& view, TableId table, const RowRange& range,
                                 uint64_t since) {
  tree::Cursor cursor(*view.trees->file, view.trees->root(kRowTree));
  tree::KeyBuffer key;
  row_tree_key(table, range.low, key);
  for (auto at = cursor.seek(key.view());; at = cursor.next()) {
    if (!at) return fail(at.error());
    if (!*at || table_of(cursor.key()) != table) return 0;
    if (!is_below_high(range, cursor.key().subspan(kTableIdSize))) return 0;
    MergedVersion version;
    STELE_TRY(stored_version(*view.trees->file, cursor.value(), /*has_time=*/true, version));
    if (version.time.tsn > since) return version.time.tsn;
  }
}

Result<uint64_t> count_rows(const engine::View& view, const TableInfo& table, uint64_t tsn,
                            const RowRange& range) {
  RowScan scan(view, table, {.tsn = tsn}, {.low = range.low, .high = range.high});
  for (uint64_t count = 0;; ++count) {
    const auto row = scan.next();
    if (!row) return fail(row.error());
    if (*row == nullptr) return count;
  }
}

// Whether the trees know everything that was deleted behind `since`.
Result<bool> keeps_deletions(const GuardScope& scope, const TableInfo& table, uint64_t since) {
  if (table.history == History::kAll) return true;
  if (table.history == History::kNone) return false;
  const auto horizon = history_horizon(scope.view, table, scope.now.tsn);
  if (!horizon) return fail(horizon.error());
  return since > *horizon;
}

// What is left to ask when no row that is there is newer than `since`: whether one is gone.
std::optional<Objection> check_deletions(const GuardScope& scope, const TableInfo& table,
                                         const RowRange& range, uint64_t since,
                                         const engine::View* then) {
  const auto knows = keeps_deletions(scope, table, since);
  if (!knows) return objection(knows.error());
  if (*knows) return std::nullopt;
  if (then == nullptr) {
    return Objection{
        .code = Code::kTooOld,
        .message = cat("table ", shown(table.name), " does not know any more what was deleted ",
                       "behind commit ", since, "; it knows it from ",
                       scope.view.trees->applied.tsn, " on")};
  }
  // All that are there now were there then: as many are the same.
  const auto before = count_rows(*then, table, since, range);
  if (!before) return objection(before.error());
  const auto now = count_rows(scope.view, table, scope.now.tsn, range);
  if (!now) return objection(now.error());
  if (*before == *now) return std::nullopt;
  return Objection{.message = cat("table ", shown(table.name),
                                  ": a row of the range was deleted behind commit ", since)};
}

}  // namespace

std::optional<Objection> check_row(const GuardScope& scope, const TableInfo& table, ByteView key,
                                   const RowExpectation& expected) {
  const auto& [view, held, now] = scope;
  const Horizon horizon = {.tsn = now.tsn};
  // A deletion in the tail is what the answer rests on, as a row is.
  for (size_t i = view.chunks.size(); i-- > 0;) {
    const auto version = RowTail::of(*view.chunks[i]).find(table.id, key, horizon);
    if (version) {
      if (version->time.tsn <= held.tsn) return std::nullopt;
      const Row row = {
          .key = key, .version = {.time = version->time, .is_deleted = false, .row = version->row}};
      return judge(scope, table, key, expected, version->is_deleted ? nullptr : &row,
                   version->time.tsn);
    }
    if (held.tsn != 0 && view.chunks[i]->before().tsn <= held.tsn) return std::nullopt;
  }
  if (held.tsn != 0) return std::nullopt;
  RowReader reader(view, table, horizon);
  Row row;
  const auto there = reader.find(key, row);
  if (!there) return objection(there.error());
  return judge(scope, table, key, expected, *there ? &row : nullptr, *there ? row.time().tsn : 0);
}

std::optional<Objection> check_range(const GuardScope& scope, const TableInfo& table,
                                     const RowRange& range, uint64_t since,
                                     const engine::View* then) {
  const auto& [view, held, now] = scope;
  const auto changed_by = [&](uint64_t tsn) {
    return Objection{
        .tsn = tsn,
        .since = tsn,
        .message = cat("table ", shown(table.name), ": a row of the range was changed by commit ",
                       tsn, ", behind ", since)};
  };
  const uint64_t from = std::max(held.tsn, since);
  for (size_t i = view.chunks.size(); i-- > 0;) {
    const RowTail& tail = RowTail::of(*view.chunks[i]);
    if (const uint64_t tsn = change_in(tail, table.id, range, from, now.tsn)) {
      return changed_by(tsn);
    }
    if (view.chunks[i]->before().tsn <= from) return std::nullopt;
  }
  if (view.trees->applied.tsn <= from) return std::nullopt;
  const auto tsn = change_in_trees(view, table.id, range, since);
  if (!tsn) return objection(tsn.error());
  if (*tsn != 0) return changed_by(*tsn);
  return check_deletions(scope, table, range, since, then);
}

}  // namespace stele::tables
