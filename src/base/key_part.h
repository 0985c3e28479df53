// What order-preserving keys are made of: the kinds of parts, their tags, and a part.
//
// On disk: docs/format.md, "Keys". The tags are allotted for good, also of the kinds that this
// version cannot encode yet, so that every key written later has its place among those of today.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace stele {

// The first byte of an ascending element. That of a descending one is its complement, 0x81 to
// 0xFE: each element says itself which it is. 0x00, 0x7F, 0x80 and 0xFF are no tags.
enum class KeyTag : uint8_t {
  kNull = 0x01,
  kFalse = 0x02,
  kTrue = 0x03,
  kNegativeInfinity = 0x10,  // Integers, doubles, big integers and decimals have one order.
  kNegative = 0x11,
  kZero = 0x12,
  kPositive = 0x13,
  kInfinity = 0x14,
  kNan = 0x15,
  kText = 0x20,
  kBytes = 0x21,
  kDate = 0x30,
  kTime = 0x31,
  kTimestamp = 0x32,
  kTimestamptz = 0x33,
  kInterval = 0x34,
  kUuid = 0x40,
  kInet = 0x41,
  kMacaddr = 0x42,
  kJsonNull = 0x50,
  kJsonFalse = 0x51,
  kJsonTrue = 0x52,
  kJsonNumber = 0x53,
  kJsonString = 0x54,
  kJsonArray = 0x55,
  kJsonObject = 0x56,
  kArray = 0x60,
  kTuple = 0x61,
  kRange = 0x62,
  kEnum = 0x63,
  kComposite = 0x64,
  kDomain = 0x65,
  kVector = 0x70,
  kCustomFirst = 0x71,
  kCustomLast = 0x7d,
  kNullLast = 0x7e,
};

// What a part is. The numbers are those of the C API (capi checks that they agree): the lowest tag
// of the kind, but for numbers, where the kind says in which field of the part the number is.
enum class KeyKind : uint32_t {
  kNull = 0x01,
  kBool = 0x02,
  kInteger = 0x10,
  kUnsigned = 0x11,
  kReal = 0x12,
  kBigInteger = 0x13,
  kDecimal = 0x14,
  kText = 0x20,
  kBytes = 0x21,
  kDate = 0x30,
  kTime = 0x31,
  kTimestamp = 0x32,
  kTimestamptz = 0x33,
  kInterval = 0x34,
  kUuid = 0x40,
  kInet = 0x41,
  kMacaddr = 0x42,
  kJson = 0x50,
  kArray = 0x60,
  kTuple = 0x61,
  kRange = 0x62,
  kEnum = 0x63,
  kComposite = 0x64,
  kDomain = 0x65,
  kVector = 0x70,
  kCustom = 0x71,
  kNullLast = 0x7e,
};

// Returns the name of a kind as the C API has it, without its prefix; null: there is no such kind.
[[nodiscard]] const char* name_of(KeyKind kind);

inline constexpr size_t kTableKeySizeMax = 1024;
inline constexpr size_t kKeyUuidSize = 16;
inline constexpr int64_t kMicrosPerDay = 86'400'000'000;

struct KeyPart {
  KeyKind kind = KeyKind::kNull;
  bool descending = false;
  int64_t integer =
      0;  // kInteger; kBool: 0 or 1; kDate: days; kTime, kTimestamp(tz): microseconds.
  uint64_t natural = 0;  // kUnsigned.
  double real = 0;       // kReal.
  ByteView bytes = {};   // kText, kBytes, kUuid.
};

}  // namespace stele
