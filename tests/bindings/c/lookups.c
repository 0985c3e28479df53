/* Commands that ask for one thing: an event, a part of its data, a number. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "records.h"

static stele_status copy_into(stele_db* db, const sought* which, uint8_t* buffer, size_t capacity,
                              size_t* used, stele_error* error) {
  if (which->id != NULL) return stele_get_by_id(db, which->id, buffer, capacity, used, error);
  if (which->entity.data != NULL) {
    return stele_latest(db, which->entity.data, which->entity.size, buffer, capacity, used, error);
  }
  return stele_get(db, which->position, buffer, capacity, used, error);
}

stele_status copy_record(stele_db* db, const sought* which, stele_bytes* record,
                         stele_error* error) {
  size_t capacity = 256;
  for (;;) {
    size_t used = 0;
    uint8_t* buffer = borrow(capacity);
    const stele_status status = copy_into(db, which, buffer, capacity, &used, error);
    *record = (stele_bytes){buffer, used};
    if (status != STELE_BUFFER_TOO_SMALL) return status;
    capacity = used;
  }
}

static void print_sought(stele_db* db, const sought* which) {
  stele_error* error = fresh_error();
  stele_bytes record = {NULL, 0};
  stele_event event = {.struct_size = sizeof event};
  stele_status status = copy_record(db, which, &record, error);
  if (status == STELE_OK) status = stele_event_decode(record.data, record.size, &event, error);
  if (!succeeded(status, error)) return;
  fputs("OK", stdout);
  print_event_fields(&event);
  putchar('\n');
}

static void play_get(words* from) {
  stele_db* db = take_db(from);
  const sought which = {.position = take_number(from)};
  print_sought(db, &which);
}

static void play_id(words* from) {
  stele_db* db = take_db(from);
  const sought which = {.id = take_id(from)};
  print_sought(db, &which);
}

static void play_latest(words* from) {
  stele_db* db = take_db(from);
  const sought which = {.entity = take_text(from)};
  print_sought(db, &which);
}

static void play_data(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const uint64_t position = take_number(from);
  const uint64_t offset = take_number(from);
  const size_t capacity = take_number(from);
  uint8_t* buffer = borrow(capacity);
  size_t used = 0;
  uint64_t total = 0;
  const stele_status status =
      stele_data_read(db, position, offset, buffer, capacity, &used, &total, error);
  if (!succeeded(status, error)) return;
  printf("OK\t%" PRIu64 "\tx:", total);
  print_digits(buffer, used);
  putchar('\n');
}

static void play_exists(words* from) {
  stele_db* db = take_db(from);
  stele_query* query = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  print_status(stele_exists(db, query, error), error);
  stele_query_close(query);
}

static void play_count(words* from) {
  stele_db* db = take_db(from);
  stele_query* query = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  uint64_t count = 0;
  if (succeeded(stele_count(db, query, &count, error), error)) printf("OK\t%" PRIu64 "\n", count);
  stele_query_close(query);
}

/* Returns how many items the fields of a query make. */
static size_t count_items(const words* from) {
  words copy = *from;
  size_t items = peek_word(&copy) == NULL || !take_word(&copy, "item") ? 1 : 0;
  copy.next = from->next;
  /* No scenario asks for the last event of something called "item". */
  while (peek_word(&copy) != NULL)
    if (!take_word(&copy, "item"))
      ++copy.next;
    else
      ++items;
  return items;
}

static void play_last(words* from) {
  stele_db* db = take_db(from);
  const size_t count = count_items(from);
  stele_query* query = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  uint64_t* positions = borrow(count * sizeof *positions);
  if (succeeded(stele_last(db, query, positions, count, error), error)) {
    fputs("OK", stdout);
    for (size_t i = 0; i < count; ++i) printf("\t%" PRIu64, positions[i]);
    putchar('\n');
  }
  stele_query_close(query);
}

static void play_at(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  uint64_t position = 0;
  const stele_status status = stele_position_at(db, take_time(from), &position, error);
  if (succeeded(status, error)) printf("OK\t%" PRIu64 "\n", position);
}

static void play_tracked(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const stele_text source = take_text(from);
  uint64_t position = 0;
  const stele_status status = stele_tracked(db, source.data, source.size, &position, error);
  if (succeeded(status, error)) printf("OK\t%" PRIu64 "\n", position);
}

const command lookup_commands[] = {
    {"get", play_get},         {"id", play_id},       {"latest", play_latest}, {"data", play_data},
    {"exists", play_exists},   {"count", play_count}, {"last", play_last},     {"at", play_at},
    {"tracked", play_tracked}, {NULL, NULL},
};
