// A query: items OR-ed, an item is types OR-ed AND tags AND-ed.
#pragma once

#include <string>
#include <vector>

namespace stele::events {

struct QueryItem {
  std::vector<std::string> types;  // Any of them; none: every type.
  std::vector<std::string> tags;   // All of them; none: any tags.
};

struct Query {
  std::vector<QueryItem> items;  // Any of them; none: every event.
};

}  // namespace stele::events
