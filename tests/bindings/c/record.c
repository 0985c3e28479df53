/* Encodes events as records. */
#include "record.h"

#include <string.h>

enum {
  FIXED_SIZE = 120,
  HAS_CORRELATION = 1,
  HAS_CAUSATION = 2,
  TIME_IS_RECORDED = 4,
};

static void store16(uint8_t* at, size_t value) {
  at[0] = (uint8_t)value;
  at[1] = (uint8_t)(value >> 8);
}

static void store32(uint8_t* at, size_t value) {
  store16(at, value);
  store16(at + 2, value >> 16);
}

static void store64(uint8_t* at, uint64_t value) {
  store32(at, value & UINT32_MAX);
  store32(at + 4, value >> 32);
}

static uint8_t* put(uint8_t* at, const void* bytes, size_t size) {
  if (size > 0) memcpy(at, bytes, size);
  return at + size;
}

/* Returns the bytes that all pairs take; SIZE_MAX when one is too large. */
static size_t metadata_size(const stele_new_event* event) {
  size_t size = 0;
  for (size_t i = 0; i < event->metadata_count; ++i) {
    const stele_metadata* pair = &event->metadata[i];
    if (pair->key.size > STELE_METADATA_MAX || pair->value.size > STELE_METADATA_MAX)
      return SIZE_MAX;
    size += 4 + pair->key.size + pair->value.size;
  }
  return size;
}

size_t record_size(const stele_new_event* event, size_t* payload) {
  const size_t metadata = metadata_size(event);
  size_t size = FIXED_SIZE + event->event_type.size + event->entity.size + event->scope.size;
  if (event->event_type.size > STELE_TERM_MAX || event->entity.size > STELE_TERM_MAX ||
      event->scope.size > STELE_TERM_MAX || event->tag_count > STELE_TAGS_MAX ||
      event->metadata_count > STELE_METADATA_MAX || event->data.size > STELE_DATA_MAX ||
      metadata > STELE_DATA_MAX)
    return 0;
  if (event->correlation_id != NULL) size += 16;
  if (event->causation_id != NULL) size += 16;
  for (size_t i = 0; i < event->tag_count; ++i) {
    if (event->tags[i].size > STELE_TERM_MAX) return 0;
    size += 2 + event->tags[i].size;
  }
  *payload = size;
  return (size + event->data.size + metadata + 7) / 8 * 8;
}

static void write_fixed(const stele_new_event* event, uint8_t* to) {
  unsigned flags = event->has_time ? 0 : TIME_IS_RECORDED;
  if (event->correlation_id != NULL) flags |= HAS_CORRELATION;
  if (event->causation_id != NULL) flags |= HAS_CAUSATION;
  memset(to + 8, 0, FIXED_SIZE - 8);
  to[72] = 1;
  to[73] = (uint8_t)flags;
  store16(to + 74, event->event_type.size);
  store16(to + 76, event->entity.size);
  store16(to + 78, event->scope.size);
  store16(to + 80, event->tag_count);
  store16(to + 82, event->metadata_count);
  store32(to + 84, event->data.size);
  if (event->metadata_count > 0) store32(to + 88, metadata_size(event));
  store64(to + 96, event->has_time ? (uint64_t)event->time : 0);
  if (event->id != NULL) memcpy(to + 104, event->id, 16);
}

void record_write(const stele_new_event* event, size_t size, size_t payload, uint8_t* to) {
  uint8_t* at = to + FIXED_SIZE;
  store32(to, size);
  store32(to + 4, payload);
  write_fixed(event, to);
  if (event->correlation_id != NULL) at = put(at, event->correlation_id, 16);
  if (event->causation_id != NULL) at = put(at, event->causation_id, 16);
  at = put(at, event->event_type.data, event->event_type.size);
  at = put(at, event->entity.data, event->entity.size);
  at = put(at, event->scope.data, event->scope.size);
  for (size_t i = 0; i < event->tag_count; ++i) {
    store16(at, event->tags[i].size);
    at = put(at + 2, event->tags[i].data, event->tags[i].size);
  }
  at = put(at, event->data.data, event->data.size);
  for (size_t i = 0; i < event->metadata_count; ++i) {
    const stele_metadata* pair = &event->metadata[i];
    store16(at, pair->key.size);
    store16(at + 2, pair->value.size);
    at = put(at + 4, pair->key.data, pair->key.size);
    at = put(at, pair->value.data, pair->value.size);
  }
  memset(at, 0, (size_t)(to + size - at));
}
