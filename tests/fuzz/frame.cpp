// Any bytes as a frame: every decoder on the way down to an event's metadata.
//
// Input: a byte of flags, then the frame. Flag 1: its length and checksum are made right first.
#include "wal/frame.h"

#include <vector>

#include "base/checksum.h"
#include "engine/commit_frame.h"
#include "events/chain_check.h"
#include "events/event_part.h"
#include "events/record.h"
#include "fuzz/target.h"
#include "os/environment.h"
#include "support/one_chunk.h"

namespace stele::fuzz {
namespace {

constexpr uint64_t kSalt = 0x5eed5eed5eed5eed;
constexpr uint8_t kMend = 1;

uint64_t accepted_count = 0;  // NOLINT: for accepted(), which has no object to ask

// Touches every byte that a view hands out. Returns a number, so that nothing is left out.
uint64_t touch(ByteView bytes) {
  uint64_t sum = 0;
  for (const uint8_t byte : bytes) sum += byte;
  return sum;
}

void walk(const events::RecordView& record) {
  uint64_t sum = touch(record.bytes()) + touch(record.payload()) + touch(record.caller_part());
  sum += touch(as_bytes(record.type())) + touch(as_bytes(record.entity()));
  sum += touch(as_bytes(record.scope())) + touch(record.data());
  record.for_each_tag([&](std::string_view tag) { sum += touch(as_bytes(tag)); });
  ByteView metadata = record.metadata();
  for (uint16_t left = record.metadata_count(); left > 0; --left) {
    const events::MetadataView pair = events::take_metadata(metadata);
    sum += touch(as_bytes(pair.key)) + touch(pair.value);
  }
  require(metadata.empty(), "metadata is not what its count says");
  for (const uint8_t* id : {record.correlation_id(), record.causation_id(), record.id()}) {
    if (id != nullptr) sum += touch({id, events::kIdSize});
  }
  require(sum < UINT64_MAX, "unreachable");
}

void walk_records(ByteView section) {
  while (!section.empty()) {
    const auto record = events::RecordView::decode(section);
    if (!record) return require_refusal(record.error());
    walk(*record);
    section = section.subspan(record->size());
  }
}

// The same bytes as a caller's batch.
void add_records(ByteView section) {
  const os::Environment environment = os::posix_environment();
  events::IdClock times(*environment.clock);
  events::EventPart part(events::IdSource(times, *environment.random));
  Status added = part.add_records(section);
  if (added) added = part.prepare();
  if (added) return;
  const Code code = added.error().code();
  require(code == Code::kInvalid || code == Code::kTooLarge || code == Code::kCorrupt ||
              code == Code::kUnsupported,
          "a caller's records are refused for a strange reason");
}

// The same bytes as a section of each kind there is.
void replay(const engine::Stamp& stamp, const engine::SectionView& section) {
  const test::OneChunk chunk;
  for (engine::Participant* participant : chunk.participants()) {
    const Status replayed = participant->replay(chunk.view(), stamp, section.count, section.bytes);
    if (!replayed) require_refusal(replayed.error());
  }
}

void walk_commit(const wal::FrameView& frame) {
  const auto commit = engine::CommitView::decode(frame.tsn, frame.payload());
  if (!commit) return require_refusal(commit.error());
  engine::Stamp stamp = commit->stamp();
  stamp.first_position = 1;  // The first of the log: what the pipeline has made sure of.
  const Status walked = commit->for_each_section([&](const engine::SectionView& section) -> Status {
    walk_records(section.bytes);
    add_records(section.bytes);
    replay(stamp, section);
    return {};
  });
  if (!walked) return require_refusal(walked.error());
  ++accepted_count;
  events::ChainCheck chain(engine::genesis_root({}));
  const Status chained = chain.add(*commit);
  if (!chained) require_refusal(chained.error());
}

void mend(std::vector<uint8_t>& frame) {
  store_le(frame.data() + wal::kFrameLengthOffset, static_cast<uint32_t>(frame.size()));
  store_le(frame.data() + wal::kFrameChecksumOffset,
           checksum(ByteView(frame).subspan(wal::kFrameLengthOffset), kSalt));
}

}  // namespace

uint64_t accepted() {
  return accepted_count;
}

}  // namespace stele::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace wal = stele::wal;
  if (size < 1 + wal::kFrameHeaderSize) return 0;
  // A copy of its own, so that a sanitizer sees every step past its end.
  std::vector<uint8_t> bytes(data + 1, data + size);
  if ((data[0] & stele::fuzz::kMend) != 0) {
    bytes.resize(bytes.size() / stele::kAlignment * stele::kAlignment);
    stele::fuzz::mend(bytes);
  }
  const uint64_t length = stele::align_up(wal::claimed_length(bytes.data()));
  if (length == 0 || length > bytes.size()) return 0;
  bytes.resize(length);
  const auto frame = wal::decode_frame(bytes, stele::fuzz::kSalt);
  if (!frame || !wal::is_known_kind(bytes.data())) return 0;
  const bool commits = frame->type == wal::FrameType::kCommit;
  const wal::Chain chain = {
      .tsn = frame->tsn - (commits && frame->tsn > 0 ? 1 : 0),
      .checksum = stele::load_le<uint64_t>(bytes.data() + wal::kFramePreviousOffset)};
  const bool continues = wal::chain_fault(*frame, chain) == nullptr;
  stele::fuzz::require(!continues || frame->durable_tsn <= frame->tsn,
                       "a watermark ahead of its commit");
  stele::fuzz::walk_commit(*frame);
  return 0;
}
