// Rows of a frozen chunk beside those of the trees.
#include "tables/row_merge.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "tables/row_changes.h"

namespace stele::tables {

RowMerge::RowMerge(const engine::View& view)
    : view_(view),
      trees_(*view.trees),
      tail_(RowTail::of(*view.chunks.front())),
      node_(tail_.versions().first()),
      intervals_(trees_.file == nullptr ? std::vector<Interval>() : intervals_of(tail_)) {
  if (!intervals_.empty()) walker_.emplace(*trees_.file, trees_.root(kRowTree));
}

std::vector<RowMerge::Interval> RowMerge::intervals_of(const RowTail& tail) {
  std::vector<Interval> all;
  const auto key_of = [](TableId table, ByteView key) {
    std::vector<uint8_t> bytes(kTableIdSize);
    store_be(bytes.data(), table);
    bytes.insert(bytes.end(), key.begin(), key.end());
    return bytes;
  };
  for (uint64_t i = 0; i < tail.ranges().size(); ++i) {
    const RangeDelete& range = *tail.ranges()[i];
    all.push_back({.low = key_of(range.table, range.op.key()),
                   .high = range.op.has_end() ? key_of(range.table, range.op.value())
                                              : key_of(range.table + 1, {})});
  }
  std::ranges::sort(all, {}, &Interval::low);
  std::vector<Interval> joined;
  for (Interval& interval : all) {
    if (!joined.empty() && interval.low <= joined.back().high) {
      joined.back().high = std::max(joined.back().high, interval.high);
    } else {
      joined.push_back(std::move(interval));
    }
  }
  return joined;
}

bool RowMerge::is_in_interval() const {
  return tree::compare(walker_->key(), intervals_[interval_].high) < 0;
}

Result<bool> RowMerge::enter_next() {
  for (; interval_ < intervals_.size(); ++interval_) {
    const auto there = walker_->seek(intervals_[interval_].low);
    if (!there) return fail(there.error());
    if (!*there) interval_ = intervals_.size() - 1;
    if (*there && is_in_interval()) return true;
  }
  return false;
}

Result<bool> RowMerge::walk() {
  if (!walks_) return enter_next();
  const auto there = walker_->next();
  if (!there) return fail(there.error());
  if (*there && is_in_interval()) return true;
  ++interval_;
  return enter_next();
}

Result<bool> RowMerge::choose_table(TableId table) {
  if (table != chosen_) {
    chosen_ = table;
    auto info = table_of_chunk(view_, table);
    if (!info) return fail(std::move(info).error());
    table_ = *std::move(info);
  }
  return table_.has_value();
}

Result<bool> RowMerge::next() {
  for (;;) {
    if (walker_ && !walks_ && interval_ < intervals_.size()) {
      const auto walks = walk();
      if (!walks) return fail(walks.error());
      walks_ = *walks;
    }
    if (node_ == nullptr && !walks_) return false;
    int order = node_ == nullptr ? 1 : -1;
    if (node_ != nullptr) {
      row_tree_key(node_->table(), node_->key(), tail_key_);
      if (walks_) order = tree::compare(tail_key_.view(), walker_->key());
    }
    key_.assign(order <= 0 ? tail_key_.view() : walker_->key());
    const VersionList::Node* from = order <= 0 ? node_ : nullptr;
    if (order <= 0) {
      const ByteView key = node_->key();
      const TableId table = node_->table();
      while (node_ != nullptr && node_->is_row(table, key)) node_ = node_->next();
    }
    if (order >= 0) {
      const auto walks = walk();
      if (!walks) return fail(walks.error());
      walks_ = *walks;
      if (!walks_) interval_ = intervals_.size();
    }
    const auto is_there = choose_table(table_of(key_.view()));
    if (!is_there) return fail(is_there.error());
    if (!*is_there) continue;
    STELE_TRY(collect_versions(from));
    if (!versions_.empty()) return true;
  }
}

Status RowMerge::read_stored() {
  has_stored_ = false;
  if (trees_.file == nullptr) return {};
  const auto there = tree::get(*trees_.file, trees_.root(kRowTree), key_.view(), stored_);
  if (!there) return fail(there.error());
  if (!*there) return {};
  MergedVersion version;
  STELE_TRY(stored_version(*trees_.file, stored_.value, /*has_time=*/true, version));
  versions_.push_back(version);
  has_stored_ = true;
  return {};
}

Status RowMerge::collect_versions(const VersionList::Node* from) {
  versions_.clear();
  const bool keeps = table_->history != History::kNone;
  has_stored_ = false;
  if (keeps) STELE_TRY(read_stored());
  const auto first = static_cast<ptrdiff_t>(versions_.size());
  const TableId table = table_->id;
  for (; from != nullptr && from->is_row(table, key()); from = from->next()) {
    versions_.push_back(
        {.time = from->time(), .is_deleted = from->is_deleted(), .row = from->value()});
  }
  for (uint64_t i = 0; i < tail_.ranges().size(); ++i) {
    const RangeDelete& range = *tail_.ranges()[i];
    if (range.covers(table, key())) versions_.push_back({.time = range.time, .is_deleted = true});
  }
  // A deletion of a range comes before the rows that are as old.
  std::sort(versions_.begin() + first, versions_.end(),
            [](const MergedVersion& one, const MergedVersion& other) {
              return one.time != other.time ? one.time < other.time
                                            : one.is_deleted && !other.is_deleted;
            });
  if (!keeps) {
    if (versions_.size() > 1) versions_.erase(versions_.begin(), versions_.end() - 1);
    return {};
  }
  size_t kept = 0;
  for (size_t i = 0; i < versions_.size(); ++i) {
    // Of those that are as old the last one counts.
    if (kept > 0 && versions_[kept - 1].time == versions_[i].time) --kept;
    const bool says_nothing =
        versions_[i].is_deleted && (kept == 0 || versions_[kept - 1].is_deleted);
    if (!says_nothing || (i == 0 && has_stored_)) versions_[kept++] = versions_[i];
  }
  versions_.resize(kept);
  if (has_stored_ && kept == 1) versions_.clear();  // Nothing new.
  return {};
}

}  // namespace stele::tables
