// stele_cursor: reading events, many at a time or one by one.
#include "capi/boundary.h"
#include "capi/event_view.h"

using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::CursorObject;
using stele::capi::DatabaseObject;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::QueryObject;

namespace stele::capi {

namespace {

constexpr uint32_t kKnownFlags = STELE_READ_BACKWARD | STELE_READ_FROM;

Result<events::ReadOptions> read_options(const stele_read_options* given) {
  events::ReadOptions options;
  if (given == nullptr) return options;
  const auto known = read_struct(given, "options");
  if (!known) return fail(known.error());
  if ((known->flags & ~kKnownFlags) != 0) {
    return fail(Code::kInvalid, cat("options.flags ", known->flags, " has unknown bits"));
  }
  options.backward = (known->flags & STELE_READ_BACKWARD) != 0;
  if ((known->flags & STELE_READ_FROM) != 0) options.start = known->start;
  options.limit = known->limit;
  return options;
}

Status read(stele_db* db, const stele_query* query, const stele_read_options* given,
            stele_cursor** cursor) {
  STELE_TRY(check_pointer(cursor, "cursor"));
  *cursor = nullptr;
  const auto object = pin<DatabaseObject>(db, "db");
  if (!object) return fail(object.error());
  STELE_TRY(check_usable(*(*object)->database));
  const auto options = read_options(given);
  if (!options) return fail(options.error());
  events::Query what;
  if (query != nullptr) {
    const auto pinned = pin<QueryObject>(query, "query");
    if (!pinned) return fail(pinned.error());
    what = (*pinned)->query;
  }
  publish(std::make_unique<CursorObject>((*object)->database, what, *options), cursor);
  return {};
}

// Pins the cursor and checks that its database can be used.
Result<Pinned<CursorObject>> usable_cursor(stele_cursor* cursor) {
  auto object = pin<CursorObject>(cursor, "cursor");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->database));
  return object;
}

std::unexpected<Error> end_of_read() {
  return fail(Code::kEnd, "read: there are no more events");
}

Status next_batch(stele_cursor* cursor, uint8_t* buffer, size_t capacity, size_t* used,
                  uint32_t* count) {
  STELE_TRY(check_pointer(used, "used"));
  STELE_TRY(check_pointer(count, "count"));
  *used = 0;
  *count = 0;
  if (capacity > 0) STELE_TRY(check_pointer(buffer, "buffer"));
  const auto object = usable_cursor(cursor);
  if (!object) return fail(object.error());
  events::Reader& reader = (*object)->reader;
  while (const auto record = reader.peek()) {
    const ByteView bytes = record->bytes();
    if (bytes.size() > capacity - *used) {
      if (*count > 0) return {};
      *used = bytes.size();
      return fail(Code::kBufferTooSmall, cat("read: event ", record->position(), " takes ",
                                             bytes.size(), " bytes, the buffer has ", capacity));
    }
    copy_bytes(buffer + *used, bytes);
    *used += bytes.size();
    ++*count;
    reader.advance();
  }
  return *count > 0 ? Status() : end_of_read();
}

}  // namespace

}  // namespace stele::capi

extern "C" {

void stele_read_options_init(stele_read_options* options) {
  if (options == nullptr) return;
  *options = {};
  options->struct_size = sizeof *options;
  options->limit = STELE_NO_LIMIT;
}

stele_status stele_read(stele_db* db, const stele_query* query, const stele_read_options* options,
                        stele_cursor** cursor, stele_error* error) {
  return guarded("read", error, [&] { return stele::capi::read(db, query, options, cursor); });
}

stele_status stele_cursor_next_batch(stele_cursor* cursor, uint8_t* buffer, size_t capacity,
                                     size_t* used, uint32_t* count, stele_error* error) {
  // The analyzer loses an Error's detail on its way out of a std::expected.
  // NOLINTBEGIN(clang-analyzer-cplusplus.NewDeleteLeaks)
  return guarded("read", error,
                 [&] { return stele::capi::next_batch(cursor, buffer, capacity, used, count); });
  // NOLINTEND(clang-analyzer-cplusplus.NewDeleteLeaks)
}

stele_status stele_cursor_next(stele_cursor* cursor, stele_event* view, stele_error* error) {
  return guarded("read", error, [&]() -> Status {
    STELE_TRY(check_out_struct(view, "view"));
    const auto object = stele::capi::usable_cursor(cursor);
    if (!object) return fail(object.error());
    const auto record = (*object)->reader.peek();
    if (!record) return stele::capi::end_of_read();
    stele::capi::fill_event(*record, view);
    (*object)->reader.advance();
    return {};
  });
}

stele_status stele_cursor_info_get(stele_cursor* cursor, stele_cursor_info* info,
                                   stele_error* error) {
  return guarded("read", error, [&]() -> Status {
    STELE_TRY(check_out_struct(info, "info"));
    const auto object = stele::capi::usable_cursor(cursor);
    if (!object) return fail(object.error());
    stele_cursor_info filled = {};
    filled.tsn = (*object)->reader.snapshot().tsn;
    filled.store_head = (*object)->reader.snapshot().head;
    filled.last_returned = (*object)->reader.last_returned();
    stele::capi::write_struct(filled, info);
    return {};
  });
}

void stele_cursor_close(stele_cursor* cursor) {
  HandleTable::instance().close(cursor, CursorObject::kKind);
}

}  // extern "C"
