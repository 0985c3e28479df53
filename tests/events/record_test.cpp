// An event survives its encoding, and bytes that are no record are refused without being trusted.
#include "events/record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "support/drafts.h"
#include "support/results.h"
#include "support/scale.h"
#include "support/seed.h"

namespace stele::events {
namespace {

using test::Draft;
using test::failed;
using test::record_of;
using test::succeeded;

// Touches everything that a record leads to; a sanitizer watches. Returns the number of bytes seen.
size_t walk(const RecordView& record) {
  size_t seen = record.type().size() + record.entity().size() + record.scope().size();
  record.for_each_tag([&](std::string_view tag) {
    seen += static_cast<size_t>(std::ranges::count(tag, 'x')) + tag.size();
  });
  ByteView rest = record.metadata();
  for (uint16_t i = 0; i < record.metadata_count(); ++i) {
    const MetadataView pair = take_metadata(rest);
    seen += pair.key.size() + static_cast<size_t>(std::ranges::count(pair.value, 1));
  }
  for (const uint8_t* id : {record.id(), record.correlation_id(), record.causation_id()}) {
    if (id != nullptr) seen += id[0] + size_t{id[15]};
  }
  seen += static_cast<size_t>(std::ranges::count(record.payload(), 7));
  seen += static_cast<size_t>(std::ranges::count(record.caller_part(), 7));
  return seen + record.bytes().back();
}

// Decodes from memory of exactly the size given, so that a sanitizer sees the first byte too many.
Result<size_t> decode_exactly(ByteView bytes, RecordView::Author author) {
  const auto exact = std::make_unique<uint8_t[]>(bytes.size());
  copy_bytes(exact.get(), bytes);
  const auto record = RecordView::decode({exact.get(), bytes.size()}, author);
  if (!record) return fail(record.error());
  return walk(*record);
}

Draft full_draft() {
  return {.type = "course.Renamed",
          .entity = "course-1",
          .scope = "tenant",
          .data = "{\"name\":\"x\"}",
          .tags = {"course:c1", "student:s7"},
          .metadata = {{"user", "anna"}, {"empty", ""}},
          .id = test::id_of(1),
          .correlation_id = test::id_of(2),
          .causation_id = test::id_of(3),
          .time = -5};
}

// What goes in comes out: every field, in any combination; tags as a sorted set.
TEST(Record, GivesBackWhatWasEncoded) {
  const test::Seed seed;
  auto random = seed.generator();
  for (int round = 0; round < 500; ++round) {
    SCOPED_TRACE(round);
    const Draft draft = test::random_draft(random);
    const std::vector<uint8_t> bytes = record_of(draft);
    const auto record = RecordView::decode(bytes);
    ASSERT_TRUE(succeeded(record));
    EXPECT_EQ(record->size(), bytes.size());
    EXPECT_EQ(record->size() % 8, 0U);
    EXPECT_EQ(record->type(), draft.type);
    EXPECT_EQ(record->entity(), draft.entity);
    EXPECT_EQ(record->scope(), draft.scope);
    EXPECT_EQ(as_text(record->data()), draft.data);
    EXPECT_EQ(record->key_id(), 0U);
    EXPECT_EQ(record->time(), draft.time.value_or(0));
    EXPECT_EQ((record->flags() & kTimeIsRecorded) == 0, draft.time.has_value());
    EXPECT_EQ(std::memcmp(record->id(), draft.id.data(), 16), 0);
    ASSERT_EQ(record->correlation_id() != nullptr, draft.correlation_id.has_value());
    if (draft.correlation_id) {
      EXPECT_EQ(std::memcmp(record->correlation_id(), draft.correlation_id->data(), 16), 0);
    }
    ASSERT_EQ(record->causation_id() != nullptr, draft.causation_id.has_value());
    if (draft.causation_id) {
      EXPECT_EQ(std::memcmp(record->causation_id(), draft.causation_id->data(), 16), 0);
    }
    std::vector<std::string> tags;
    record->for_each_tag([&](std::string_view tag) { tags.emplace_back(tag); });
    const std::set<std::string> expected(draft.tags.begin(), draft.tags.end());
    EXPECT_EQ(tags, std::vector<std::string>(expected.begin(), expected.end()));
    ASSERT_EQ(record->metadata_count(), draft.metadata.size());
    ByteView rest = record->metadata();
    for (const auto& [key, value] : draft.metadata) {
      const MetadataView pair = take_metadata(rest);
      EXPECT_EQ(pair.key, key);
      EXPECT_EQ(as_text(pair.value), value);
    }
    EXPECT_TRUE(rest.empty());
  }
}

// A record read back and encoded again gives the same bytes: there is one encoding of an event.
TEST(Record, IsTheOnlyEncodingOfItsEvent) {
  const test::Seed seed;
  auto random = seed.generator();
  for (int round = 0; round < 200; ++round) {
    const std::vector<uint8_t> bytes = record_of(test::random_draft(random));
    uint64_t size = 0;
    auto event = parse_record(bytes, size);
    ASSERT_TRUE(succeeded(event));
    EXPECT_EQ(size, bytes.size());
    std::vector<uint8_t> again;
    ASSERT_TRUE(succeeded(append_record(*event, again)));
    EXPECT_EQ(again, bytes) << "round " << round;
  }
}

// What the commit fills in is zero until then, and so is the padding: no memory leaks into files.
TEST(Record, HasZerosWhereTheCommitFillsIn) {
  std::vector<uint8_t> bytes(1, 0xff);
  Draft draft = full_draft();
  draft.data.resize(13);
  NewEvent event = draft.event();
  ASSERT_TRUE(succeeded(append_record(event, bytes)));
  EXPECT_TRUE(std::all_of(bytes.begin() + 1 + kPositionOffset, bytes.begin() + 1 + kCallerOffset,
                          [](uint8_t byte) { return byte == 0; }));
  const RecordView record = RecordView::trusted(bytes.data() + 1);
  const uint8_t* end = record.metadata().data() + record.metadata().size();
  EXPECT_TRUE(std::all_of(end, record.bytes().data() + record.size(),
                          [](uint8_t byte) { return byte == 0; }));
}

struct Damage {
  const char* name;
  size_t offset;
  std::vector<uint8_t> bytes;  // Put there.
  Code code;
  const char* reason;
};

// Each field that cannot be true is refused with its own reason.
TEST(Record, RefusesEachImpossibleField) {
  const std::vector<uint8_t> sound = record_of(full_draft());
  const auto size = static_cast<uint8_t>(sound.size());
  const auto payload = load_le<uint8_t>(sound.data() + kPayloadOffset);
  const size_t first_tag = payload - 2U - 10 - 2 - 9;
  const size_t first_pair = payload + 12U;
  const Damage damages[] = {
      {"size not a multiple of 8",
       kSizeOffset,
       {static_cast<uint8_t>(size + 1)},
       Code::kCorrupt,
       "size is impossible"},
      {"size below the fixed part", kSizeOffset, {112}, Code::kCorrupt, "size is impossible"},
      {"size of 0", kSizeOffset, {0, 0, 0, 0}, Code::kCorrupt, "size is impossible"},
      {"size beyond the buffer",
       kSizeOffset,
       {static_cast<uint8_t>(size + 8), 1},
       Code::kCorrupt,
       "longer than what holds it"},
      {"the largest size",
       kSizeOffset,
       {0xf8, 0xff, 0xff, 0xff},
       Code::kCorrupt,
       "longer than what holds it"},
      {"payload before the head ends", kPayloadOffset, {100}, Code::kCorrupt, "head"},
      {"payload behind the record",
       kPayloadOffset,
       {0xff, 0xff, 0xff, 0xff},
       Code::kCorrupt,
       "head"},
      {"payload one early",
       kPayloadOffset,
       {static_cast<uint8_t>(payload - 1)},
       Code::kCorrupt,
       ""},
      {"version 0", kVersionOffset, {0}, Code::kCorrupt, "version is 0"},
      {"version of the future", kVersionOffset, {2}, Code::kUnsupported, "version 2"},
      {"unknown flag", kFlagsOffset, {0x0b}, Code::kCorrupt, "flags"},
      {"no correlation, but its bytes", kFlagsOffset, {kHasCausation}, Code::kCorrupt, ""},
      {"no type", kTypeSizeOffset, {0, 0}, Code::kCorrupt, "no type"},
      {"type of 513 bytes", kTypeSizeOffset, {1, 2}, Code::kCorrupt, "head"},
      {"entity of 513 bytes", kEntitySizeOffset, {1, 2}, Code::kCorrupt, "head"},
      {"scope of 513 bytes", kScopeSizeOffset, {1, 2}, Code::kCorrupt, "head"},
      {"257 tags", kTagCountOffset, {1, 1}, Code::kCorrupt, "tags are longer"},
      {"one tag too many", kTagCountOffset, {3}, Code::kCorrupt, "tags are longer"},
      {"one tag too few", kTagCountOffset, {1}, Code::kCorrupt, "belong to nothing"},
      {"an empty tag", first_tag, {0, 0}, Code::kCorrupt, "a tag is empty"},
      {"a tag beyond the head", first_tag, {0xff, 0xff}, Code::kCorrupt, "tags are longer"},
      {"tags out of order", first_tag + 2, {'z'}, Code::kCorrupt, "not in order"},
      {"one pair too many", kMetadataCountOffset, {3}, Code::kCorrupt, "shorter than its count"},
      {"one pair too few", kMetadataCountOffset, {1}, Code::kCorrupt, "longer than its count"},
      {"data of 4 GiB", kDataSizeOffset, {0xff, 0xff, 0xff, 0xff}, Code::kCorrupt, "payload"},
      {"data longer by 8", kDataSizeOffset, {20}, Code::kCorrupt, "payload"},
      {"metadata of 4 GiB",
       kMetadataSizeOffset,
       {0xff, 0xff, 0xff, 0xff},
       Code::kCorrupt,
       "payload"},
      {"an empty key", first_pair, {0, 0}, Code::kCorrupt, "key is empty"},
      {"a key beyond the metadata", first_pair, {0xff, 0xff}, Code::kCorrupt, "shorter"},
      {"a value beyond the metadata", first_pair + 2, {0xff, 0xff}, Code::kCorrupt, "shorter"},
  };
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.name);
    std::vector<uint8_t> bytes = sound;
    std::ranges::copy(damage.bytes, bytes.begin() + static_cast<ptrdiff_t>(damage.offset));
    EXPECT_TRUE(
        failed(decode_exactly(bytes, RecordView::Author::kLibrary), damage.code, damage.reason));
  }
}

// What adds up but is beyond a limit is refused when it stands in a log, and left to the encoder,
// which names the field, when a caller wrote it.
TEST(Record, IsWithinTheLimitsWhenTheLibraryWroteIt) {
  const auto expect_limit = [](const std::vector<uint8_t>& bytes, const char* reason) {
    EXPECT_TRUE(failed(RecordView::decode(bytes), Code::kCorrupt, reason));
    EXPECT_TRUE(succeeded(RecordView::decode(bytes, RecordView::Author::kCaller)));
    uint64_t size = 0;
    std::vector<uint8_t> again;
    auto event = parse_record(bytes, size);
    ASSERT_TRUE(succeeded(event));
    if (event->id == nullptr) event->id = bytes.data();
    EXPECT_TRUE(failed(append_record(*event, again), Code::kTooLarge));
  };
  const std::string most(kTermSizeMax, 't');
  std::vector<uint8_t> type = record_of({.type = most, .entity = "e"});
  store_le(type.data() + kTypeSizeOffset, uint16_t{513});  // With what was the entity.
  store_le(type.data() + kEntitySizeOffset, uint16_t{0});
  expect_limit(type, "name has an impossible size");

  std::vector<uint8_t> tag =
      record_of({.tags = {"a" + std::string(300, 'x'), "b", "c" + most.substr(1)}});
  const size_t first = kFixedSize + 5;  // Behind the type. Now one tag of all three.
  store_le(tag.data() + kTagCountOffset, uint16_t{1});
  store_le(tag.data() + first, uint16_t{301 + 2 + 1 + 2 + 512});
  expect_limit(tag, "tag has an impossible size");
}

// Equal tags are out of order, too: tags are a set.
TEST(Record, RefusesATagTwice) {
  Draft draft;
  draft.tags = {"aa", "ab"};
  std::vector<uint8_t> bytes = record_of(draft);
  const auto payload = load_le<uint32_t>(bytes.data() + kPayloadOffset);
  bytes[payload - 1] = 'a';
  EXPECT_TRUE(failed(RecordView::decode(bytes), Code::kCorrupt, "not in order"));
  EXPECT_TRUE(succeeded(RecordView::decode(bytes, RecordView::Author::kCaller)));
}

// A record that is cut anywhere is refused, and nothing behind the cut is read.
TEST(Record, RefusesEveryPrefixOfItself) {
  const std::vector<uint8_t> sound = record_of(full_draft());
  for (size_t size = 0; size < sound.size(); ++size) {
    EXPECT_TRUE(
        failed(decode_exactly({sound.data(), size}, RecordView::Author::kLibrary), Code::kCorrupt))
        << size;
  }
  EXPECT_TRUE(succeeded(decode_exactly(sound, RecordView::Author::kLibrary)));
}

// Whatever one byte is changed to: the record is refused, or what it says can be read safely.
TEST(Record, IsNeverReadBeyondItsBytesWhateverTheySay) {
  const std::vector<uint8_t> sound = record_of(full_draft());
  size_t accepted = 0;
  for (size_t at = 0; at < sound.size(); ++at) {
    for (const int change : {1, 2, 8, 0x10, 0x80, 0x7f, 0xff}) {
      std::vector<uint8_t> bytes = sound;
      bytes[at] = static_cast<uint8_t>(bytes[at] ^ change);
      for (const auto author : {RecordView::Author::kLibrary, RecordView::Author::kCaller}) {
        accepted += decode_exactly(bytes, author).has_value() ? 1 : 0;
      }
    }
  }
  EXPECT_GT(accepted, 0U);  // Of those that hit names, data and what the commit fills in.
}

// The same for several changes at once, which have to get past the checks together.
TEST(Record, IsNeverReadBeyondItsBytesWithManyChanges) {
  const test::Seed seed;
  auto random = seed.generator();
  const size_t offsets[] = {kSizeOffset,        kPayloadOffset,       kFlagsOffset,
                            kTypeSizeOffset,    kEntitySizeOffset,    kScopeSizeOffset,
                            kTagCountOffset,    kMetadataCountOffset, kDataSizeOffset,
                            kMetadataSizeOffset};
  const size_t rounds = test::scaled(100000);
  for (size_t round = 0; round < rounds; ++round) {
    std::vector<uint8_t> bytes = record_of(full_draft());
    for (uint64_t left = test::between(random, 1, 4); left > 0; --left) {
      const size_t at = test::between(random, 0, 3) == 0
                            ? test::between(random, kFixedSize, bytes.size() - 1)
                            : offsets[test::between(random, 0, std::size(offsets) - 1)];
      // Near the truth, where it is nearly right.
      bytes[at] = static_cast<uint8_t>(bytes[at] + test::between(random, 0, 32) - 16);
    }
    bytes.resize(bytes.size() - test::between(random, 0, 3) % 3 * 8);
    (void)decode_exactly(bytes, RecordView::Author::kLibrary);
    (void)decode_exactly(bytes, RecordView::Author::kCaller);
  }
}

}  // namespace
}  // namespace stele::events
