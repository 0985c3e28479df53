// Numbers in keys; key_number.h says why they are in order.
#include "base/key_number.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace stele {

namespace {

static_assert(std::numeric_limits<double>::is_iec559);

constexpr unsigned kMantissaBits = std::numeric_limits<double>::digits;
constexpr unsigned kBase = 100;
constexpr uint8_t kExponentZero = 0x80;
constexpr uint8_t kExponentBelow = 0x01;
constexpr uint8_t kExponentAbove = 0xff;
constexpr double kTwoTo64 = 18446744073709551616.0;
constexpr uint64_t kTwoTo63 = uint64_t{1} << 63;

// A number without its sign: double `truncated` + `remainder`.
struct Magnitude {
  double truncated;
  uint64_t remainder;
};

Magnitude split(uint64_t magnitude) {
  const auto width = static_cast<unsigned>(std::bit_width(magnitude));
  const unsigned lost = width > kMantissaBits ? width - kMantissaBits : 0;
  const uint64_t remainder = magnitude & ((uint64_t{1} << lost) - 1);
  return {static_cast<double>(magnitude - remainder), remainder};
}

void put(EncodedNumber& to, uint8_t byte) {
  STELE_DCHECK(to.size < to.bytes.size());
  to.bytes[to.size++] = byte;
}

// Requires: the remainder is below 100^2.
void put_remainder(EncodedNumber& to, uint64_t remainder) {
  STELE_DCHECK(remainder < uint64_t{kBase} * kBase);
  if (remainder == 0) return put(to, 0);
  const uint64_t high = remainder / kBase;
  const uint64_t low = remainder % kBase;
  put(to, static_cast<uint8_t>(kExponentZero + (high == 0 ? 1 : 2)));
  if (high != 0) put(to, static_cast<uint8_t>(2 * high + (low != 0 ? 1 : 0)));
  if (low != 0) put(to, static_cast<uint8_t>(2 * low));
}

EncodedNumber encode_tag(KeyTag tag) {
  EncodedNumber number = {};
  put(number, static_cast<uint8_t>(tag));
  return number;
}

EncodedNumber encode_magnitude(bool negative, const Magnitude& magnitude) {
  EncodedNumber number = encode_tag(negative ? KeyTag::kNegative : KeyTag::kPositive);
  store_be(number.bytes.data() + 1, std::bit_cast<uint64_t>(magnitude.truncated));
  number.size += sizeof(uint64_t);
  put_remainder(number, magnitude.remainder);
  if (negative) {
    for (size_t i = 1; i < number.size; ++i) number.bytes[i] ^= 0xff;
  }
  return number;
}

EncodedNumber encode_real(double real) {
  if (std::isnan(real)) return encode_tag(KeyTag::kNan);
  if (std::isinf(real)) return encode_tag(real < 0 ? KeyTag::kNegativeInfinity : KeyTag::kInfinity);
  if (real == 0) return encode_tag(KeyTag::kZero);
  return encode_magnitude(real < 0, {std::fabs(real), 0});
}

EncodedNumber encode_whole(bool negative, uint64_t magnitude) {
  if (magnitude == 0) return encode_tag(KeyTag::kZero);
  return encode_magnitude(negative, split(magnitude));
}

// Takes a remainder; one that neither an integer of 64 bits nor a double has is UNSUPPORTED.
Result<uint64_t> take_remainder(ElementBytes& from) {
  const size_t start = from.at();
  uint8_t byte = 0;
  if (!from.take(byte)) return from.cut_off();
  if (byte == 0) return uint64_t{0};
  if (byte == kExponentBelow || byte == kExponentAbove) return from.unsupported(start, "DECIMAL");
  const int exponent = byte - kExponentZero;
  uint64_t value = 0;
  int digits = 0;
  for (bool more = true; more;) {
    if (!from.take(byte)) return from.cut_off();
    const unsigned digit = byte / 2;
    more = byte % 2 == 1;
    if (digit >= kBase) return from.damaged("not a digit of base 100");
    if (digit == 0 && digits == 0) return from.damaged("the first digit is 0");
    if (digit == 0 && !more) return from.damaged("the last digit is 0");
    if (++digits <= 2) value = value * kBase + digit;
  }
  if (digits > exponent) return from.unsupported(start, name_of(KeyKind::kDecimal));
  if (exponent > 2) return from.unsupported(start, name_of(KeyKind::kBigInteger));
  return exponent > digits ? value * kBase : value;
}

Result<double> take_truncated(ElementBytes& from) {
  uint64_t bits = 0;
  for (size_t i = 0; i < sizeof bits; ++i) {
    uint8_t byte = 0;
    if (!from.take(byte)) return from.cut_off();
    bits = bits << 8 | byte;
  }
  const auto truncated = std::bit_cast<double>(bits);
  if (std::signbit(truncated) || !std::isfinite(truncated)) {
    return from.damaged("not a finite number above 0");
  }
  return truncated;
}

void set_integer(KeyPart& to, int64_t value) {
  to.kind = KeyKind::kInteger;
  to.integer = value;
}

void set_real(KeyPart& to, double value) {
  to.kind = KeyKind::kReal;
  to.real = value;
}

// The bits of doubles that are not negative ascend with them; behind the largest is infinity.
// Without the library of mathematics, which nothing else of Stele needs.
double next_above(double number) {
  return std::bit_cast<double>(std::bit_cast<uint64_t>(number) + 1);
}

bool is_uint64(double number) {
  return number < kTwoTo64 && static_cast<double>(static_cast<uint64_t>(number)) == number;
}

// Puts the number into the first of int64, uint64 and double that has it; false: none has.
bool set_number(KeyPart& to, bool negative, const Magnitude& from) {
  if (is_uint64(from.truncated)) {
    const uint64_t magnitude = static_cast<uint64_t>(from.truncated) + from.remainder;
    if (negative && magnitude <= kTwoTo63) {
      set_integer(to, static_cast<int64_t>(~magnitude + 1));
      return true;
    }
    if (!negative && magnitude < kTwoTo63) {
      set_integer(to, static_cast<int64_t>(magnitude));
      return true;
    }
    if (!negative) {
      to.kind = KeyKind::kUnsigned;
      to.natural = magnitude;
      return true;
    }
  }
  if (from.remainder != 0) return false;
  set_real(to, negative ? -from.truncated : from.truncated);
  return true;
}

Status decode_finite(bool negative, ElementBytes& from, KeyPart& to) {
  const size_t start = from.at();
  if (negative) from.complement();
  const auto truncated = take_truncated(from);
  if (!truncated) return fail(truncated.error());
  const auto remainder = take_remainder(from);
  if (!remainder) return fail(remainder.error());
  if (*truncated == 0 && *remainder == 0) return from.damaged("zero has a tag of its own");
  // Otherwise the number would have two encodings.
  const double step = next_above(*truncated) - *truncated;
  if (static_cast<double>(*remainder) >= step) {
    return from.damaged("the remainder reaches the next double");
  }
  if (!set_number(to, negative, {*truncated, *remainder})) {
    return from.unsupported(start, name_of(KeyKind::kBigInteger));
  }
  return {};
}

}  // namespace

EncodedNumber encode_number(const KeyPart& part) {
  switch (part.kind) {
    case KeyKind::kInteger: {
      const auto bits = static_cast<uint64_t>(part.integer);
      return encode_whole(part.integer < 0, part.integer < 0 ? ~bits + 1 : bits);
    }
    case KeyKind::kUnsigned:
      return encode_whole(false, part.natural);
    default:
      STELE_CHECK(part.kind == KeyKind::kReal);
      return encode_real(part.real);
  }
}

Status decode_number(KeyTag tag, ElementBytes& from, KeyPart& to) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (tag) {
    case KeyTag::kNegativeInfinity:
      set_real(to, -kInfinity);
      return {};
    case KeyTag::kNegative:
      return decode_finite(/*negative=*/true, from, to);
    case KeyTag::kZero:
      set_integer(to, 0);
      return {};
    case KeyTag::kPositive:
      return decode_finite(/*negative=*/false, from, to);
    case KeyTag::kInfinity:
      set_real(to, kInfinity);
      return {};
    default:
      STELE_CHECK(tag == KeyTag::kNan);
      set_real(to, std::numeric_limits<double>::quiet_NaN());
      return {};
  }
}

}  // namespace stele
