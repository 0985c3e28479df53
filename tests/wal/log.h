// A log in a temporary directory: write groups of commits to it, recover it, damage its files.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "os/posix_file.h"
#include "support/fake_environment.h"
#include "support/results.h"
#include "support/temp_directory.h"
#include "wal/reader.h"
#include "wal/recovery.h"
#include "wal/writer.h"

namespace stele::wal {

// The machine's files without their syncs: these tests kill no machine, and would wait for its disk
// most of the time. Counts what was asked for instead.
class UnsyncedFiles final : public os::FileSystem {
 public:
  struct Counts {
    uint64_t bytes_read = 0;
    uint64_t largest_read = 0;
    uint64_t bytes_written = 0;
    uint64_t bytes_added = 0;  // To the sizes of files, by any call.
    uint64_t created = 0;
    uint64_t removed = 0;
    std::vector<os::SyncSite> syncs;
  };

  Result<std::unique_ptr<os::File>> open(const std::string& path, os::OpenFor purpose) override {
    auto file = files_.open(path, purpose);
    if (!file) return fail(std::move(file).error());
    if (purpose == os::OpenFor::kCreating) ++counts_.created;
    return std::make_unique<UnsyncedFile>(*std::move(file), counts_);
  }
  Result<os::FileKind> kind(const std::string& path) override { return files_.kind(path); }
  Result<std::vector<std::string>> list(const std::string& path) override {
    return files_.list(path);
  }
  Status create_directory(const std::string& path) override {
    return files_.create_directory(path);
  }
  Status rename(const std::string& from, const std::string& to) override {
    return files_.rename(from, to);
  }
  Status remove(const std::string& path) override {
    ++counts_.removed;
    return files_.remove(path);
  }
  Status sync_directory(const std::string& /*path*/, os::SyncSite site) override {
    counts_.syncs.push_back(site);
    return {};
  }
  Result<std::unique_ptr<os::DirectoryLock>> lock(const std::string& path) override {
    return files_.lock(path);
  }
  Result<std::unique_ptr<os::DirectoryLock>> lock_for_reading(const std::string& path) override {
    return files_.lock_for_reading(path);
  }

  [[nodiscard]] Counts& counts() { return counts_; }

 private:
  class UnsyncedFile final : public os::File {
   public:
    UnsyncedFile(std::unique_ptr<os::File> file, Counts& counts)
        : file_(std::move(file)), counts_(counts) {}
    Result<size_t> read_at(uint64_t offset, ByteSpan into) override {
      counts_.bytes_read += into.size();
      counts_.largest_read = std::max<uint64_t>(counts_.largest_read, into.size());
      return file_->read_at(offset, into);
    }
    Status write_at(uint64_t offset, std::span<const ByteView> pieces) override {
      return growing([&] {
        for (const ByteView piece : pieces) counts_.bytes_written += piece.size();
        return file_->write_at(offset, pieces);
      });
    }
    Status sync(os::SyncSite site) override {
      counts_.syncs.push_back(site);
      return {};
    }
    Status resize(uint64_t size) override {
      return growing([&] { return file_->resize(size); });
    }
    Status allocate(uint64_t size) override {
      return growing([&] { return file_->allocate(size); });
    }
    void write_back() override {}
    void will_need(uint64_t /*offset*/, uint64_t /*size*/) override {}
    Result<uint64_t> size() override { return file_->size(); }
    const std::string& path() const override { return file_->path(); }

   private:
    template <typename Call>
    Status growing(const Call& call) {
      const uint64_t before = file_->size().value_or(0);
      Status status = call();
      const uint64_t after = file_->size().value_or(0);
      counts_.bytes_added += after - std::min(after, before);
      return status;
    }

    std::unique_ptr<os::File> file_;
    Counts& counts_;
  };

  os::FileSystem& files_ = os::posix_file_system();
  Counts counts_;
};

// Repeatable, and never the same salt twice.
class SaltSource final : public os::Random {
 public:
  explicit SaltSource(uint64_t seed) : generator_(seed) {}
  Status fill(ByteSpan into) override {
    for (uint8_t& byte : into) byte = static_cast<uint8_t>(generator_());
    return {};
  }

 private:
  std::mt19937_64 generator_;
};

using Payload = std::vector<uint8_t>;
using Frame = std::vector<uint8_t>;

// Returns a payload of `size` bytes that says which commit it is.
inline Payload payload_of(uint64_t tsn, size_t size) {
  Payload payload(size);
  for (size_t i = 0; i < size; ++i) payload[i] = static_cast<uint8_t>(tsn * 31 + i * 7 + 1);
  return payload;
}

inline Frame make_frame(FrameType type, uint64_t tsn, ByteView payload) {
  const uint64_t length = kFrameHeaderSize + payload.size();
  Frame frame(align_up(length));
  start_frame(frame, type, tsn, length);
  copy_bytes(frame.data() + kFrameHeaderSize, payload);
  return frame;
}

// Returns how many of `bytes` from `offset` on there are up to the last one that is not zero.
inline uint64_t used_behind(ByteView bytes, uint64_t offset) {
  const ByteView rest = bytes.subspan(offset);
  const auto last = std::find_if(rest.rbegin(), rest.rend(), [](uint8_t b) { return b != 0; });
  return static_cast<uint64_t>(rest.rend() - last);
}

// What recovery found: the end, and the frames of all commits.
struct Recovered {
  LogEnd end;
  std::vector<Frame> frames;

  [[nodiscard]] std::vector<Payload> payloads() const {
    std::vector<Payload> payloads;
    for (const Frame& frame : frames) {
      const auto length = load_le<uint32_t>(frame.data() + kFrameLengthOffset);
      payloads.emplace_back(frame.begin() + kFrameHeaderSize, frame.begin() + length);
    }
    return payloads;
  }
};

class Log {
 public:
  using Files = std::vector<std::pair<std::string, std::vector<uint8_t>>>;  // By path.

  // Segments of 16 KiB: room for what most tests write, and quickly copied.
  explicit Log(uint64_t segment_size = 1 << 14, uint64_t salt_seed = 1)
      : segment_size_(segment_size), salts_(salt_seed) {}

  [[nodiscard]] const std::string& directory() const { return directory_.path(); }
  [[nodiscard]] std::string segment(uint64_t number) const {
    return segment_path(directory(), number);
  }
  [[nodiscard]] const Uuid& uuid() const { return uuid_; }
  [[nodiscard]] UnsyncedFiles& files() { return files_; }
  void set_segment_size(uint64_t size) { segment_size_ = size; }
  void keep_segments() { keeps_segments_ = true; }
  [[nodiscard]] LogFiles list() { return *list_log(files_, directory()); }
  [[nodiscard]] SegmentHeader header(uint64_t number) const {
    const auto header = decode_segment_header(test::read_bytes(segment(number)), "", uuid_, number);
    EXPECT_TRUE(test::succeeded(header));
    return header ? *header : SegmentHeader{};
  }

  // Recovers from the header of a segment on, and checks that it makes no difference to begin at
  // places inside it: those of the log as it is, and as it was when it was saved.
  [[nodiscard]] Result<Recovered> recover(uint64_t floor = 0) {
    std::vector<LogPlace> places = saved_places_;
    for (const LogPlace& place : places_now()) places.push_back(place);
    const size_t step = places.size() / 5 + 1;
    for (size_t i = step - 1; i < places.size(); i += step) {
      expect_same_from(places[i], places[i].chain.tsn);
      if (places[i].chain.tsn < floor) expect_same_from(places[i], floor);
    }
    return recover_from({.floor = floor});
  }

  [[nodiscard]] Result<Recovered> recover_from(const LogStart& start) {
    Recovered found;
    const FrameSink sink = [&](const FrameView& frame) -> Status {
      found.frames.emplace_back(frame.bytes.begin(), frame.bytes.end());
      return {};
    };
    auto end = wal::recover(files_, directory(), uuid_, start, sink);
    if (!end) return fail(std::move(end).error());
    found.end = *end;
    return found;
  }

  [[nodiscard]] std::unique_ptr<Writer> writer_at(const LogEnd& end) {
    return std::make_unique<Writer>(os::Environment{&files_, &clock_, &salts_},
                                    Writer::Options{.directory = directory(),
                                                    .uuid = uuid_,
                                                    .segment_size = segment_size_,
                                                    .keep_segments = keeps_segments_},
                                    end);
  }

  // Checks that a recovery that is told of `place` finds what one finds that is not. Damage in
  // front of it is all that it may miss.
  void expect_same_from(const LogPlace& place, uint64_t floor) {
    SCOPED_TRACE(testing::Message() << "from segment " << place.segment << ", byte " << place.offset
                                    << ", with floor " << floor);
    const auto expected = recover_from({.floor = floor});
    const auto found = recover_from({.floor = floor, .place = place});
    if (!expected) {
      const bool before = expected.error().message().contains(segment(place.segment)) &&
                          expected.error().offset() < place.offset;
      if (before && found) return;
      ASSERT_FALSE(found);
      EXPECT_TRUE(before || found.error().message() == expected.error().message());
      return;
    }
    ASSERT_TRUE(test::succeeded(found));
    EXPECT_TRUE(found->end == expected->end);
    ASSERT_LE(found->frames.size(), expected->frames.size());
    EXPECT_TRUE(
        std::equal(found->frames.rbegin(), found->frames.rend(), expected->frames.rbegin()));
    const uint64_t needed = found->end.last_tsn - std::min(found->end.last_tsn, floor);
    EXPECT_GE(found->frames.size(), needed) << "all behind the floor";
  }

  // The places in front of and behind all commits, as far as the segments can be read.
  [[nodiscard]] std::vector<LogPlace> places_now() {
    std::vector<LogPlace> places;
    for (const uint64_t number : list().segments) {
      auto reader = SegmentReader::open(files_, directory(), uuid_, number);
      if (!reader) continue;
      reader->set_chain({reader->header().first_tsn - 1, reader->header().previous_checksum});
      places.push_back({number, reader->offset(), reader->chain()});
      for (auto step = reader->next(UINT64_MAX); step && step->found;
           step = reader->next(UINT64_MAX)) {
        if (step->frame.type != FrameType::kCommit) continue;
        places.push_back({number, reader->offset(), reader->chain()});
      }
    }
    return places;
  }

  // Recovers and repeats what is pending, as an open does. Null when that fails.
  [[nodiscard]] std::unique_ptr<Writer> reopen(Recovered* found = nullptr, uint64_t floor = 0) {
    auto recovered = recover(floor);
    EXPECT_TRUE(test::succeeded(recovered));
    if (!recovered) return nullptr;
    auto writer = writer_at(recovered->end);
    std::vector<ByteSpan> pending;
    for (Frame& frame : recovered->frames) {
      if (load_le<uint64_t>(frame.data() + kFrameTsnOffset) > recovered->end.durable.tsn) {
        pending.emplace_back(frame);
      }
    }
    if (!pending.empty()) {
      EXPECT_TRUE(test::succeeded(writer->rewrite_pending(pending)));
    }
    if (found != nullptr) *found = *std::move(recovered);
    return writer;
  }

  // Writes commits of these payloads as one group, behind commit `last_tsn`: decides where each
  // goes as the sequencer does.
  static Status write(Writer& writer, uint64_t last_tsn, const std::vector<Payload>& payloads,
                      bool durable = true) {
    std::vector<Frame> frames;
    std::vector<Placed> placed;
    frames.reserve(payloads.size());
    uint64_t room = writer.room();
    for (const Payload& payload : payloads) {
      Frame& frame = frames.emplace_back(make_frame(FrameType::kCommit, ++last_tsn, payload));
      std::unique_ptr<Spare> segment;
      if (frame.size() > room) {
        auto made = take_spare(writer, frame.size());
        if (!made) return fail(std::move(made).error());
        segment = *std::move(made);
        room = segment_room(segment->size);
      }
      room -= frame.size();
      placed.push_back({frame, std::move(segment)});
    }
    return writer.write(placed, durable);
  }

  // Puts these files in place of what is here.
  void restore(const Files& files) const {
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      std::filesystem::remove(entry.path());
    }
    for (const auto& [path, bytes] : files) test::write_bytes(path, bytes);
  }
  [[nodiscard]] Files save() {
    saved_places_ = places_now();
    Files files;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      files.emplace_back(entry.path().string(), test::read_bytes(entry.path().string()));
    }
    return files;
  }

 private:
  static Result<std::unique_ptr<Spare>> take_spare(Writer& writer, uint64_t frame_size) {
    const uint64_t needed = segment_size_for(frame_size);
    std::unique_ptr<Spare> spare = writer.spares().take(needed);
    if (spare == nullptr) {
      STELE_TRY(writer.spares().make(std::max(needed, writer.next_segment_size())));
      spare = writer.spares().take(needed);
    }
    return spare;
  }

  test::TempDirectory directory_;
  uint64_t segment_size_;
  bool keeps_segments_ = false;
  std::vector<LogPlace> saved_places_;
  Uuid uuid_ = {0x10, 0x32, 0x54, 0x76};
  UnsyncedFiles files_;
  test::FakeClock clock_;
  SaltSource salts_;
};

}  // namespace stele::wal
