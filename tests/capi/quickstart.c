/* The way of a program in C99 through the API: open, append under a guard, lose a race, read back
   in both ways, track progress, verify, close. Exits with 0 when everything was as promised. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stele/stele.h"

static int failures = 0;

static void expect_at(int line, const char* what, stele_status status, stele_status expected,
                      const stele_error* error) {
  if (status == expected) return;
  ++failures;
  fprintf(stderr, "line %d: %s gave %s, expected %s: %s\n", line, what, stele_status_name(status),
          stele_status_name(expected), error->message);
}
#define EXPECT(expected, call) expect_at(__LINE__, #call, call, expected, &error)

static void check_at(int line, const char* what, int holds) {
  if (holds) return;
  ++failures;
  fprintf(stderr, "line %d: %s does not hold\n", line, what);
}
#define CHECK(condition) check_at(__LINE__, #condition, condition)

/* Decides to sell a copy when nobody has sold one of this book since position `after`. */
static stele_status sell(stele_db* db, const char* tag, uint64_t after, stele_error* error) {
  stele_batch* batch = NULL;
  stele_query* query = NULL;
  stele_text tags[1];
  stele_new_event sold = {.struct_size = sizeof sold, .event_type = STELE_TEXT("BookSold")};
  stele_status status;
  tags[0].data = tag;
  tags[0].size = strlen(tag);
  sold.tags = tags;
  sold.tag_count = 1;
  sold.data.data = (const uint8_t*)"{\"price\":12}";
  sold.data.size = 12;

  status = stele_batch_create(db, &batch, error);
  if (status == STELE_OK) status = stele_query_create(&query, error);
  if (status == STELE_OK) status = stele_query_type(query, "BookSold", 8, error);
  if (status == STELE_OK) status = stele_query_tag(query, tag, strlen(tag), error);
  if (status == STELE_OK) status = stele_batch_event(batch, &sold, error);
  if (status == STELE_OK) status = stele_batch_guard(batch, query, after, error);
  if (status == STELE_OK) status = stele_commit(db, batch, NULL, error);
  stele_query_close(query);
  stele_batch_close(batch);
  return status;
}

static void read_single(stele_db* db) {
  stele_error error = STELE_ERROR_INIT;
  stele_cursor* cursor = NULL;
  stele_cursor_info info = {.struct_size = sizeof info};
  stele_event event = {.struct_size = sizeof event};
  stele_text tag;
  EXPECT(STELE_OK, stele_read(db, NULL, NULL, &cursor, &error));
  EXPECT(STELE_OK, stele_cursor_next(cursor, &event, &error));
  CHECK(event.position == 1);
  CHECK(event.event_type.size == 8 && memcmp(event.event_type.data, "BookSold", 8) == 0);
  CHECK(event.data.size == 12 && memcmp(event.data.data, "{\"price\":12}", 12) == 0);
  CHECK(stele_event_tag(&event, 0, &tag) == STELE_OK);
  CHECK(tag.size == 6 && memcmp(tag.data, "book:1", 6) == 0);
  EXPECT(STELE_OK, stele_cursor_next(cursor, &event, &error));
  EXPECT(STELE_END, stele_cursor_next(cursor, &event, &error));
  EXPECT(STELE_OK, stele_cursor_info_get(cursor, &info, &error));
  CHECK(info.store_head == 2 && info.last_returned == 2);
  stele_cursor_close(cursor);
}

static void read_batches(stele_db* db) {
  stele_error error = STELE_ERROR_INIT;
  stele_read_options options;
  stele_cursor* cursor = NULL;
  uint8_t* buffer = NULL;
  size_t capacity = 0;
  size_t used = 0;
  uint32_t count = 0;
  uint32_t events = 0;
  stele_status status;
  stele_read_options_init(&options);
  options.flags = STELE_READ_BACKWARD;
  EXPECT(STELE_OK, stele_read(db, NULL, &options, &cursor, &error));
  for (;;) {
    status = stele_cursor_next_batch(cursor, buffer, capacity, &used, &count, &error);
    if (status == STELE_BUFFER_TOO_SMALL) {
      capacity = used;
      free(buffer);
      buffer = (uint8_t*)malloc(capacity);
      CHECK(buffer != NULL);
      if (buffer == NULL) break;
      continue;
    }
    if (status != STELE_OK) break;
    size_t at = 0;
    for (uint32_t i = 0; i < count; ++i) {
      stele_event event = {.struct_size = sizeof event};
      EXPECT(STELE_OK, stele_event_decode(buffer + at, used - at, &event, &error));
      CHECK(event.position == 2 - events);
      at += event.record.size;
      ++events;
    }
    CHECK(at == used);
  }
  EXPECT(STELE_END, status);
  CHECK(events == 2);
  free(buffer);
  stele_cursor_close(cursor);
}

static void track_and_verify(stele_db* db) {
  stele_error error = STELE_ERROR_INIT;
  stele_batch* batch = NULL;
  stele_verify* verify = NULL;
  stele_verify_progress progress = {.struct_size = sizeof progress};
  stele_stats stats;
  stele_status status;
  uint64_t position = 0;
  EXPECT(STELE_OK, stele_batch_create(db, &batch, &error));
  EXPECT(STELE_OK, stele_batch_track(batch, "mail", 4, 0, 2, &error));
  EXPECT(STELE_OK, stele_commit(db, batch, NULL, &error));
  stele_batch_close(batch);
  EXPECT(STELE_OK, stele_tracked(db, "mail", 4, &position, &error));
  CHECK(position == 2);
  EXPECT(STELE_OK, stele_verify_open(db, &verify, &error));
  do {
    status = stele_verify_step(verify, &progress, &error);
  } while (status == STELE_OK);
  EXPECT(STELE_END, status);
  CHECK(progress.events == 2 && progress.commits == 3);
  stele_verify_close(verify);
  stele_stats_init(&stats);
  EXPECT(STELE_OK, stele_stats_get(db, &stats, &error));
  CHECK(stats.commits == 3 && stats.commits_rejected == 1);
}

static void remove_database(const char* path) {
  static const char* const kFiles[] = {"/wal/00000001.wal", "/wal", "/stele.meta", "/lock", ""};
  char name[512];
  for (int spare = 1; spare < 10; ++spare) {
    snprintf(name, sizeof name, "%s/wal/spare-%d", path, spare);
    remove(name);
  }
  for (size_t i = 0; i < sizeof kFiles / sizeof *kFiles; ++i) {
    snprintf(name, sizeof name, "%s%s", path, kFiles[i]);
    remove(name);
  }
}

int main(void) {
  const char* folder = getenv("TMPDIR");
  char path[256];
  stele_error error = STELE_ERROR_INIT;
  stele_db* db = NULL;
  snprintf(path, sizeof path, "%s/stele-quickstart-XXXXXX", folder != NULL ? folder : "/tmp");
  CHECK(mkdtemp(path) != NULL);

  CHECK(stele_version_number() == STELE_VERSION_NUMBER);
  EXPECT(STELE_OK, stele_open(path, strlen(path), NULL, &db, &error));
  EXPECT(STELE_OK, sell(db, "book:1", 0, &error));
  EXPECT(STELE_CONFLICT, sell(db, "book:1", 0, &error));
  CHECK(error.position == 1 && error.guard == 0);
  EXPECT(STELE_OK, sell(db, "book:2", 0, &error));
  read_single(db);
  read_batches(db);
  track_and_verify(db);
  EXPECT(STELE_OK, stele_close(db, &error));
  EXPECT(STELE_CLOSED, sell(db, "book:3", 0, &error));
  CHECK(stele_live_handles() == 0);
  remove_database(path);
  return failures == 0 ? 0 : 1;
}
