// Queries as options give them: --type and --tag, or items as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/handle.h"

namespace stele::cli {

struct QueryItem {
  std::vector<std::string> types;  // An event has one of them.
  std::vector<std::string> tags;   // An event has all of them.
};

// Reads {"types": [...], "tags": [...]}, either of which may be missing. Throws a usage Failure
// that names `option`.
[[nodiscard]] QueryItem parse_query_item(std::string_view json, std::string_view option);

// Returns the items of a command: the one made of types and tags, if there are any, then the
// others.
[[nodiscard]] std::vector<QueryItem> collect_items(const QueryItem& first,
                                                   const std::vector<std::string>& others,
                                                   std::string_view option);

// Returns a query for events that match any of `items`; null, which matches all, when there are
// none.
[[nodiscard]] Query make_query(const std::vector<QueryItem>& items);

}  // namespace stele::cli
