// SHA-1 and version 5 UUIDs give what their standards say.
#include "cli/name_uuid.h"

#include <gtest/gtest.h>

#include "cli/cloud_event.h"
#include "cli/sha1.h"

namespace stele::cli {
namespace {

std::string hex(std::string_view bytes) {
  const Sha1Digest digest = sha1(bytes);
  std::string text;
  append_hex(text, digest.data(), digest.size());
  return text;
}

std::string text_of(const Uuid& uuid) {
  std::string text;
  append_uuid(text, uuid.data());
  return text;
}

TEST(Sha1, OfWhatTheStandardHas) {
  EXPECT_EQ(hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(Sha1, AtTheEdgesOfABlock) {
  EXPECT_EQ(hex(std::string(55, 'a')), "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  EXPECT_EQ(hex(std::string(56, 'a')), "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  EXPECT_EQ(hex(std::string(64, 'a')), "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

TEST(NameUuid, OfWhatTheStandardHas) {
  const auto dns = parse_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  const auto url = parse_uuid("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(text_of(name_uuid(*dns, "www.example.com")), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_EQ(name_uuid(*url, "https://cloudevents.io/"), kCloudEventsSpace);
}

}  // namespace
}  // namespace stele::cli
