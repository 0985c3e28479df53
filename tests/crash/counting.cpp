// Counting, in tables and in memory.
#include "crash/counting.h"

#include <utility>

#include "base/text.h"

namespace stele::crash {

namespace {

// Each so-manieth event clears a range of rows.
constexpr uint64_t kClears = 13;
constexpr uint64_t kFirstCleared = 1;
constexpr uint64_t kBehindCleared = 3;

bool clears(uint64_t position) {
  return position % kClears == 0;
}

std::string count_row(uint64_t version, uint64_t count) {
  return cat("v", version, " ", count);
}

}  // namespace

std::string counted_entity(uint64_t number) {
  return cat("e:", number);
}

tables::TableName counts_name(const std::string& suffix) {
  return {.schema = "root", .name = "counts" + suffix};
}

tables::TableName lasts_name(const std::string& suffix) {
  return {.schema = "views", .name = "lasts" + suffix};
}

Counted counted(const std::vector<std::string>& entities, uint64_t position, uint64_t version) {
  std::map<std::string, uint64_t> counts;
  Counted rows;
  for (uint64_t i = 1; i <= position; ++i) {
    if (clears(i)) {
      for (uint64_t cleared = kFirstCleared; cleared < kBehindCleared; ++cleared) {
        counts.erase(counted_entity(cleared));
        rows.lasts.erase(counted_entity(cleared));
      }
    } else {
      ++counts[entities[i - 1]];
      rows.lasts[entities[i - 1]] = cat(i);
    }
  }
  for (const auto& [entity, count] : counts) rows.counts[entity] = count_row(version, count);
  return rows;
}

Result<std::unique_ptr<Counting>> Counting::open(const DatabasePtr& database, uint64_t version,
                                                 bool rebuilds) {
  auto projection = db::Projection::open(database, kCounting, {}, rebuilds);
  if (!projection) return fail(std::move(projection).error());
  auto counts = (*projection)->table(counts_name(), tables::History::kAll);
  if (!counts) return fail(std::move(counts).error());
  auto lasts = (*projection)->table(lasts_name(), tables::History::kNone);
  if (!lasts) return fail(std::move(lasts).error());
  return std::unique_ptr<Counting>(
      new Counting(*std::move(projection), *std::move(counts), *std::move(lasts), version));
}

Result<uint64_t> Counting::count_of(const std::string& entity) {
  const auto known = pending_.find(entity);
  if (known != pending_.end()) return known->second;
  uint64_t count = 0;
  const auto got = counts_->get(as_bytes(entity), {},
                                [&](const engine::View&, const tables::Row& row) -> Status {
                                  const std::string text(as_text(row.version.row));
                                  count = std::stoull(text.substr(text.find(' ')));
                                  return {};
                                });
  if (!got && got.error().code() != Code::kNotFound) return fail(got.error());
  return count;
}

Status Counting::apply(const std::string& entity, uint64_t position) {
  if (clears(position)) {
    const std::string low = counted_entity(kFirstCleared);
    const std::string high = counted_entity(kBehindCleared);
    const ByteView end = as_bytes(high);
    for (uint64_t i = kFirstCleared; i < kBehindCleared; ++i) pending_[counted_entity(i)] = 0;
    STELE_TRY(projection_->erase_range(*counts_, as_bytes(low), &end, position));
    return projection_->erase_range(*lasts_, as_bytes(low), &end, position);
  }
  const auto count = count_of(entity);
  if (!count) return fail(count.error());
  pending_[entity] = *count + 1;
  const std::string row = count_row(version_, *count + 1);
  STELE_TRY(projection_->put(*counts_, as_bytes(entity), as_bytes(row), position));
  const std::string last = cat(position);
  return projection_->put(*lasts_, as_bytes(entity), as_bytes(last), position);
}

Result<bool> Counting::take() {
  const auto record = projection_->events().peek();
  if (!record) return fail(record.error());
  if (!*record) return false;
  const std::string entity((*record)->entity());
  const uint64_t position = (*record)->position();
  projection_->events().advance();
  STELE_TRY(apply(entity, position));
  return true;
}

Status Counting::commit() {
  Status committed = projection_->commit();
  pending_.clear();  // The other instance may be next.
  return committed;
}

Result<CountedRows> rows_of(const db::Table& table, const db::AsOf& as_of) {
  auto scan = db::TableScan::start(table, {}, as_of);
  if (!scan) return fail(std::move(scan).error());
  CountedRows rows;
  for (;;) {
    const auto row = (*scan)->next();
    if (!row) return fail(row.error());
    if (*row == nullptr) return rows;
    rows[std::string(as_text((*row)->key))] = as_text((*row)->version.row);
  }
}

}  // namespace stele::crash
