// Keys compare as what they are made of, whatever that is, and give it back.
#include "base/key_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/key_parts.h"
#include "support/results.h"
#include "tree/key.h"

namespace stele {
namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers
using Bytes = std::vector<uint8_t>;

Bytes encode(const Tuple& parts) {
  KeyWriter writer;
  for (const OwnedPart& part : parts) EXPECT_TRUE(succeeded(writer.add(part.view())));
  return {writer.bytes().begin(), writer.bytes().end()};
}
Bytes encode(const OwnedPart& part) {
  return encode(Tuple{part});
}

Result<Tuple> decode(ByteView key) {
  KeyReader reader(key);
  Tuple parts;
  for (KeyPart part;;) {
    const auto more = reader.next(part);
    if (!more) return fail(more.error());
    if (!*more) return parts;
    parts.push_back({part, std::string(as_text(part.bytes))});
  }
}

int sign(int number) {
  return static_cast<int>(number > 0) - static_cast<int>(number < 0);
}
int order(const Bytes& left, const Bytes& right) {
  return sign(tree::compare(left, right));
}
bool begins(const Bytes& prefix, const Bytes& bytes) {
  return prefix.size() <= bytes.size() && std::equal(prefix.begin(), prefix.end(), bytes.begin());
}
std::string digits(const Bytes& bytes) {
  return hex(bytes.data(), bytes.size());
}

Tuple random_tuple(std::mt19937_64& random, const std::vector<bool>& directions) {
  Tuple parts;
  for (size_t size = between(random, 0, directions.size()); parts.size() < size;) {
    parts.push_back(random_ascending(random));
    parts.back().part.descending = directions[parts.size() - 1];
  }
  return parts;
}

// Two tuples that often have the same first parts, each with directions of its own half the time.
std::pair<Tuple, Tuple> random_pair(std::mt19937_64& random) {
  std::vector<bool> directions(4);
  for (size_t i = 0; i < directions.size(); ++i) directions[i] = between(random, 0, 1) == 1;
  Tuple left = random_tuple(random, directions);
  if (between(random, 0, 3) == 0) directions[between(random, 0, 3)].flip();
  Tuple right = random_tuple(random, directions);
  const size_t same = between(random, 0, std::min(left.size(), right.size()));
  std::copy_n(left.begin(), same, right.begin());
  return {left, right};
}

TEST(KeyCodec, KeysCompareAsTheirParts) {
  auto random = Seed().generator();
  for (int i = 0; i < 200'000; ++i) {
    const auto [left, right] = random_pair(random);
    ASSERT_EQ(order(encode(left), encode(right)), compare_tuples(left, right))
        << digits(encode(left)) << " and " << digits(encode(right));
  }
}

TEST(KeyCodec, NumbersOfAllTypesCompareAsNumbers) {
  auto random = Seed().generator();
  for (int i = 0; i < 400'000; ++i) {
    const OwnedPart left = random_number(random);
    const OwnedPart right = random_number(random);
    ASSERT_EQ(order(encode(left), encode(right)), compare_numbers(left.part, right.part))
        << digits(encode(left)) << " and " << digits(encode(right));
  }
}

// So that what follows a part in a key cannot change how the part compares.
TEST(KeyCodec, NoElementBeginsAnother) {
  auto random = Seed().generator();
  for (int i = 0; i < 200'000; ++i) {
    OwnedPart left = random_ascending(random);
    OwnedPart right = random_ascending(random);
    left.part.descending = between(random, 0, 1) == 1;
    right.part.descending = between(random, 0, 1) == 1;
    const Bytes a = encode(left);
    const Bytes b = encode(right);
    if (a == b) continue;
    ASSERT_FALSE(begins(a, b) || begins(b, a)) << digits(a) << " and " << digits(b);
  }
}

// A key begins another one exactly when its parts are the first ones of that.
TEST(KeyCodec, AKeyBeginsThoseWithFurtherPartsOnly) {
  auto random = Seed().generator();
  for (int i = 0; i < 100'000; ++i) {
    const auto [left, right] = random_pair(random);
    Tuple first = right;
    first.resize(std::min(left.size(), right.size()));
    const bool starts = left.size() <= right.size() && compare_tuples(left, first) == 0;
    ASSERT_EQ(begins(encode(left), encode(right)), starts);
  }
}

TEST(KeyCodec, PartsComeBackAsTheyWere) {
  auto random = Seed().generator();
  for (int i = 0; i < 100'000; ++i) {
    const Tuple parts = random_pair(random).first;
    const Bytes key = encode(parts);
    const auto back = decode(key);
    ASSERT_TRUE(succeeded(back)) << digits(key);
    ASSERT_EQ(compare_tuples(parts, *back), 0) << digits(key);
    ASSERT_EQ(encode(*back), key);
  }
}

// Of the kinds that hold it, a number has the first one of INTEGER, UNSIGNED and REAL.
TEST(KeyCodec, ANumberComesBackInTheFirstKindThatHoldsIt) {
  struct Case {
    OwnedPart part;
    KeyKind kind;
  };
  const Case cases[] = {
      {real_part(-0.0), KeyKind::kInteger},
      {real_part(1.0), KeyKind::kInteger},
      {real_part(-0x1p63), KeyKind::kInteger},
      {real_part(0x1p63), KeyKind::kUnsigned},
      {unsigned_part(7), KeyKind::kInteger},
      {unsigned_part(INT64_MAX), KeyKind::kInteger},
      {unsigned_part(uint64_t{1} << 63), KeyKind::kUnsigned},
      {unsigned_part(UINT64_MAX), KeyKind::kUnsigned},
      {real_part(0x1p64), KeyKind::kReal},
      {real_part(-0x1.0000000000001p63), KeyKind::kReal},
      {real_part(0.5), KeyKind::kReal},
      {real_part(5e-324), KeyKind::kReal},
      {real_part(-std::numeric_limits<double>::infinity()), KeyKind::kReal},
      {real_part(std::nan("")), KeyKind::kReal},
  };
  for (const Case& c : cases) {
    const Bytes key = encode(c.part);
    SCOPED_TRACE(digits(key));
    const auto back = decode(key);
    ASSERT_TRUE(succeeded(back));
    EXPECT_EQ((*back)[0].part.kind, c.kind);
    EXPECT_EQ(compare_numbers((*back)[0].part, c.part.part), 0);
  }
}

TEST(KeyCodec, DescendingTurnsTheOrderAround) {
  auto random = Seed().generator();
  for (int i = 0; i < 100'000; ++i) {
    const OwnedPart left = random_ascending(random);
    const OwnedPart right = random_ascending(random);
    Bytes complement = encode(left);
    for (uint8_t& byte : complement) byte ^= 0xff;
    ASSERT_EQ(encode(descending(left)), complement);
    ASSERT_EQ(order(encode(descending(left)), encode(descending(right))),
              -order(encode(left), encode(right)));
  }
}

// What docs/format.md says, byte for byte.
TEST(KeyCodec, BytesAreThoseOfTheFormat) {
  struct Case {
    Tuple parts;
    const char* bytes;
  };
  const std::string uuid("\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", 16);
  const Case cases[] = {
      {{}, ""},
      {{null_part()}, "01"},
      {{bool_part(false), bool_part(true)}, "0203"},
      {{null_part(KeyKind::kNullLast)}, "7e"},
      {{real_part(-std::numeric_limits<double>::infinity())}, "10"},
      {{integer_part(-1)}, "11c00fffffffffffffff"},
      {{real_part(0)}, "12"},
      {{integer_part(1)}, "133ff000000000000000"},
      {{real_part(0.5)}, "133fe000000000000000"},
      {{integer_part((int64_t{1} << 53) + 1)},
       "13434000000000000081"
       "02"},
      {{integer_part(-(int64_t{1} << 53) - 1)},
       "11bcbfffffffffffff7e"
       "fd"},
      {{unsigned_part(UINT64_MAX)},
       "1343efffffffffffff82"
       "295e"},
      {{unsigned_part((uint64_t{1} << 63) + 100)},
       "1343e0000000000000"
       "82"
       "02"},
      {{real_part(std::numeric_limits<double>::infinity())}, "14"},
      {{real_part(std::nan(""))}, "15"},
      {{text_part("")}, "200000"},
      {{text_part("ab")}, "2061620000"},
      {{text_part(std::string("a\0", 2))}, "206100ff0000"},
      {{bytes_part("\xff")}, "21ff0000"},
      {{time_part(KeyKind::kDate, 0)}, "3080000000"},
      {{time_part(KeyKind::kDate, -1)}, "307fffffff"},
      {{time_part(KeyKind::kTime, kMicrosPerDay)}, "31000000141dd76000"},
      {{time_part(KeyKind::kTimestamp, 1)}, "328000000000000001"},
      {{time_part(KeyKind::kTimestamptz, -1)}, "337fffffffffffffff"},
      {{uuid_part(uuid)}, "40000102030405060708090a0b0c0d0e0f"},
      {{text_part("ab"), descending(integer_part(7))},
       "2061620000"
       "ecbfe3ffffffffffffff"},
      {{descending(null_part())}, "fe"},
      {{descending(text_part(std::string("\0", 1)))}, "dfff00ffff"},
  };
  for (const Case& c : cases) EXPECT_EQ(digits(encode(c.parts)), c.bytes);
}

TEST(KeyCodec, ASeparatorLiesBetweenTwoKeys) {
  auto random = Seed().generator();
  for (int i = 0; i < 100'000; ++i) {
    const auto [left, right] = random_pair(random);
    Bytes low = encode(left);
    Bytes high = encode(right);
    if (low == high) continue;
    if (order(low, high) > 0) std::swap(low, high);
    const ByteView between_them = tree::separator(low, high);
    ASSERT_LT(tree::compare(low, between_them), 0);
    ASSERT_LE(tree::compare(between_them, high), 0);
  }
}

TEST(KeyCodec, TheEndOfAPrefixIsJustAboveAllThatBeginWithIt) {
  auto random = Seed().generator();
  for (int i = 0; i < 100'000; ++i) {
    Bytes prefix(between(random, 0, 4));
    for (uint8_t& byte : prefix)
      byte = between(random, 0, 2) == 0 ? 0xff : static_cast<uint8_t>(random() % 2);
    Bytes end(prefix.size());
    end.resize(prefix_end_size(prefix));
    if (end.empty()) {
      ASSERT_TRUE(std::ranges::all_of(prefix, [](uint8_t byte) { return byte == 0xff; }));
      continue;
    }
    write_prefix_end(prefix, end.data());
    Bytes other(between(random, 0, 6));
    for (uint8_t& byte : other)
      byte = between(random, 0, 2) == 0 ? 0xff : static_cast<uint8_t>(random() % 2);
    const bool inside = order(prefix, other) <= 0 && order(other, end) < 0;
    ASSERT_EQ(inside, begins(prefix, other)) << digits(prefix) << " and " << digits(other);
  }
}

// ---- The faults of the seed's keys, one by one ------------------------------------------------

TEST(KeyCodec, IntegersAndRealsHaveOneOrder) {
  EXPECT_LT(order(encode(real_part(-1000.5)), encode(integer_part(-1))), 0);
  EXPECT_LT(order(encode(integer_part(1)), encode(real_part(1e300))), 0);
  const auto two53 = int64_t{1} << 53;
  EXPECT_LT(order(encode(real_part(0x1p53)), encode(integer_part(two53 + 1))), 0);
  EXPECT_LT(order(encode(integer_part(two53 + 1)), encode(real_part(0x1p53 + 2))), 0);
  EXPECT_LT(order(encode(unsigned_part(UINT64_MAX)), encode(real_part(0x1p64))), 0);
  EXPECT_LT(order(encode(real_part(std::nextafter(0x1p64, 0))), encode(unsigned_part(UINT64_MAX))),
            0);
}

TEST(KeyCodec, EqualNumbersHaveOneEncoding) {
  EXPECT_EQ(encode(integer_part(1)), encode(real_part(1.0)));
  EXPECT_EQ(encode(integer_part(1)), encode(unsigned_part(1)));
  EXPECT_EQ(encode(integer_part(INT64_MIN)), encode(real_part(-0x1p63)));
  EXPECT_EQ(encode(unsigned_part(uint64_t{1} << 63)), encode(real_part(0x1p63)));
}

TEST(KeyCodec, NegativeZeroIsZero) {
  EXPECT_EQ(encode(real_part(-0.0)), encode(integer_part(0)));
  EXPECT_EQ(encode(real_part(-0.0)), encode(real_part(0.0)));
  EXPECT_LT(order(encode(real_part(-5e-324)), encode(real_part(-0.0))), 0);
}

TEST(KeyCodec, EveryNanIsOne) {
  auto random = Seed().generator();
  for (int i = 0; i < 1000; ++i) {
    const uint64_t bits = random() | 0x7ff0'0000'0000'0001;
    ASSERT_EQ(digits(encode(real_part(std::bit_cast<double>(bits)))), "15");
  }
  EXPECT_LT(order(encode(real_part(std::numeric_limits<double>::infinity())),
                  encode(real_part(-std::nan("")))),
            0);
}

// Without an escape for 0xFF, the first 00 00 behind the start of an element is where it ends.
TEST(KeyCodec, NothingButZeroBytesIsEscaped) {
  for (int byte = 1; byte < 256; ++byte) {
    EXPECT_EQ(encode(bytes_part(std::string(1, static_cast<char>(byte)))),
              (Bytes{0x21, static_cast<uint8_t>(byte), 0, 0}));
  }
  auto random = Seed().generator();
  for (int i = 0; i < 10'000; ++i) {
    const std::string bytes = random_bytes(random, std::string_view("\0\xff", 2));
    const Bytes key = encode(bytes_part(bytes));
    const std::string_view text = as_text(key);
    ASSERT_EQ(text.find(std::string_view("\0\0", 2)), key.size() - 2) << digits(key);
  }
}

// No kind whose encoding is not settled gets into a key, and none of the seed's faults with it:
// JSON objects that begin others, intervals of months that come after those of days.
TEST(KeyCodec, KindsToComeAreRefusedByName) {
  struct Case {
    KeyKind kind;
    const char* name;
    std::vector<uint8_t> tags;
  };
  Bytes custom;
  for (uint8_t tag = 0x71; tag <= 0x7d; ++tag) custom.push_back(tag);
  const Case cases[] = {
      {KeyKind::kBigInteger, "BIG_INTEGER", {}},
      {KeyKind::kDecimal, "DECIMAL", {}},
      {KeyKind::kInterval, "INTERVAL", {0x34}},
      {KeyKind::kInet, "INET", {0x41}},
      {KeyKind::kMacaddr, "MACADDR", {0x42}},
      {KeyKind::kJson, "JSON", {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56}},
      {KeyKind::kArray, "ARRAY", {0x60}},
      {KeyKind::kTuple, "TUPLE", {0x61}},
      {KeyKind::kRange, "RANGE", {0x62}},
      {KeyKind::kEnum, "ENUM", {0x63}},
      {KeyKind::kComposite, "COMPOSITE", {0x64}},
      {KeyKind::kDomain, "DOMAIN", {0x65}},
      {KeyKind::kVector, "VECTOR", {0x70}},
      {KeyKind::kCustom, "CUSTOM", custom},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    KeyWriter writer;
    EXPECT_TRUE(failed(writer.add({.kind = c.kind}), Code::kUnsupported, c.name));
    EXPECT_TRUE(writer.bytes().empty());
    for (const uint8_t tag : c.tags) {
      for (const uint8_t first : {tag, static_cast<uint8_t>(~tag)}) {
        const Bytes key = {0x01, first, 0x00};
        const auto back = decode(key);
        EXPECT_TRUE(failed(back, Code::kUnsupported, c.name)) << digits(key);
        EXPECT_EQ(back.error().offset(), 1U);
      }
    }
  }
}

// A timestamp of UTC is an instant and nothing else: equal instants are equal keys.
TEST(KeyCodec, ATimestamptzIsItsInstantOnly) {
  EXPECT_EQ(encode(time_part(KeyKind::kTimestamptz, 5)).size(), 1 + sizeof(int64_t));
  EXPECT_EQ(encode(time_part(KeyKind::kTimestamptz, 5)),
            encode(time_part(KeyKind::kTimestamptz, 5)));
}

// The seed took "ab" for a separator of "ab" and "abc", and left "ab" on the wrong side.
TEST(KeyCodec, ASeparatorIsAboveAKeyThatBeginsTheOther) {
  const Bytes low = encode(text_part("ab"));
  const Bytes high = encode({text_part("ab"), null_part()});
  ASSERT_TRUE(begins(low, high));
  EXPECT_GT(tree::compare(tree::separator(low, high), low), 0);
}

// The heads of slots: the seed took 0 for those of one-byte keys, and fixed-width integers gave all
// below 2^40 the same one.
TEST(KeyCodec, HeadsTellShortKeysAndSmallNumbersApart) {
  std::vector<uint32_t> heads;
  for (const OwnedPart& part :
       {null_part(), bool_part(false), bool_part(true), integer_part(-1), integer_part(0),
        integer_part(1), integer_part(2), integer_part(1000), integer_part(1001)}) {
    heads.push_back(tree::head_of(encode(part)));
  }
  EXPECT_TRUE(std::ranges::is_sorted(heads));
  EXPECT_EQ(std::ranges::adjacent_find(heads), heads.end());

  // Timestamps a second apart share their first four bytes; a page drops what all its keys share.
  heads.clear();
  const auto second = [](int64_t i) {
    return encode(time_part(KeyKind::kTimestamp, 1'700'000'000'000'000 + i * 1'000'000));
  };
  const size_t shared = tree::common_prefix(second(0), second(99));
  for (int64_t i = 0; i < 100; ++i) {
    heads.push_back(tree::head_of(ByteView(second(i)).subspan(shared)));
  }
  EXPECT_TRUE(std::ranges::is_sorted(heads));
  EXPECT_EQ(std::ranges::adjacent_find(heads), heads.end());
}

// ---- What is refused --------------------------------------------------------------------------

TEST(KeyCodec, ValuesOutOfTheirRangeAreRefused) {
  struct Case {
    OwnedPart part;
    const char* message;
  };
  const Case cases[] = {
      {time_part(KeyKind::kBool, 2), "BOOL is 2, expected is 0 or 1"},
      {time_part(KeyKind::kBool, -1), "BOOL is -1"},
      {time_part(KeyKind::kDate, INT64_C(1) << 31), "DATE is 2147483648"},
      {time_part(KeyKind::kDate, -(INT64_C(1) << 31) - 1), "DATE is -2147483649"},
      {time_part(KeyKind::kTime, -1), "TIME is -1"},
      {time_part(KeyKind::kTime, kMicrosPerDay + 1), "TIME is 86400000001"},
      {text_part("\xff"), "TEXT is not UTF-8"},
      {uuid_part("short"), "UUID has 5 bytes, expected are 16"},
      {null_part(KeyKind{0}), "0 is no kind"},
      {null_part(KeyKind{3}), "3 is no kind"},
      {null_part(KeyKind{0x7f}), "127 is no kind"},
      {null_part(KeyKind{0x101}), "257 is no kind"},
  };
  for (const Case& c : cases) {
    KeyWriter writer;
    ASSERT_TRUE(succeeded(writer.add({.kind = KeyKind::kNull})));
    EXPECT_TRUE(failed(writer.add(c.part.view()), Code::kInvalid, c.message));
    EXPECT_EQ(writer.bytes().size(), 1U) << "a refused part leaves nothing";
  }
}

TEST(KeyCodec, AKeyHasAtMost1024Bytes) {
  KeyWriter writer;
  EXPECT_TRUE(succeeded(writer.add(bytes_part(std::string(1021, 'x')).view())));
  EXPECT_EQ(writer.bytes().size(), 1024U);
  EXPECT_TRUE(failed(writer.add({}), Code::kTooLarge, "more than 1024 bytes"));
  ASSERT_TRUE(succeeded(decode(writer.bytes())));
  EXPECT_TRUE(failed(KeyWriter().add(bytes_part(std::string(1022, 'x')).view()), Code::kTooLarge));
  EXPECT_TRUE(failed(KeyWriter().add(bytes_part(std::string(511, '\0')).view()), Code::kTooLarge));
  EXPECT_TRUE(succeeded(KeyWriter().add(bytes_part(std::string(510, '\0')).view())));
  EXPECT_TRUE(failed(decode(Bytes(1025, 0x01)), Code::kCorrupt, "it has 1025 bytes"));
}

TEST(KeyCodec, DamageIsToldWithItsPlace) {
  struct Case {
    Bytes key;
    uint64_t offset;
    const char* reason;
  };
  const Case cases[] = {
      {{0x00}, 0, "no part begins with this byte, 0"},
      {{0x01, 0x7f}, 1, "no part begins with this byte, 127"},
      {{0x80}, 0, "no part begins with this byte, 128"},
      {{0xff}, 0, "no part begins with this byte, 255"},
      {{0x04}, 0, "no part begins with this byte, 4"},
      {{0x20, 'a'}, 2, "it ends within a part"},
      {{0x20, 'a', 0}, 3, "it ends within a part"},
      {{0x20, 'a', 0, 1, 0, 0}, 3, "neither an escape nor an end"},
      {{0x20, 0xc3, 0, 0}, 3, "not UTF-8"},
      {{0x30, 1, 2, 3}, 4, "it ends within a part"},
      {{0x31, 0, 0, 0, 0x14, 0x1d, 0xd7, 0x60, 0x01}, 8, "a time beyond 24:00"},
      {{0x40, 1}, 2, "it ends within a part"},
      {{0x13, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0}, 9, "it ends within a part"},
      {{0x13, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 9, "zero has a tag of its own"},
      {{0x13, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0, 0}, 8, "not a finite number"},
      {{0x13, 0x80, 0, 0, 0, 0, 0, 0, 0, 0}, 8, "not a finite number"},
      {{0x13, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x81, 0x02}, 10, "reaches the next double"},
      {{0x13, 0x43, 0x40, 0, 0, 0, 0, 0, 0, 0x81, 0x04}, 10, "reaches the next double"},
      {{0x13, 0x43, 0x40, 0, 0, 0, 0, 0, 0, 0x81, 0x00}, 10, "the first digit is 0"},
      {{0x13, 0x43, 0x40, 0, 0, 0, 0, 0, 0, 0x81, 0x01}, 10, "the first digit is 0"},
      {{0x13, 0x43, 0x40, 0, 0, 0, 0, 0, 0, 0x82, 0x03, 0x00}, 11, "the last digit is 0"},
      {{0x13, 0x43, 0x40, 0, 0, 0, 0, 0, 0, 0x81, 0xc8}, 10, "not a digit of base 100"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(digits(c.key));
    const auto back = decode(c.key);
    EXPECT_TRUE(failed(back, Code::kCorrupt, c.reason));
    if (!back) {
      EXPECT_EQ(back.error().offset(), c.offset);
    }
  }
}

// Numbers that neither an integer of 64 bits nor a double has are well-formed, and not for this
// version: 2^53 + 0.5, 2^64 + 1, -2^63 - 1, 10^4 above a double, and what is below all doubles.
TEST(KeyCodec, BigIntegersAndDecimalsAreKnownAndRefused) {
  const Bytes keys[] = {
      {0x13, 0x43, 0x40, 0, 0, 0, 0, 0, 0, 0x80, 100},
      {0x13, 0x43, 0xf0, 0, 0, 0, 0, 0, 0, 0x81, 0x02},
      {0x11, 0xbc, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7e, 0xfd},
      {0x13, 0x44, 0xf0, 0, 0, 0, 0, 0, 0, 0x83, 0x02},
      {0x13, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x02},
      {0x13, 0, 0, 0, 0, 0, 0, 0, 0, 0x01},
      {0x13, 0x7f, 0xef, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
  };
  for (const Bytes& key : keys) EXPECT_TRUE(failed(decode(key), Code::kUnsupported)) << digits(key);
}

// Whatever bytes come in: they are refused, or are the one encoding of what they are decoded to.
TEST(KeyCodec, AcceptedBytesAreTheOneEncoding) {
  auto random = Seed().generator();
  size_t accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    Bytes key = encode(random_pair(random).first);
    if (key.empty()) continue;
    key[between(random, 0, key.size() - 1)] ^= static_cast<uint8_t>(1U << between(random, 0, 7));
    const auto back = decode(key);
    if (!back) continue;
    ++accepted;
    ASSERT_EQ(encode(*back), key);
  }
  EXPECT_GT(accepted, 1000U);
}

}  // namespace
}  // namespace stele
