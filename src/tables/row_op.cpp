// Writing and reading the section of rows.
#include "tables/row_op.h"

#include "base/text.h"

namespace stele::tables {

namespace {

constexpr uint8_t kKnownBits = kOpKindMask | kOpNoEnd | kOpHasPosition;

bool has_value_size(uint8_t head) {
  return (head & kOpKindMask) != static_cast<uint8_t>(OpKind::kDelete) && (head & kOpNoEnd) == 0;
}

const char* fault_of_head(uint8_t head) {
  if ((head & ~kKnownBits) != 0) return "has an unknown flag";
  const auto kind = static_cast<OpKind>(head & kOpKindMask);
  if ((head & kOpKindMask) == 0) return "has an op of an unknown kind";
  return (head & kOpNoEnd) != 0 && kind != OpKind::kDeleteRange ? "has a row without an end"
                                                                : nullptr;
}

}  // namespace

size_t encode_op_header(const OpHeader& header, std::array<uint8_t, kOpHeaderSizeMax>& into) {
  auto head = static_cast<uint8_t>(header.kind);
  if (!header.has_end) head |= kOpNoEnd;
  if (header.position != 0) head |= kOpHasPosition;
  into[0] = head;
  size_t size = 1;
  size += put_varint(header.table, into.data() + size);
  if (header.position != 0) size += put_varint(header.position, into.data() + size);
  size += put_varint(header.key_size, into.data() + size);
  if (has_value_size(head)) size += put_varint(header.value_size, into.data() + size);
  return size;
}

const char* take_op(ByteView& section, uint64_t own_position, OpView& op) {
  constexpr const char* kTooShort = "is shorter than its count says";
  if (section.empty()) return kTooShort;
  const uint8_t head = section[0];
  if (const char* fault = fault_of_head(head)) return fault;
  ByteView rest = section.subspan(1);
  uint64_t table = 0;
  uint64_t position = own_position;
  uint64_t key_size = 0;
  uint64_t value_size = 0;
  if (!take_varint(rest, table)) return kTooShort;
  if ((head & kOpHasPosition) != 0 && !take_varint(rest, position)) return kTooShort;
  if (!take_varint(rest, key_size)) return kTooShort;
  if (has_value_size(head) && !take_varint(rest, value_size)) return kTooShort;
  if (table == 0 || table > UINT32_MAX) return "names no table";
  if (position > kPositionMax) return "has an impossible position";
  if (key_size > kRowKeySizeMax) return "has a key that is too long";
  const bool is_range = static_cast<OpKind>(head & kOpKindMask) == OpKind::kDeleteRange;
  if (value_size > (is_range ? kRowKeySizeMax : kRowSizeMax)) return "has a row that is too long";
  if (key_size + value_size > rest.size()) return kTooShort;
  op.head_ = head;
  op.header_size_ = static_cast<uint8_t>(section.size() - rest.size());
  op.key_size_ = static_cast<uint16_t>(key_size);
  op.value_size_ = static_cast<uint32_t>(value_size);
  op.table_ = static_cast<TableId>(table);
  op.position_ = position;
  op.key_ = rest.data();
  section = rest.subspan(key_size + value_size);
  return nullptr;
}

Status for_each_op(const engine::Stamp& stamp, uint32_t count, ByteView section,
                   const std::function<Status(const OpView&)>& visit) {
  const auto damaged = [&](const char* fault) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its rows section ", fault));
  };
  OpView op;
  for (uint32_t i = 0; i < count; ++i) {
    if (const char* fault = take_op(section, stamp.last_position(), op)) return damaged(fault);
    STELE_TRY(visit(op));
  }
  return section.empty() ? Status() : damaged("is longer than its count says");
}

}  // namespace stele::tables
