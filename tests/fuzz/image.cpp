// Inputs as segments, on files in memory.
#include "fuzz/image.h"

#include <algorithm>

#include "base/checksum.h"
#include "fuzz/target.h"
#include "wal/frame.h"
#include "wal/segment.h"

namespace stele::fuzz {

namespace {

// Goes through the frames as recovery does, and makes right what the flags say.
void fix_frames(ByteSpan frames, uint8_t flags) {
  wal::Chain chain;
  while (frames.size() >= wal::kFrameHeaderSize) {
    const uint64_t length = align_up(wal::claimed_length(frames.data()));
    if (length == 0 || length > frames.size()) return;
    const ByteSpan frame = frames.first(length);
    frames = frames.subspan(length);
    const bool commits =
        frame[wal::kFrameTypeOffset] == static_cast<uint8_t>(wal::FrameType::kCommit);
    const uint64_t tsn = chain.tsn + (commits ? 1 : 0);
    if ((flags & kFixPrevious) != 0) {
      store_le(frame.data() + wal::kFramePreviousOffset, chain.checksum);
    }
    if ((flags & kFixTsn) != 0) store_le(frame.data() + wal::kFrameTsnOffset, tsn);
    if ((flags & kFixWatermark) != 0) {
      const auto durable = load_le<uint64_t>(frame.data() + wal::kFrameDurableOffset);
      store_le(frame.data() + wal::kFrameDurableOffset, std::min(durable, chain.tsn));
    }
    const uint64_t sum = checksum(frame.subspan(wal::kFrameLengthOffset), kSalt);
    store_le(frame.data() + wal::kFrameChecksumOffset, sum);
    chain = {load_le<uint64_t>(frame.data() + wal::kFrameTsnOffset), sum};
  }
}

}  // namespace

db::Meta meta() {
  return {.uuid = {0xfa, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16},
          .created = 1'700'000'000'000'000,
          .segment_size = 65536};
}

std::vector<uint8_t> segment_of(ByteView input) {
  if (input.empty()) return {};
  const uint8_t flags = input[0];
  std::vector<uint8_t> segment;
  if ((flags & kMakeHeader) != 0) {
    const auto header = wal::encode_segment_header({.uuid = meta().uuid,
                                                    .number = 1,
                                                    .salt = kSalt,
                                                    .first_tsn = 1,
                                                    .previous_end = 0,
                                                    .previous_checksum = 0,
                                                    .reused = (flags & kReused) != 0});
    segment.assign(header.begin(), header.end());
  }
  segment.insert(segment.end(), input.begin() + 1, input.end());
  if ((flags & kFixChecksums) != 0 && segment.size() > wal::kSegmentHeaderSize) {
    fix_frames(ByteSpan(segment).subspan(wal::kSegmentHeaderSize), flags);
  }
  return segment;
}

Machine::Machine() : clock(meta().created), random(1) {
  require_ok(files.create_directory(kPath), "the directory of the database");
  require_ok(db::create_files(files, kPath, meta()), "an empty database");
}

void Machine::put(ByteView segment) {
  const auto file =
      files.open(wal::segment_path(db::wal_directory(kPath), 1), os::OpenFor::kCreating);
  require_ok(file, "the segment's file");
  require_ok((*file)->write_at(0, {&segment, 1}), "the segment's bytes");
}

}  // namespace stele::fuzz
