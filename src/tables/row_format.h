// Rows in trees: the keys and values of the trees `rows` and `history`.
//
//     rows      key   := table (u32, big-endian), key of the row
//               value := flags u8, TSN varint, position varint, the row
//     history   key   := table, groups of the key, ~position (u64), ~TSN (u64)      big-endian
//               value := flags u8, the row
//
// `rows` has the newest version of each row, `history` those before it, newest first, in tables
// that keep them. A flag says that the version is a deletion; `rows` has one only where `history`
// has what was deleted.
//
// Groups keep keys of any length in order with something behind them: 16 bytes of the key, filled
// up with zeros, and a byte that says how many of them count, or 17 when more follow. Escaping
// zeros instead would double the longest keys. After MyRocks' and TiKV's comparable format, with
// longer groups.
//
// On disk: docs/format.md, "Trees rows and history".
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/varint.h"
#include "tables/limits.h"
#include "tree/key.h"
#include "tree/tree.h"

namespace stele::tables {

inline constexpr uint8_t kRowDeleted = 1;
inline constexpr size_t kTableIdSize = 4;
inline constexpr size_t kGroupSize = 16;
inline constexpr uint8_t kGroupFollows = kGroupSize + 1;
inline constexpr size_t kVersionSize = 16;  // Position and TSN behind the groups.
inline constexpr size_t kRowHeaderSizeMax = 1 + 2 * kVarintSizeMax;

constexpr size_t grouped_size(size_t key_size) {
  return (key_size / kGroupSize + (key_size % kGroupSize != 0 || key_size == 0 ? 1 : 0)) *
         (kGroupSize + 1);
}
static_assert(kTableIdSize + grouped_size(kRowKeySizeMax) + kVersionSize <= tree::kKeySizeMax);

// When a version came about: the commit, and the event that it follows from. Versions of a row are
// in the order of this.
struct VersionTime {
  uint64_t tsn = 0;
  uint64_t position = 0;
  friend auto operator<=>(const VersionTime&, const VersionTime&) = default;
};

// A version as a tree's value has it.
struct StoredRow {
  VersionTime time;
  bool is_deleted = false;
  size_t header_size = 0;  // Before the row, in the value.
};

// The row's key in the tree `rows`.
void row_tree_key(TableId table, ByteView key, tree::KeyBuffer& into);
// Where the versions of a row begin in `history` that are at or before a position.
void history_key(TableId table, ByteView key, const VersionTime& at_most, tree::KeyBuffer& into);
// The first key behind all of a table's, in any of the trees; none for the last table.
[[nodiscard]] std::array<uint8_t, kTableIdSize> table_prefix(TableId table);
[[nodiscard]] TableId table_of(ByteView tree_key);  // 0: it has none.

// Takes a key of `history` apart. False: it is damaged. `groups` is the key up to the version.
struct HistoryKey {
  ByteView groups;  // With the table in front.
  VersionTime time;
};
[[nodiscard]] bool decode_history_key(ByteView key, HistoryKey& into);
// Appends the row's key that groups hold to `into`. False: they are damaged.
[[nodiscard]] bool decode_groups(ByteView groups, tree::KeyBuffer& into);

// Writes the header of a value of `rows` and returns its size.
size_t encode_row_header(const VersionTime& time, bool is_deleted,
                         std::array<uint8_t, kRowHeaderSizeMax>& into);
// Reads it. False: it is damaged. In place, for a scan reads one for each row: returned as a value
// in an optional it took a third of the time of a scan.
[[nodiscard, gnu::always_inline]] inline bool decode_row_header(ByteView value, StoredRow& into) {
  if (value.empty() || value[0] > kRowDeleted) return false;
  into.is_deleted = value[0] == kRowDeleted;
  ByteView rest = value.subspan(1);
  if (!take_varint(rest, into.time.tsn) || !take_varint(rest, into.time.position)) return false;
  into.header_size = value.size() - rest.size();
  return true;
}

}  // namespace stele::tables
