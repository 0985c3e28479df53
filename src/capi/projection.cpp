// stele_projection: events in, rows out.
#include "capi/projection.h"

#include "capi/table.h"
#include "db/projection_list.h"

using stele::ByteView;
using stele::fail;
using stele::Status;
using stele::capi::bytes_of;
using stele::capi::check_out_struct;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::TableObject;

namespace stele::capi {

namespace {

Result<Pinned<ProjectionObject>> usable_projection(stele_projection* projection) {
  auto object = pin<ProjectionObject>(projection, "projection");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->projection->database()));
  return object;
}

Status open(stele_db* db, const char* name, size_t name_size, const stele_query* query,
            uint32_t flags, stele_projection** projection) {
  STELE_TRY(check_pointer(projection, "projection"));
  *projection = nullptr;
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  const auto text = text_of(name, name_size, "name");
  if (!text) return fail(text.error());
  const auto what = query_of(query);
  if (!what) return fail(what.error());
  if ((flags & ~uint32_t{STELE_PROJECTION_REBUILD}) != 0) {
    return fail(Code::kInvalid, cat("flags ", flags, " has unknown bits"));
  }
  auto opened = db::Projection::open((*object)->database, std::string(*text), *what,
                                     (flags & STELE_PROJECTION_REBUILD) != 0);
  if (!opened) return fail(std::move(opened).error());
  publish(std::make_unique<ProjectionObject>(*std::move(opened)), projection);
  return {};
}

// Runs `body(projection, table)`.
template <typename Body>
Status with_both(stele_projection* projection, stele_table* table, const Body& body) {
  const auto first = usable_projection(projection);
  if (!first) return fail(first.error());
  const auto second = usable_table(table);
  if (!second) return fail(second.error());
  return body(*(*first)->projection, *(*second)->table);
}

}  // namespace

}  // namespace stele::capi

// Keys, rows and names are two parameters each in C. And the analyzer loses an Error's detail on
// its way out of a std::expected.
// NOLINTBEGIN(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
extern "C" {

stele_status stele_projection_open(stele_db* db, const char* name, size_t name_size,
                                   const stele_query* query, uint32_t flags,
                                   stele_projection** projection, stele_error* error) {
  return guarded("open projection", error, [&]() -> Status {
    return stele::capi::open(db, name, name_size, query, flags, projection);
  });
}

stele_status stele_projection_table(stele_projection* projection, const char* schema,
                                    size_t schema_size, const char* name, size_t name_size,
                                    const stele_table_options* options, stele_table** table,
                                    stele_error* error) {
  return guarded("open table", error, [&]() -> Status {
    STELE_TRY(check_pointer(table, "table"));
    *table = nullptr;
    const auto object = stele::capi::usable_projection(projection);
    if (!object) return fail(object.error());
    const auto wanted = stele::capi::table_name(schema, schema_size, name, name_size);
    if (!wanted) return fail(wanted.error());
    const auto history = stele::capi::history_options(options);
    if (!history) return fail(history.error());
    auto opened = (*object)->projection->table(*wanted, history->history, history->amount);
    if (!opened) return fail(std::move(opened).error());
    stele::capi::publish(std::make_unique<TableObject>(*std::move(opened)), table);
    return {};
  });
}

stele_status stele_projection_next(stele_projection* projection, int64_t timeout_ms,
                                   stele_event* view, stele_subscription_info* info,
                                   stele_error* error) {
  return guarded("projection", error, [&]() -> Status {
    const auto object = stele::capi::usable_projection(projection);
    if (!object) return fail(object.error());
    return stele::capi::follow((*object)->following(), timeout_ms, view, info);
  });
}

stele_status stele_projection_next_batch(stele_projection* projection, int64_t timeout_ms,
                                         uint8_t* buffer, size_t capacity, size_t* used,
                                         uint32_t* count, stele_subscription_info* info,
                                         stele_error* error) {
  return guarded("projection", error, [&]() -> Status {
    const auto object = stele::capi::usable_projection(projection);
    if (!object) return fail(object.error());
    stele::capi::RecordBuffer copies(buffer, capacity, used, count);
    return stele::capi::follow_batch((*object)->following(), timeout_ms, copies, info);
  });
}

stele_status stele_projection_put(stele_projection* projection, stele_table* table,
                                  const uint8_t* key, size_t key_size, const uint8_t* row,
                                  size_t row_size, uint64_t position, stele_error* error) {
  return guarded("put row", error, [&]() -> Status {
    const auto at = bytes_of(key, key_size, "key");
    if (!at) return fail(at.error());
    const auto value = bytes_of(row, row_size, "row");
    if (!value) return fail(value.error());
    return stele::capi::with_both(projection, table, [&](auto& events, const auto& rows) {
      return events.put(rows, *at, *value, position);
    });
  });
}

stele_status stele_projection_delete(stele_projection* projection, stele_table* table,
                                     const uint8_t* key, size_t key_size, uint64_t position,
                                     stele_error* error) {
  return guarded("delete row", error, [&]() -> Status {
    const auto at = bytes_of(key, key_size, "key");
    if (!at) return fail(at.error());
    return stele::capi::with_both(projection, table, [&](auto& events, const auto& rows) {
      return events.erase(rows, *at, position);
    });
  });
}

stele_status stele_projection_delete_range(stele_projection* projection, stele_table* table,
                                           const uint8_t* low, size_t low_size, const uint8_t* high,
                                           size_t high_size, uint64_t position,
                                           stele_error* error) {
  return guarded("delete rows", error, [&]() -> Status {
    const auto range = stele::capi::range_of(low, low_size, high, high_size);
    if (!range) return fail(range.error());
    const ByteView end = range->high ? ByteView(*range->high) : ByteView();
    return stele::capi::with_both(projection, table, [&](auto& events, const auto& rows) {
      return events.erase_range(rows, range->low, range->high ? &end : nullptr, position);
    });
  });
}

stele_status stele_projection_commit(stele_projection* projection, stele_error* error) {
  return guarded("commit", error, [&]() -> Status {
    const auto object = stele::capi::usable_projection(projection);
    if (!object) return fail(object.error());
    return (*object)->projection->commit();
  });
}

stele_status stele_projection_switch(stele_projection* projection, stele_error* error) {
  return guarded("switch", error, [&]() -> Status {
    const auto object = stele::capi::usable_projection(projection);
    if (!object) return fail(object.error());
    return (*object)->projection->switch_over();
  });
}

stele_status stele_projection_describe(stele_projection* projection, stele_projection_info* info,
                                       stele_error* error) {
  return guarded("describe projection", error, [&]() -> Status {
    STELE_TRY(check_out_struct(info, "info"));
    const auto object = stele::capi::usable_projection(projection);
    if (!object) return fail(object.error());
    const auto lag = (*object)->projection->lag();
    if (!lag) return fail(lag.error());
    stele_projection_info filled = {};
    filled.applied = lag->applied;
    filled.head = lag->head;
    filled.lag_us = static_cast<uint64_t>(lag->us);
    stele::capi::write_struct(filled, info);
    return {};
  });
}

stele_status stele_wait_applied(stele_db* db, const char* name, size_t name_size, uint64_t position,
                                int64_t timeout_ms, stele_error* error) {
  return guarded("wait", error, [&]() -> Status {
    const auto object = stele::capi::usable_database(db);
    if (!object) return fail(object.error());
    const auto text = stele::capi::text_of(name, name_size, "name");
    if (!text) return fail(text.error());
    STELE_TRY(stele::events::check_name("the name", *text, stele::events::kSourceSizeMax));
    const auto deadline = stele::capi::deadline_of(timeout_ms);
    if (!deadline) return fail(deadline.error());
    return stele::db::wait_applied(*(*object)->database, std::string(*text), position, *deadline);
  });
}

stele_status stele_projections_next(stele_db* db, const char* name, size_t name_size,
                                    stele_projection_state* state, stele_error* error) {
  return guarded("list projections", error, [&]() -> Status {
    STELE_TRY(check_out_struct(state, "state"));
    const auto object = stele::capi::usable_database(db);
    if (!object) return fail(object.error());
    const auto text = stele::capi::text_of(name, name_size, "name");
    if (!text) return fail(text.error());
    const auto next = stele::db::next_projection(*(*object)->database, std::string(*text));
    if (!next && next.error().code() == stele::Code::kNotFound) {
      return fail(stele::Code::kEnd, next.error().message());
    }
    if (!next) return fail(next.error());
    stele_projection_state filled = {};
    filled.tables = next->tables;
    filled.applied = next->lag.applied;
    filled.head = next->lag.head;
    filled.lag_us = static_cast<uint64_t>(next->lag.us);
    next->name.copy(static_cast<char*>(filled.name), sizeof filled.name - 1);
    stele::capi::write_struct(filled, state);
    return {};
  });
}

stele_status stele_projection_drop(stele_db* db, const char* name, size_t name_size,
                                   stele_error* error) {
  return guarded("drop projection", error, [&]() -> Status {
    const auto object = stele::capi::usable_database(db);
    if (!object) return fail(object.error());
    const auto text = stele::capi::text_of(name, name_size, "name");
    if (!text) return fail(text.error());
    return stele::db::drop_projection((*object)->database, std::string(*text));
  });
}

void stele_projection_close(stele_projection* projection) {
  HandleTable::instance().close(projection, stele::capi::ProjectionObject::kKind);
}

}  // extern "C"
// NOLINTEND(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
