// Queries as options give them: a field an option, or items as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/encoding.h"
#include "cli/handle.h"

namespace stele::cli {

// Times and positions, each from the first, which counts, up to the second, which does not.
struct QueryRanges {
  std::optional<int64_t> since;
  std::optional<int64_t> until;
  std::optional<uint64_t> from;
  std::optional<uint64_t> to;

  [[nodiscard]] bool any() const { return since || until || from || to; }

  // Leaves what is in both.
  void narrow(const QueryRanges& other);
};

// What stele_query_item() and the functions behind it can ask for.
struct QueryItem {
  std::vector<std::string> types;            // An event has one of them ...
  std::vector<std::string> categories;       // ... or a type in one of these.
  std::vector<std::string> tags;             // An event has all of them.
  std::vector<std::string> entities;         // An event is of one of them ...
  std::vector<std::string> entity_prefixes;  // ... or of one that begins with one of these.
  std::vector<std::string> scopes;
  std::vector<Uuid> correlations;
  std::vector<Uuid> causations;
  QueryRanges ranges;

  // Whether it names a value of a field; ranges are none.
  [[nodiscard]] bool names_anything() const;
};

// Reads {"types": [...], "tags": [...], ...}, whose fields are named as above and each may be
// missing; times are texts or microseconds. Throws a usage Failure that names `option`.
[[nodiscard]] QueryItem parse_query_item(std::string_view json, std::string_view option);

// Returns the items of a command: the one that its options name, if they name anything, then the
// others; all within the ranges of the first.
[[nodiscard]] std::vector<QueryItem> collect_items(const QueryItem& first,
                                                   const std::vector<std::string>& others,
                                                   std::string_view option);

// Returns a query for events that match any of `items`; null, which matches all, when there are
// none.
[[nodiscard]] Query make_query(const std::vector<QueryItem>& items);

}  // namespace stele::cli
