// A query: items OR-ed; an item is its fields AND-ed, and the values of a field OR-ed, but for
// tags.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::events {

// From one value up to, and without, another.
template <typename T>
struct HalfOpen {
  T from;
  T to;
  [[nodiscard]] bool holds(T value) const { return from <= value && value < to; }
};

using Uuid = std::array<uint8_t, 16>;

// A field that names nothing asks for nothing.
struct QueryItem {
  std::vector<std::string> types = {};       // Any of them ...
  std::vector<std::string> tags = {};        // All of them.
  std::vector<std::string> categories = {};  // ... or, of the type, of these.
  std::vector<std::string> entities = {};    // Any of them ...
  std::vector<std::string> prefixes = {};    // ... or that begins with one of these.
  std::vector<std::string> scopes = {};
  std::vector<Uuid> correlations = {};
  std::vector<Uuid> causations = {};
  std::optional<HalfOpen<int64_t>> time = {};
  std::optional<HalfOpen<uint64_t>> positions = {};
};

struct Query {
  std::vector<QueryItem> items;  // Any of them; none: every event.
};

// Returns the category of a type: what stands before its first '.', or all of it.
[[nodiscard]] constexpr std::string_view category_of(std::string_view type) {
  return type.substr(0, type.find('.'));
}

}  // namespace stele::events
