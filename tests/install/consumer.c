/* The smallest program that does Stele's job: appends one event and reads it back. */
#include <inttypes.h>
#include <stdio.h>
#include <stele/stele.h>
#include <string.h>

static int failed(const char* what, const stele_error* error) {
  fprintf(stderr, "%s: %s: %s\n", what, stele_status_name((stele_status)error->status),
          error->message);
  return 1;
}

static int append(stele_db* db) {
  static const char data[] = "{\"copies\":2}";
  const stele_text tag = STELE_TEXT("book:1");
  stele_new_event sold = {.struct_size = sizeof sold, .event_type = STELE_TEXT("BookSold")};
  stele_error error = STELE_ERROR_INIT;
  stele_batch* batch;

  sold.tags = &tag;
  sold.tag_count = 1;
  sold.data.data = (const uint8_t*)data;
  sold.data.size = sizeof data - 1;
  if (stele_batch_create(db, &batch, &error) != STELE_OK) return failed("batch", &error);
  if (stele_batch_event(batch, &sold, &error) != STELE_OK) return failed("event", &error);
  if (stele_commit(db, batch, NULL, &error) != STELE_OK) return failed("commit", &error);
  stele_batch_close(batch);
  return 0;
}

static int print(stele_db* db) {
  stele_event event = {.struct_size = sizeof event};
  stele_error error = STELE_ERROR_INIT;
  stele_cursor* cursor;
  stele_text tag;

  if (stele_read(db, NULL, NULL, &cursor, &error) != STELE_OK) return failed("read", &error);
  while (stele_cursor_next(cursor, &event, &error) == STELE_OK) {
    if (stele_event_tag(&event, 0, &tag) != STELE_OK) return 1;
    printf("stele %s: %.*s at %" PRIu64 ", tag %.*s, data %.*s\n", stele_version(),
           (int)event.event_type.size, event.event_type.data, event.position, (int)tag.size,
           tag.data, (int)event.data.size, (const char*)event.data.data);
  }
  stele_cursor_close(cursor);
  return 0;
}

int main(int argc, char** argv) {
  stele_error error = STELE_ERROR_INIT;
  stele_db* db;
  if (argc != 2) return 2;
  if (stele_open(argv[1], strlen(argv[1]), NULL, &db, &error) != STELE_OK)
    return failed("open", &error);
  if (append(db) != 0 || print(db) != 0) return 1;
  if (stele_close(db, &error) != STELE_OK) return failed("close", &error);
  return stele_live_handles() == 0 ? 0 : 1;
}
