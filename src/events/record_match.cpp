// Compares the fields of a record with those that an item names.
#include "events/record_match.h"

#include <algorithm>
#include <cstring>

namespace stele::events {

namespace {

bool holds(const std::vector<std::string>& values, std::string_view value) {
  return std::ranges::find(values, value) != values.end();
}

bool holds(const std::vector<Uuid>& ids, const uint8_t* id) {
  return id != nullptr && std::ranges::any_of(ids, [&](const Uuid& other) {
           return std::memcmp(other.data(), id, other.size()) == 0;
         });
}

bool type_matches(const QueryItem& item, std::string_view type) {
  if (item.types.empty() && item.categories.empty()) return true;
  return holds(item.types, type) || holds(item.categories, category_of(type));
}

bool entity_matches(const QueryItem& item, std::string_view entity) {
  if (item.entities.empty() && item.prefixes.empty()) return true;
  if (entity.empty()) return false;
  return holds(item.entities, entity) ||
         std::ranges::any_of(item.prefixes,
                             [&](const std::string& prefix) { return entity.starts_with(prefix); });
}

bool tags_match(const QueryItem& item, const RecordView& record) {
  return std::ranges::all_of(item.tags, [&](const std::string& tag) {
    bool found = false;
    record.for_each_tag([&](std::string_view other) { found |= other == tag; });
    return found;
  });
}

}  // namespace

bool matches(const QueryItem& item, const RecordView& record) {
  if (item.positions && !item.positions->holds(record.position())) return false;
  if (item.time && !item.time->holds(record.time())) return false;
  if (!item.scopes.empty() && !holds(item.scopes, record.scope())) return false;
  if (!item.correlations.empty() && !holds(item.correlations, record.correlation_id())) {
    return false;
  }
  if (!item.causations.empty() && !holds(item.causations, record.causation_id())) return false;
  return type_matches(item, record.type()) && entity_matches(item, record.entity()) &&
         tags_match(item, record);
}

bool matches(const Query& query, const RecordView& record) {
  return query.items.empty() || std::ranges::any_of(query.items, [&](const QueryItem& item) {
           return matches(item, record);
         });
}

}  // namespace stele::events
