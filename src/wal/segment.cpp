// Segment headers and the names of segment files.
#include "wal/segment.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/checksum.h"
#include "base/text.h"
#include "wal/spares.h"

namespace stele::wal {

namespace {

constexpr std::string_view kMagic = "STELEWAL";
constexpr std::string_view kSuffix = ".wal";
constexpr size_t kNameDigits = 8;

constexpr size_t kFormatOffset = 8;
constexpr size_t kUuidOffset = kFormatOffset + 8;
constexpr size_t kNumberOffset = kUuidOffset + 16;
constexpr size_t kSaltOffset = kNumberOffset + 8;
constexpr size_t kFirstTsnOffset = kSaltOffset + 8;
constexpr size_t kPreviousEndOffset = kFirstTsnOffset + 8;
constexpr size_t kPreviousChecksumOffset = kPreviousEndOffset + 8;
constexpr size_t kReusedOffset = kPreviousChecksumOffset + 8;
constexpr size_t kChecksumOffset = kSegmentHeaderSize - 8;
static_assert(kReusedOffset == 72);

std::string padded(uint64_t number) {
  std::string digits = cat(number);
  if (digits.size() < kNameDigits) digits.insert(0, kNameDigits - digits.size(), '0');
  return digits;
}

// Returns the number of a segment's name, 0 if it is none: "7.wal" is not the name of segment 7.
uint64_t segment_number(std::string_view name) {
  if (!name.ends_with(kSuffix)) return 0;
  uint64_t number = 0;
  const char* end = name.data() + name.size() - kSuffix.size();
  const auto parsed = std::from_chars(name.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return 0;
  return cat(padded(number), kSuffix) == name ? number : 0;
}

}  // namespace

SegmentHeaderBytes encode_segment_header(const SegmentHeader& header) {
  SegmentHeaderBytes bytes = {};
  copy_bytes(bytes.data(), as_bytes(kMagic));
  store_le(bytes.data() + kFormatOffset, kFormatVersion);
  copy_bytes(bytes.data() + kUuidOffset, header.uuid);
  store_le(bytes.data() + kNumberOffset, header.number);
  store_le(bytes.data() + kSaltOffset, header.salt);
  store_le(bytes.data() + kFirstTsnOffset, header.first_tsn);
  store_le(bytes.data() + kPreviousEndOffset, header.previous_end);
  store_le(bytes.data() + kPreviousChecksumOffset, header.previous_checksum);
  store_le(bytes.data() + kReusedOffset, uint32_t{header.reused});
  store_le(bytes.data() + kChecksumOffset, checksum({bytes.data(), kChecksumOffset}, 0));
  return bytes;
}

Result<SegmentHeader> decode_segment_header(ByteView bytes, const std::string& path,
                                            const Uuid& uuid, uint64_t number) {
  if (bytes.size() < kSegmentHeaderSize) {
    return corruption(path, bytes.size(), "the segment ends inside its header");
  }
  // Magic and version come first: a newer format may place its checksum elsewhere.
  if (as_text(bytes.first(kMagic.size())) != kMagic) {
    return corruption(path, 0, "this is not a segment of a Stele log");
  }
  const auto format = load_le<uint32_t>(bytes.data() + kFormatOffset);
  if (format > kFormatVersion) {
    return fail(Code::kUnsupported, cat(path, ": written in format ", format,
                                        "; this library reads up to ", kFormatVersion));
  }
  if (format == 0) return corruption(path, kFormatOffset, "format 0 never was");
  if (checksum(bytes.first(kChecksumOffset), 0) != load_le<uint64_t>(&bytes[kChecksumOffset])) {
    return corruption(path, 0, "the segment header's checksum does not match");
  }
  SegmentHeader header = {};
  std::copy_n(bytes.data() + kUuidOffset, header.uuid.size(), header.uuid.data());
  header.number = load_le<uint64_t>(bytes.data() + kNumberOffset);
  header.salt = load_le<uint64_t>(bytes.data() + kSaltOffset);
  header.first_tsn = load_le<uint64_t>(bytes.data() + kFirstTsnOffset);
  header.previous_end = load_le<uint64_t>(bytes.data() + kPreviousEndOffset);
  header.previous_checksum = load_le<uint64_t>(bytes.data() + kPreviousChecksumOffset);
  header.reused = load_le<uint32_t>(bytes.data() + kReusedOffset) != 0;
  if (header.uuid != uuid) {
    return corruption(path, kUuidOffset, "the segment belongs to another database");
  }
  if (header.number != number) {
    return corruption(path, kNumberOffset, cat("the segment says it is number ", header.number));
  }
  return header;
}

std::string segment_path(const std::string& directory, uint64_t number) {
  return cat(directory, "/", padded(number), kSuffix);
}

std::string kept_segment_path(const std::string& directory, uint64_t number) {
  return cat(directory, "/", padded(number), ".kept");
}

Result<LogFiles> list_log(os::FileSystem& files, const std::string& directory) {
  const auto names = files.list(directory);
  if (!names) return fail(names.error());
  LogFiles found;
  for (const std::string& name : *names) {
    if (const uint64_t number = segment_number(name); number != 0) {
      found.segments.push_back(number);
    } else if (const uint64_t spare = spare_number(name); spare != 0) {
      found.spares.push_back(spare);
    }
  }
  std::ranges::sort(found.segments);
  std::ranges::sort(found.spares);
  return found;
}

}  // namespace stele::wal
