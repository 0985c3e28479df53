// Decodes records; the only place that judges their bytes.
#include "events/record.h"

#include <string>

#include "base/text.h"

namespace stele::events {

const uint8_t* RecordView::correlation_id() const {
  return (flags() & kHasCorrelation) != 0 ? at_ + kFixedSize : nullptr;
}

const uint8_t* RecordView::causation_id() const {
  if ((flags() & kHasCausation) == 0) return nullptr;
  return at_ + kFixedSize + ((flags() & kHasCorrelation) != 0 ? kIdSize : 0);
}

const uint8_t* RecordView::names() const {
  const size_t ids = ((flags() & kHasCorrelation) != 0 ? kIdSize : 0) +
                     ((flags() & kHasCausation) != 0 ? kIdSize : 0);
  return at_ + kFixedSize + ids;
}

const char* RecordView::tags_fault(const uint8_t* end, Author author) const {
  const uint8_t* at = tags();
  std::string_view previous;
  for (uint16_t i = 0; i < tag_count(); ++i) {
    if (end - at < 2) return "its tags are longer than its head";
    const auto size = load_le<uint16_t>(at);
    if (end - at - 2 < size) return "its tags are longer than its head";
    const std::string_view tag = as_text({at + 2, size});
    if (author == Author::kLibrary && tag.empty()) return "a tag is empty";
    if (author == Author::kLibrary && i > 0 && tag <= previous) return "its tags are not in order";
    previous = tag;
    at += 2 + size;
  }
  return at == end ? nullptr : "its head has bytes that belong to nothing";
}

const char* RecordView::metadata_fault(Author author) const {
  ByteView rest = metadata();
  for (uint16_t left = metadata_count(); left > 0; --left) {
    if (rest.size() < 4) return "its metadata is shorter than its count says";
    const size_t key_size = load_le<uint16_t>(rest.data());
    const size_t size = 4 + key_size + load_le<uint16_t>(rest.data() + 2);
    if (author == Author::kLibrary && key_size == 0) return "a metadata key is empty";
    if (rest.size() < size) return "its metadata is shorter than its count says";
    rest = rest.subspan(size);
  }
  return rest.empty() ? nullptr : "its metadata is longer than its count says";
}

const char* RecordView::fault(size_t available, Author author) const {
  const uint64_t size = this->size();
  if (size % kAlignment != 0 || size < kFixedSize) return "its size is impossible";
  if (size > available) return "it is longer than what holds it";
  if ((flags() & ~kAllFlags) != 0) return "its flags are unknown";
  if (author == Author::kLibrary && type_size() == 0) return "it has no type";
  const uint64_t payload = payload_offset();
  const auto tags_start = static_cast<uint64_t>(tags() - at_);
  if (payload < tags_start || payload > size) return "its head has an impossible size";
  const uint64_t data_size = load_le<uint32_t>(at_ + kDataSizeOffset);
  const uint64_t metadata_size = load_le<uint32_t>(at_ + kMetadataSizeOffset);
  if (align_up(payload + data_size + metadata_size) != size) {
    return "its payload has an impossible size";
  }
  // A caller's padding is not taken over, so that it may be anything.
  const uint64_t padding = payload + data_size + metadata_size;
  if (author == Author::kLibrary && !is_zero({at_ + padding, size - padding})) {
    return "its padding is not zero";
  }
  if (const char* tags = tags_fault(at_ + payload, author); tags != nullptr) return tags;
  if (const char* metadata = metadata_fault(author); metadata != nullptr) return metadata;
  return author == Author::kLibrary ? limits_fault() : nullptr;
}

const char* RecordView::limits_fault() const {
  const size_t sizes[] = {type_size(), entity_size(), scope_size()};
  for (const size_t size : sizes) {
    if (size > kTermSizeMax) return "a name has an impossible size";
  }
  if (tag_count() > kTagCountMax) return "it has too many tags";
  const char* fault = nullptr;
  for_each_tag([&](std::string_view tag) {
    if (tag.size() > kTermSizeMax) fault = "a tag has an impossible size";
  });
  if (data().size() > kDataSizeMax) return "its data has an impossible size";
  if (metadata().size() > kMetadataSizeMax) return "its metadata has an impossible size";
  return fault;
}

Result<RecordView> RecordView::decode(ByteView bytes, Author author) {
  const std::string where = "event record";
  if (bytes.size() < kFixedSize) return corruption(where, 0, "it is shorter than its fixed part");
  const RecordView record(bytes.data());
  const uint8_t version = bytes[kVersionOffset];
  if (version > kRecordVersion) {
    return fail(Code::kUnsupported, cat("event record of version ", version,
                                        "; this library reads up to ", kRecordVersion));
  }
  if (version == 0) return corruption(where, kVersionOffset, "its version is 0");
  if (const char* fault = record.fault(bytes.size(), author); fault != nullptr) {
    return corruption(where, 0, fault);
  }
  return record;
}

DataPart copy_data(const RecordView& record, uint64_t offset, ByteSpan into) {
  const ByteView data = record.data();
  if (offset >= data.size()) return {.total = data.size(), .size = 0};
  const ByteView part = data.subspan(offset, std::min<uint64_t>(into.size(), data.size() - offset));
  copy_bytes(into.data(), part);
  return {.total = data.size(), .size = part.size()};
}

MetadataView take_metadata(ByteView& rest) {
  const size_t key_size = load_le<uint16_t>(rest.data());
  const size_t value_size = load_le<uint16_t>(rest.data() + 2);
  const MetadataView pair = {as_text(rest.subspan(4, key_size)),
                             rest.subspan(4 + key_size, value_size)};
  rest = rest.subspan(4 + key_size + value_size);
  return pair;
}

}  // namespace stele::events
