// What a batch does to rows, and the section of a commit that says it.
//
//     section := op, op ...
//     op      := kind u8, flags u8, key size u16, value size u32, table u32, zeros u32,
//                position u64, key, value, zeros up to a multiple of 8
//
//     kind    1 put: value is the row     2 delete: no value
//             3 delete the rows from `key` on, up to the key that is in the place of the value;
//               with flag 1 there is no such key, and the range has no end
//
// First the deletions of ranges, in the order in which they were asked for, then puts and deletes
// in the order of tables, keys and positions, each combination once. A deletion of a range comes
// before the rows that have the same position.
//
// On disk: docs/format.md, "Rows section".
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"
#include "engine/commit_frame.h"
#include "tables/limits.h"

namespace stele::tables {

enum class OpKind : uint8_t { kPut = 1, kDelete = 2, kDeleteRange = 3 };

inline constexpr size_t kOpKindOffset = 0;
inline constexpr size_t kOpFlagsOffset = 1;
inline constexpr size_t kOpKeySizeOffset = 2;
inline constexpr size_t kOpValueSizeOffset = 4;
inline constexpr size_t kOpTableOffset = 8;
inline constexpr size_t kOpPositionOffset = 16;
inline constexpr size_t kOpHeaderSize = 24;
inline constexpr uint8_t kOpNoEnd = 1;

// An op in place. Requires: that the bytes are one, which for_each_op() sees to.
class OpView {
 public:
  explicit OpView(const uint8_t* bytes) : bytes_(bytes) {}
  [[nodiscard]] const uint8_t* bytes() const { return bytes_; }
  [[nodiscard]] OpKind kind() const { return static_cast<OpKind>(bytes_[kOpKindOffset]); }
  [[nodiscard]] TableId table() const { return load_le<uint32_t>(bytes_ + kOpTableOffset); }
  [[nodiscard]] uint64_t position() const { return load_le<uint64_t>(bytes_ + kOpPositionOffset); }
  [[nodiscard]] ByteView key() const {
    return {bytes_ + kOpHeaderSize, load_le<uint16_t>(bytes_ + kOpKeySizeOffset)};
  }
  [[nodiscard]] ByteView value() const {
    return {bytes_ + kOpHeaderSize + key().size(), load_le<uint32_t>(bytes_ + kOpValueSizeOffset)};
  }
  // Of a range.
  [[nodiscard]] bool has_end() const { return (bytes_[kOpFlagsOffset] & kOpNoEnd) == 0; }
  [[nodiscard]] uint64_t size() const {
    return align_up(kOpHeaderSize + key().size() + value().size());
  }

 private:
  const uint8_t* bytes_;
};

// Calls visit(op) for each op of a section, until one returns an error. CORRUPT: the section is
// damaged.
[[nodiscard]] Status for_each_op(const engine::Stamp& stamp, uint32_t count, ByteView section,
                                 const std::function<Status(const OpView&)>& visit);

}  // namespace stele::tables
