#include "cli/query.h"

#include <algorithm>
#include <limits>

namespace stele::cli {

namespace {

template <typename T>
void keep_higher(std::optional<T>& value, const std::optional<T>& other) {
  if (other) value = value ? std::max(*value, *other) : *other;
}

template <typename T>
void keep_lower(std::optional<T>& value, const std::optional<T>& other) {
  if (other) value = value ? std::min(*value, *other) : *other;
}

using AddText = stele_status(stele_query*, const char*, size_t, stele_error*);
using AddUuid = stele_status(stele_query*, const uint8_t*, stele_error*);

void add_texts(stele_query* query, AddText* add, const std::vector<std::string>& texts) {
  stele_error error = STELE_ERROR_INIT;
  for (const std::string& text : texts) check(add(query, text.data(), text.size(), &error), error);
}

void add_uuids(stele_query* query, AddUuid* add, const std::vector<Uuid>& uuids) {
  stele_error error = STELE_ERROR_INIT;
  for (const Uuid& uuid : uuids) check(add(query, uuid.data(), &error), error);
}

// A range without a last value ends at the largest number, which alone is not in it: no position
// is that large, and no clock shows that time.
void add_ranges(stele_query* query, const QueryRanges& ranges) {
  stele_error error = STELE_ERROR_INIT;
  if (ranges.since || ranges.until) {
    const int64_t since = ranges.since.value_or(std::numeric_limits<int64_t>::min());
    const int64_t until = ranges.until.value_or(std::numeric_limits<int64_t>::max());
    check(stele_query_time(query, since, std::max(since, until), &error), error);
  }
  if (ranges.from || ranges.to) {
    const uint64_t from = ranges.from.value_or(0);
    const uint64_t to = ranges.to.value_or(std::numeric_limits<uint64_t>::max());
    check(stele_query_positions(query, from, std::max(from, to), &error), error);
  }
}

void add_item(stele_query* query, const QueryItem& item) {
  stele_error error = STELE_ERROR_INIT;
  check(stele_query_item(query, &error), error);
  add_texts(query, stele_query_type, item.types);
  add_texts(query, stele_query_category, item.categories);
  add_texts(query, stele_query_tag, item.tags);
  add_texts(query, stele_query_entity, item.entities);
  add_texts(query, stele_query_entity_prefix, item.entity_prefixes);
  add_texts(query, stele_query_scope, item.scopes);
  add_uuids(query, stele_query_correlation, item.correlations);
  add_uuids(query, stele_query_causation, item.causations);
  add_ranges(query, item.ranges);
}

}  // namespace

void QueryRanges::narrow(const QueryRanges& other) {
  keep_higher(since, other.since);
  keep_lower(until, other.until);
  keep_higher(from, other.from);
  keep_lower(to, other.to);
}

bool QueryItem::names_anything() const {
  return !types.empty() || !categories.empty() || !tags.empty() || !entities.empty() ||
         !entity_prefixes.empty() || !scopes.empty() || !correlations.empty() ||
         !causations.empty();
}

std::vector<QueryItem> collect_items(const QueryItem& first, const std::vector<std::string>& others,
                                     std::string_view option) {
  std::vector<QueryItem> items;
  if (first.names_anything() || (others.empty() && first.ranges.any())) items.push_back(first);
  for (const std::string& other : others) items.push_back(parse_query_item(other, option));
  for (QueryItem& item : items) item.ranges.narrow(first.ranges);
  return items;
}

Query make_query(const std::vector<QueryItem>& items) {
  if (items.empty()) return nullptr;
  stele_error error = STELE_ERROR_INIT;
  stele_query* created = nullptr;
  check(stele_query_create(&created, &error), error);
  Query query(created);
  for (const QueryItem& item : items) add_item(query.get(), item);
  return query;
}

}  // namespace stele::cli
