// The hash chain is what its description says, computed here the plain way with BLAKE3's own calls.
#include "events/digest.h"

#include <blake3.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/commit_frame.h"
#include "support/drafts.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::Draft;
using test::record_of;
using test::Seed;

// BLAKE3 in derive-key mode over `input`, padded with zeros to whole blocks of 64 bytes, at least
// one.
Digest plain_hash(const char* context, std::vector<uint8_t> input) {
  input.resize(std::max<size_t>((input.size() + 63) / 64 * 64, 64));
  blake3_hasher hasher;
  blake3_hasher_init_derive_key(&hasher, context);
  blake3_hasher_update(&hasher, input.data(), input.size());
  Digest digest;
  blake3_hasher_finalize(&hasher, digest.data(), digest.size());
  return digest;
}

std::vector<uint8_t> joined(std::initializer_list<ByteView> pieces) {
  std::vector<uint8_t> bytes;
  for (const ByteView piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

Digest plain_header_digest(std::vector<uint8_t> record) {
  const auto payload = load_le<uint32_t>(record.data() + 4);
  const auto data = load_le<uint32_t>(record.data() + 84);
  const auto metadata = load_le<uint32_t>(record.data() + 88);
  if ((record[73] & 4) != 0) std::fill_n(record.begin() + 96, 8, uint8_t{0});
  const ByteView bytes = record;
  const Digest digest =
      plain_hash("stele v1 payload", joined({bytes.subspan(payload, data + metadata)}));
  return plain_hash("stele v1 header", joined({digest, bytes.subspan(72, payload - 72)}));
}

// Draws the tree: pairs from the left, an odd one moves up.
Digest plain_merkle_root(std::vector<Digest> level) {
  if (level.empty()) return {};
  while (level.size() > 1) {
    std::vector<Digest> above;
    for (size_t i = 0; i + 1 < level.size(); i += 2) {
      above.push_back(plain_hash("stele v1 node", joined({level[i], level[i + 1]})));
    }
    if (level.size() % 2 == 1) above.push_back(level.back());
    level = above;
  }
  return level[0];
}

Digest numbered(uint64_t number) {
  Digest digest = {};
  store_le(digest.data(), number);
  return digest;
}

std::vector<Digest> digests_of(const std::vector<std::vector<uint8_t>>& records) {
  std::vector<RecordView> views;
  for (const auto& record : records) views.push_back(RecordView::trusted(record.data()));
  std::vector<Digest> digests(views.size());
  header_digests(views, digests);
  return digests;
}

// Many at once, of all sizes, in lanes or alone: each digest is that of its own event.
TEST(HeaderDigests, AreThoseOfThePlainDefinition) {
  const Seed seed;
  auto random = seed.generator();
  for (size_t round = 0; round < test::scaled(100); ++round) {
    std::vector<std::vector<uint8_t>> records;
    for (uint64_t left = test::between(random, 1, 60); left > 0; --left) {
      Draft draft = test::random_draft(random);
      draft.data.resize(test::between(random, 0, 1) == 0 ? test::between(random, 0, 70)
                                                         : test::between(random, 900, 1200));
      records.push_back(record_of(draft));
      if (test::between(random, 0, 1) == 0) {
        // As after a commit, which fills in the time and its own part.
        store_le(records.back().data() + kPositionOffset, random());
        const bool given = (records.back()[kFlagsOffset] & kTimeIsRecorded) == 0;
        if (!given) store_le(records.back().data() + kTimeOffset, random());
      }
    }
    const std::vector<Digest> digests = digests_of(records);
    for (size_t i = 0; i < records.size(); ++i) {
      ASSERT_EQ(digests[i], plain_header_digest(records[i])) << "round " << round << ", " << i;
    }
  }
}

// Around each number of blocks and lanes at which the work is cut into pieces.
TEST(HeaderDigests, AreRightAtTheEdgesOfBlocksAndLanes) {
  for (const size_t count : {1, 2, 15, 16, 17, 31, 32, 33}) {
    for (const size_t size : {0, 1, 63, 64, 65, 127, 128, 959, 960, 961, 1023, 1024, 1025, 5000}) {
      std::vector<std::vector<uint8_t>> records;
      for (size_t i = 0; i < count; ++i) {
        Draft draft;
        draft.data = std::string(size, static_cast<char>('a' + i % 26));
        draft.id = test::id_of(i);
        records.push_back(record_of(draft));
      }
      const std::vector<Digest> digests = digests_of(records);
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(digests[i], plain_header_digest(records[i])) << size << " bytes, " << count;
      }
    }
  }
}

// Everything that the caller said changes the digest; what the commit fills in does not.
TEST(HeaderDigests, BindWhatTheCallerSaid) {
  const Draft plain = {.type = "T",
                       .entity = "e",
                       .scope = "s",
                       .data = "data",
                       .tags = {"a", "b"},
                       .metadata = {{"k", "v"}},
                       .id = test::id_of(1),
                       .correlation_id = test::id_of(2),
                       .causation_id = test::id_of(3),
                       .time = 5};
  std::vector<Draft> others(16, plain);
  others[0].type = "U";
  others[1].entity = "f";
  others[2].entity = "es";  // The same bytes in a row, cut elsewhere.
  others[2].scope = "";
  others[3].scope = "t";
  others[4].data = "dato";
  others[5].data = std::string("data\0", 5);
  others[6].tags = {"a", "c"};
  others[7].tags = {"ab"};
  others[8].metadata = {{"k", "w"}};
  others[9].metadata = {{"kv", ""}};
  others[10].data = "";
  others[11].id = test::id_of(9);
  others[12].correlation_id.reset();
  others[13].causation_id.reset();
  others[14].time = 6;
  others[15].time.reset();
  std::vector<std::vector<uint8_t>> records = {record_of(plain)};
  for (const Draft& other : others) records.push_back(record_of(other));
  std::vector<Digest> digests = digests_of(records);
  std::vector<uint8_t> committed = records[0];
  const std::vector<uint8_t> filled_in(kCallerOffset - kPositionOffset, 0x5a);
  ASSERT_GT(committed.size(), kCallerOffset);
  std::ranges::copy(filled_in, committed.begin() + kPositionOffset);
  EXPECT_EQ(digests_of({committed})[0], digests[0]);
  std::ranges::sort(digests);
  EXPECT_EQ(std::ranges::adjacent_find(digests), digests.end()) << "two events share a digest";
}

TEST(EventHash, IsThatOfThePlainDefinition) {
  const Digest header = numbered(1);
  const Digest previous = numbered(2);
  EXPECT_EQ(event_hash(header, previous.data()),
            plain_hash("stele v1 event", joined({header, previous})));
  EXPECT_EQ(event_hash(header, kNoHash.data()),
            plain_hash("stele v1 event", joined({header, Digest{}})));
}

// For every number of events up to three rounds of lanes.
TEST(MerkleRoot, IsThatOfThePlainTree) {
  for (size_t count = 0; count < 150; ++count) {
    std::vector<Digest> hashes;
    for (size_t i = 0; i < count; ++i) hashes.push_back(numbered(i + 1));
    const Digest expected = plain_merkle_root(hashes);
    ASSERT_EQ(merkle_root(hashes), expected) << count << " events";
  }
}

// From every event of every commit of up to 70, the siblings lead to the root; those of a
// neighbour, or at another place, do not.
TEST(MerklePath, LeadsFromEachHashToTheRoot) {
  for (size_t count = 1; count <= 70; ++count) {
    std::vector<Digest> hashes;
    for (size_t i = 0; i < count; ++i) hashes.push_back(numbered(i + 1));
    const Digest root = plain_merkle_root(hashes);
    for (size_t index = 0; index < count; ++index) {
      SCOPED_TRACE(std::to_string(index) + " of " + std::to_string(count));
      std::vector<Digest> memory = hashes;
      const std::vector<Digest> path = merkle_path(memory, index);
      ASSERT_EQ(path.size(), merkle_path_size(index, count));
      ASSERT_EQ(merkle_root_over(hashes[index], index, count, path), root);
      ASSERT_NE(merkle_root_over(numbered(0), index, count, path), root);
      const size_t other = index ^ 1;
      if (other < count && merkle_path_size(other, count) == path.size()) {
        ASSERT_NE(merkle_root_over(hashes[index], other, count, path), root);
      }
    }
  }
}

// One sibling a level, none where an odd one moves up; never more than a count of 32 bits has
// levels.
TEST(MerklePath, HasASiblingForEachLevelWithAPair) {
  EXPECT_EQ(merkle_path_size(0, 1), 0U);
  EXPECT_EQ(merkle_path_size(1, 2), 1U);
  EXPECT_EQ(merkle_path_size(0, 3), 2U);
  EXPECT_EQ(merkle_path_size(2, 3), 1U);
  EXPECT_EQ(merkle_path_size(4, 5), 1U);
  EXPECT_EQ(merkle_path_size(511, 512), 9U);
  EXPECT_EQ(merkle_path_size(0, UINT32_MAX), 32U);
  EXPECT_EQ(merkle_path_size(uint64_t{1} << 31, (uint64_t{1} << 31) + 1), 1U);
}

TEST(ChainedRoot, IsThatOfThePlainDefinition) {
  const engine::Stamp stamp = {
      .tsn = 7, .first_position = 20, .event_count = 3, .recorded = -12345};
  std::vector<uint8_t> input(32);
  store_le(input.data(), uint64_t{7});
  store_le(input.data() + 8, uint64_t{20});
  store_le(input.data() + 16, uint64_t{3});
  store_le(input.data() + 24, int64_t{-12345});
  const Digest merkle = numbered(1);
  const Digest previous = numbered(2);
  EXPECT_EQ(engine::chained_root_of(stamp, merkle, previous),
            plain_hash("stele v1 frame root", joined({input, merkle, previous})));
  const std::array<uint8_t, 16> uuid = {1, 2, 3};
  EXPECT_EQ(engine::genesis_root(uuid), plain_hash("stele v1 genesis", joined({uuid})));
}

}  // namespace
}  // namespace stele::events
