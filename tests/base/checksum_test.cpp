// The checksum is XXH3-64 with its published values, whatever the processor.
#include "base/checksum.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <cstdint>
#include <vector>

namespace stele {
namespace {

// The input of xxHash's own sanity test (tests/sanity_test.c).
std::vector<uint8_t> sanity_input(size_t size) {
  std::vector<uint8_t> bytes(size);
  uint64_t generator = 2654435761U;
  for (uint8_t& byte : bytes) {
    byte = static_cast<uint8_t>(generator >> 56);
    generator *= 11400714785074694797U;
  }
  return bytes;
}

// Values of that test, so that a library that computes something else is noticed.
TEST(Checksum, HasTheKnownValuesOfXxh3) {
  constexpr uint64_t kSeed = 11400714785074694797U;
  struct Case {
    size_t size;
    uint64_t seed;
    uint64_t sum;
  };
  const Case cases[] = {
      {0, 0, 0x2D06800538D394C2},    {0, kSeed, 0xA8A6B918B2F0364A},
      {1, 0, 0xC44BDFF4074EECDB},    {1, kSeed, 0x032BE332DD766EF8},
      {6, 0, 0x27B56A84CD2D7325},    {6, kSeed, 0x84589C116AB59AB9},
      {12, 0, 0xA713DAF0DFBB77E7},   {12, kSeed, 0xE7303E1B2336DE0E},
      {24, 0, 0xA3FE70BF9D3510EB},   {24, kSeed, 0x850E80FC35BDD690},
      {48, 0, 0x397DA259ECBA1F11},   {48, kSeed, 0xADC2CBAA44ACC616},
      {80, 0, 0xBCDEFBBB2C47C90A},   {80, kSeed, 0xC6DD0CB699532E73},
      {195, 0, 0xCD94217EE362EC3A},  {195, kSeed, 0xBA68003D370CB3D9},
      {2048, 0, 0xDD59E2C3A5F038E0}, {2048, kSeed, 0x66F81670669ABABC},
      {2240, 0, 0x6E73A90539CF2948}, {2240, kSeed, 0x757BA8487D1B5247},
      {2367, 0, 0xCB37AEB9E5D361ED}, {2367, kSeed, 0xD2DB3415B942B42A},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(checksum(sanity_input(c.size), c.seed), c.sum) << c.size << " bytes, seed " << c.seed;
  }
}

// The dispatching form and the plain one agree at every size around XXH3's own borders.
TEST(Checksum, AgreesWithThePlainLibraryAtEverySize) {
  const std::vector<uint8_t> bytes = sanity_input(4200);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const ByteView view(bytes.data(), size);
    for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, UINT64_MAX}) {
      ASSERT_EQ(checksum(view, seed), XXH3_64bits_withSeed(bytes.data(), size, seed)) << size;
    }
  }
}

}  // namespace
}  // namespace stele
