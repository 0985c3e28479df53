// Reads an item of a query from JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/failure.h"
#include "cli/query.h"
#include "cli/timestamp.h"

namespace stele::cli {

namespace {

// Reads the fields of one item; every fault names the option that it came with.
class ItemReader {
 public:
  explicit ItemReader(std::string_view option) : option_(option) {}

  QueryItem read(const nlohmann::json& object) {
    if (!object.is_object()) fail("expected a JSON object");
    for (const auto& [name, value] : object.items()) field(name, value);
    const QueryRanges& ranges = item_.ranges;
    if (ranges.since && ranges.until && *ranges.since > *ranges.until) {
      fail("'since' is later than 'until'");
    }
    if (ranges.from && ranges.to && *ranges.from > *ranges.to) fail("'from' is beyond 'to'");
    return std::move(item_);
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw Failure(ExitStatus::kUsage,
                  fmt::format("{}: {}; an item is {{\"types\": [...], \"tags\": [...]}}, with any "
                              "of types, categories, tags, entities, entity_prefixes, scopes, "
                              "correlations, causations, since, until, from, to",
                              option_, reason));
  }

  void field(const std::string& name, const nlohmann::json& value) {
    if (name == "types") {
      item_.types = strings(name, value);
    } else if (name == "categories") {
      item_.categories = strings(name, value);
    } else if (name == "tags") {
      item_.tags = strings(name, value);
    } else if (name == "entities") {
      item_.entities = strings(name, value);
    } else if (name == "entity_prefixes") {
      item_.entity_prefixes = strings(name, value);
    } else if (name == "scopes") {
      item_.scopes = strings(name, value);
    } else if (name == "correlations") {
      item_.correlations = uuids(name, value);
    } else if (name == "causations") {
      item_.causations = uuids(name, value);
    } else {
      range(name, value);
    }
  }

  void range(const std::string& name, const nlohmann::json& value) {
    if (name == "since") {
      item_.ranges.since = time(name, value);
    } else if (name == "until") {
      item_.ranges.until = time(name, value);
    } else if (name == "from") {
      item_.ranges.from = position(name, value);
    } else if (name == "to") {
      item_.ranges.to = position(name, value);
    } else {
      fail(fmt::format("unknown field '{}'", name));
    }
  }

  std::vector<std::string> strings(const std::string& name, const nlohmann::json& list) const {
    const auto wrong = [&] { fail(fmt::format("expected an array of strings as '{}'", name)); };
    if (!list.is_array()) wrong();
    std::vector<std::string> texts;
    for (const nlohmann::json& element : list) {
      if (!element.is_string()) wrong();
      texts.push_back(element.get<std::string>());
    }
    return texts;
  }

  std::vector<Uuid> uuids(const std::string& name, const nlohmann::json& list) const {
    std::vector<Uuid> uuids;
    for (const std::string& text : strings(name, list)) {
      const auto uuid = parse_uuid(text);
      if (!uuid) fail(fmt::format("'{}' of '{}' is not a UUID", text, name));
      uuids.push_back(*uuid);
    }
    return uuids;
  }

  int64_t time(const std::string& name, const nlohmann::json& value) const {
    // Its text tells a number beyond 64 bits from one that is none.
    const auto time = value.is_string() ? parse_timestamp(value.get<std::string>())
                                        : parse_microseconds(value.dump());
    if (!time) fail(fmt::format("'{}': {}", name, time.error()));
    return *time;
  }

  uint64_t position(const std::string& name, const nlohmann::json& value) const {
    if (!value.is_number_unsigned()) fail(fmt::format("'{}' must be a position", name));
    return value.get<uint64_t>();
  }

  std::string_view option_;
  QueryItem item_;
};

}  // namespace

QueryItem parse_query_item(std::string_view json, std::string_view option) {
  return ItemReader(option).read(nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false));
}

}  // namespace stele::cli
