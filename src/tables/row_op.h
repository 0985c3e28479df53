// What a batch does to rows, and the section of a commit that says it.
//
//     section := op, op ...
//     op      := head u8, table varint, position varint if bit 3 is set, key size varint,
//                value size varint but of a deletion and of a range without end, key, value
//
//     head    bits 0 and 1: 1 put: value is the row     2 delete
//                           3 delete the rows from `key` on, up to the key that is in the place of
//                             the value
//             bit 2: the range has no end     bit 3: it follows from an event of its own
//
// First the deletions of ranges, in the order in which they were asked for, then puts and deletes
// in the order of tables, keys and positions, each combination once. A deletion of a range comes
// before the rows that have the same position.
//
// Rows are small and a log is written for each of them: fields of a fixed size, at multiples of 8,
// made the log of 100-byte rows a fifth longer.
//
// On disk: docs/format.md, "Rows section".
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/varint.h"
#include "engine/commit_frame.h"
#include "tables/limits.h"

namespace stele::tables {

enum class OpKind : uint8_t { kPut = 1, kDelete = 2, kDeleteRange = 3 };

inline constexpr uint8_t kOpKindMask = 3;
inline constexpr uint8_t kOpNoEnd = 4;
inline constexpr uint8_t kOpHasPosition = 8;
inline constexpr size_t kOpHeaderSizeMax = 1 + 4 * kVarintSizeMax;

// An op whose bytes stay where they are.
class OpView {
 public:
  OpView() = default;

  [[nodiscard]] OpKind kind() const { return static_cast<OpKind>(head_ & kOpKindMask); }
  [[nodiscard]] TableId table() const { return table_; }
  [[nodiscard]] uint64_t position() const { return position_; }
  [[nodiscard]] ByteView key() const { return {key_, key_size_}; }
  [[nodiscard]] ByteView value() const { return {key_ + key_size_, value_size_}; }
  // Of a range.
  [[nodiscard]] bool has_end() const { return (head_ & kOpNoEnd) == 0; }
  // As it is in a section.
  [[nodiscard]] ByteView bytes() const {
    return {key_ - header_size_, size_t{header_size_} + key_size_ + value_size_};
  }

 private:
  friend const char* take_op(ByteView& section, uint64_t own_position, OpView& op);

  uint8_t head_ = 0;
  uint8_t header_size_ = 0;
  uint16_t key_size_ = 0;
  uint32_t value_size_ = 0;
  TableId table_ = 0;
  uint64_t position_ = 0;
  const uint8_t* key_ = nullptr;
};

// What an op begins with.
struct OpHeader {
  OpKind kind = OpKind::kPut;
  bool has_end = true;  // Of a range.
  TableId table = 0;
  uint64_t position = 0;  // 0: the commit's own.
  size_t key_size = 0;
  size_t value_size = 0;
};

// Writes it and returns its size; key and value come behind it.
size_t encode_op_header(const OpHeader& header, std::array<uint8_t, kOpHeaderSizeMax>& into);

// Takes the first op off a section. `own_position` is that of ops which follow from no event of
// their own. Returns what is wrong with it, null: nothing.
[[nodiscard]] const char* take_op(ByteView& section, uint64_t own_position, OpView& op);

// Calls visit(op) for each op of a section, until one returns an error. CORRUPT: the section is
// damaged.
[[nodiscard]] Status for_each_op(const engine::Stamp& stamp, uint32_t count, ByteView section,
                                 const std::function<Status(const OpView&)>& visit);

}  // namespace stele::tables
