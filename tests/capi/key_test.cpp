// Keys through the C API and the C++ header: made, compared, taken apart, and refused with a
// reason.
#include <gtest/gtest.h>
#include <stele/stele.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <stele/stele.hpp>
#include <string>
#include <vector>

#include "support/c_api.h"

namespace {

using namespace stele::test;  // NOLINT(google-build-using-namespace): test helpers
using Key = std::vector<uint8_t>;
using Parts = std::vector<stele_key_part>;

stele_key_part part_of(stele_key_kind kind, int64_t integer = 0) {
  stele_key_part part = {};
  part.kind = static_cast<uint32_t>(kind);
  part.integer = integer;
  return part;
}
stele_key_part data_part(stele_key_kind kind, std::string_view data) {
  stele_key_part part = part_of(kind);
  part.data = reinterpret_cast<const uint8_t*>(data.data());
  part.size = data.size();
  return part;
}
stele_key_part real_part(double real) {
  stele_key_part part = part_of(STELE_KEY_REAL);
  part.real = real;
  return part;
}
stele_key_part unsigned_part(uint64_t natural) {
  stele_key_part part = part_of(STELE_KEY_UNSIGNED);
  part.natural = natural;
  return part;
}
stele_key_part descending(stele_key_part part) {
  part.flags = STELE_KEY_DESCENDING;
  return part;
}

Key encode(const Parts& parts) {
  Key key(STELE_TABLE_KEY_MAX);
  size_t size = 0;
  Failure failure;
  EXPECT_TRUE(
      is_ok(stele_key_encode(parts.data(), parts.size(), key.data(), key.size(), &size, failure),
            failure));
  key.resize(size);
  return key;
}

stele_status try_encode(const Parts& parts, stele_error* error) {
  uint8_t buffer[STELE_TABLE_KEY_MAX];
  size_t size = 7;
  const stele_status status =
      stele_key_encode(parts.data(), parts.size(), buffer, sizeof buffer, &size, error);
  EXPECT_EQ(size, 0U);
  return status;
}

stele_status try_decode(const Key& key, stele_error* error) {
  stele_key_part parts[8];
  uint8_t buffer[64];
  size_t count = 7;
  size_t used = 7;
  const stele_status status = stele_key_decode(key.data(), key.size(), parts, std::size(parts),
                                               &count, buffer, sizeof buffer, &used, error);
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(used, 0U);
  return status;
}

// One of each kind, in the order that the manual gives.
Parts all_kinds() {
  return {
      part_of(STELE_KEY_NULL),
      part_of(STELE_KEY_BOOL, 0),
      part_of(STELE_KEY_BOOL, 1),
      real_part(-std::numeric_limits<double>::infinity()),
      real_part(-1000.5),
      part_of(STELE_KEY_INTEGER, -1),
      part_of(STELE_KEY_INTEGER, 0),
      real_part(0.5),
      unsigned_part(UINT64_MAX),
      real_part(1e300),
      real_part(std::numeric_limits<double>::infinity()),
      real_part(std::nan("")),
      data_part(STELE_KEY_TEXT, ""),
      data_part(STELE_KEY_TEXT, "ab"),
      data_part(STELE_KEY_TEXT, std::string_view("ab\0", 3)),
      data_part(STELE_KEY_TEXT, "abc"),
      data_part(STELE_KEY_BYTES, "\xff"),
      part_of(STELE_KEY_DATE, -1),
      part_of(STELE_KEY_DATE, 20'000),
      part_of(STELE_KEY_TIME, 5),
      part_of(STELE_KEY_TIMESTAMP, -5),
      part_of(STELE_KEY_TIMESTAMPTZ, 5),
      data_part(STELE_KEY_UUID, "0123456789abcdef"),
      part_of(STELE_KEY_NULL_LAST),
  };
}

TEST(Keys, CompareInTheOrderOfTheManual) {
  const Parts parts = all_kinds();
  for (size_t i = 1; i < parts.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_LT(encode({parts[i - 1]}), encode({parts[i]}));
    EXPECT_GT(encode({descending(parts[i - 1])}), encode({descending(parts[i])}));
    EXPECT_LT(encode({parts[i]}), encode({parts[i], parts[0]})) << "the shorter one is first";
    EXPECT_LT(encode({parts[i - 1], parts.back()}), encode({parts[i]}));
  }
}

TEST(Keys, GiveBackWhatTheyAreMadeOf) {
  Parts parts = all_kinds();
  for (size_t i = 0; i < parts.size(); i += 2) parts[i] = descending(parts[i]);
  const Key key = encode(parts);
  Parts back(parts.size());
  Key buffer(key.size());
  size_t count = 0;
  size_t used = 0;
  Failure failure;
  ASSERT_TRUE(is_ok(stele_key_decode(key.data(), key.size(), back.data(), back.size(), &count,
                                     buffer.data(), buffer.size(), &used, failure),
                    failure));
  ASSERT_EQ(count, parts.size());
  for (size_t i = 0; i < count; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(back[i].kind, parts[i].kind);
    EXPECT_EQ(back[i].flags, parts[i].flags);
    EXPECT_EQ(back[i].integer, parts[i].integer);
    EXPECT_EQ(back[i].natural, parts[i].natural);
    EXPECT_TRUE(back[i].real == parts[i].real || std::isnan(parts[i].real));
    ASSERT_EQ(back[i].size, parts[i].size);
    if (back[i].size != 0) {
      EXPECT_EQ(std::memcmp(back[i].data, parts[i].data, back[i].size), 0);
    }
  }
  EXPECT_EQ(encode(back), key);
}

TEST(Keys, SayHowMuchRoomTheyNeed) {
  const Parts parts = {data_part(STELE_KEY_TEXT, "ab"), part_of(STELE_KEY_NULL)};
  uint8_t buffer[8] = {0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
  size_t size = 0;
  Failure failure;
  EXPECT_TRUE(
      is(stele_key_encode(parts.data(), 2, buffer, 5, &size, failure), STELE_BUFFER_TOO_SMALL));
  EXPECT_EQ(failure.message(), "encode key: it takes 6 bytes, the buffer has 5");
  EXPECT_EQ(size, 6U);
  EXPECT_EQ(buffer[0], 0x5a);
  EXPECT_TRUE(
      is(stele_key_encode(parts.data(), 2, nullptr, 0, &size, nullptr), STELE_BUFFER_TOO_SMALL));
  ASSERT_TRUE(is_ok(stele_key_encode(parts.data(), 2, buffer, 6, &size, nullptr)));

  const Key key(buffer, buffer + size);
  for (const auto& [parts_capacity, capacity] : {std::pair<size_t, size_t>{0, 0}, {1, 2}, {2, 1}}) {
    stele_key_part back[2] = {part_of(STELE_KEY_CUSTOM), part_of(STELE_KEY_CUSTOM)};
    uint8_t text[2] = {0x5a, 0x5a};
    size_t count = 0;
    size_t used = 0;
    EXPECT_TRUE(is(stele_key_decode(key.data(), key.size(), back, parts_capacity, &count, text,
                                    capacity, &used, failure),
                   STELE_BUFFER_TOO_SMALL));
    EXPECT_TRUE(failure.mentions("it takes 2 parts and 2 bytes, there is room for "));
    EXPECT_EQ(count, 2U);
    EXPECT_EQ(used, 2U);
    EXPECT_EQ(back[0].kind, STELE_KEY_CUSTOM) << "nothing is written";
    EXPECT_EQ(text[0], 0x5a);
  }
}

TEST(Keys, WithoutPartsAreEmpty) {
  size_t size = 7;
  EXPECT_TRUE(is_ok(stele_key_encode(nullptr, 0, nullptr, 0, &size, nullptr)));
  EXPECT_EQ(size, 0U);
  size_t count = 7;
  size_t used = 7;
  EXPECT_TRUE(is_ok(stele_key_decode(nullptr, 0, nullptr, 0, &count, nullptr, 0, &used, nullptr)));
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(used, 0U);
}

TEST(Keys, AreRefusedWithThePartThatIsWrong) {
  struct Case {
    stele_key_part part;
    stele_status status;
    const char* message;
  };
  stele_key_part flags = part_of(STELE_KEY_NULL);
  flags.flags = 6;
  stele_key_part pointer = part_of(STELE_KEY_TEXT);
  pointer.size = 1;
  stele_key_part kind = part_of(STELE_KEY_NULL);
  kind.kind = 5;
  const std::string large(1024, 'x');
  const Case cases[] = {
      {flags, STELE_INVALID, "encode key: part 1: flags are 6, of which some are unknown"},
      {pointer, STELE_INVALID, "encode key: part 1: data is NULL with a size of 1"},
      {kind, STELE_INVALID, "encode key: part 1: 5 is no kind"},
      {data_part(STELE_KEY_TEXT, "\xff"), STELE_INVALID, "encode key: part 1: TEXT is not UTF-8"},
      {part_of(STELE_KEY_BOOL, 2), STELE_INVALID,
       "encode key: part 1: BOOL is 2, expected is 0 or 1"},
      {data_part(STELE_KEY_UUID, "ab"), STELE_INVALID,
       "encode key: part 1: UUID has 2 bytes, expected are 16"},
      {part_of(STELE_KEY_DECIMAL), STELE_UNSUPPORTED,
       "encode key: part 1: the kind DECIMAL is not supported yet"},
      {data_part(STELE_KEY_BYTES, large), STELE_TOO_LARGE,
       "encode key: part 1: the key has more than 1024 bytes"},
  };
  for (const Case& c : cases) {
    Failure failure;
    EXPECT_TRUE(is(try_encode({part_of(STELE_KEY_NULL), c.part}, failure), c.status, failure));
    EXPECT_EQ(failure.message(), c.message);
  }
}

TEST(Keys, ThatAreDamagedAreToldWithTheByte) {
  Failure failure;
  EXPECT_TRUE(is(try_decode({0x01, 0x20, 'a', 0x00}, failure), STELE_CORRUPT));
  EXPECT_EQ(failure.message(), "decode key: key, byte 4: it ends within a part");
  EXPECT_EQ(failure->offset, 4U);
  EXPECT_TRUE(is(try_decode({0x01, 0x7f}, failure), STELE_CORRUPT));
  EXPECT_EQ(failure->offset, 1U);
  EXPECT_TRUE(is(try_decode({0x01, 0xcb, 0x00}, failure), STELE_UNSUPPORTED));
  EXPECT_EQ(failure.message(),
            "decode key: key, byte 1: parts of the kind INTERVAL are not supported yet");
  EXPECT_TRUE(is(try_decode(Key(1025, 0x01), failure), STELE_CORRUPT));
}

TEST(Keys, EndTheRangeOfAllThatBeginWithThem) {
  struct Case {
    Key prefix;
    Key end;
  };
  const Case cases[] = {{{0x20, 'a'}, {0x20, 'b'}}, {{0x20, 0xff, 0xff}, {0x21}}, {{0xfe}, {0xff}}};
  for (const Case& c : cases) {
    Key buffer = c.prefix;  // In place.
    size_t size = 0;
    Failure failure;
    ASSERT_TRUE(is_ok(stele_key_prefix_end(buffer.data(), buffer.size(), buffer.data(),
                                           buffer.size(), &size, failure),
                      failure));
    buffer.resize(size);
    EXPECT_EQ(buffer, c.end);
    EXPECT_TRUE(
        is(stele_key_prefix_end(c.prefix.data(), c.prefix.size(), nullptr, 0, &size, failure),
           STELE_BUFFER_TOO_SMALL));
    EXPECT_EQ(size, c.end.size());
  }
  for (const Key& prefix : {Key(), Key(3, 0xff)}) {
    size_t size = 7;
    EXPECT_TRUE(is(stele_key_prefix_end(prefix.data(), prefix.size(), nullptr, 0, &size, nullptr),
                   STELE_END));
    EXPECT_EQ(size, 0U);
  }
  // A key without the terminator of its last text begins those whose text goes on.
  Key prefix = encode({part_of(STELE_KEY_INTEGER, 7), data_part(STELE_KEY_TEXT, "ab")});
  prefix.resize(prefix.size() - 2);
  const auto end = stele::key_prefix_end(prefix);
  ASSERT_TRUE(end.has_value());
  const auto inside = [&](int64_t number, std::string_view text) {
    const Key key = encode({part_of(STELE_KEY_INTEGER, number), data_part(STELE_KEY_TEXT, text)});
    return prefix <= key && key < *end;
  };
  EXPECT_TRUE(inside(7, "ab"));
  EXPECT_TRUE(inside(7, "abc"));
  EXPECT_TRUE(inside(7, std::string_view("ab\0", 3)));
  EXPECT_FALSE(inside(7, "a"));
  EXPECT_FALSE(inside(7, "ac"));
  EXPECT_FALSE(inside(8, "ab"));
}

TEST(Keys, NullPointersAreRefused) {
  uint8_t buffer[8];
  size_t size = 0;
  size_t other = 0;
  stele_key_part part = part_of(STELE_KEY_NULL);
  Failure failure;
  const auto refused = [&](stele_status status, const char* name) {
    EXPECT_TRUE(is(status, STELE_INVALID, failure));
    EXPECT_TRUE(failure.mentions(std::string(name) + " is NULL")) << failure.message();
  };
  refused(stele_key_encode(nullptr, 1, buffer, 8, &size, failure), "parts");
  refused(stele_key_encode(&part, 1, nullptr, 8, &size, failure), "buffer");
  refused(stele_key_encode(&part, 1, buffer, 8, nullptr, failure), "size");
  refused(stele_key_decode(nullptr, 1, &part, 1, &size, buffer, 8, &other, failure), "key");
  refused(stele_key_decode(buffer, 0, nullptr, 1, &size, buffer, 8, &other, failure), "parts");
  refused(stele_key_decode(buffer, 0, &part, 1, nullptr, buffer, 8, &other, failure), "count");
  refused(stele_key_decode(buffer, 0, &part, 1, &size, nullptr, 8, &other, failure), "buffer");
  refused(stele_key_decode(buffer, 0, &part, 1, &size, buffer, 8, nullptr, failure), "used");
  refused(stele_key_prefix_end(nullptr, 1, buffer, 8, &size, failure), "prefix");
  refused(stele_key_prefix_end(buffer, 1, nullptr, 8, &size, failure), "buffer");
  refused(stele_key_prefix_end(buffer, 1, buffer, 8, nullptr, failure), "size");
}

TEST(Keys, AreValuesInCpp) {
  const stele::Id id = {1, 2, 3};
  const std::vector<uint8_t> key = stele::encode_key(
      {true, -5, 7U, 2.5, "text", stele::KeyPart::null(), stele::KeyPart::bytes("bytes"),
       stele::KeyPart::uuid(id), stele::KeyPart::date(3), stele::KeyPart::time(4),
       stele::KeyPart::timestamp(5), stele::KeyPart::timestamptz(6),
       stele::KeyPart("last").descending(), stele::KeyPart::null_last()});
  const stele::DecodedKey decoded = stele::decode_key(key);
  const std::vector<stele::KeyPart>& parts = decoded.parts();
  ASSERT_EQ(parts.size(), 14U);
  EXPECT_EQ(parts[0].kind(), STELE_KEY_BOOL);
  EXPECT_EQ(parts[1].integer(), -5);
  EXPECT_EQ(parts[2].integer(), 7);
  EXPECT_EQ(parts[3].real(), 2.5);
  EXPECT_EQ(parts[4].text(), "text");
  EXPECT_EQ(parts[5].kind(), STELE_KEY_NULL);
  EXPECT_EQ(parts[6].data(), stele::Bytes("bytes"));
  EXPECT_EQ(parts[7].data(), stele::Bytes(id));
  EXPECT_EQ(parts[8].kind(), STELE_KEY_DATE);
  EXPECT_EQ(parts[11].integer(), 6);
  EXPECT_TRUE(parts[12].is_descending());
  EXPECT_EQ(parts[12].text(), "last");
  EXPECT_EQ(parts[13].kind(), STELE_KEY_NULL_LAST);
  EXPECT_EQ(stele::encode_key(parts), key);
  EXPECT_TRUE(stele::encode_key({}).empty());
  EXPECT_TRUE(stele::decode_key({}).parts().empty());
  EXPECT_EQ(stele::key_prefix_end({}), std::nullopt);
  try {
    (void)stele::decode_key("\x7f");
    FAIL();
  } catch (const stele::Error& error) {
    EXPECT_EQ(error.status(), STELE_CORRUPT);
  }
}

}  // namespace
