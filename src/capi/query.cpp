// stele_query: building queries item by item.
#include "capi/boundary.h"
#include "events/new_event.h"

using stele::Status;
using stele::capi::check_pointer;
using stele::capi::guarded;
using stele::capi::HandleTable;
using stele::capi::pin;
using stele::capi::QueryObject;

namespace stele::capi {

namespace {

constexpr size_t kItemsMax = 1024;
constexpr size_t kNamesMax = 1024;  // Types of an item; tags of an item.

Status add_item(events::Query& query) {
  if (query.items.size() == kItemsMax) {
    return fail(Code::kTooLarge, cat("query: at most ", kItemsMax, " items are allowed"));
  }
  query.items.emplace_back();
  return {};
}

// Adds a name to a list of the last item: its types or its tags.
Status add_name(stele_query* handle, const char* what, const char* data, size_t size,
                std::vector<std::string> events::QueryItem::* list) {
  const auto object = pin<QueryObject>(handle, "query");
  if (!object) return fail(object.error());
  const auto name = text_of(data, size, what);
  if (!name) return fail(name.error());
  if (auto status = events::check_name(what, *name, events::kTermSizeMax); !status) {
    // A query cannot be too large for a term that no event can have; it is just wrong.
    return fail(Code::kInvalid, cat("query: ", status.error().message()));
  }
  events::Query& query = (*object)->query;
  if (query.items.empty()) STELE_TRY(add_item(query));
  std::vector<std::string>& names = query.items.back().*list;
  if (names.size() == kNamesMax) {
    return fail(Code::kTooLarge,
                cat("query: an item has at most ", kNamesMax, " types and ", kNamesMax, " tags"));
  }
  names.emplace_back(*name);
  return {};
}

}  // namespace

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
    return stele::capi::add_item((*object)->query);
  });
}

stele_status stele_query_type(stele_query* query, const char* event_type, size_t event_type_size,
                              stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_name(query, "the event type", event_type, event_type_size,
                                 &stele::events::QueryItem::types);
  });
}

stele_status stele_query_tag(stele_query* query, const char* tag, size_t tag_size,
                             stele_error* error) {
  return guarded("query", error, [&] {
    return stele::capi::add_name(query, "a tag", tag, tag_size, &stele::events::QueryItem::tags);
  });
}

void stele_query_close(stele_query* query) {
  HandleTable::instance().close(query, QueryObject::kKind);
}

}  // extern "C"
