// stele_table: creating, finding and describing tables, and reading a row.
#include "capi/table.h"

#include <algorithm>

using stele::Code;
using stele::fail;
using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::TableObject;

namespace stele::capi {

void write_info(const tables::TableInfo& info, stele_table_info* to) {
  stele_table_info filled = {};
  filled.id = info.id;
  filled.history = static_cast<int32_t>(info.history);
  filled.history_amount = info.amount;
  filled.created_tsn = info.created_tsn;
  std::ranges::copy(info.name.schema, filled.schema);
  std::ranges::copy(info.name.name, filled.name);
  std::ranges::copy(info.owner, filled.projection);
  write_struct(filled, to);
}

namespace {

// Commits one change of the catalog.
template <typename Change>
Status commit_change(stele_db* db, const Change& change) {
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  db::Batch batch((*object)->database);
  // The analyzer loses an Error's detail on its way out of a std::expected.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
  STELE_TRY(change((*object)->database, batch.catalog()));
  const auto committed = batch.commit();
  return committed ? Status() : Status(fail(committed.error()));
}

}  // namespace

Status check_row_place(const uint8_t* buffer, size_t capacity, size_t* size, stele_row* row) {
  STELE_TRY(check_pointer(size, "size"));
  *size = 0;
  if (capacity > 0) STELE_TRY(check_pointer(buffer, "buffer"));
  if (row != nullptr) STELE_TRY(check_out_struct(row, "row"));
  return {};
}

Status copy_row(const engine::View& view, const tables::Row& found, ByteView key,
                const RowPlace& to) {
  *to.size = found.size();
  if (found.size() > to.capacity) {
    return fail(Code::kBufferTooSmall,
                cat("the row has ", found.size(), " bytes, the buffer ", to.capacity));
  }
  STELE_TRY(tables::read_row(view, found, 0, {to.buffer, found.size()}));
  if (to.row == nullptr) return {};
  stele_row filled = {};
  filled.key = {key.data(), key.size()};
  filled.value = {to.buffer, found.size()};
  filled.tsn = found.time().tsn;
  filled.position = found.time().position;
  write_struct(filled, to.row);
  return {};
}

Result<ByteView> row_key_of(const uint8_t* key, size_t key_size) {
  auto bytes = bytes_of(key, key_size, "key");
  if (!bytes || bytes->size() <= tables::kRowKeySizeMax) return bytes;
  return fail(Code::kTooLarge, cat("the key has ", bytes->size(), " bytes, at most ",
                                   tables::kRowKeySizeMax, " are allowed"));
}

Result<Pinned<TableObject>> usable_table(stele_table* table) {
  auto object = pin<TableObject>(table, "table");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->table->database()));
  return object;
}

Result<tables::TableName> table_name(const char* schema, size_t schema_size, const char* name,
                                     size_t name_size) {
  const auto first = text_of(schema, schema_size, "schema");
  if (!first) return fail(first.error());
  const auto second = text_of(name, name_size, "name");
  if (!second) return fail(second.error());
  return tables::TableName{
      .schema = std::string(schema_size == 0 ? tables::kDefaultSchema : *first),
      .name = std::string(*second)};
}

Result<HistoryOptions> history_options(const stele_table_options* given) {
  if (given == nullptr) return HistoryOptions();
  const auto options = read_struct(given, "options");
  if (!options) return fail(options.error());
  if (options->history < STELE_HISTORY_NONE || options->history > STELE_HISTORY_TIME) {
    return fail(Code::kInvalid, cat("history ", options->history, " is unknown"));
  }
  return HistoryOptions{.history = static_cast<tables::History>(options->history),
                        .amount = options->history_amount};
}

Result<db::AsOf> as_of(const stele_as_of* given) {
  if (given == nullptr) return db::AsOf();
  const auto read = read_struct(given, "as_of");
  if (!read) return fail(read.error());
  if (read->kind < STELE_AS_OF_NOW || read->kind > STELE_AS_OF_TIME) {
    return fail(Code::kInvalid, cat("as_of.kind ", read->kind, " is unknown"));
  }
  return db::AsOf{.kind = static_cast<db::AsOf::Kind>(read->kind), .at = read->at};
}

Result<tables::RowRange> range_of(const uint8_t* low, size_t low_size, const uint8_t* high,
                                  size_t high_size) {
  const auto first = bytes_of(low, low_size, "low");
  if (!first) return fail(first.error());
  const auto end = bytes_of(high, high_size, "high");
  if (!end) return fail(end.error());
  for (const ByteView key : {*first, *end}) {
    if (key.size() > tables::kRowKeySizeMax) {
      return fail(Code::kTooLarge, cat("a key of the range has ", key.size(), " bytes, at most ",
                                       tables::kRowKeySizeMax, " are allowed"));
    }
  }
  tables::RowRange range = {.low = {first->begin(), first->end()}};
  if (high != nullptr) range.high.emplace(end->begin(), end->end());
  return range;
}

}  // namespace stele::capi

// Keys, rows and names are two parameters each in C. And the analyzer loses an Error's detail on
// its way out of a std::expected.
// NOLINTBEGIN(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
extern "C" {

stele_status stele_table_create(stele_db* db, const char* schema, size_t schema_size,
                                const char* name, size_t name_size,
                                const stele_table_options* options, stele_error* error) {
  return guarded("create table", error, [&]() -> Status {
    const auto wanted = stele::capi::table_name(schema, schema_size, name, name_size);
    if (!wanted) return fail(wanted.error());
    const auto history = stele::capi::history_options(options);
    if (!history) return fail(history.error());
    return stele::capi::commit_change(db, [&](const auto&, stele::tables::CatalogPart& catalog) {
      const auto made = catalog.create(*wanted, history->history, history->amount);
      return made ? Status() : Status(fail(made.error()));
    });
  });
}

stele_status stele_table_drop(stele_db* db, const char* schema, size_t schema_size,
                              const char* name, size_t name_size, stele_error* error) {
  return guarded("drop table", error, [&]() -> Status {
    const auto wanted = stele::capi::table_name(schema, schema_size, name, name_size);
    if (!wanted) return fail(wanted.error());
    return stele::capi::commit_change(
        db, [&](const auto& database, stele::tables::CatalogPart& catalog) -> Status {
          const auto table = stele::db::Table::open(database, *wanted);
          if (!table) return fail(table.error());
          return catalog.drop((*table)->id());
        });
  });
}

stele_status stele_table_rename(stele_db* db, const char* schema, size_t schema_size,
                                const char* name, size_t name_size, const char* new_schema,
                                size_t new_schema_size, const char* new_name, size_t new_name_size,
                                stele_error* error) {
  return guarded("rename table", error, [&]() -> Status {
    const auto before = stele::capi::table_name(schema, schema_size, name, name_size);
    if (!before) return fail(before.error());
    const auto after =
        stele::capi::table_name(new_schema, new_schema_size, new_name, new_name_size);
    if (!after) return fail(after.error());
    return stele::capi::commit_change(
        db, [&](const auto& database, stele::tables::CatalogPart& catalog) -> Status {
          const auto table = stele::db::Table::open(database, *before);
          if (!table) return fail(table.error());
          return catalog.rename((*table)->id(), *after);
        });
  });
}

stele_status stele_table_next(stele_db* db, const char* schema, size_t schema_size,
                              const char* name, size_t name_size, stele_table_info* info,
                              stele_error* error) {
  return guarded("list tables", error, [&]() -> Status {
    STELE_TRY(check_out_struct(info, "info"));
    const auto object = stele::capi::usable_database(db);
    if (!object) return fail(object.error());
    const auto first = stele::capi::text_of(schema, schema_size, "schema");
    if (!first) return fail(first.error());
    const auto second = stele::capi::text_of(name, name_size, "name");
    if (!second) return fail(second.error());
    const auto next = stele::db::next_table(
        *(*object)->database, {.schema = std::string(*first), .name = std::string(*second)});
    if (!next && next.error().code() == Code::kNotFound) {
      return fail(Code::kEnd, next.error().message());
    }
    if (!next) return fail(next.error());
    stele::capi::write_info(*next, info);
    return {};
  });
}

stele_status stele_table_open(stele_db* db, const char* schema, size_t schema_size,
                              const char* name, size_t name_size, stele_table** table,
                              stele_error* error) {
  return guarded("open table", error, [&]() -> Status {
    STELE_TRY(check_pointer(table, "table"));
    *table = nullptr;
    const auto object = stele::capi::usable_database(db);
    if (!object) return fail(object.error());
    const auto wanted = stele::capi::table_name(schema, schema_size, name, name_size);
    if (!wanted) return fail(wanted.error());
    auto opened = stele::db::Table::open((*object)->database, *wanted);
    if (!opened) return fail(std::move(opened).error());
    stele::capi::publish(std::make_unique<TableObject>(*std::move(opened)), table);
    return {};
  });
}

stele_status stele_table_describe(stele_table* table, stele_table_info* info, stele_error* error) {
  return guarded("describe table", error, [&]() -> Status {
    STELE_TRY(check_out_struct(info, "info"));
    const auto object = stele::capi::usable_table(table);
    if (!object) return fail(object.error());
    const auto found = (*object)->table->describe();
    if (!found) return fail(found.error());
    stele::capi::write_info(*found, info);
    return {};
  });
}

void stele_table_close(stele_table* table) {
  HandleTable::instance().close(table, TableObject::kKind);
}

stele_status stele_table_get(stele_table* table, const stele_as_of* as_of, const uint8_t* key,
                             size_t key_size, uint8_t* buffer, size_t capacity, size_t* size,
                             stele_row* row, stele_error* error) {
  return guarded("get row", error, [&]() -> Status {
    const auto bytes = stele::capi::row_key_of(key, key_size);
    if (!bytes) return fail(bytes.error());
    STELE_TRY(stele::capi::check_row_place(buffer, capacity, size, row));
    const auto object = stele::capi::usable_table(table);
    if (!object) return fail(object.error());
    const auto when = stele::capi::as_of(as_of);
    if (!when) return fail(when.error());
    return (*object)->table->get(*bytes, *when, [&](const auto& view, const auto& found) {
      return stele::capi::copy_row(view, found, *bytes, {buffer, capacity, size, row});
    });
  });
}

}  // extern "C"
// NOLINTEND(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
