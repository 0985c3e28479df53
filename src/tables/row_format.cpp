// Keys and values of rows.
#include "tables/row_format.h"

#include <algorithm>

namespace stele::tables {

std::array<uint8_t, kTableIdSize> table_prefix(TableId table) {
  std::array<uint8_t, kTableIdSize> prefix;
  store_be(prefix.data(), table);
  return prefix;
}

TableId table_of(ByteView tree_key) {
  return tree_key.size() < kTableIdSize ? 0 : load_be<uint32_t>(tree_key.data());
}

void row_tree_key(TableId table, ByteView key, tree::KeyBuffer& into) {
  into.assign(table_prefix(table), key);
}

void history_key(TableId table, ByteView key, const VersionTime& at_most, tree::KeyBuffer& into) {
  std::array<uint8_t, grouped_size(kRowKeySizeMax) + kVersionSize> bytes;
  uint8_t* at = bytes.data();
  for (bool more = true; more;) {
    const size_t count = std::min(key.size(), kGroupSize);
    std::fill(std::copy_n(key.data(), count, at), at + kGroupSize, uint8_t{0});
    more = key.size() > kGroupSize;
    at[kGroupSize] = more ? kGroupFollows : static_cast<uint8_t>(count);
    at += kGroupSize + 1;
    key = key.subspan(count);
  }
  store_be(at, ~at_most.position);
  store_be(at + 8, ~at_most.tsn);
  at += kVersionSize;
  into.assign(table_prefix(table), ByteView(bytes.data(), at));
}

bool decode_history_key(ByteView key, HistoryKey& into) {
  if (key.size() < kTableIdSize + kGroupSize + 1 + kVersionSize) return false;
  into.groups = key.first(key.size() - kVersionSize);
  const uint8_t* version = key.data() + into.groups.size();
  into.time = {.tsn = ~load_be<uint64_t>(version + 8), .position = ~load_be<uint64_t>(version)};
  return (into.groups.size() - kTableIdSize) % (kGroupSize + 1) == 0;
}

bool decode_groups(ByteView groups, tree::KeyBuffer& into) {
  std::array<uint8_t, kRowKeySizeMax> key;
  size_t size = 0;
  for (groups = groups.subspan(kTableIdSize); !groups.empty();
       groups = groups.subspan(kGroupSize + 1)) {
    const bool is_last = groups.size() == kGroupSize + 1;
    const uint8_t mark = groups[kGroupSize];
    if (is_last ? mark > kGroupSize : mark != kGroupFollows) return false;
    if (mark == 0 && size > 0) return false;  // The group before would have been the last.
    const size_t count = std::min<size_t>(mark, kGroupSize);
    if (size + count > key.size() || !is_zero(groups.subspan(count, kGroupSize - count))) {
      return false;
    }
    copy_bytes(key.data() + size, groups.first(count));
    size += count;
  }
  into.assign(ByteView(key.data(), size));
  return true;
}

size_t encode_row_header(const VersionTime& time, bool is_deleted,
                         std::array<uint8_t, kRowHeaderSizeMax>& into) {
  into[0] = is_deleted ? kRowDeleted : 0;
  size_t size = 1;
  size += put_varint(time.tsn, into.data() + size);
  size += put_varint(time.position, into.data() + size);
  return size;
}

}  // namespace stele::tables
