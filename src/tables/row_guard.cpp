// Checking rows at the moment of a commit.
#include "tables/row_guard.h"

#include <algorithm>

#include "base/text.h"
#include "tables/row_changes.h"

namespace stele::tables {

namespace {

// Keys are any bytes: shown as text where they are that.
std::string shown_key(ByteView key) {
  if (is_utf8(as_text(key))) return quoted(as_text(key));
  constexpr size_t kShown = 32;
  return cat("0x", hex(key.data(), std::min(key.size(), kShown)), key.size() > kShown ? "..." : "");
}

}  // namespace

std::optional<engine::Objection> RowGuard::judge(const engine::View& view, const Row* row,
                                                 uint64_t tsn) const {
  const auto object = [&](const std::string& reason) {
    return engine::Objection{
        .position = row ? row->time().position : 0,
        .tsn = tsn,
        .since = tsn,
        .message = cat("table ", shown(table_.name), ", row ", shown_key(key_), " ", reason)};
  };
  if (!row) {
    if (expected_.kind == RowExpectation::Kind::kTsn && expected_.tsn == 0) return std::nullopt;
    return object("is not there");
  }
  if (expected_.kind == RowExpectation::Kind::kTsn) {
    if (row->time().tsn == expected_.tsn) return std::nullopt;
    if (expected_.tsn == 0) return object(cat("is there, from commit ", row->time().tsn));
    return object(cat("is of commit ", row->time().tsn, ", not of ", expected_.tsn));
  }
  if (row->size() == expected_.value.size()) {
    std::vector<uint8_t> found(row->size());
    if (auto read = read_row(view, *row, 0, found); !read) return engine::objection(read.error());
    if (found == expected_.value) return std::nullopt;
  }
  return object(cat("holds something else, from commit ", row->time().tsn));
}

std::optional<engine::Objection> RowGuard::check(const engine::View& view,
                                                 const engine::Snapshot& held,
                                                 const engine::Snapshot& now) {
  const Horizon horizon = {.tsn = now.tsn};
  if (held.tsn == 0) {
    RowReader reader(view, table_, horizon);
    Row row;
    const auto there = reader.find(key_, row);
    if (!there) return engine::objection(there.error());
    return judge(view, *there ? &row : nullptr, *there ? row.time().tsn : 0);
  }
  for (size_t i = view.chunks.size(); i-- > 0;) {
    const auto version = RowTail::of(*view.chunks[i]).find(table_.id, key_, horizon);
    if (version) {
      if (version->time.tsn <= held.tsn) return std::nullopt;
      const Row row = {
          .key = key_,
          .version = {.time = version->time, .is_deleted = false, .row = version->row}};
      return judge(view, version->is_deleted ? nullptr : &row, version->time.tsn);
    }
    if (view.chunks[i]->before().tsn <= held.tsn) break;
  }
  return std::nullopt;
}

engine::Objection RangeGuard::changed_by(uint64_t tsn) const {
  return {.tsn = tsn,
          .since = tsn,
          .message = cat("table ", shown(table_.name),
                         ": a row of the range was changed by commit ", tsn, ", behind ", since_)};
}

uint64_t RangeGuard::change_in(const RowTail& tail, uint64_t from, uint64_t to) const {
  const auto is_new = [&](const VersionTime& time) { return time.tsn > from && time.tsn <= to; };
  const auto is_below_high = [&](ByteView key) {
    return !range_.high || tree::compare(key, *range_.high) < 0;
  };
  for (const auto* node = tail.versions().seek(table_.id, range_.low);
       node != nullptr && node->table() == table_.id && is_below_high(node->key());
       node = node->next()) {
    if (is_new(node->time())) return node->time().tsn;
  }
  for (uint64_t i = 0; i < tail.ranges().size(); ++i) {
    const RangeDelete& range = *tail.ranges()[i];
    const bool is_above_low =
        !range.op.has_end() || tree::compare(range.op.value(), range_.low) > 0;
    if (range.table == table_.id && is_new(range.time) && is_above_low &&
        is_below_high(range.op.key())) {
      return range.time.tsn;
    }
  }
  return 0;
}

Result<uint64_t> RangeGuard::change_in_trees(const engine::View& view) const {
  tree::Cursor cursor(*view.trees->file, view.trees->root(kRowTree));
  tree::KeyBuffer key;
  row_tree_key(table_.id, range_.low, key);
  for (auto at = cursor.seek(key.view());; at = cursor.next()) {
    if (!at) return fail(at.error());
    if (!*at || table_of(cursor.key()) != table_.id) return 0;
    if (range_.high && tree::compare(cursor.key().subspan(kTableIdSize), *range_.high) >= 0) {
      return 0;
    }
    MergedVersion version;
    STELE_TRY(stored_version(*view.trees->file, cursor.value(), /*has_time=*/true, version));
    if (version.time.tsn > since_) return version.time.tsn;
  }
}

std::optional<engine::Objection> RangeGuard::check(const engine::View& view,
                                                   const engine::Snapshot& held,
                                                   const engine::Snapshot& now) {
  const uint64_t from = std::max(held.tsn, since_);
  for (size_t i = view.chunks.size(); i-- > 0;) {
    if (const uint64_t tsn = change_in(RowTail::of(*view.chunks[i]), from, now.tsn)) {
      return changed_by(tsn);
    }
    if (view.chunks[i]->before().tsn <= from) return std::nullopt;
  }
  if (view.trees->applied.tsn <= from) return std::nullopt;
  const auto tsn = change_in_trees(view);
  if (!tsn) return engine::objection(tsn.error());
  if (*tsn != 0) return changed_by(*tsn);
  if (table_.history != History::kNone) return std::nullopt;
  return engine::Objection{
      .code = Code::kTooOld,
      .message =
          cat("table ", shown(table_.name), " does not know any more what was deleted ",
              "behind commit ", since_, "; it knows it from ", view.trees->applied.tsn, " on")};
}

}  // namespace stele::tables
