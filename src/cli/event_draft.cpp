#include "cli/event_draft.h"

namespace stele::cli {

namespace {

stele_text as_text(std::string_view text) {
  return {text.data(), text.size()};
}

stele_bytes as_bytes(std::string_view bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

const uint8_t* as_pointer(const std::optional<Uuid>& uuid) {
  return uuid ? uuid->data() : nullptr;
}

}  // namespace

void EventDraft::clear() {
  type = entity = scope = data = {};
  tags.clear();
  metadata.clear();
  time.reset();
  id.reset();
  correlation_id.reset();
  causation_id.reset();
  kept.clear();
}

void EventDraft::add_metadata(std::string_view key, std::string_view value) {
  metadata.push_back({as_text(key), as_bytes(value)});
}

stele_new_event EventDraft::event() const {
  stele_new_event event{};
  event.struct_size = sizeof event;
  event.has_time = time ? 1 : 0;
  event.time = time.value_or(0);
  event.event_type = as_text(type);
  event.entity = as_text(entity);
  event.scope = as_text(scope);
  event.data = as_bytes(data);
  event.tags = tags.data();
  event.tag_count = tags.size();
  event.metadata = metadata.data();
  event.metadata_count = metadata.size();
  event.id = as_pointer(id);
  event.correlation_id = as_pointer(correlation_id);
  event.causation_id = as_pointer(causation_id);
  return event;
}

}  // namespace stele::cli
