// A receipt holds for its event and for nothing else, whatever is changed in it and by whom.
#include "events/receipt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "events/digest.h"
#include "support/commits.h"
#include "support/drafts.h"
#include "support/results.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::CommitLog;
using test::Draft;
using test::failed;
using test::succeeded;
using Bytes = std::vector<uint8_t>;

constexpr std::array<uint8_t, 16> kUuid = {1, 2, 3};
// All of these widths of the tree: a single node, full levels, and odd ones that move up.
constexpr size_t kCounts[] = {1, 2, 3, 5, 8, 512};

// Entities recur within a commit and from one to the next; every third event has none. Every second
// has a time of its own.
Draft event(uint64_t number) {
  return {.type = "Thing",
          .entity = number % 3 == 0 ? "" : "entity-" + std::to_string(number % 3),
          .scope = "scope",
          .data = "data of " + std::to_string(number),
          .tags = {"a:1", "b:2"},
          .metadata = {{"key", "value"}},
          .id = test::id_of(number),
          .time = number % 2 == 0 ? std::optional<int64_t>(77) : std::nullopt};
}

// A log with a commit of each of kCounts, and what the pipeline would know of them.
class Log {
 public:
  Log() : commits_(engine::genesis_root(kUuid)) {
    uint64_t number = 0;
    for (const size_t count : kCounts) {
      std::vector<Draft> drafts;
      for (size_t i = 0; i < count; ++i) drafts.push_back(event(++number));
      commits_.add(drafts);
    }
    payloads_ = commits_.payloads();
  }

  [[nodiscard]] engine::CommitView commit(uint64_t tsn) const {
    return *engine::CommitView::decode(tsn, payloads_[tsn - 1]);
  }
  [[nodiscard]] Receipt receipt(uint64_t position) const {
    const engine::CommitView of = commit(commits_.tail().record(position).tsn());
    const uint64_t tsn = of.stamp().tsn;
    History history(commits_.views());
    return *make_receipt(
        history,
        {.uuid = kUuid,
         .stamp = of.stamp(),
         .previous_root = tsn == 1 ? engine::genesis_root(kUuid) : commit(tsn - 1).chained_root(),
         .chained_root = of.chained_root()},
        position);
  }
  [[nodiscard]] ByteView record(uint64_t position) const {
    return commits_.tail().record(position).bytes();
  }
  [[nodiscard]] uint64_t head() const { return commits_.tail().size(); }
  // Returns the position of the event at `index` of a commit.
  [[nodiscard]] uint64_t position(uint64_t tsn, uint64_t index) const {
    return commit(tsn).stamp().first_position + index;
  }

 private:
  CommitLog commits_;
  std::vector<Bytes> payloads_;
};

const Log& log_of() {
  static const Log kLog;
  return kLog;
}

Status verify(ByteView receipt, ByteView record = {}) {
  const auto decoded = decode_receipt(receipt);
  if (!decoded) return fail(decoded.error());
  return record.empty() ? Status() : check_record(*decoded, record);
}

// Makes the digest right again, as a forger would.
void mend(Bytes& receipt) {
  const size_t end = receipt.size() - sizeof(Digest);
  const Digest digest = hash_padded(HashDomain::kReceipt, ByteView(receipt).first(end));
  std::ranges::copy(digest, receipt.begin() + static_cast<ptrdiff_t>(end));
}

TEST(Receipt, HoldsForEveryEventOfEveryCommit) {
  const Log& log = log_of();
  for (uint64_t position = 1; position <= log.head(); ++position) {
    SCOPED_TRACE(position);
    const Receipt made = log.receipt(position);
    const Bytes bytes = encode_receipt(made);
    ASSERT_LE(bytes.size(), kReceiptSizeMax);
    const auto read = decode_receipt(bytes);
    ASSERT_TRUE(succeeded(read));
    ASSERT_TRUE(succeeded(check_record(*read, log.record(position))));
    ASSERT_EQ(encode_receipt(*read), bytes);
    ASSERT_EQ(read->uuid, kUuid);
    ASSERT_EQ(read->position, position);
    ASSERT_EQ(read->stamp.tsn, RecordView::trusted(log.record(position).data()).tsn());
  }
}

// The path is as long as the tree is high at that place: levels without a sibling take no room.
TEST(Receipt, IsAsLongAsItsPlaceInTheTreeAsks) {
  const Log& log = log_of();
  const auto size = [&](uint64_t tsn, uint64_t index) {
    return encode_receipt(log.receipt(log.position(tsn, index))).size();
  };
  EXPECT_EQ(size(1, 0), 224U);
  EXPECT_EQ(size(3, 0), 224U + 2 * 32);
  EXPECT_EQ(size(3, 2), 224U + 1 * 32);
  EXPECT_EQ(size(4, 4), 224U + 1 * 32);
  EXPECT_EQ(size(6, 511), 224U + 9 * 32);
}

// Without exception, the digest included, with the record and without.
TEST(Receipt, FailsWithAnyBitFlipped) {
  const Log& log = log_of();
  for (const uint64_t position : {log.position(1, 0), log.position(4, 2), log.position(6, 300)}) {
    const Bytes sound = encode_receipt(log.receipt(position));
    for (size_t bit = 0; bit < 8 * sound.size(); ++bit) {
      Bytes flipped = sound;
      flipped[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
      const Status status = verify(flipped);
      ASSERT_FALSE(status.has_value()) << "position " << position << ", bit " << bit;
      const bool is_version =
          bit / 8 >= kReceiptVersionOffset && bit / 8 < kReceiptEventCountOffset;
      ASSERT_TRUE(is_version || failed(status, Code::kCorrupt)) << bit;
    }
  }
}

TEST(Receipt, FailsCutOffOrExtended) {
  const Bytes sound = encode_receipt(log_of().receipt(log_of().position(4, 2)));
  for (size_t size = 0; size < sound.size(); ++size) {
    // A copy of its own, so that a sanitizer sees a step past its end.
    const Bytes cut(sound.begin(), sound.begin() + static_cast<ptrdiff_t>(size));
    ASSERT_TRUE(failed(verify(cut), Code::kCorrupt)) << size;
  }
  for (size_t more = 1; more <= 2100; ++more) {
    Bytes longer = sound;
    longer.resize(sound.size() + more);
    const bool is_whole = more % sizeof(Digest) == 0 && longer.size() <= kReceiptSizeMax;
    ASSERT_TRUE(failed(verify(longer), Code::kCorrupt, is_whole ? "its digest" : "its size of"))
        << more;
    if (longer.size() % sizeof(Digest) == 0) {
      mend(longer);
      ASSERT_TRUE(failed(verify(longer), Code::kCorrupt)) << more << ", with a right digest";
    }
  }
}

struct Case {
  const char* name;
  std::function<void(Receipt&)> change;
  const char* reason;
};

// Who changes a field and makes the digest right is caught by the chain.
TEST(Receipt, FailsWithAnyFieldChangedThatTheChainBinds) {
  constexpr const char* kChain = "its chained root does not follow";
  const Case cases[] = {
      {"TSN", [](Receipt& r) { r.stamp.tsn = 5; }, kChain},
      {"TSN 0", [](Receipt& r) { r.stamp.tsn = 0; }, "its TSN 0 is impossible"},
      {"TSN too high", [](Receipt& r) { r.stamp.tsn = uint64_t{1} << 63; }, "is impossible"},
      {"first position", [](Receipt& r) { r.stamp.first_position -= 1; }, kChain},
      {"both positions",
       [](Receipt& r) {
         r.stamp.first_position += 1;
         r.position += 1;
       },
       kChain},
      {"first position 0",
       [](Receipt& r) {
         r.stamp.first_position = 0;
         r.position = 0;
       },
       "its position 0 is impossible"},
      {"position too high", [](Receipt& r) { r.position = UINT64_MAX; }, "is impossible"},
      {"position, before its commit", [](Receipt& r) { r.position -= 3; }, "not one of its commit"},
      {"position, behind its commit", [](Receipt& r) { r.position += 3; }, "not one of its commit"},
      {"position, of a neighbour", [](Receipt& r) { r.position += 1; }, kChain},
      {"events, one more", [](Receipt& r) { r.stamp.event_count += 1; }, kChain},
      {"events, one less", [](Receipt& r) { r.stamp.event_count -= 1; },
       "it has 3 siblings, expected 2"},
      {"events, none", [](Receipt& r) { r.stamp.event_count = 0; }, "not one of its commit"},
      {"recorded", [](Receipt& r) { r.stamp.recorded += 1; }, kChain},
      {"event hash", [](Receipt& r) { r.event_hash[31] ^= 1; }, kChain},
      {"previous root", [](Receipt& r) { r.previous_root[0] ^= 1; }, kChain},
      {"chained root", [](Receipt& r) { r.chained_root[0] ^= 1; }, kChain},
      {"the first sibling", [](Receipt& r) { r.path.front()[0] ^= 1; }, kChain},
      {"the last sibling", [](Receipt& r) { r.path.back()[31] ^= 1; }, kChain},
      {"siblings swapped", [](Receipt& r) { std::swap(r.path[0], r.path[1]); }, kChain},
      {"a sibling less", [](Receipt& r) { r.path.pop_back(); }, "it has 2 siblings, expected 3"},
      {"a sibling more", [](Receipt& r) { r.path.emplace_back(); },
       "it has 4 siblings, expected 3"},
  };
  const uint64_t position = log_of().position(4, 2);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Receipt receipt = log_of().receipt(position);
    c.change(receipt);
    EXPECT_TRUE(failed(verify(encode_receipt(receipt)), Code::kCorrupt, c.reason));
  }
}

// The uuid is bound by the first commit, in which the chain begins. The receipts of later commits
// leave that to their roots: the same root cannot stand in two databases.
TEST(Receipt, OfTheFirstCommitBindsTheDatabase) {
  Receipt first = log_of().receipt(1);
  first.uuid[15] ^= 1;
  EXPECT_TRUE(failed(verify(encode_receipt(first)), Code::kCorrupt, "is not its uuid's"));
  // A chain that begins elsewhere, whole in itself.
  first = log_of().receipt(1);
  first.stamp.first_position = first.position = 2;
  first.chained_root = engine::chained_root_of(first.stamp, first.event_hash, first.previous_root);
  EXPECT_TRUE(failed(verify(encode_receipt(first)), Code::kCorrupt, "begins with position 1"));
  Receipt later = log_of().receipt(log_of().position(4, 2));
  later.uuid[15] ^= 1;
  EXPECT_TRUE(succeeded(verify(encode_receipt(later))));
}

// Which nothing but the record's hash binds.
TEST(Receipt, NeedsTheRecordToBindTheEventBefore) {
  const uint64_t position = log_of().position(4, 3);
  Receipt receipt = log_of().receipt(position);
  ASSERT_NE(receipt.previous_hash, kNoHash);
  receipt.previous_hash[0] ^= 1;
  const Bytes bytes = encode_receipt(receipt);
  EXPECT_TRUE(succeeded(verify(bytes)));
  EXPECT_TRUE(failed(verify(bytes, log_of().record(position)), Code::kCorrupt,
                     "its hash does not match its content and the event before it"));
}

TEST(Receipt, HoldsForNoOtherEvent) {
  const Log& log = log_of();
  const uint64_t position = log.position(5, 3);
  const Bytes receipt = encode_receipt(log.receipt(position));
  for (uint64_t other = 1; other <= log.position(6, 10); ++other) {
    const Status status = verify(receipt, log.record(other));
    if (other == position) {
      ASSERT_TRUE(succeeded(status));
    } else {
      ASSERT_TRUE(failed(status, Code::kCorrupt, "it has another position")) << other;
    }
  }
}

// An event without an entity follows none, even if all hashes say so.
TEST(Receipt, HasNoEventBeforeOneWithoutAnEntity) {
  Receipt receipt = log_of().receipt(log_of().position(1, 0));
  const ByteView entityless = log_of().record(3);
  Bytes record(entityless.begin(), entityless.end());
  store_le(record.data() + kPositionOffset, receipt.position);
  store_le(record.data() + kTsnOffset, receipt.stamp.tsn);
  store_le(record.data() + kRecordedOffset, receipt.stamp.recorded);
  store_le(record.data() + kTimeOffset, receipt.stamp.recorded);
  const RecordView view = RecordView::trusted(record.data());
  Digest header = {};
  header_digests({&view, 1}, {&header, 1});
  for (const Digest& previous : {kNoHash, Digest{1}}) {
    receipt.previous_hash = previous;
    receipt.event_hash = event_hash(header, previous.data());
    std::ranges::copy(receipt.event_hash, record.begin() + kHashOffset);
    receipt.chained_root =
        engine::chained_root_of(receipt.stamp, receipt.event_hash, receipt.previous_root);
    const Status status = verify(encode_receipt(receipt), record);
    if (previous == kNoHash) {
      EXPECT_TRUE(succeeded(status));
    } else {
      EXPECT_TRUE(failed(status, Code::kCorrupt, "it has no entity"));
    }
  }
}

// Whatever byte of the record is changed. What no hash of an event binds is compared, but for the
// sequence: of a first event of an entity it is 1, and of a later one 2 or more.
TEST(Receipt, FailsWithAnyByteOfTheRecordChanged) {
  const Log& log = log_of();
  // Of no entity, the first of its entity, a later one.
  const uint64_t positions[] = {3, 1, 4};
  for (const uint64_t position : positions) {
    const Bytes receipt = encode_receipt(log.receipt(position));
    const ByteView sound = log.record(position);
    size_t unnoticed = 0;
    for (size_t at = 0; at < sound.size(); ++at) {
      for (const uint8_t change : {uint8_t{1}, uint8_t{0x80}}) {
        Bytes record(sound.begin(), sound.end());
        record[at] ^= change;
        if (verify(receipt, record).has_value()) {
          ++unnoticed;
          EXPECT_TRUE(at >= kSequenceOffset && at < kHashOffset) << "byte " << at;
        }
      }
    }
    EXPECT_EQ(unnoticed, position == 4 ? 16U : 0U) << position;
  }
}

TEST(Receipt, FailsWithARecordCutOffOrExtended) {
  const uint64_t position = log_of().position(4, 2);
  const Bytes receipt = encode_receipt(log_of().receipt(position));
  const ByteView sound = log_of().record(position);
  for (size_t size = 1; size < sound.size(); ++size) {
    const Bytes cut(sound.begin(), sound.begin() + static_cast<ptrdiff_t>(size));
    ASSERT_TRUE(failed(verify(receipt, cut), Code::kCorrupt)) << size;
  }
  Bytes longer(sound.begin(), sound.end());
  longer.resize(longer.size() + 8);
  EXPECT_TRUE(failed(verify(receipt, longer), Code::kCorrupt, "there are bytes behind it"));
}

TEST(Receipt, RefusesNewerVersions) {
  Bytes receipt = encode_receipt(log_of().receipt(1));
  store_le(receipt.data() + kReceiptVersionOffset, uint32_t{2});
  EXPECT_TRUE(failed(verify(receipt), Code::kUnsupported, "receipt of version 2"));
  receipt.resize(16);  // Whatever size that may have.
  EXPECT_TRUE(failed(verify(receipt), Code::kUnsupported));
  receipt = encode_receipt(log_of().receipt(1));
  store_le(receipt.data() + kReceiptVersionOffset, uint32_t{0});
  mend(receipt);
  EXPECT_TRUE(failed(verify(receipt), Code::kCorrupt, "its version is 0"));

  const ByteView sound = log_of().record(1);
  Bytes record(sound.begin(), sound.end());
  record[kVersionOffset] = 2;
  EXPECT_TRUE(failed(verify(encode_receipt(log_of().receipt(1)), record), Code::kUnsupported));
}

// Commits of any size with any events, at random places.
TEST(Receipt, HoldsForAnyEvents) {
  const test::Seed seed;
  auto random = seed.generator();
  CommitLog commits(engine::genesis_root(kUuid));
  Digest previous_root = engine::genesis_root(kUuid);
  for (size_t round = 0; round < test::scaled(60); ++round) {
    std::vector<Draft> drafts;
    for (uint64_t left = test::between(random, 1, 40); left > 0; --left) {
      drafts.push_back(test::random_draft(random));
    }
    commits.add(drafts);
    const uint64_t position = commits.tail().size() - test::between(random, 0, drafts.size() - 1);
    const RecordView record = commits.tail().record(position);
    const engine::Stamp stamp = {.tsn = record.tsn(),
                                 .first_position = commits.tail().size() - drafts.size() + 1,
                                 .event_count = static_cast<uint32_t>(drafts.size()),
                                 .recorded = record.recorded()};
    History history(commits.views());
    const Bytes receipt = encode_receipt(
        *make_receipt(history, {kUuid, stamp, previous_root, commits.root()}, position));
    ASSERT_TRUE(succeeded(verify(receipt, record.bytes()))) << "round " << round;
    previous_root = commits.root();
  }
}

}  // namespace
}  // namespace stele::events
