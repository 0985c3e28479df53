#include "cli/query.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/failure.h"

namespace stele::cli {

namespace {

[[noreturn]] void fail(std::string_view option, std::string_view reason) {
  throw Failure(
      ExitStatus::kUsage,
      fmt::format("{}: {}; an item is {{\"types\": [...], \"tags\": [...]}}", option, reason));
}

std::vector<std::string> parse_strings(const nlohmann::json& list, std::string_view option) {
  if (!list.is_array()) fail(option, "expected an array of strings");
  std::vector<std::string> strings;
  for (const nlohmann::json& element : list) {
    if (!element.is_string()) fail(option, "expected an array of strings");
    strings.push_back(element.get<std::string>());
  }
  return strings;
}

}  // namespace

QueryItem parse_query_item(std::string_view json, std::string_view option) {
  const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) fail(option, "expected a JSON object");
  QueryItem item;
  for (const auto& [key, value] : parsed.items()) {
    if (key == "types") {
      item.types = parse_strings(value, option);
    } else if (key == "tags") {
      item.tags = parse_strings(value, option);
    } else {
      fail(option, fmt::format("unknown field '{}'", key));
    }
  }
  return item;
}

std::vector<QueryItem> collect_items(const QueryItem& first, const std::vector<std::string>& others,
                                     std::string_view option) {
  std::vector<QueryItem> items;
  if (!first.types.empty() || !first.tags.empty()) items.push_back(first);
  for (const std::string& other : others) items.push_back(parse_query_item(other, option));
  return items;
}

Query make_query(const std::vector<QueryItem>& items) {
  if (items.empty()) return nullptr;
  stele_error error = STELE_ERROR_INIT;
  stele_query* created = nullptr;
  check(stele_query_create(&created, &error), error);
  Query query(created);
  for (const QueryItem& item : items) {
    check(stele_query_item(query.get(), &error), error);
    for (const std::string& type : item.types) {
      check(stele_query_type(query.get(), type.data(), type.size(), &error), error);
    }
    for (const std::string& tag : item.tags) {
      check(stele_query_tag(query.get(), tag.data(), tag.size(), &error), error);
    }
  }
  return query;
}

}  // namespace stele::cli
