// stele_event: decoding records, and the lists of an event.
#include "capi/boundary.h"
#include "capi/event_view.h"

using stele::Status;
using stele::events::RecordView;

namespace stele::capi {

namespace {

stele_text to_text(std::string_view text) {
  return {text.data(), text.size()};
}
stele_bytes to_bytes(ByteView bytes) {
  return {bytes.data(), bytes.size()};
}

// Requires: `view` is zeros.
void fill(const RecordView& record, stele_event& view) {
  view.tag_count = record.tag_count();
  view.metadata_count = record.metadata_count();
  view.key_id = record.key_id();
  view.position = record.position();
  view.tsn = record.tsn();
  view.recorded = record.recorded();
  view.time = record.time();
  view.sequence = record.sequence();
  view.id = record.id();
  view.correlation_id = record.correlation_id();
  view.causation_id = record.causation_id();
  view.hash = record.hash();
  view.event_type = to_text(record.type());
  view.entity = to_text(record.entity());
  view.scope = to_text(record.scope());
  view.data = to_bytes(record.data());
  view.record = to_bytes(record.bytes());
}

}  // namespace

void fill_event(const RecordView& record, stele_event* to) {
  // A caller's struct that is long enough is filled where it is: a copy of what was written just
  // now would wait for that.
  if (const auto size = to->struct_size; size >= sizeof(stele_event)) {
    *to = {};
    to->struct_size = size;
    fill(record, *to);
  } else {
    stele_event view = {};
    fill(record, view);
    write_struct(view, to);
  }
}

Status RecordBuffer::start() {
  STELE_TRY(check_pointer(used_, "used"));
  STELE_TRY(check_pointer(count_, "count"));
  *used_ = 0;
  *count_ = 0;
  return capacity_ > 0 ? check_pointer(buffer_, "buffer") : Status();
}

Result<bool> RecordBuffer::add(const RecordView& record) {
  const ByteView bytes = record.bytes();
  if (bytes.size() > capacity_ - *used_) {
    if (*count_ > 0) return false;
    *used_ = bytes.size();
    return fail(Code::kBufferTooSmall, cat("read: event ", record.position(), " takes ",
                                           bytes.size(), " bytes, the buffer has ", capacity_));
  }
  copy_bytes(buffer_ + *used_, bytes);
  *used_ += bytes.size();
  ++*count_;
  return true;
}

}  // namespace stele::capi

extern "C" {

stele_status stele_event_decode(const uint8_t* data, size_t size, stele_event* view,
                                stele_error* error) {
  return stele::capi::guarded("decode", error, [&]() -> Status {
    STELE_TRY(stele::capi::check_out_struct(view, "view"));
    const auto bytes = stele::capi::bytes_of(data, size, "data");
    if (!bytes) return fail(bytes.error());
    const auto record = RecordView::decode(*bytes);
    if (!record) return fail(record.error());
    stele::capi::fill_event(*record, view);
    return {};
  });
}

stele_status stele_event_tag(const stele_event* view, uint32_t index, stele_text* tag) {
  if (view == nullptr || tag == nullptr || view->record.data == nullptr) return STELE_INVALID;
  *tag = {nullptr, 0};
  const RecordView record = RecordView::trusted(view->record.data);
  if (index >= record.tag_count()) return STELE_NOT_FOUND;
  uint32_t at = 0;
  record.for_each_tag([&](std::string_view text) {
    if (at++ == index) *tag = {text.data(), text.size()};
  });
  return STELE_OK;
}

stele_status stele_event_metadata(const stele_event* view, uint32_t index,
                                  stele_metadata* metadata) {
  if (view == nullptr || metadata == nullptr || view->record.data == nullptr) return STELE_INVALID;
  *metadata = {};
  const RecordView record = RecordView::trusted(view->record.data);
  if (index >= record.metadata_count()) return STELE_NOT_FOUND;
  stele::ByteView rest = record.metadata();
  stele::events::MetadataView pair = {};
  for (uint32_t i = 0; i <= index; ++i) pair = stele::events::take_metadata(rest);
  *metadata = {{pair.key.data(), pair.key.size()}, {pair.value.data(), pair.value.size()}};
  return STELE_OK;
}

}  // extern "C"
