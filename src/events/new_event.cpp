// Checks and encodes new events.
#include "events/new_event.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace stele::events {

Status check_name(std::string_view what, std::string_view name, size_t size_max) {
  if (name.empty()) return fail(Code::kInvalid, cat(what, " is empty"));
  if (name.size() > size_max) {
    return fail(Code::kTooLarge, cat(what, " ", quoted(name), " has ", name.size(),
                                     " bytes, at most ", size_max, " are allowed"));
  }
  if (name.find('\0') != std::string_view::npos) {
    return fail(Code::kInvalid, cat(what, " ", quoted(name), " contains a NUL byte"));
  }
  if (!is_utf8(name)) return fail(Code::kInvalid, cat(what, " ", quoted(name), " is not UTF-8"));
  return {};
}

namespace {

Status check_names(const NewEvent& event) {
  STELE_TRY(check_name("the event type", event.type, kTermSizeMax));
  if (!event.entity.empty()) STELE_TRY(check_name("the entity", event.entity, kTermSizeMax));
  if (!event.scope.empty()) STELE_TRY(check_name("the scope", event.scope, kTermSizeMax));
  if (event.tags.size() > kTagCountMax) {
    return fail(Code::kTooLarge, cat("the event has ", event.tags.size(), " tags, at most ",
                                     kTagCountMax, " are allowed"));
  }
  for (const std::string_view tag : event.tags) {
    STELE_TRY(check_name("a tag", tag, kTermSizeMax));
  }
  return {};
}

// Checks the payload and stores the encoded size of the metadata in `metadata_size`.
Status check_payload(const NewEvent& event, uint64_t& metadata_size) {
  if (event.data.size() > kDataSizeMax) {
    return fail(Code::kTooLarge, cat("the data has ", event.data.size(), " bytes, at most ",
                                     kDataSizeMax, " are allowed"));
  }
  if (event.metadata.size() > kMetadataCountMax) {
    return fail(Code::kTooLarge,
                cat("the event has ", event.metadata.size(), " metadata pairs, at most ",
                    kMetadataCountMax, " are allowed"));
  }
  metadata_size = 0;
  std::vector<std::string_view> keys;
  for (const NewMetadata& pair : event.metadata) {
    STELE_TRY(check_name("a metadata key", pair.key, kMetadataPieceMax));
    if (pair.value.size() > kMetadataPieceMax) {
      return fail(Code::kTooLarge,
                  cat("the metadata value of ", quoted(pair.key), " has ", pair.value.size(),
                      " bytes, at most ", kMetadataPieceMax, " are allowed"));
    }
    metadata_size += 4 + pair.key.size() + pair.value.size();
    keys.push_back(pair.key);
  }
  if (metadata_size > kMetadataSizeMax) {
    return fail(Code::kTooLarge, cat("the metadata takes ", metadata_size, " bytes, at most ",
                                     kMetadataSizeMax, " are allowed"));
  }
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  if (twice != keys.end()) {
    return fail(Code::kInvalid, cat("the metadata key ", quoted(*twice), " occurs twice"));
  }
  return {};
}

uint64_t head_size(const NewEvent& event) {
  uint64_t size = kFixedSize + event.type.size() + event.entity.size() + event.scope.size();
  if (event.correlation_id != nullptr) size += kIdSize;
  if (event.causation_id != nullptr) size += kIdSize;
  for (const std::string_view tag : event.tags) size += 2 + tag.size();
  return size;
}

class RecordWriter {
 public:
  explicit RecordWriter(uint8_t* at) : at_(at) {}
  void bytes(ByteView bytes) {
    copy_bytes(at_, bytes);
    at_ += bytes.size();
  }
  void text(std::string_view text) { bytes(as_bytes(text)); }
  void size(size_t size) {
    store_le(at_, static_cast<uint16_t>(size));
    at_ += 2;
  }

 private:
  uint8_t* at_;
};

void write_fixed(uint8_t* at, const NewEvent& event, uint64_t metadata_size) {
  at[kVersionOffset] = kRecordVersion;
  int flags = event.has_time ? 0 : kTimeIsRecorded;
  if (event.correlation_id != nullptr) flags |= kHasCorrelation;
  if (event.causation_id != nullptr) flags |= kHasCausation;
  at[kFlagsOffset] = static_cast<uint8_t>(flags);
  store_le(at + kTypeSizeOffset, static_cast<uint16_t>(event.type.size()));
  store_le(at + kEntitySizeOffset, static_cast<uint16_t>(event.entity.size()));
  store_le(at + kScopeSizeOffset, static_cast<uint16_t>(event.scope.size()));
  store_le(at + kTagCountOffset, static_cast<uint16_t>(event.tags.size()));
  store_le(at + kMetadataCountOffset, static_cast<uint16_t>(event.metadata.size()));
  store_le(at + kDataSizeOffset, static_cast<uint32_t>(event.data.size()));
  store_le(at + kMetadataSizeOffset, static_cast<uint32_t>(metadata_size));
  store_le(at + kTimeOffset, event.has_time ? event.time : 0);
  std::copy_n(event.id, kIdSize, at + kIdOffset);
}

template <typename Bytes>
Status append(NewEvent& event, Bytes& to) {
  std::ranges::sort(event.tags);
  const auto twice = std::ranges::unique(event.tags);
  event.tags.erase(twice.begin(), twice.end());
  uint64_t metadata_size = 0;
  STELE_TRY(check_names(event));
  STELE_TRY(check_payload(event, metadata_size));

  const uint64_t payload = head_size(event);
  const uint64_t size = align_up(payload + event.data.size() + metadata_size);
  const size_t start = to.size();
  to.resize(start + size);  // Zeros where nothing is written below.
  uint8_t* at = to.data() + start;
  store_le(at + kSizeOffset, static_cast<uint32_t>(size));
  store_le(at + kPayloadOffset, static_cast<uint32_t>(payload));
  write_fixed(at, event, metadata_size);

  RecordWriter writer(at + kFixedSize);
  if (event.correlation_id != nullptr) writer.bytes({event.correlation_id, kIdSize});
  if (event.causation_id != nullptr) writer.bytes({event.causation_id, kIdSize});
  writer.text(event.type);
  writer.text(event.entity);
  writer.text(event.scope);
  for (const std::string_view tag : event.tags) {
    writer.size(tag.size());
    writer.text(tag);
  }
  writer.bytes(event.data);
  for (const NewMetadata& pair : event.metadata) {
    writer.size(pair.key.size());
    writer.size(pair.value.size());
    writer.text(pair.key);
    writer.bytes(pair.value);
  }
  return {};
}

}  // namespace

Status append_record(NewEvent& event, std::vector<uint8_t>& to) {
  return append(event, to);
}

Status append_record(NewEvent& event, os::ScratchBytes& to) {
  return append(event, to);
}

Result<NewEvent> parse_record(ByteView bytes, uint64_t& size) {
  const auto decoded = RecordView::decode(bytes, RecordView::Author::kCaller);
  if (!decoded) {
    // What a caller hands over wrong is not damage of the database.
    const Error& error = decoded.error();
    const Code code = error.code() == Code::kCorrupt ? Code::kInvalid : error.code();
    return fail(Error(code, error.message()).with_offset(error.offset()));
  }
  const RecordView& record = *decoded;
  if (record.key_id() != 0) return fail(Code::kUnsupported, "event record with a key id");
  size = record.size();
  static constexpr std::array<uint8_t, kIdSize> kNoId = {};
  const bool has_id = !std::equal(kNoId.begin(), kNoId.end(), record.id());
  NewEvent event = {.type = record.type(),
                    .entity = record.entity(),
                    .scope = record.scope(),
                    .data = record.data(),
                    .tags = {},
                    .metadata = {},
                    .id = has_id ? record.id() : nullptr,
                    .correlation_id = record.correlation_id(),
                    .causation_id = record.causation_id(),
                    .has_time = (record.flags() & kTimeIsRecorded) == 0,
                    .time = record.time()};
  event.tags.reserve(record.tag_count());
  record.for_each_tag([&](std::string_view tag) { event.tags.push_back(tag); });
  ByteView rest = record.metadata();
  while (!rest.empty()) {
    const MetadataView pair = take_metadata(rest);
    event.metadata.push_back({pair.key, pair.value});
  }
  return event;
}

}  // namespace stele::events
