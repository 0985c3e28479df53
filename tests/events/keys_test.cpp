// Idempotency keys: what a key stood for, as each commit in flight and each reader sees it.
#include "events/keys.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/one_chunk.h"
#include "support/results.h"

namespace stele::events {
namespace {

using test::failed;
using test::OneChunk;
using test::succeeded;

engine::Stamp stamp(uint64_t tsn, uint64_t first_position = 1, uint32_t event_count = 0) {
  return {.tsn = tsn,
          .first_position = first_position,
          .event_count = event_count,
          .recorded = static_cast<int64_t>(tsn) * 1000};
}

Digest digest_of(uint8_t number) {
  Digest digest;
  digest.fill(number);
  return digest;
}

std::vector<uint8_t> section_of(const std::string& key, const Digest& batch) {
  KeyPart part({.key = key, .batch = batch});
  std::vector<uint8_t> section(part.size(), 0xee);
  part.encode(stamp(1), section);
  return section;
}

Status replay(const OneChunk& chunk, uint64_t tsn, const std::vector<uint8_t>& section,
              uint32_t count = 1) {
  return KeyParticipant().replay(chunk.view(), stamp(tsn), count, section);
}

// Nobody sees what a commit beyond their TSN has done.
TEST(Keys, ShowsAKeyFromItsCommitOn) {
  Keys keys;
  ASSERT_TRUE(keys.add("k", {.stamp = stamp(5), .batch = digest_of(1)}));
  EXPECT_FALSE(keys.find("k", 0).has_value());
  EXPECT_FALSE(keys.find("k", 4).has_value());
  for (const uint64_t tsn : {uint64_t{5}, uint64_t{6}, UINT64_MAX}) {
    const auto entry = keys.find("k", tsn);
    ASSERT_TRUE(entry.has_value()) << "as of " << tsn;
    EXPECT_EQ(entry->stamp.tsn, 5U);
    EXPECT_EQ(entry->batch, digest_of(1));
  }
  EXPECT_FALSE(keys.find("K", 9).has_value()) << "keys are bytes";
  EXPECT_FALSE(keys.find("", 9).has_value());
  EXPECT_FALSE(keys.find("k1", 9).has_value());
}

TEST(Keys, KeepsTheFirstUse) {
  Keys keys;
  ASSERT_TRUE(keys.add("k", {.stamp = stamp(5), .batch = digest_of(1)}));
  EXPECT_FALSE(keys.add("k", {.stamp = stamp(6), .batch = digest_of(2)}));
  EXPECT_EQ(keys.find("k", 9)->stamp.tsn, 5U);
  EXPECT_EQ(keys.find("k", 9)->batch, digest_of(1));
}

TEST(KeyGuard, LetsANewKeyPass) {
  const OneChunk chunk;
  ASSERT_TRUE(chunk.keys().add("other", {.stamp = stamp(1), .batch = digest_of(1)}));
  KeyGuard guard({.key = "k", .batch = digest_of(1)});
  EXPECT_FALSE(guard.check(chunk.view(), {}, {.tsn = 1, .head = 0}).has_value());
}

// The same batch again is told what it was told before, whole.
TEST(KeyGuard, GivesTheSameBatchItsFirstResult) {
  const OneChunk chunk;
  ASSERT_TRUE(chunk.keys().add("k", {.stamp = stamp(3, 10, 4), .batch = digest_of(1)}));
  KeyGuard guard({.key = "k", .batch = digest_of(1)});
  const auto objection = guard.check(chunk.view(), {}, {.tsn = 8, .head = 20});
  ASSERT_TRUE(objection.has_value());
  ASSERT_TRUE(objection->earlier.has_value());
  EXPECT_EQ(objection->tsn, 3U) << "the commit to wait for";
  EXPECT_EQ(objection->earlier->tsn, 3U);
  EXPECT_EQ(objection->earlier->first_position, 10U);
  EXPECT_EQ(objection->earlier->event_count, 4U);
  EXPECT_EQ(objection->earlier->recorded, 3000);
}

struct ReuseCase {
  engine::Stamp stamp;
  uint64_t position;
  const char* message;
};

// Another batch under the key is refused with the key and with where it was used.
TEST(KeyGuard, RefusesAnotherBatch) {
  const ReuseCase cases[] = {
      {stamp(3, 10, 4), 10, "key \"k\" was used for another batch: commit 3, events 10 to 13"},
      {stamp(3, 10, 1), 10, "key \"k\" was used for another batch: commit 3, event 10"},
      {stamp(3, 10, 0), 0, "key \"k\" was used for another batch: commit 3, without events"},
  };
  for (const ReuseCase& c : cases) {
    SCOPED_TRACE(c.message);
    const OneChunk chunk;
    ASSERT_TRUE(chunk.keys().add("k", {.stamp = c.stamp, .batch = digest_of(1)}));
    KeyGuard guard({.key = "k", .batch = digest_of(2)});
    const auto objection = guard.check(chunk.view(), {}, {.tsn = 3, .head = 13});
    ASSERT_TRUE(objection.has_value());
    EXPECT_FALSE(objection->earlier.has_value());
    EXPECT_EQ(objection->code, Code::kKeyReused);
    EXPECT_EQ(objection->position, c.position);
    EXPECT_EQ(objection->tsn, 3U) << "the commit to wait for";
    EXPECT_EQ(objection->message, c.message);
  }
}

// The sequencer's check sees a key of a commit in flight, which the caller's did not.
TEST(KeyGuard, SeesCommitsInFlight) {
  const OneChunk chunk;
  KeyGuard guard({.key = "k", .batch = digest_of(1)});
  KeyPart part({.key = "k", .batch = digest_of(1)});
  part.apply_to_tail(chunk.view(), stamp(8), {}, 7);
  EXPECT_FALSE(guard.check(chunk.view(), {}, {.tsn = 7, .head = 0}).has_value());
  const auto objection = guard.check(chunk.view(), {.tsn = 7, .head = 0}, {.tsn = 8, .head = 0});
  ASSERT_TRUE(objection.has_value());
  EXPECT_EQ(objection->tsn, 8U);
}

// What a commit writes is what recovery reads, for keys of every length.
TEST(KeyPart, IsReadBackByRecovery) {
  const OneChunk recovered;
  for (size_t size = 1; size <= kKeySizeMax; ++size) {
    const auto number = static_cast<uint8_t>(size);
    const std::vector<uint8_t> section = section_of(std::string(size, 'k'), digest_of(number));
    EXPECT_EQ(section.size(), 40 + (size + 7) / 8 * 8);
    ASSERT_TRUE(succeeded(replay(recovered, size, section)));
  }
  for (size_t size = 1; size <= kKeySizeMax; ++size) {
    const auto entry = recovered.keys().find(std::string(size, 'k'), size);
    ASSERT_TRUE(entry.has_value()) << size;
    EXPECT_EQ(entry->stamp.tsn, size);
    EXPECT_EQ(entry->stamp.recorded, static_cast<int64_t>(size) * 1000);
    EXPECT_EQ(entry->batch, digest_of(static_cast<uint8_t>(size)));
  }
}

// A damaged section is refused, from memory of exactly its size, and leaves no key behind.
TEST(KeyParticipant, RefusesDamagedSections) {
  const std::vector<uint8_t> sound = section_of("key-abc", digest_of(1));
  const OneChunk chunk;
  const auto refused = [&](const std::vector<uint8_t>& section, uint32_t count = 1) {
    return failed(replay(chunk, 7, section, count), Code::kCorrupt,
                  "commit 7: its key section is damaged");
  };
  for (const uint32_t count : {0U, 2U, UINT32_MAX}) EXPECT_TRUE(refused(sound, count)) << count;
  for (size_t size = 0; size < sound.size(); ++size) {
    EXPECT_TRUE(refused({sound.begin(), sound.begin() + static_cast<ptrdiff_t>(size)})) << size;
  }
  std::vector<uint8_t> longer = sound;
  longer.resize(sound.size() + 8);
  EXPECT_TRUE(refused(longer)) << "bytes left over";
  // 6 is whole, but then the key's last byte stands in the padding.
  for (const int size : {0, 6, 9, 255, 256, 0xffff}) {
    std::vector<uint8_t> bytes = sound;
    store_le(bytes.data(), static_cast<uint16_t>(size));
    EXPECT_TRUE(refused(bytes)) << size;
  }
  for (const size_t offset : {2U, 3U, 4U, 5U, 6U, 7U, 47U}) {
    std::vector<uint8_t> bytes = sound;
    bytes[offset] = 1;
    EXPECT_TRUE(refused(bytes)) << "byte " << offset << " must be zero";
  }
  EXPECT_TRUE(succeeded(replay(chunk, 7, sound)));
}

TEST(KeyParticipant, RefusesAKeyThatWasUsedBefore) {
  const OneChunk chunk;
  ASSERT_TRUE(succeeded(replay(chunk, 1, section_of("k", digest_of(1)))));
  ASSERT_TRUE(succeeded(replay(chunk, 2, section_of("l", digest_of(1)))));
  EXPECT_TRUE(failed(replay(chunk, 3, section_of("k", digest_of(1))), Code::kCorrupt,
                     "commit 3: its key \"k\" was used before"));
}

}  // namespace
}  // namespace stele::events
