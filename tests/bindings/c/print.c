/* Prints results, a line each. */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>

bool succeeded(stele_status status, const stele_error* error) {
  if (status == STELE_OK) return true;
  fputs(stele_status_name(status), stdout);
  switch (status) {
    case STELE_CONFLICT:
      printf("\t%" PRId32 "\t%" PRIu64 "\t%" PRIu64 "\t%s", (int32_t)error->guard, error->position,
             error->sequence, error->message);
      break;
    case STELE_EXISTS:
    case STELE_KEY_REUSED:
      printf("\t%" PRIu64 "\t%s", error->position, error->message);
      break;
    case STELE_NOT_FOUND:
    case STELE_END:
    case STELE_TIMEOUT:
    case STELE_NOT_YET:
    case STELE_CLOSED:
    case STELE_TOO_LARGE:
      break;
    default:
      printf("\t%s", error->message);
      break;
  }
  putchar('\n');
  return false;
}

void print_status(stele_status status, const stele_error* error) {
  if (succeeded(status, error)) puts("OK");
}

void print_digits(const uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) printf("%02x", bytes[i]);
}

void print_text(stele_text text) {
  fwrite(text.data, 1, text.size, stdout);
}

/* Prints a tab and an id or a text, "-" for none. */
static void print_id(const uint8_t* id) {
  putchar('\t');
  if (id == NULL) putchar('-');
  if (id != NULL) print_digits(id, 16);
}

static void print_optional(stele_text text) {
  putchar('\t');
  if (text.size == 0) putchar('-');
  print_text(text);
}

static uint64_t fnv_of(stele_bytes bytes) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < bytes.size; ++i) hash = (hash ^ bytes.data[i]) * UINT64_C(0x100000001b3);
  return hash;
}

void print_data(stele_bytes data) {
  printf("\t%zu\t%016" PRIx64 "\tx:", data.size, fnv_of(data));
  print_digits(data.data, data.size < 32 ? data.size : 32);
}

void print_event_fields(const stele_event* event) {
  stele_text tag;
  stele_metadata pair;
  printf("\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64 "\t%" PRId64 "\t%" PRIu64, event->position,
         event->tsn, event->recorded, event->time, event->sequence);
  print_id(event->id);
  print_id(event->correlation_id);
  print_id(event->causation_id);
  putchar('\t');
  print_digits(event->hash, 32);
  printf("\t%" PRIu32 "\t", event->key_id);
  print_text(event->event_type);
  print_optional(event->entity);
  print_optional(event->scope);
  printf("\t%" PRIu32, event->tag_count);
  for (uint32_t i = 0; stele_event_tag(event, i, &tag) == STELE_OK; ++i) {
    putchar('\t');
    print_text(tag);
  }
  printf("\t%" PRIu32, event->metadata_count);
  for (uint32_t i = 0; stele_event_metadata(event, i, &pair) == STELE_OK; ++i) {
    putchar('\t');
    print_text(pair.key);
    fputs("\tx:", stdout);
    print_digits(pair.value.data, pair.value.size);
  }
  print_data(event->data);
}

void print_events(stele_status status, stele_cursor* cursor, stele_error* error) {
  stele_event event = {.struct_size = sizeof event};
  while (status == STELE_OK) {
    status = stele_cursor_next(cursor, &event, error);
    if (status != STELE_OK) break;
    fputs("event", stdout);
    print_event_fields(&event);
    putchar('\n');
  }
  succeeded(status, error);
  stele_cursor_close(cursor);
}

void print_positions(stele_status status, stele_cursor* cursor, stele_error* error) {
  stele_event event = {.struct_size = sizeof event};
  if (status == STELE_OK) fputs("positions", stdout);
  if (status == STELE_OK) {
    while ((status = stele_cursor_next(cursor, &event, error)) == STELE_OK)
      printf("\t%" PRIu64, event.position);
    putchar('\n');
  }
  succeeded(status, error);
  stele_cursor_close(cursor);
}

void print_commit(stele_status status, const stele_commit_result* result,
                  const stele_error* error) {
  if (!succeeded(status, error)) return;
  printf("OK\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu32 "\t%" PRId64 "\t%" PRIu32 "\n",
         result->tsn, result->first_position, result->last_position, result->event_count,
         result->recorded, result->repeated);
}
