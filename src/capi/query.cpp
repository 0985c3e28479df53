// stele_query: building queries item by item, and as bytes.
#include "capi/boundary.h"
#include "events/query_code.h"

using stele::Status;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;
using stele::capi::QueryObject;
using stele::events::FieldKind;

namespace stele::capi {

namespace {

Status add_text(stele_query* handle, FieldKind kind, const char* what, const char* data,
                size_t size) {
  const auto object = pin<QueryObject>(handle, "query");
  if (!object) return fail(object.error());
  const auto text = text_of(data, size, what);
  if (!text) return fail(text.error());
  return events::add_text((*object)->query, kind, *text);
}

Status add_id(stele_query* handle, FieldKind kind, const uint8_t* id) {
  const auto object = pin<QueryObject>(handle, "query");
  if (!object) return fail(object.error());
  STELE_TRY(check_pointer(id, "id"));
  return events::add_id((*object)->query, kind, id);
}

Status decode(const uint8_t* data, size_t size, stele_query** query) {
  STELE_TRY(check_pointer(query, "query"));
  *query = nullptr;
  const auto bytes = bytes_of(data, size, "data");
  if (!bytes) return fail(bytes.error());
  auto decoded = events::decode_query(*bytes);
  if (!decoded) return fail(std::move(decoded).error());
  auto object = std::make_unique<QueryObject>();
  object->query = *std::move(decoded);
  publish(std::move(object), query);
  return {};
}

Status encode(const stele_query* query, uint8_t* buffer, size_t capacity, size_t* used) {
  STELE_TRY(check_pointer(used, "used"));
  *used = 0;
  const auto object = pin<QueryObject>(query, "query");
  if (!object) return fail(object.error());
  if (capacity > 0) STELE_TRY(check_pointer(buffer, "buffer"));
  const std::vector<uint8_t> bytes = events::encode_query((*object)->query);
  *used = bytes.size();
  if (bytes.size() > capacity) {
    return fail(Code::kBufferTooSmall,
                cat("the query takes ", bytes.size(), " bytes, the buffer has ", capacity));
  }
  copy_bytes(buffer, bytes);
  return {};
}

}  // namespace

Result<events::Query> query_of(const stele_query* query) {
  if (query == nullptr) return events::Query();
  const auto pinned = pin<QueryObject>(query, "query");
  if (!pinned) return fail(pinned.error());
  return (*pinned)->query;
}

}  // namespace stele::capi

extern "C" {

stele_status stele_query_create(stele_query** query, stele_error* error) {
  return guarded("query", error, [&]() -> Status {
    STELE_TRY(check_pointer(query, "query"));
    *query = nullptr;
    stele::capi::publish(std::make_unique<QueryObject>(), query);
    return {};
  });
}

stele_status stele_query_item(stele_query* query, stele_error* error) {
  return guarded("query", error, [&]() -> Status {
    const auto object = pin<QueryObject>(query, "query");
    if (!object) return fail(object.error());
    return stele::events::add_item((*object)->query);
  });
}

stele_status stele_query_type(stele_query* query, const char* event_type, size_t event_type_size,
                              stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_text(query, FieldKind::kType, "the event type", event_type,
                                 event_type_size);
  });
}

stele_status stele_query_category(stele_query* query, const char* category, size_t category_size,
                                  stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_text(query, FieldKind::kCategory, "the category", category,
                                 category_size);
  });
}

stele_status stele_query_tag(stele_query* query, const char* tag, size_t tag_size,
                             stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_text(query, FieldKind::kTag, "a tag", tag, tag_size);
  });
}

stele_status stele_query_entity(stele_query* query, const char* entity, size_t entity_size,
                                stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_text(query, FieldKind::kEntity, "the entity", entity, entity_size);
  });
}

stele_status stele_query_entity_prefix(stele_query* query, const char* entity_prefix,
                                       size_t entity_prefix_size, stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_text(query, FieldKind::kEntityPrefix, "the entity prefix",
                                 entity_prefix, entity_prefix_size);
  });
}

stele_status stele_query_scope(stele_query* query, const char* scope, size_t scope_size,
                               stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_text(query, FieldKind::kScope, "the scope", scope, scope_size);
  });
}

stele_status stele_query_correlation(stele_query* query, const uint8_t* id, stele_error* error) {
  return guarded("query", error,
                 [&] { return stele::capi::add_id(query, FieldKind::kCorrelation, id); });
}

stele_status stele_query_causation(stele_query* query, const uint8_t* id, stele_error* error) {
  return guarded("query", error,
                 [&] { return stele::capi::add_id(query, FieldKind::kCausation, id); });
}

stele_status stele_query_time(stele_query* query, int64_t from, int64_t to, stele_error* error) {
  return guarded("query", error, [&]() -> Status {
    const auto object = pin<QueryObject>(query, "query");
    if (!object) return fail(object.error());
    return stele::events::set_time((*object)->query, {from, to});
  });
}

stele_status stele_query_positions(stele_query* query, uint64_t from, uint64_t to,
                                   stele_error* error) {
  return guarded("query", error, [&]() -> Status {
    const auto object = pin<QueryObject>(query, "query");
    if (!object) return fail(object.error());
    return stele::events::set_positions((*object)->query, {from, to});
  });
}

stele_status stele_query_decode(const uint8_t* data, size_t size, stele_query** query,
                                stele_error* error) {
  return guarded("query", error, [&] { return stele::capi::decode(data, size, query); });
}

stele_status stele_query_encode(const stele_query* query, uint8_t* buffer, size_t capacity,
                                size_t* used, stele_error* error) {
  return guarded("query", error,
                 [&] { return stele::capi::encode(query, buffer, capacity, used); });
}

void stele_query_close(stele_query* query) {
  HandleTable::instance().close(query, QueryObject::kKind);
}

}  // extern "C"
