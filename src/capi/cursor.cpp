// stele_cursor: the ways to start reading events, and reading them, many at a time or one by one.
#include "capi/boundary.h"
#include "capi/event_view.h"
#include "events/new_event.h"
#include "events/walk.h"

using stele::Status;
using stele::capi::check_out_struct;
using stele::capi::CursorObject;
using stele::capi::guarded;
using stele::capi::HandleTable;

namespace stele::capi {

namespace {

constexpr uint32_t kKnownFlags = STELE_READ_BACKWARD | STELE_READ_FROM;

Status start(stele_cursor** cursor) {
  STELE_TRY(check_pointer(cursor, "cursor"));
  *cursor = nullptr;
  return {};
}

Status read(stele_db* db, const stele_query* query, const stele_read_options* given,
            stele_cursor** cursor) {
  STELE_TRY(start(cursor));
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  const auto options = read_options(given);
  if (!options) return fail(options.error());
  const auto what = query_of(query);
  if (!what) return fail(what.error());
  db::Database& database = *(*object)->database;
  return publish_cursor(
      (*object)->database,
      std::make_unique<events::Reader>(database.views(), *what, *options, database.snapshot()),
      cursor);
}

Status read_stream(stele_db* db, const char* entity, size_t entity_size,
                   const stele_read_options* given, stele_cursor** cursor) {
  STELE_TRY(start(cursor));
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  const auto name = text_of(entity, entity_size, "entity");
  if (!name) return fail(name.error());
  STELE_TRY(events::check_name("the entity", *name, events::kTermSizeMax));
  const auto options = read_options(given);
  if (!options) return fail(options.error());
  db::Database& database = *(*object)->database;
  const engine::Snapshot now = database.snapshot();
  const events::Query query = {{{.entities = {std::string(*name)}}}};
  const auto positions = events::stream_options(database.views(), now, *name, *options);
  if (!positions) return fail(positions.error());
  return publish_cursor((*object)->database,
                        std::make_unique<events::Reader>(database.views(), query, *positions, now),
                        cursor);
}

Result<events::WalkKind> walk_kind(int32_t number) {
  switch (number) {
    case STELE_WALK_ANCESTORS:
      return events::WalkKind::kAncestors;
    case STELE_WALK_CAUSES:
      return events::WalkKind::kCauses;
    case STELE_WALK_EFFECTS:
      return events::WalkKind::kEffects;
    case STELE_WALK_CORRELATION:
      return events::WalkKind::kCorrelation;
    default:
      return fail(Code::kInvalid, cat("walk: kind ", number, " is unknown"));
  }
}

Status walk(stele_db* db, uint64_t position, int32_t kind, stele_cursor** cursor) {
  STELE_TRY(start(cursor));
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  const auto known = walk_kind(kind);
  if (!known) return fail(known.error());
  db::Database& database = *(*object)->database;
  const engine::Snapshot now = database.snapshot();
  if (position == 0 || position > now.head) {
    return fail(Code::kNotFound, cat("walk: there is no event at position ", position));
  }
  return publish_cursor((*object)->database,
                        events::start_walk(database.views(), now, position, *known), cursor);
}

Status read_for_decision(stele_batch* batch, const stele_query* query,
                         const stele_read_options* given, stele_cursor** cursor) {
  STELE_TRY(start(cursor));
  const auto object = usable_batch(batch);
  if (!object) return fail(object.error());
  const auto options = read_options(given);
  if (!options) return fail(options.error());
  const auto what = query_of(query);
  if (!what) return fail(what.error());
  return publish_cursor((*object)->batch.database(), (*object)->batch.read(*what, *options),
                        cursor);
}

Status read_conflicts(stele_batch* batch, uint32_t guard, stele_cursor** cursor) {
  STELE_TRY(start(cursor));
  const auto object = usable_batch(batch);
  if (!object) return fail(object.error());
  return publish_cursor((*object)->batch.database(), (*object)->batch.conflicts(guard), cursor);
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

// As many as there is room for.
Status copy_events(events::EventSource& source, RecordBuffer& copies) {
  for (;;) {
    const auto record = source.peek();
    if (!record) return copies.empty() ? Status(fail(record.error())) : Status();
    if (!*record) return copies.empty() ? end_of_read() : Status();
    const auto added = copies.add(**record);
    if (!added) return fail(added.error());
    if (!*added) return {};
    source.advance();
  }
}

Status next_batch(stele_cursor* cursor, uint8_t* buffer, size_t capacity, size_t* used,
                  uint32_t* count) {
  RecordBuffer copies(buffer, capacity, used, count);
  STELE_TRY(copies.start());
  const auto object = usable_cursor(cursor);
  if (!object) return fail(object.error());
  events::EventSource& source = *(*object)->source;
  const Status copied = copy_events(source, copies);
  source.rest();
  return copied;
}

Status next(stele_cursor* cursor, stele_event* view) {
  STELE_TRY(check_out_struct(view, "view"));
  const auto object = usable_cursor(cursor);
  if (!object) return fail(object.error());
  const auto record = (*object)->source->peek();
  if (!record || !*record) {
    (*object)->source->rest();  // Or it would hold its view until it is closed.
    return record ? end_of_read() : fail(record.error());
  }
  fill_event(**record, view);
  (*object)->source->advance();
  (*object)->source->rest_behind_last();
  return {};
}

}  // namespace

Status publish_cursor(std::shared_ptr<db::Database> database,
                      Result<std::unique_ptr<events::EventSource>> source, stele_cursor** cursor) {
  if (!source) return fail(std::move(source).error());
  (*source)->rest();
  publish(std::make_unique<CursorObject>(std::move(database), *std::move(source)), cursor);
  return {};
}

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

stele_status stele_stream_read(stele_db* db, const char* entity, size_t entity_size,
                               const stele_read_options* options, stele_cursor** cursor,
                               stele_error* error) {
  return guarded("read", error, [&] {
    return stele::capi::read_stream(db, entity, entity_size, options, cursor);
  });
}

stele_status stele_walk(stele_db* db, uint64_t position, int32_t kind, stele_cursor** cursor,
                        stele_error* error) {
  return guarded("walk", error, [&] { return stele::capi::walk(db, position, kind, cursor); });
}

stele_status stele_batch_read(stele_batch* batch, const stele_query* query,
                              const stele_read_options* options, stele_cursor** cursor,
                              stele_error* error) {
  return guarded("read", error,
                 [&] { return stele::capi::read_for_decision(batch, query, options, cursor); });
}

stele_status stele_batch_conflicts(stele_batch* batch, uint32_t guard, stele_cursor** cursor,
                                   stele_error* error) {
  return guarded("conflicts", error,
                 [&] { return stele::capi::read_conflicts(batch, guard, cursor); });
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
  return guarded("read", error, [&] { return stele::capi::next(cursor, view); });
}

stele_status stele_cursor_info_get(stele_cursor* cursor, stele_cursor_info* info,
                                   stele_error* error) {
  return guarded("read", error, [&]() -> Status {
    STELE_TRY(check_out_struct(info, "info"));
    const auto object = stele::capi::usable_cursor(cursor);
    if (!object) return fail(object.error());
    stele_cursor_info filled = {};
    filled.tsn = (*object)->source->snapshot().tsn;
    filled.store_head = (*object)->source->snapshot().head;
    filled.last_returned = (*object)->source->last_returned();
    stele::capi::write_struct(filled, info);
    return {};
  });
}

void stele_cursor_close(stele_cursor* cursor) {
  HandleTable::instance().close(cursor, CursorObject::kKind);
}

}  // extern "C"
