// A query as bytes, so that it crosses a language border in one call.
//
//     query := version u8 = 1, zeros u8[3], items u32, item ...
//     item  := fields u32, field ...
//     field := kind u16, size u16, bytes
//
//     kind   1 type, 2 tag, 3 entity, 4 category, 5 scope            text
//            7 correlation, 8 causation                             16 bytes
//            16 entity prefix                                       text
//            17 time range                                          from i64, to i64
//            18 position range                                      from u64, to u64
//
// The kinds of terms have their numbers: term.h. docs/format.md, "Query".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "events/query.h"
#include "events/term.h"

namespace stele::events {

inline constexpr uint8_t kQueryVersion = 1;
inline constexpr size_t kQueryItemsMax = 1024;
inline constexpr size_t kFieldValuesMax = 1024;  // Of a field in an item.

enum class FieldKind : uint16_t {
  kType = static_cast<uint16_t>(TermKind::kType),
  kTag = static_cast<uint16_t>(TermKind::kTag),
  kEntity = static_cast<uint16_t>(TermKind::kEntity),
  kCategory = static_cast<uint16_t>(TermKind::kCategory),
  kScope = static_cast<uint16_t>(TermKind::kScope),
  kCorrelation = static_cast<uint16_t>(TermKind::kCorrelation),
  kCausation = static_cast<uint16_t>(TermKind::kCausation),
  kEntityPrefix = 16,
  kTime = 17,
  kPositions = 18,
};

// Each of these adds to the last item of a query and checks what it adds: INVALID, TOO_LARGE.
[[nodiscard]] Status add_item(Query& query);
[[nodiscard]] Status add_text(Query& query, FieldKind kind, std::string_view text);
[[nodiscard]] Status add_id(Query& query, FieldKind kind, const uint8_t* id);
[[nodiscard]] Status set_time(Query& query, const HalfOpen<int64_t>& range);
[[nodiscard]] Status set_positions(Query& query, const HalfOpen<uint64_t>& range);

[[nodiscard]] std::vector<uint8_t> encode_query(const Query& query);
// INVALID and TOO_LARGE carry the offset of what is wrong; UNSUPPORTED: a newer version.
[[nodiscard]] Result<Query> decode_query(ByteView bytes);

}  // namespace stele::events
