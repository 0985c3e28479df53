// Rows that follow from the number of their batch.
#include "crash/table_twin.h"

#include <utility>

#include "base/text.h"
#include "db/table.h"

namespace stele::crash {

namespace {

constexpr const char* kNow = "now";
constexpr const char* kPast = "past";

tables::TableName named(const std::string& name) {
  return {.schema = "root", .name = name};
}

std::string key_of(uint64_t number) {
  return cat("key ", 10 + number % 13);
}

struct RowWork {
  enum class Kind : uint8_t { kPut, kDelete, kDeleteRange };
  Kind kind;
  std::string key;
  std::string value;  // Or the end of the range.
};

// What batch `number` does in either table, in order.
std::vector<RowWork> work_of(uint64_t number) {
  std::vector<RowWork> work;
  if (number % 11 == 0) {
    work.push_back({RowWork::Kind::kDeleteRange, key_of(number / 11), "key 3"});
  }
  const size_t size = number % 17 == 0 ? 9000 : number % 60;
  work.push_back({RowWork::Kind::kPut, key_of(number), cat(number, std::string(size, 'r'))});
  if (number % 3 == 0) work.push_back({RowWork::Kind::kPut, key_of(number / 3), cat(number)});
  if (number % 5 == 0) work.push_back({RowWork::Kind::kDelete, key_of(number / 5), ""});
  return work;
}

Status add_rows(const std::vector<RowWork>& work, tables::TableId table, db::Batch& batch) {
  for (const RowWork& one : work) {
    const ByteView key = as_bytes(one.key);
    const ByteView value = as_bytes(one.value);
    switch (one.kind) {
      case RowWork::Kind::kPut:
        STELE_TRY(batch.rows().put(table, key, value, 0));
        break;
      case RowWork::Kind::kDelete:
        STELE_TRY(batch.rows().erase(table, key, 0));
        break;
      case RowWork::Kind::kDeleteRange:
        STELE_TRY(batch.rows().erase_range(table, key, &value, 0));
    }
  }
  return {};
}

// Returns the number of a table, creating it in the batch if it may; 0: there is none.
Result<tables::TableId> find_or_create(const std::shared_ptr<db::Database>& database,
                                       db::Batch& batch, Submission& submission,
                                       const std::string& name, bool alone) {
  const auto table = db::Table::open(database, named(name));
  if (table) return (*table)->id();
  if (table.error().code() != Code::kNotFound) return fail(table.error());
  if (!alone) return tables::TableId{0};
  submission.tables_created.push_back(name);
  return batch.catalog().create(named(name),
                                name == kNow ? tables::History::kNone : tables::History::kAll, 0);
}

// Returns the first table that batches come and go with.
std::string first_extra(const db::Database& database) {
  const auto found = db::next_table(database, named("extra "));
  const bool is_extra = found && found->name.name.starts_with("extra ");
  return is_extra ? found->name.name : std::string();
}

Result<std::map<std::string, std::string>> rows_seen(const db::Table& table,
                                                     const db::AsOf& as_of) {
  auto scan = db::TableScan::start(table, {}, as_of);
  if (!scan) return fail(std::move(scan).error());
  std::map<std::string, std::string> rows;
  for (;;) {
    const auto row = (*scan)->next();
    if (!row) return fail(row.error());
    if (*row == nullptr) return rows;
    std::string value((*row)->size(), '\0');
    STELE_TRY((*scan)->read(0, {reinterpret_cast<uint8_t*>(value.data()), value.size()}));
    rows[std::string(as_text((*row)->key))] = std::move(value);
  }
}

}  // namespace

Status add_table_work(const std::shared_ptr<db::Database>& database, db::Batch& batch,
                      Submission& submission, bool alone) {
  const uint64_t number = submission.number;
  const std::vector<RowWork> work = work_of(number);
  for (const char* name : {kNow, kPast}) {
    const auto table = find_or_create(database, batch, submission, name, alone);
    if (!table) return fail(table.error());
    if (*table == 0) continue;
    STELE_TRY(add_rows(work, *table, batch));
    submission.tables_written.emplace_back(name);
  }
  if (!alone || number % 6 != 0) return {};
  const std::string extra = first_extra(*database);
  if (number % 12 == 0 && !extra.empty()) {
    const auto table = db::Table::open(database, named(extra));
    if (!table) return fail(table.error());
    submission.tables_dropped.push_back(extra);
    return batch.catalog().drop((*table)->id());
  }
  const std::string name = cat("extra ", number);
  const auto made = find_or_create(database, batch, submission, name, alone);
  if (!made) return fail(made.error());
  submission.tables_written.push_back(name);
  return add_rows(work, *made, batch);
}

void TableTwin::apply(const Submission& submission) {
  for (const std::string& name : submission.tables_created) tables_[name];
  for (const std::string& name : submission.tables_dropped) tables_.erase(name);
  for (const std::string& name : submission.tables_written) {
    Rows& rows = tables_[name];
    for (const RowWork& one : work_of(submission.number)) {
      if (one.kind == RowWork::Kind::kPut) rows[one.key] = one.value;
      if (one.kind == RowWork::Kind::kDelete) rows.erase(one.key);
      if (one.kind != RowWork::Kind::kDeleteRange) continue;
      rows.erase(rows.lower_bound(one.key), rows.lower_bound(one.value));
    }
  }
  const auto past = tables_.find(kPast);
  past_.push_back(past == tables_.end() ? Rows() : past->second);
}

std::optional<std::string> TableTwin::check(const std::shared_ptr<db::Database>& database,
                                            uint64_t moment) const {
  tables::TableName name;
  for (const auto& [expected, rows] : tables_) {
    const auto next = db::next_table(*database, name);
    if (!next || next->name.name != expected) return cat("table ", expected, " is missing");
    name = next->name;
    const auto table = db::Table::open(database, name);
    if (!table) return table.error().message();
    const auto found = rows_seen(**table, {});
    if (!found) return found.error().message();
    if (*found != rows) return cat("table ", expected, " holds other rows than it should");
    if (expected != kPast || moment < (*table)->info().created_tsn) continue;
    const db::AsOf as_of = {.kind = db::AsOf::Kind::kTsn, .at = static_cast<int64_t>(moment)};
    const auto old = rows_seen(**table, as_of);
    if (!old) return old.error().message();
    if (*old != past_[moment - 1]) {
      return cat("table ", expected, " held other rows behind commit ", moment);
    }
  }
  if (const auto more = db::next_table(*database, name)) {
    return cat("table ", more->name.name, " should not be there");
  }
  return std::nullopt;
}

}  // namespace stele::crash
