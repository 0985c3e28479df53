// Random parts of keys, and how parts compare, told without their encoding.
#pragma once

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/key_codec.h"
#include "support/seed.h"

namespace stele::test {

// A part that owns its bytes.
struct OwnedPart {
  KeyPart part;
  std::string bytes = {};

  [[nodiscard]] KeyPart view() const {
    KeyPart made = part;
    made.bytes = as_bytes(bytes);
    return made;
  }
};

inline OwnedPart integer_part(int64_t value) {
  return {{.kind = KeyKind::kInteger, .integer = value}};
}
inline OwnedPart unsigned_part(uint64_t value) {
  return {{.kind = KeyKind::kUnsigned, .natural = value}};
}
inline OwnedPart real_part(double value) {
  return {{.kind = KeyKind::kReal, .real = value}};
}
inline OwnedPart null_part(KeyKind kind = KeyKind::kNull) {
  return {{.kind = kind}};
}
inline OwnedPart bool_part(bool value) {
  return {{.kind = KeyKind::kBool, .integer = value ? 1 : 0}};
}
inline OwnedPart time_part(KeyKind kind, int64_t value) {
  return {{.kind = kind, .integer = value}};
}
inline OwnedPart text_part(std::string text) {
  return {{.kind = KeyKind::kText}, std::move(text)};
}
inline OwnedPart bytes_part(std::string bytes) {
  return {{.kind = KeyKind::kBytes}, std::move(bytes)};
}
inline OwnedPart uuid_part(std::string bytes) {
  return {{.kind = KeyKind::kUuid}, std::move(bytes)};
}
inline OwnedPart descending(OwnedPart part) {
  part.part.descending = true;
  return part;
}

// Holds every int64, uint64 and double exactly: comparing these needs no cleverness.
static_assert(LDBL_MANT_DIG >= 64 && LDBL_MAX_EXP >= DBL_MAX_EXP && LDBL_MIN_EXP <= DBL_MIN_EXP);
using Exact = long double;

inline bool is_number(const KeyPart& part) {
  return part.kind == KeyKind::kInteger || part.kind == KeyKind::kUnsigned ||
         part.kind == KeyKind::kReal;
}

inline Exact exact(const KeyPart& part) {
  if (part.kind == KeyKind::kInteger) return static_cast<Exact>(part.integer);
  if (part.kind == KeyKind::kUnsigned) return static_cast<Exact>(part.natural);
  return static_cast<Exact>(part.real);
}

template <typename T>
int sign_of_difference(const T& left, const T& right) {
  return left < right ? -1 : static_cast<int>(right < left);
}

inline int compare_numbers(const KeyPart& left, const KeyPart& right) {
  const Exact a = exact(left);
  const Exact b = exact(right);
  if (std::isnan(a) || std::isnan(b)) {
    return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  }
  return sign_of_difference(a, b);
}

// The order of the manual, of ascending parts.
inline int compare_ascending(const KeyPart& left, const KeyPart& right) {
  const auto kind = [](const KeyPart& part) {
    return is_number(part) ? KeyKind::kInteger : part.kind;
  };
  if (kind(left) != kind(right)) return sign_of_difference(kind(left), kind(right));
  if (is_number(left)) return compare_numbers(left, right);
  if (left.integer != right.integer) return sign_of_difference(left.integer, right.integer);
  return sign_of_difference(as_text(left.bytes), as_text(right.bytes));
}

inline int compare_parts(const KeyPart& left, const KeyPart& right) {
  if (left.descending != right.descending) return left.descending ? 1 : -1;
  return left.descending ? compare_ascending(right, left) : compare_ascending(left, right);
}

using Tuple = std::vector<OwnedPart>;

// The first different part decides, or who has fewer.
inline int compare_tuples(const Tuple& left, const Tuple& right) {
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    const int order = compare_parts(left[i].view(), right[i].view());
    if (order != 0) return order;
  }
  return sign_of_difference(left.size(), right.size());
}

// A number where they are dense, or of any size, or special.
template <typename Generator>
OwnedPart random_number(Generator& random) {
  const double big = std::ldexp(1.0, static_cast<int>(between(random, 52, 65)));
  const auto small = static_cast<int64_t>(between(random, 0, 4100)) - 2050;
  const bool negative = between(random, 0, 1) == 1;
  switch (between(random, 0, 9)) {
    case 0:
      return integer_part(small / 1000);
    case 1:
      return real_part(static_cast<double>(small) / 4);
    case 2:
      return integer_part(static_cast<int64_t>(random()) >> between(random, 0, 63));
    case 3:
      return unsigned_part(random() >> between(random, 0, 63));
    case 4: {  // A few steps from a power of two.
      double near = big;
      for (uint64_t i = between(random, 0, 3); i > 0; --i) near = std::nextafter(near, 0);
      for (uint64_t i = between(random, 0, 3); i > 0; --i) near = std::nextafter(near, 2 * big);
      return real_part(negative ? -near : near);
    }
    case 5: {
      const uint64_t power = uint64_t{1} << between(random, 52, 62);
      const auto near = static_cast<int64_t>(power + static_cast<uint64_t>(small));
      return integer_part(negative ? -near : near);
    }
    case 6: {
      const uint64_t power = between(random, 0, 1) == 1 ? 0 : uint64_t{1} << 63;
      return unsigned_part(power + static_cast<uint64_t>(small));  // Also about 2^64, by wrapping.
    }
    case 7: {
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      const double special[] = {0.0,     -0.0,   1.0,     -1.0,      DBL_MAX,    -DBL_MAX,
                                DBL_MIN, 5e-324, -5e-324, kInfinity, -kInfinity, std::nan("")};
      return real_part(special[between(random, 0, std::size(special) - 1)]);
    }
    case 8:
      return integer_part(negative ? INT64_MIN + small / 1000 + 2 : INT64_MAX - small * small);
    default:
      return real_part(std::bit_cast<double>(random()));
  }
}

// Short ones of few letters, so that they are equal and begin each other often.
template <typename Generator>
std::string random_bytes(Generator& random, std::string_view letters) {
  std::string bytes(between(random, 0, 5), '\0');
  for (char& byte : bytes) byte = letters[between(random, 0, letters.size() - 1)];
  return bytes;
}

template <typename Generator>
OwnedPart random_ascending(Generator& random) {
  using namespace std::string_view_literals;  // NOLINT(google-build-using-namespace): literals
  const auto shifted = [&] { return static_cast<int64_t>(random()) >> between(random, 0, 63); };
  switch (between(random, 0, 12)) {
    case 0:
      return null_part(between(random, 0, 1) == 1 ? KeyKind::kNull : KeyKind::kNullLast);
    case 1:
      return bool_part(between(random, 0, 1) == 1);
    case 2:
    case 3:
      return text_part(random_bytes(random, "\0\1ab\x7f"sv));
    case 4:
    case 5:
      return bytes_part(random_bytes(random, "\0\1a\xfe\xff"sv));
    case 6:
      return time_part(KeyKind::kDate, shifted() >> 32);
    case 7:
      return time_part(KeyKind::kTime, static_cast<int64_t>(between(random, 0, kMicrosPerDay)));
    case 8:
      return time_part(KeyKind::kTimestamp, shifted());
    case 9:
      return time_part(KeyKind::kTimestamptz, shifted());
    case 10: {
      std::string uuid(kKeyUuidSize, '\0');
      uuid[between(random, 0, 15)] = static_cast<char>(random());
      return uuid_part(uuid);
    }
    default:
      return random_number(random);
  }
}

}  // namespace stele::test
