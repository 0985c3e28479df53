// An event as bytes: one encoding for the caller's batch, the log, the tail and the reader's
// buffer.
//
//     0    4        8                16               24               32
//     +----+--------+----------------+----------------+----------------+
//     |size| payload|    position    |      TSN       |    recorded    |  what the commit fills in
//     +----+--------+----------------+----------------+----------------+
//     |   sequence  |             hash, 32 bytes                       |
//     +-------------+--------------------------------------------------+ 72
//     |version flags type entity | scope tags metadata data | ...      |  what the caller says:
//     | metadata, key id, time, id                                     |  sizes and counts first
//     +----------------------------------------------------------------+ 120
//     | correlation id? | causation id? | type | entity | scope | tags |
//     +----------------------------------------------------------------+ payload
//     | data | metadata | zeros up to a multiple of 8                  |
//     +----------------------------------------------------------------+ size
//
//     tag      := size u16, bytes                 in strictly increasing bytewise order
//     metadata := key size u16, value size u16, key bytes, value bytes      keys unique
//
//    I1  Head [72, payload) and payload [payload, size) are exactly as long as the sizes say.
//    I2  An optional name of size 0 is absent; an optional id is there iff its flag is set.
//
// The header digest binds [72, payload), the payload digest the data and metadata; see digest.h.
// On disk: docs/format.md, "Event".
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"

namespace stele::events {

inline constexpr size_t kSizeOffset = 0;
inline constexpr size_t kPayloadOffset = kSizeOffset + 4;
inline constexpr size_t kPositionOffset = kPayloadOffset + 4;
inline constexpr size_t kTsnOffset = kPositionOffset + 8;
inline constexpr size_t kRecordedOffset = kTsnOffset + 8;
inline constexpr size_t kSequenceOffset = kRecordedOffset + 8;
inline constexpr size_t kHashOffset = kSequenceOffset + 8;
inline constexpr size_t kVersionOffset = kHashOffset + 32;  // The caller's part begins here.
inline constexpr size_t kFlagsOffset = kVersionOffset + 1;
inline constexpr size_t kTypeSizeOffset = kFlagsOffset + 1;
inline constexpr size_t kEntitySizeOffset = kTypeSizeOffset + 2;
inline constexpr size_t kScopeSizeOffset = kEntitySizeOffset + 2;
inline constexpr size_t kTagCountOffset = kScopeSizeOffset + 2;
inline constexpr size_t kMetadataCountOffset = kTagCountOffset + 2;
inline constexpr size_t kDataSizeOffset = kMetadataCountOffset + 2;
inline constexpr size_t kMetadataSizeOffset = kDataSizeOffset + 4;
inline constexpr size_t kKeyIdOffset = kMetadataSizeOffset + 4;
inline constexpr size_t kTimeOffset = kKeyIdOffset + 4;
inline constexpr size_t kIdOffset = kTimeOffset + 8;
inline constexpr size_t kFixedSize = kIdOffset + 16;
inline constexpr size_t kCallerOffset = kVersionOffset;
static_assert(kCallerOffset == 72 && kFixedSize == 120);

inline constexpr uint8_t kRecordVersion = 1;
inline constexpr size_t kIdSize = 16;

enum RecordFlags : uint8_t {
  kHasCorrelation = 1,
  kHasCausation = 2,
  kTimeIsRecorded = 4,  // The caller gave no time; the commit stores `recorded` there.
  kAllFlags = kHasCorrelation | kHasCausation | kTimeIsRecorded,
};

// Limits of one event; the C API states the same numbers.
inline constexpr size_t kTermSizeMax = 512;
inline constexpr size_t kTagCountMax = 256;
inline constexpr size_t kMetadataCountMax = 65535;
inline constexpr size_t kMetadataPieceMax = 65535;
inline constexpr uint64_t kDataSizeMax = uint64_t{64} << 20;
inline constexpr uint64_t kMetadataSizeMax = uint64_t{64} << 20;

// A record whose invariants hold, read in place. Cheap to copy; lives as long as the bytes.
class RecordView {
 public:
  // Checks that a record starts at `bytes` and lies within. CORRUPT says where it fails,
  // UNSUPPORTED that it is of a newer version. A record that a caller has written may have tags in
  // any order, and may be beyond limits: append_record() has words for those.
  enum class Author : uint8_t { kLibrary, kCaller };
  static Result<RecordView> decode(ByteView bytes, Author author = Author::kLibrary);

  // Views a record that decode() has accepted before, or that this library built.
  static RecordView trusted(const uint8_t* record) { return RecordView(record); }

  [[nodiscard]] uint32_t size() const { return load_le<uint32_t>(at_ + kSizeOffset); }
  [[nodiscard]] ByteView bytes() const { return {at_, size()}; }
  [[nodiscard]] uint64_t position() const { return load_le<uint64_t>(at_ + kPositionOffset); }
  [[nodiscard]] uint64_t tsn() const { return load_le<uint64_t>(at_ + kTsnOffset); }
  [[nodiscard]] int64_t recorded() const { return load_le<int64_t>(at_ + kRecordedOffset); }
  [[nodiscard]] uint64_t sequence() const { return load_le<uint64_t>(at_ + kSequenceOffset); }
  [[nodiscard]] const uint8_t* hash() const { return at_ + kHashOffset; }
  [[nodiscard]] uint8_t flags() const { return at_[kFlagsOffset]; }
  [[nodiscard]] uint32_t key_id() const { return load_le<uint32_t>(at_ + kKeyIdOffset); }
  [[nodiscard]] int64_t time() const { return load_le<int64_t>(at_ + kTimeOffset); }
  [[nodiscard]] const uint8_t* id() const { return at_ + kIdOffset; }
  // Null when absent.
  [[nodiscard]] const uint8_t* correlation_id() const;
  [[nodiscard]] const uint8_t* causation_id() const;

  [[nodiscard]] std::string_view type() const { return name(0, type_size()); }
  [[nodiscard]] std::string_view entity() const { return name(type_size(), entity_size()); }
  [[nodiscard]] std::string_view scope() const {
    return name(size_t{type_size()} + entity_size(), scope_size());
  }
  [[nodiscard]] uint16_t tag_count() const { return load_le<uint16_t>(at_ + kTagCountOffset); }
  [[nodiscard]] uint16_t metadata_count() const {
    return load_le<uint16_t>(at_ + kMetadataCountOffset);
  }
  [[nodiscard]] ByteView data() const {
    return {at_ + payload_offset(), load_le<uint32_t>(at_ + kDataSizeOffset)};
  }
  // The encoded pairs.
  [[nodiscard]] ByteView metadata() const {
    return {data().data() + data().size(), load_le<uint32_t>(at_ + kMetadataSizeOffset)};
  }
  // Data and metadata together.
  [[nodiscard]] ByteView payload() const {
    return {at_ + payload_offset(), data().size() + metadata().size()};
  }
  // What the header digest binds, besides the payload digest.
  [[nodiscard]] ByteView caller_part() const {
    return {at_ + kCallerOffset, payload_offset() - kCallerOffset};
  }

  // Calls `visit(std::string_view)` for each tag in order.
  template <typename Visit>
  void for_each_tag(const Visit& visit) const {
    const uint8_t* at = tags();
    for (uint16_t left = tag_count(); left > 0; --left) {
      const auto size = load_le<uint16_t>(at);
      visit(as_text({at + 2, size}));
      at += 2 + size;
    }
  }

 private:
  explicit RecordView(const uint8_t* at) : at_(at) {}

  [[nodiscard]] uint32_t payload_offset() const { return load_le<uint32_t>(at_ + kPayloadOffset); }
  [[nodiscard]] uint16_t type_size() const { return load_le<uint16_t>(at_ + kTypeSizeOffset); }
  [[nodiscard]] uint16_t entity_size() const { return load_le<uint16_t>(at_ + kEntitySizeOffset); }
  [[nodiscard]] uint16_t scope_size() const { return load_le<uint16_t>(at_ + kScopeSizeOffset); }
  [[nodiscard]] const uint8_t* names() const;
  [[nodiscard]] const uint8_t* tags() const {
    return names() + type_size() + entity_size() + scope_size();
  }
  [[nodiscard]] std::string_view name(size_t offset, size_t size) const {
    return as_text({names() + offset, size});
  }
  // Returns why the record is not sound, nullptr if it is. Requires: kFixedSize readable bytes.
  [[nodiscard]] const char* fault(size_t available, Author author) const;
  [[nodiscard]] const char* tags_fault(const uint8_t* end, Author author) const;
  [[nodiscard]] const char* metadata_fault(Author author) const;
  [[nodiscard]] const char* limits_fault() const;

  const uint8_t* at_;
};

// A part of an event's data that was copied.
struct DataPart {
  uint64_t total;  // Bytes of the whole data.
  uint64_t size;   // Bytes copied.
};

// Copies the data of a record from `offset` on, as much as there is and fits.
DataPart copy_data(const RecordView& record, uint64_t offset, ByteSpan into);

// A metadata pair as encoded.
struct MetadataView {
  std::string_view key;
  ByteView value;
};

// Reads the pair at the front of `rest` and moves behind it. Requires: a sound record's metadata.
MetadataView take_metadata(ByteView& rest);

}  // namespace stele::events
