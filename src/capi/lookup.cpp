// Single events and figures: stele_get and its kin, streams, counts, terms.
#include <algorithm>

#include "capi/boundary.h"
#include "events/entity.h"
#include "events/new_event.h"

using stele::fail;
using stele::Status;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::TermsObject;
using stele::events::RecordView;

namespace stele::capi {

namespace {

// What a function here works on: a usable database, and the moment it is looked at. Takes nothing
// from the heap.
class Look {
 public:
  Status begin(const stele_db* db) {
    auto object = usable_database(db);
    if (!object) return fail(object.error());
    database_.emplace(*std::move(object));
    // The snapshot before the view, as Pipeline::snapshot() wants it.
    now_ = database().snapshot();
    view_ = database().views().current();
    history_.emplace(*view_);
    return {};
  }
  // Requires: begun.
  [[nodiscard]] events::History& history() { return *history_; }
  [[nodiscard]] db::Database& database() const { return *(*database_)->database; }
  [[nodiscard]] const engine::Snapshot& now() const { return now_; }

 private:
  std::optional<Pinned<DatabaseObject>> database_;
  engine::Snapshot now_;
  engine::ViewPtr view_;  // For this call: who keeps none between calls is no reader.
  std::optional<events::History> history_;
};

// Copies the record that `find(look)` returns. `missing()` says what is not there.
template <typename Missing, typename Find>
Status copy_event(const stele_db* db, uint8_t* buffer, size_t capacity, size_t* used,
                  const Missing& missing, const Find& find) {
  uint32_t count = 0;
  RecordBuffer copy(buffer, capacity, used, &count);
  STELE_TRY(copy.start());
  Look look;
  STELE_TRY(look.begin(db));
  const Result<std::optional<RecordView>> record = find(look);
  if (!record) return fail(record.error());
  if (!*record) return fail(Code::kNotFound, cat("get: ", missing()));
  const auto added = copy.add(**record);
  return added ? Status() : Status(fail(added.error()));
}

Result<std::string_view> entity_of(const char* data, size_t size) {
  auto name = text_of(data, size, "entity");
  if (!name) return name;
  STELE_TRY(events::check_name("the entity", *name, events::kTermSizeMax));
  return name;
}

Status read_data(const stele_db* db, uint64_t position, uint64_t offset, ByteSpan into,
                 size_t* used, uint64_t* total) {
  STELE_TRY(check_pointer(used, "used"));
  *used = 0;
  if (total != nullptr) *total = 0;
  if (!into.empty()) STELE_TRY(check_pointer(into.data(), "buffer"));
  Look look;
  STELE_TRY(look.begin(db));
  if (position == 0 || position > look.now().head) {
    return fail(Code::kNotFound, cat("there is no event at position ", position));
  }
  const auto part = look.history().data(position, offset, into);
  if (!part) return fail(look.history().status().error());
  if (total != nullptr) *total = part->total;
  *used = part->size;
  return {};
}

Status stream_info(const stele_db* db, const char* entity, size_t entity_size,
                   stele_stream_info* info) {
  STELE_TRY(check_out_struct(info, "info"));
  Look look;
  STELE_TRY(look.begin(db));
  const auto name = entity_of(entity, entity_size);
  if (!name) return fail(name.error());
  const auto found = events::stream_of(look.history(), look.now(), *name);
  if (!found) return fail(found.error());
  if (!*found) return fail(Code::kNotFound, cat("entity ", quoted(*name), " has no event"));
  const events::Stream& stream = **found;
  const auto newest = look.history().record(stream.last_position);
  if (!newest) return fail(look.history().status().error());
  stele_stream_info filled = {};
  filled.sequence = stream.sequence;
  filled.first_position = stream.first_position;
  filled.last_position = stream.last_position;
  std::copy_n(newest->hash(), sizeof filled.hash, filled.hash);
  write_struct(filled, info);
  return {};
}

Status last_of_items(const stele_db* db, const stele_query* query, uint64_t* positions,
                     size_t count) {
  STELE_TRY(check_pointer(positions, "positions"));
  Look look;
  STELE_TRY(look.begin(db));
  const auto what = query_of(query);
  if (!what) return fail(what.error());
  const size_t items = std::max<size_t>(what->items.size(), 1);
  if (count != items) {
    return fail(Code::kInvalid,
                cat("last: the query has ", items, " items, and there is room for ", count));
  }
  const auto last = events::last_of_each(look.history(), look.now(), *what);
  if (!last) return fail(last.error());
  std::ranges::copy(*last, positions);
  return {};
}

Status open_terms(const stele_db* db, int32_t kind, const char* prefix, size_t prefix_size,
                  stele_terms** terms) {
  STELE_TRY(check_pointer(terms, "terms"));
  *terms = nullptr;
  const auto object = usable_database(db);
  if (!object) return fail(object.error());
  if (kind < STELE_TERM_TYPE || kind > STELE_TERM_SCOPE) {
    return fail(Code::kInvalid, cat("terms: kind ", kind, " is unknown"));
  }
  const auto text = text_of(prefix, prefix_size, "prefix");
  if (!text) return fail(text.error());
  publish(std::make_unique<TermsObject>((*object)->database, static_cast<events::TermKind>(kind),
                                        *text),
          terms);
  return {};
}

Status next_term(stele_terms* terms, stele_term* term) {
  STELE_TRY(check_out_struct(term, "term"));
  const auto object = pin<TermsObject>(terms, "terms");
  if (!object) return fail(object.error());
  STELE_TRY(check_usable(*(*object)->database));
  const auto next = (*object)->list.next();
  if (!next) return fail(next.error());
  const auto& entry = *next;
  if (!entry) return fail(Code::kEnd, "terms: there are no more");
  stele_term filled = {};
  filled.kind = static_cast<int32_t>((*object)->kind);
  filled.count = entry->count;
  filled.first_position = entry->first_position;
  filled.last_position = entry->last_position;
  filled.text = {entry->text.data(), entry->text.size()};
  write_struct(filled, term);
  return {};
}

}  // namespace

Result<Pinned<DatabaseObject>> usable_database(const stele_db* db) {
  auto object = pin<DatabaseObject>(db, "db");
  if (!object) return object;
  STELE_TRY(check_usable(*(*object)->database));
  return object;
}

}  // namespace stele::capi

using stele::capi::Look;

// A text and a buffer are two parameters each in C. And the analyzer loses an Error's detail on its
// way out of a std::expected.
// NOLINTBEGIN(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
extern "C" {

stele_status stele_get(stele_db* db, uint64_t position, uint8_t* buffer, size_t capacity,
                       size_t* used, stele_error* error) {
  return guarded("get", error, [&] {
    return stele::capi::copy_event(
        db, buffer, capacity, used,
        [&] { return stele::cat("there is no event at position ", position); },
        [&](Look& look) { return stele::events::event_at(look.history(), look.now(), position); });
  });
}

stele_status stele_get_by_id(stele_db* db, const uint8_t* id, uint8_t* buffer, size_t capacity,
                             size_t* used, stele_error* error) {
  return guarded("get", error, [&]() -> Status {
    STELE_TRY(check_pointer(id, "id"));
    return stele::capi::copy_event(
        db, buffer, capacity, used, [] { return "there is no event with this id"; },
        [&](Look& look) { return stele::events::event_with_id(look.history(), look.now(), id); });
  });
}

stele_status stele_latest(stele_db* db, const char* entity, size_t entity_size, uint8_t* buffer,
                          size_t capacity, size_t* used, stele_error* error) {
  return guarded("get", error, [&]() -> Status {
    const auto name = stele::capi::entity_of(entity, entity_size);
    if (!name) return fail(name.error());
    return stele::capi::copy_event(
        db, buffer, capacity, used,
        [&] { return stele::cat("entity ", stele::quoted(*name), " has no event"); },
        [&](Look& look) -> stele::Result<std::optional<RecordView>> {
          const auto newest =
              stele::events::newest_of_entity(look.history(), *name, look.now().head);
          if (!newest) return fail(newest.error());
          return stele::events::event_at(look.history(), look.now(), newest->position);
        });
  });
}

stele_status stele_data_read(stele_db* db, uint64_t position, uint64_t offset, uint8_t* buffer,
                             size_t capacity, size_t* used, uint64_t* total, stele_error* error) {
  return guarded("read data", error, [&] {
    return stele::capi::read_data(db, position, offset, {buffer, capacity}, used, total);
  });
}

stele_status stele_exists(stele_db* db, const stele_query* query, stele_error* error) {
  return guarded("exists", error, [&]() -> Status {
    Look look;
    STELE_TRY(look.begin(db));
    const auto what = stele::capi::query_of(query);
    if (!what) return fail(what.error());
    const auto found = stele::events::exists(look.history(), look.now(), *what);
    if (!found) return fail(found.error());
    if (*found) return {};
    return fail(stele::Code::kNotFound, "exists: no event matches");
  });
}

stele_status stele_count(stele_db* db, const stele_query* query, uint64_t* count,
                         stele_error* error) {
  return guarded("count", error, [&]() -> Status {
    STELE_TRY(check_pointer(count, "count"));
    *count = 0;
    Look look;
    STELE_TRY(look.begin(db));
    const auto what = stele::capi::query_of(query);
    if (!what) return fail(what.error());
    const auto counted = stele::events::count(look.history(), look.now(), *what);
    if (!counted) return fail(counted.error());
    *count = *counted;
    return {};
  });
}

stele_status stele_last(stele_db* db, const stele_query* query, uint64_t* positions, size_t count,
                        stele_error* error) {
  return guarded("last", error,
                 [&] { return stele::capi::last_of_items(db, query, positions, count); });
}

stele_status stele_position_at(stele_db* db, int64_t time, uint64_t* position, stele_error* error) {
  return guarded("position", error, [&]() -> Status {
    STELE_TRY(check_pointer(position, "position"));
    *position = 0;
    Look look;
    STELE_TRY(look.begin(db));
    const stele::engine::View& view = look.history().view();
    const auto tsn = stele::engine::commit_at(view, time, look.now().tsn);
    if (!tsn) return fail(tsn.error());
    if (*tsn == 0) return {};
    const auto info = stele::engine::commit_info(view, *tsn);
    if (!info) return fail(info.error());
    *position = info->stamp.last_position();
    return {};
  });
}

stele_status stele_stream_get(stele_db* db, const char* entity, size_t entity_size,
                              stele_stream_info* info, stele_error* error) {
  return guarded("stream", error,
                 [&] { return stele::capi::stream_info(db, entity, entity_size, info); });
}

stele_status stele_terms_open(stele_db* db, int32_t kind, const char* prefix, size_t prefix_size,
                              stele_terms** terms, stele_error* error) {
  return guarded("terms", error,
                 [&] { return stele::capi::open_terms(db, kind, prefix, prefix_size, terms); });
}

stele_status stele_terms_next(stele_terms* terms, stele_term* term, stele_error* error) {
  return guarded("terms", error, [&] { return stele::capi::next_term(terms, term); });
}

void stele_terms_close(stele_terms* terms) {
  HandleTable::instance().close(terms, TermsObject::kKind);
}

}  // extern "C"
// NOLINTEND(readability-function-size, clang-analyzer-cplusplus.NewDeleteLeaks)
