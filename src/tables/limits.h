// What a table is to the rest of the module: a number, limits, and the names of the trees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stele::tables {

// Given once and never again, so that nothing of a table that was dropped can be taken for
// another's. 0 is no table.
using TableId = uint32_t;

inline constexpr size_t kRowKeySizeMax = 1024;
inline constexpr uint64_t kRowSizeMax = uint64_t{16} << 20;
inline constexpr size_t kTableNameSizeMax = 255;  // Of a table's name, and of a schema's.
inline constexpr std::string_view kDefaultSchema = "root";
inline constexpr uint64_t kPositionMax = (uint64_t{1} << 63) - 1;

inline constexpr std::string_view kRowTree = "rows";
inline constexpr std::string_view kHistoryTree = "history";
inline constexpr std::string_view kCatalogTree = "catalog";

}  // namespace stele::tables
