// Tracking marks: what a source has reached, as each commit in flight and each reader sees it.
#include "events/tracking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/one_chunk.h"
#include "support/results.h"

namespace stele::events {
namespace {

using test::failed;
using test::OneChunk;
using test::succeeded;

engine::Stamp stamp(uint64_t tsn) {
  return {.tsn = tsn, .first_position = 1, .event_count = 0, .recorded = 0};
}

std::vector<uint8_t> section_of(const std::vector<TrackingRequest>& requests) {
  TrackingPart part;
  for (const TrackingRequest& request : requests) part.add(request);
  std::vector<uint8_t> section(part.size(), 0xee);
  part.encode(stamp(1), section);
  return section;
}

// A mark that is not visible yet is there for those who look at a later TSN only.
TEST(Tracking, ShowsEachTsnItsOwnMark) {
  Tracking tracking;
  EXPECT_EQ(tracking.find("s", 99).position, 0U);
  tracking.set("s", {.position = 10, .tsn = 1}, 0);
  tracking.set("s", {.position = 20, .tsn = 3}, 0);
  tracking.set("s", {.position = 30, .tsn = 4}, 0);
  tracking.set("other", {.position = 7, .tsn = 2}, 0);
  const std::pair<uint64_t, uint64_t> expected[] = {{0, 0}, {1, 10}, {2, 10}, {3, 20}, {4, 30}};
  for (const auto& [tsn, position] : expected) {
    EXPECT_EQ(tracking.find("s", tsn).position, position) << "as of " << tsn;
  }
  EXPECT_EQ(tracking.find("S", 4).position, 0U) << "names are bytes";
}

// Marks that everybody sees are folded into one; nobody who looks at a visible TSN loses anything.
TEST(Tracking, ForgetsOnlyMarksThatNobodyAsksFor) {
  Tracking tracking;
  for (uint64_t tsn = 1; tsn <= 100; ++tsn) {
    const uint64_t visible = tsn < 4 ? 0 : tsn - 4;
    tracking.set("s", {.position = tsn * 10, .tsn = tsn}, visible);
    for (uint64_t at = visible; at <= tsn; ++at) {
      ASSERT_EQ(tracking.find("s", at).position, at * 10) << "as of " << at << " of " << tsn;
    }
  }
}

// However many are in flight, and with gaps: between and at both ends of them.
TEST(Tracking, FindsEachOfManyMarksInFlight) {
  constexpr uint64_t kMarks = 1000;
  Tracking tracking;
  tracking.set("s", {.position = 5, .tsn = 5}, 0);
  for (uint64_t tsn = 10; tsn <= 10 * kMarks; tsn += 10) {
    tracking.set("s", {.position = tsn, .tsn = tsn}, 7);
  }
  for (uint64_t tsn = 7; tsn < 10 * kMarks + 20; ++tsn) {
    const uint64_t expected = tsn < 10 ? 5 : std::min(tsn / 10, kMarks) * 10;
    ASSERT_EQ(tracking.find("s", tsn).tsn, expected) << "as of " << tsn;
  }
  // The last one that everybody sees may be any of them.
  tracking.set("s", {.position = 20 * kMarks, .tsn = 20 * kMarks}, 5 * kMarks + 3);
  EXPECT_EQ(tracking.find("s", 1).tsn, 5 * kMarks) << "folded";
  EXPECT_EQ(tracking.find("s", 5 * kMarks + 10).tsn, 5 * kMarks + 10);
  EXPECT_EQ(tracking.find("s", UINT64_MAX).tsn, 20 * kMarks);
}

struct GuardCase {
  const char* name;
  uint64_t recorded;
  uint64_t previous;
  uint64_t position;
  bool holds;
};

// A commit passes when it moves the source forward, from where it expects it to be.
TEST(TrackingGuard, WantsProgressFromTheExpectedMark) {
  const GuardCase cases[] = {
      {"nothing recorded, anything goes", 0, kPreviousAny, 1, true},
      {"nothing recorded, as expected", 0, 0, 1, true},
      {"nothing recorded, but expected", 0, 5, 6, false},
      {"forward", 5, kPreviousAny, 6, true},
      {"forward from the expected mark", 5, 5, 6, true},
      {"forward from another mark", 5, 4, 6, false},
      {"recorded, but expected to be new", 5, 0, 6, false},
      {"the same position", 5, kPreviousAny, 5, false},
      {"the same position, as expected", 5, 5, 5, false},
      {"backward", 5, kPreviousAny, 4, false},
      {"to the last position", 5, 5, kTrackedPositionMax, true},
  };
  for (const GuardCase& c : cases) {
    SCOPED_TRACE(c.name);
    const OneChunk chunk;
    if (c.recorded != 0) chunk.tracking().set("s", {.position = c.recorded, .tsn = 3}, 2);
    TrackingGuard guard({.source = "s", .previous = c.previous, .position = c.position});
    const auto conflict = guard.check(chunk.view(), {}, {.tsn = 3, .head = 0});
    EXPECT_EQ(!conflict.has_value(), c.holds);
    if (!conflict) continue;
    EXPECT_EQ(conflict->position, c.recorded) << "the position in the way";
    EXPECT_EQ(conflict->tsn, c.recorded == 0 ? 0U : 3U) << "the commit to wait for";
    EXPECT_NE(conflict->message.find("\"s\""), std::string::npos) << conflict->message;
  }
}

// The sequencer's check sees marks of commits in flight, which the caller's did not.
TEST(TrackingGuard, SeesCommitsInFlight) {
  const OneChunk chunk;
  TrackingGuard guard({.source = "s", .previous = 0, .position = 5});
  chunk.tracking().set("s", {.position = 3, .tsn = 8}, 7);
  EXPECT_FALSE(guard.check(chunk.view(), {}, {.tsn = 7, .head = 0}).has_value());
  const auto conflict = guard.check(chunk.view(), {.tsn = 7, .head = 0}, {.tsn = 8, .head = 0});
  ASSERT_TRUE(conflict.has_value());
  EXPECT_EQ(conflict->position, 3U);
  EXPECT_EQ(conflict->tsn, 8U);
}

// What a commit writes is what recovery reads, for names of every length.
TEST(TrackingPart, IsReadBackByRecovery) {
  std::vector<TrackingRequest> requests;
  for (size_t size = 1; size <= kSourceSizeMax; ++size) {
    requests.push_back(
        {.source = std::string(size, 's'), .previous = kPreviousAny, .position = size * 3});
  }
  requests.push_back({.source = "last", .previous = 0, .position = kTrackedPositionMax});
  const std::vector<uint8_t> section = section_of(requests);
  const OneChunk recovered;
  TrackingParticipant participant;
  ASSERT_TRUE(succeeded(participant.replay(recovered.view(), stamp(9),
                                           static_cast<uint32_t>(requests.size()), section)));
  for (const TrackingRequest& request : requests) {
    EXPECT_EQ(recovered.tracking().find(request.source, 9).position, request.position);
  }
}

// A damaged section is refused, from memory of exactly its size.
TEST(TrackingParticipant, RefusesDamagedSections) {
  const std::vector<uint8_t> sound =
      section_of({{.source = "source-a", .previous = 0, .position = 1},
                  {.source = "b", .previous = 0, .position = 2}});
  const auto replay = [](const std::vector<uint8_t>& section, uint32_t count) {
    const OneChunk target;
    return TrackingParticipant().replay(target.view(), stamp(1), count, section);
  };
  ASSERT_TRUE(succeeded(replay(sound, 2)));
  EXPECT_TRUE(failed(replay(sound, 1), Code::kCorrupt, "commit 1")) << "bytes left over";
  EXPECT_TRUE(failed(replay(sound, 3), Code::kCorrupt)) << "one too few";
  EXPECT_TRUE(failed(replay(sound, UINT32_MAX), Code::kCorrupt));
  for (size_t size = 0; size < sound.size(); ++size) {
    const std::vector<uint8_t> part(sound.begin(), sound.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_TRUE(failed(replay(part, 2), Code::kCorrupt)) << size;
  }
  for (const int size : {0, 255, 256, 0xffff}) {
    std::vector<uint8_t> bytes = sound;
    store_le(bytes.data(), static_cast<uint16_t>(size));
    EXPECT_TRUE(failed(replay(bytes, 2), Code::kCorrupt)) << size;
  }
}

}  // namespace
}  // namespace stele::events
