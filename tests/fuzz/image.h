// The one-segment database that the fuzz target `segment` makes of an input, and its corpus of.
//
// Input: a byte of flags, then the segment's bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "db/meta.h"
#include "os/fixed_environment.h"
#include "os/memory_files.h"

namespace stele::fuzz {

enum Flag : uint8_t {
  kMakeHeader = 1,     // The bytes have no header: a sound one goes in front.
  kFixChecksums = 2,   // The checksum of every frame is made right ...
  kFixPrevious = 4,    // ... and what it says of the frame before it, ...
  kFixTsn = 8,         // ... its TSN ...
  kFixWatermark = 16,  // ... and its watermark, if that is ahead of it.
  kReused = 32,        // The header says that the file held something else before.
};
inline constexpr uint8_t kFixAll = kMakeHeader | kFixChecksums | kFixPrevious | kFixTsn;

inline constexpr uint64_t kSalt = 0x0123456789abcdef;
inline constexpr const char* kPath = "/db";

// Who the database is, and how it was made.
[[nodiscard]] db::Meta meta();

// Returns the segment file that an input stands for.
[[nodiscard]] std::vector<uint8_t> segment_of(ByteView input);

// A machine without a disk.
struct Machine {
  // Makes the database on it, without a log.
  Machine();
  // Makes this the first segment of the log.
  void put(ByteView segment);

  [[nodiscard]] os::Environment environment() { return {&files, &clock, &random}; }

  os::MemoryFiles files;
  os::FixedClock clock;
  os::SeededRandom random;
};

}  // namespace stele::fuzz
