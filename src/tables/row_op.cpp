// Reading the section of rows.
#include "tables/row_op.h"

#include "base/text.h"

namespace stele::tables {

namespace {

// Returns what is wrong with the op that the bytes begin with, null: nothing.
const char* fault_of(ByteView bytes) {
  if (bytes.size() < kOpHeaderSize) return "is shorter than its count says";
  const OpView op(bytes.data());
  const auto value_size = load_le<uint32_t>(bytes.data() + kOpValueSizeOffset);
  if (op.key().size() > kRowKeySizeMax) return "has a key that is too long";
  if (value_size > kRowSizeMax) return "has a row that is too long";
  if (bytes.size() < op.size()) return "is shorter than its count says";
  const uint64_t used = kOpHeaderSize + op.key().size() + value_size;
  if (!is_zero(bytes.subspan(kOpTableOffset + 4, 4)) ||
      !is_zero(bytes.subspan(used, op.size() - used))) {
    return "has bytes that should be zero";
  }
  if (op.table() == 0) return "names no table";
  if (op.position() > kPositionMax) return "has an impossible position";
  const uint8_t flags = bytes[kOpFlagsOffset];
  switch (op.kind()) {
    case OpKind::kPut:
      return flags == 0 ? nullptr : "has an unknown flag";
    case OpKind::kDelete:
      return flags == 0 && value_size == 0 ? nullptr : "has a deletion with a row";
    case OpKind::kDeleteRange:
      if (flags > kOpNoEnd || value_size > kRowKeySizeMax) return "has an impossible range";
      return flags == kOpNoEnd && value_size != 0 ? "has an impossible range" : nullptr;
  }
  return "has an op of an unknown kind";
}

}  // namespace

Status for_each_op(const engine::Stamp& stamp, uint32_t count, ByteView section,
                   const std::function<Status(const OpView&)>& visit) {
  const auto damaged = [&](const char* fault) {
    return fail(Code::kCorrupt, cat("commit ", stamp.tsn, ": its rows section ", fault));
  };
  for (uint32_t i = 0; i < count; ++i) {
    if (const char* fault = fault_of(section)) return damaged(fault);
    const OpView op(section.data());
    STELE_TRY(visit(op));
    section = section.subspan(op.size());
  }
  return section.empty() ? Status() : damaged("is longer than its count says");
}

}  // namespace stele::tables
