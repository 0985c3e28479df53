// Rows in batches, and their guards.
#include "capi/table.h"

using stele::ByteView;
using stele::Code;
using stele::fail;
using stele::Result;
using stele::Status;
using stele::capi::bytes_of;
using stele::capi::guarded;

namespace stele::capi {

namespace {

// A batch and a table of the same database.
struct Both {
  Pinned<BatchObject> batch;
  Pinned<TableObject> table;
  [[nodiscard]] tables::RowPart& rows() const { return batch->batch.rows(); }
  [[nodiscard]] tables::TableId id() const { return table->table->id(); }
};

Result<Both> both_of(stele_batch* batch, stele_table* table) {
  auto first = usable_batch(batch);
  if (!first) return fail(std::move(first).error());
  auto second = usable_table(table);
  if (!second) return fail(std::move(second).error());
  if ((*first)->batch.database() != (*second)->table->database()) {
    return fail(Code::kInvalid, "the table is one of another database than the batch");
  }
  return Both{*std::move(first), *std::move(second)};
}

// Runs `body(both, key)`.
template <typename Body>
Status with_key(stele_batch* batch, stele_table* table, const uint8_t* key, size_t key_size,
                const Body& body) {
  const auto both = both_of(batch, table);
  if (!both) return fail(both.error());
  const auto bytes = row_key_of(key, key_size);
  if (!bytes) return fail(bytes.error());
  return body(*both, *bytes);
}

// Rows of a projection's table follow from events, and who else wrote one would be wrong.
Status check_no_owner(const Both& both) {
  const tables::TableInfo& info = both.table->table->info();
  if (info.owner.empty()) return {};
  return fail(Code::kInvalid, cat("table ", tables::shown(info.name), " belongs to projection ",
                                  quoted(info.owner), ", which alone writes to it"));
}

}  // namespace

}  // namespace stele::capi

// Keys, rows and names are two parameters each in C. And the analyzer loses an Error's detail on
// its way out of a std::expected.
// NOLINTBEGIN(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
extern "C" {

stele_status stele_batch_put(stele_batch* batch, stele_table* table, const uint8_t* key,
                             size_t key_size, const uint8_t* row, size_t row_size,
                             stele_error* error) {
  return guarded("put row", error, [&]() -> Status {
    const auto value = bytes_of(row, row_size, "row");
    if (!value) return fail(value.error());
    return stele::capi::with_key(
        batch, table, key, key_size, [&](const auto& both, ByteView at) -> Status {
          STELE_TRY(stele::capi::check_no_owner(both));
          return both.rows().put(both.id(), at, *value, stele::tables::kPositionOfCommit);
        });
  });
}

stele_status stele_batch_delete(stele_batch* batch, stele_table* table, const uint8_t* key,
                                size_t key_size, stele_error* error) {
  return guarded("delete row", error, [&]() -> Status {
    return stele::capi::with_key(
        batch, table, key, key_size, [&](const auto& both, ByteView at) -> Status {
          STELE_TRY(stele::capi::check_no_owner(both));
          return both.rows().erase(both.id(), at, stele::tables::kPositionOfCommit);
        });
  });
}

stele_status stele_batch_delete_range(stele_batch* batch, stele_table* table, const uint8_t* low,
                                      size_t low_size, const uint8_t* high, size_t high_size,
                                      stele_error* error) {
  return guarded("delete rows", error, [&]() -> Status {
    const auto both = stele::capi::both_of(batch, table);
    if (!both) return fail(both.error());
    STELE_TRY(stele::capi::check_no_owner(*both));
    const auto range = stele::capi::range_of(low, low_size, high, high_size);
    if (!range) return fail(range.error());
    const ByteView end = range->high ? ByteView(*range->high) : ByteView();
    return both->rows().erase_range(both->id(), range->low, range->high ? &end : nullptr,
                                    stele::tables::kPositionOfCommit);
  });
}

stele_status stele_batch_table_create(stele_batch* batch, const char* schema, size_t schema_size,
                                      const char* name, size_t name_size,
                                      const stele_table_options* options, stele_error* error) {
  return guarded("create table", error, [&]() -> Status {
    const auto object = stele::capi::usable_batch(batch);
    if (!object) return fail(object.error());
    const auto wanted = stele::capi::table_name(schema, schema_size, name, name_size);
    if (!wanted) return fail(wanted.error());
    const auto history = stele::capi::history_options(options);
    if (!history) return fail(history.error());
    const auto made = (*object)->batch.catalog().create(*wanted, history->history, history->amount);
    return made ? Status() : Status(fail(made.error()));
  });
}

stele_status stele_batch_table_drop(stele_batch* batch, stele_table* table, stele_error* error) {
  return guarded("drop table", error, [&]() -> Status {
    const auto both = stele::capi::both_of(batch, table);
    if (!both) return fail(both.error());
    return both->batch->batch.catalog().drop(both->id());
  });
}

stele_status stele_batch_table_rename(stele_batch* batch, stele_table* table, const char* schema,
                                      size_t schema_size, const char* name, size_t name_size,
                                      stele_error* error) {
  return guarded("rename table", error, [&]() -> Status {
    const auto both = stele::capi::both_of(batch, table);
    if (!both) return fail(both.error());
    const auto wanted = stele::capi::table_name(schema, schema_size, name, name_size);
    if (!wanted) return fail(wanted.error());
    return both->batch->batch.catalog().rename(both->id(), *wanted);
  });
}

stele_status stele_batch_expect_row(stele_batch* batch, stele_table* table, const uint8_t* key,
                                    size_t key_size, uint64_t tsn, stele_error* error) {
  return guarded("expect row", error, [&]() -> Status {
    return stele::capi::with_key(batch, table, key, key_size, [&](const auto& both, ByteView at) {
      return both.batch->batch.add_row_guard(both.table->table->info(), at, {.tsn = tsn});
    });
  });
}

stele_status stele_batch_expect_value(stele_batch* batch, stele_table* table, const uint8_t* key,
                                      size_t key_size, const uint8_t* row, size_t row_size,
                                      stele_error* error) {
  return guarded("expect value", error, [&]() -> Status {
    const auto value = bytes_of(row, row_size, "row");
    if (!value) return fail(value.error());
    return stele::capi::with_key(batch, table, key, key_size, [&](const auto& both, ByteView at) {
      return both.batch->batch.add_row_guard(both.table->table->info(), at,
                                             {.kind = stele::tables::RowExpectation::Kind::kValue,
                                              .value = {value->begin(), value->end()}});
    });
  });
}

stele_status stele_batch_expect_unchanged(stele_batch* batch, stele_table* table,
                                          const uint8_t* low, size_t low_size, const uint8_t* high,
                                          size_t high_size, uint64_t since, stele_error* error) {
  return guarded("expect unchanged", error, [&]() -> Status {
    const auto both = stele::capi::both_of(batch, table);
    if (!both) return fail(both.error());
    auto range = stele::capi::range_of(low, low_size, high, high_size);
    if (!range) return fail(std::move(range).error());
    if (range->high && *range->high < range->low) {
      return fail(Code::kInvalid, "the range ends before it begins");
    }
    return both->batch->batch.add_range_guard(both->table->table->info(), *std::move(range), since);
  });
}

}  // extern "C"
// NOLINTEND(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
