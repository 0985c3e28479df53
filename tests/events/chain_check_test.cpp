// A check of the hash chain accepts what was written, and names the first event of anything else.
#include "events/chain_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "events/digest.h"
#include "support/commits.h"
#include "support/drafts.h"
#include "support/results.h"

namespace stele::events {
namespace {

using test::CommitLog;
using test::Draft;
using test::failed;
using test::succeeded;
using Payloads = std::vector<std::vector<uint8_t>>;

const Digest kGenesis = {1, 2, 3};
constexpr size_t kSection = engine::kCommitHeaderSize + engine::kSectionHeaderSize;

Draft event(uint64_t number, const std::string& entity) {
  return {.type = "Thing" + std::to_string(number),
          .entity = entity,
          .scope = "scope",
          .data = "data of " + std::to_string(number),
          .tags = {"a:1", "b:2"},
          .metadata = {{"key", "value"}},
          .id = test::id_of(number)};
}

// Commit 1: events 1, 2 (of "x" and none); commit 2: 3, 4, 5 (of "x", "y", "x"); commit 3: 6 ("y").
CommitLog& sound_log() {
  static CommitLog log(kGenesis);
  if (log.tail().size() == 0) {
    log.add({event(1, "x"), event(2, "")});
    log.add({event(3, "x"), event(4, "y"), event(5, "x")});
    log.add({event(6, "y")});
  }
  return log;
}

Status check(const Payloads& payloads, const Digest& genesis = kGenesis) {
  ChainCheck chain(genesis);
  for (size_t i = 0; i < payloads.size(); ++i) {
    const auto commit = engine::CommitView::decode(i + 1, payloads[i]);
    if (!commit) return fail(commit.error());
    STELE_TRY(chain.add(*commit));
  }
  return {};
}

// Returns the record of the event at `index` in a payload.
uint8_t* record_at(std::vector<uint8_t>& payload, size_t index) {
  uint8_t* at = payload.data() + kSection;
  for (; index > 0; --index) at += load_le<uint32_t>(at);
  return at;
}

// Recomputes the hash of the event at `index`, as a forger would who knows the one before.
void forge_hash(std::vector<uint8_t>& payload, size_t index, const Digest& previous) {
  uint8_t* at = record_at(payload, index);
  const RecordView record = RecordView::trusted(at);
  Digest header = {};
  header_digests({&record, 1}, {&header, 1});
  std::ranges::copy(event_hash(header, previous.data()), at + kHashOffset);
}

// Recomputes both roots of a commit.
void forge_roots(Payloads& payloads, size_t index) {
  std::vector<uint8_t>& payload = payloads[index];
  const auto commit = engine::CommitView::decode(index + 1, payload);
  ASSERT_TRUE(succeeded(commit));
  std::vector<Digest> hashes;
  for (size_t i = 0; i < commit->stamp().event_count; ++i) {
    Digest hash;
    std::copy_n(record_at(payload, i) + kHashOffset, hash.size(), hash.begin());
    hashes.push_back(hash);
  }
  const Digest merkle = merkle_root(hashes);
  Digest before = kGenesis;
  if (index > 0) before = engine::CommitView::decode(index, payloads[index - 1])->chained_root();
  engine::store_roots(payload.data(), merkle,
                      engine::chained_root_of(commit->stamp(), merkle, before));
}

Digest hash_of(std::vector<uint8_t>& payload, size_t index) {
  Digest hash;
  std::copy_n(record_at(payload, index) + kHashOffset, hash.size(), hash.begin());
  return hash;
}

TEST(ChainCheck, AcceptsWhatWasWritten) {
  const Payloads payloads = sound_log().payloads();
  ChainCheck chain(kGenesis);
  for (size_t i = 0; i < payloads.size(); ++i) {
    ASSERT_TRUE(succeeded(chain.add(*engine::CommitView::decode(i + 1, payloads[i]))));
  }
  EXPECT_EQ(chain.root(), sound_log().root());
  EXPECT_EQ(chain.commits(), 3U);
  EXPECT_EQ(chain.events(), 6U);
}

struct Case {
  const char* name;
  std::function<void(Payloads&)> tamper;
  uint64_t position;  // That the error names; 0: the commit as a whole.
  const char* reason;
};

// One byte of any field, in the second commit, without touching any hash.
TEST(ChainCheck, FindsAChangeOfAnyField) {
  const auto flip = [](size_t index, size_t offset) {
    return [=](Payloads& p) { record_at(p[1], index)[offset] ^= 1; };
  };
  const auto flip_payload = [](size_t offset) { return [=](Payloads& p) { p[1][offset] ^= 1; }; };
  const auto payload_of = [](Payloads& p, size_t index) {
    uint8_t* record = record_at(p[1], index);
    return record + load_le<uint32_t>(record + kPayloadOffset);
  };
  const Case cases[] = {
      {"position", flip(1, kPositionOffset), 4, "position is not its place"},
      {"TSN", flip(1, kTsnOffset), 4, "TSN is not that of its commit"},
      {"recorded", flip(1, kRecordedOffset), 4, "`recorded` is not that of its commit"},
      {"sequence", flip(2, kSequenceOffset), 5, "sequence does not continue"},
      {"hash", flip(2, kHashOffset + 31), 5, "hash does not match"},
      {"time, taken from the commit", flip(0, kTimeOffset), 3, "time should be"},
      {"flag of the time", [](Payloads& p) { record_at(p[1], 0)[kFlagsOffset] = 0; }, 3,
       "hash does not match"},
      {"key id", flip(0, kKeyIdOffset), 3, "hash does not match"},
      {"id", flip(0, kIdOffset), 3, "hash does not match"},
      {"type", flip(1, kFixedSize), 4, "hash does not match"},
      {"entity", flip(1, kFixedSize + 6), 4, "hash does not match"},
      {"scope", flip(1, kFixedSize + 7), 4, "hash does not match"},
      {"tag", [&](Payloads& p) { payload_of(p, 1)[-1] ^= 1; }, 4, "hash does not match"},
      {"data", [&](Payloads& p) { payload_of(p, 2)[0] ^= 1; }, 5, "hash does not match"},
      {"metadata key", [&](Payloads& p) { payload_of(p, 2)[9 + 4] ^= 1; }, 5,
       "hash does not match"},
      {"metadata value", [&](Payloads& p) { payload_of(p, 2)[9 + 4 + 3] ^= 1; }, 5,
       "hash does not match"},
      {"version", [](Payloads& p) { record_at(p[1], 0)[kVersionOffset] = 9; }, 3, "version 9"},
      {"record size", flip(2, kSizeOffset), 5, "size is impossible"},
      {"commit: first position", flip_payload(engine::kCommitFirstPositionOffset), 0,
       "its first position is 2, expected 3"},
      {"commit: events", flip_payload(engine::kCommitEventCountOffset), 0, "holds 3 events"},
      {"commit: recorded, later", flip_payload(engine::kCommitRecordedOffset + 2), 3,
       "`recorded` is not"},
      {"commit: recorded, too early", flip_payload(engine::kCommitRecordedOffset + 1), 0,
       "recorded no later"},
      {"commit: Merkle root", flip_payload(engine::kCommitMerkleOffset), 0, "Merkle root"},
      {"commit: chained root", flip_payload(engine::kCommitChainedOffset), 0, "chained root"},
      {"commit: no section", [](Payloads& p) { p[1][engine::kCommitSectionCountOffset] = 0; }, 0,
       "bytes behind its last section"},
      {"commit: one section more", [](Payloads& p) { p[1][engine::kCommitSectionCountOffset] = 2; },
       0, "a section does not fit"},
      {"section: size", [](Payloads& p) { p[1][engine::kCommitHeaderSize + 12] = 1; }, 0,
       "a section does not fit"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Payloads payloads = sound_log().payloads();
    ASSERT_TRUE(succeeded(check(payloads)));
    c.tamper(payloads);
    const Status status = check(payloads);
    ASSERT_TRUE(failed(status, Code::kCorrupt, c.reason));
    EXPECT_EQ(status.error().position(), c.position);
    EXPECT_TRUE(failed(status, Code::kCorrupt, "commit 2")) << "the message names the commit";
  }
}

// Whatever byte of a commit is changed, the check notices, padding and the bytes kept for later
// included.
TEST(ChainCheck, FindsAChangeOfAnyByte) {
  const Payloads sound = sound_log().payloads();
  size_t unnoticed = 0;
  for (size_t at = 0; at < sound[1].size(); ++at) {
    Payloads payloads = sound;
    payloads[1][at] ^= 0x10;
    if (check(payloads).has_value()) ++unnoticed;
  }
  // The count in the section header, which recovery compares.
  EXPECT_EQ(unnoticed, 4U);
}

// Whole events taken out, doubled or swapped.
TEST(ChainCheck, FindsEventsMissingOrMoved) {
  const auto cut = [](std::vector<uint8_t>& payload, size_t index) {
    uint8_t* record = record_at(payload, index);
    const uint32_t size = load_le<uint32_t>(record);
    const auto at = payload.begin() + (record - payload.data());
    payload.erase(at, at + size);
    const auto left = load_le<uint64_t>(payload.data() + engine::kCommitHeaderSize + 8) - size;
    store_le(payload.data() + engine::kCommitHeaderSize + 8, left);
    --payload[engine::kCommitEventCountOffset];
  };
  const Case cases[] = {
      {"the last event of a commit", [&](Payloads& p) { cut(p[1], 2); }, 0, "Merkle root"},
      {"an event in the middle", [&](Payloads& p) { cut(p[1], 1); }, 4, "position"},
      {"two swapped",
       [](Payloads& p) {
         uint8_t* first = record_at(p[1], 0);
         uint8_t* third = record_at(p[1], 2);
         std::swap_ranges(first, first + load_le<uint32_t>(first), third);
       },
       3, "position"},
      {"a commit left out", [](Payloads& p) { p.erase(p.begin() + 1); }, 0, "first position"},
      {"a commit twice", [](Payloads& p) { p.insert(p.begin() + 1, p[1]); }, 0, "first position"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Payloads payloads = sound_log().payloads();
    c.tamper(payloads);
    const Status status = check(payloads);
    ASSERT_TRUE(failed(status, Code::kCorrupt, c.reason));
    EXPECT_EQ(status.error().position(), c.position);
  }
}

// A forger who recomputes hashes is caught one step later each time, until the whole rest of the
// log is forged: against that only a root kept elsewhere helps.
TEST(ChainCheck, CatchesForgersWhoStopTooEarly) {
  Payloads payloads = sound_log().payloads();
  const auto change = [](Payloads& p) {
    uint8_t* record = record_at(p[1], 0);  // Event 3, of "x"; event 5 follows it.
    record[load_le<uint32_t>(record + kPayloadOffset)] ^= 1;
  };
  change(payloads);
  EXPECT_EQ(check(payloads).error().position(), 3U);

  forge_hash(payloads[1], 0, hash_of(payloads[0], 0));
  Status status = check(payloads);
  EXPECT_TRUE(failed(status, Code::kCorrupt, "the event before it"));
  EXPECT_EQ(status.error().position(), 5U) << "the next of the same entity binds it";

  forge_hash(payloads[1], 2, hash_of(payloads[1], 0));
  EXPECT_TRUE(failed(check(payloads), Code::kCorrupt, "Merkle root"));

  forge_roots(payloads, 1);
  EXPECT_TRUE(failed(check(payloads), Code::kCorrupt, "commit 3: its chained root"));

  forge_roots(payloads, 2);
  EXPECT_TRUE(succeeded(check(payloads))) << "a whole new history is sound in itself";
  EXPECT_NE(engine::CommitView::decode(3, payloads[2])->chained_root(), sound_log().root());
}

// A history moved to another database is not its own.
TEST(ChainCheck, BindsTheDatabase) {
  EXPECT_TRUE(failed(check(sound_log().payloads(), Digest{9}), Code::kCorrupt,
                     "commit 1: its chained root"));
}

}  // namespace
}  // namespace stele::events
