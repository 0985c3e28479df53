// Integers on disk are little-endian at any address, and sizes are rounded up to multiples of 8.
#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

namespace stele {
namespace {

// The least significant byte comes first, whatever the alignment, and nothing beside is touched.
template <typename T>
void check_round_trip(T value) {
  SCOPED_TRACE(testing::Message() << sizeof(T) << " bytes, value " << +value);
  for (size_t offset = 0; offset < 9; ++offset) {
    std::array<uint8_t, 24> bytes;
    bytes.fill(0xa5);
    store_le(bytes.data() + offset, value);
    auto expected = static_cast<std::make_unsigned_t<T>>(value);
    for (size_t i = 0; i < bytes.size(); ++i) {
      const bool inside = i >= offset && i < offset + sizeof(T);
      const auto byte = static_cast<uint8_t>(
          inside ? static_cast<uint64_t>(expected) >> (8 * (i - offset)) : 0xa5);
      EXPECT_EQ(bytes[i], byte) << "byte " << i << " at offset " << offset;
    }
    EXPECT_EQ(load_le<T>(bytes.data() + offset), value);
  }
}

template <typename T>
void check_values() {
  for (const T value : {std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), T{0}, T{1},
                        static_cast<T>(0x0123456789abcdef), static_cast<T>(-2)}) {
    check_round_trip(value);
  }
}

TEST(Bytes, IntegersAreLittleEndianAtAnyAlignment) {
  check_values<uint8_t>();
  check_values<uint16_t>();
  check_values<uint32_t>();
  check_values<uint64_t>();
  check_values<int8_t>();
  check_values<int16_t>();
  check_values<int32_t>();
  check_values<int64_t>();
}

TEST(Bytes, AlignUpIsTheNextMultipleOf8) {
  struct Case {
    uint64_t size;
    uint64_t aligned;
  };
  const Case cases[] = {{0, 0},
                        {1, 8},
                        {7, 8},
                        {8, 8},
                        {9, 16},
                        {(uint64_t{1} << 32) - 1, uint64_t{1} << 32},
                        {UINT64_MAX - 7, UINT64_MAX - 7}};
  for (const Case& c : cases) EXPECT_EQ(align_up(c.size), c.aligned) << c.size;
}

TEST(Bytes, TextAndBytesAreTheSameMemory) {
  const std::string_view text("a\0b", 3);
  EXPECT_EQ(as_bytes(text).size(), 3U);
  EXPECT_EQ(as_text(as_bytes(text)), text);
  EXPECT_EQ(as_text({}), "");
}

// memcpy(to, nullptr, 0) is undefined; an absent payload is a null pointer.
TEST(Bytes, CopyingNothingFromNowhereIsAllowed) {
  uint8_t kept = 7;
  copy_bytes(&kept, ByteView());
  copy_bytes(nullptr, ByteView());
  EXPECT_EQ(kept, 7);
}

}  // namespace
}  // namespace stele
