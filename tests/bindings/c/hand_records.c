/* Hands over events as records, those that are alone all in the same batch, one after the other. */
#include <stdlib.h>
#include <string.h>

#include "handing.h"
#include "record.h"

/* The batch of those that are alone, and its database. */
static stele_batch* batch_kept;
static stele_db* kept_for;

/* Leaves out of the message which record it was. */
static void forget_place(stele_error* error) {
  static const char place[] = "record 0 at byte 0: ";
  char* at = strstr(error->message, place);
  if (at != NULL) memmove(at, at + strlen(place), strlen(at + strlen(place)) + 1);
}

/* Returns what stele_batch_event() says of an event with something empty in it; NULL: nothing is.
 */
static const char* find_empty(const stele_new_event* event) {
  if (event->event_type.size == 0) return "append: the event type is empty";
  for (size_t i = 0; i < event->tag_count; ++i)
    if (event->tags[i].size == 0) return "append: a tag is empty";
  for (size_t i = 0; i < event->metadata_count; ++i)
    if (event->metadata[i].key.size == 0) return "append: a metadata key is empty";
  return NULL;
}

stele_status hand_over(stele_batch* batch, const stele_new_event* event, stele_error* error) {
  size_t payload = 0;
  const size_t size = record_size(event, &payload);
  const char* empty = find_empty(event);
  if (empty != NULL) strcpy(error->message, empty);
  if (empty != NULL) return STELE_INVALID;
  if (size == 0) return STELE_TOO_LARGE;
  uint8_t* record = malloc(size);
  if (record == NULL) return STELE_NO_MEMORY;
  record_write(event, size, payload, record);
  const stele_status status = stele_batch_events(batch, record, size, error);
  if (status != STELE_OK) forget_place(error);
  free(record);
  return status;
}

stele_status hand_alone(stele_db* db, const stele_new_event* event, stele_commit_result* result,
                        stele_error* error) {
  stele_status status = STELE_OK;
  if (kept_for != db) {
    close_hands();
    status = stele_batch_create(db, &batch_kept, error);
    if (status == STELE_OK) kept_for = db;
  }
  if (status == STELE_OK) status = hand_over(batch_kept, event, error);
  if (status == STELE_OK) status = stele_commit(db, batch_kept, result, error);
  if (status != STELE_OK) stele_batch_clear(batch_kept, NULL);
  return status;
}

void close_hands(void) {
  stele_batch_close(batch_kept);
  batch_kept = NULL;
  kept_for = NULL;
}
