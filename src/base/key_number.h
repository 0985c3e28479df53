// Numbers in keys: integers and doubles in one order, each number with one encoding.
//
// The encoding of x, not 0 and finite, is a tag for its sign and then (d, r), all bytes of which
// are complemented for x < 0:
//
//   d   8 bytes, the bits, highest first, of the double to which |x| is truncated: the largest one
//       that is not above |x|
//   r   |x| - d, exactly, in decimal: one byte 00 if it is 0; else r = M * 100^E with
//       1/100 <= M < 1 is the byte 0x80 + E, then the base-100 digits of M, each as 2 * digit + 1
//       if another follows and 2 * digit if it is the last, which is not 0
//
// Why the bytes compare as the numbers do. Let 0 < x < y.
//   1. Truncation is monotone, so d(x) <= d(y). The bits of doubles that are not negative ascend
//      with their values; where d differs, the first 8 bytes decide, and rightly.
//   2. If d is the same, r(x) = x - d < y - d = r(y): all depends on r. No r but 0 begins with 00,
//      which is below every other first byte.
//   3. r with an exponent E lies in [100^(E-1), 100^E). These ranges do not overlap and ascend with
//      E, so that the first byte decides where E differs.
//   4. With the same E, M(x) < M(y). Where the first different digits are a < b, the bytes are at
//      most 2a + 1 < 2b. Otherwise the digits of M(x) begin those of M(y), which has more; then the
//      last digit of M(x) is stored as 2a where M(y) has 2a + 1.
//   5. The last digit says that it is the last: no encoding begins another one.
// Complementing all bytes turns the order around, as negation does. The digits of M are unique, as
// are d, r and E: equal numbers have equal bytes, whatever type they come in.
//
// For an int64, uint64 or double r is an integer of at most 2,047, so that E is 1 or 2. Big
// integers and decimals have their places in the same order: |x| above the largest double is
// truncated to that, and E from -126 to 126 is a byte from 02 to FE; 01 and FF stand for exponents
// beyond.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/key_element.h"
#include "base/key_part.h"
#include "base/result.h"

namespace stele {

// An ascending element.
struct EncodedNumber {
  std::array<uint8_t, 12> bytes;  // Tag, d, exponent and two digits.
  size_t size = 0;
};

// Requires: the kind is kInteger, kUnsigned or kReal.
[[nodiscard]] EncodedNumber encode_number(const KeyPart& part);

// Decodes what follows the tag. A number comes as kInteger if it is an int64, else as kUnsigned if
// it is a uint64, else as kReal. Requires: `tag` is that of a number.
[[nodiscard]] Status decode_number(KeyTag tag, ElementBytes& from, KeyPart& to);

}  // namespace stele
