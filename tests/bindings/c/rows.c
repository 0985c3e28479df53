/* Commands of rows: changing them in batches, guards over them, and reading them. */
#include "rows.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "commands.h"

/* Memory for bytes that are none, but not nothing. */
static stele_bytes there(stele_bytes bytes) {
  if (bytes.data == NULL) bytes.data = (const uint8_t*)"";
  return bytes;
}

key_range take_range(words* from) {
  key_range taken = {take_bytes(from), {NULL, 0}};
  if (!take_word(from, "end")) taken.high = there(take_bytes(from));
  return taken;
}

/* Takes ASOF: the rest of the line. */
static stele_as_of take_as_of(words* from) {
  static const char* const kinds[] = {"tsn", "position", "time"};
  stele_as_of taken = {.struct_size = sizeof taken};
  if (peek_word(from) == NULL) return taken;
  taken.kind = STELE_AS_OF_TSN + (int32_t)take_choice(from, kinds, 3);
  taken.at = taken.kind == STELE_AS_OF_TIME ? take_time(from) : (int64_t)take_number(from);
  return taken;
}

/* ---- In batches ---------------------------------------------------------------------------- */

static void play_put(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  const stele_bytes row = take_bytes(from);
  print_status(stele_batch_put(batch, table, key.data, key.size, row.data, row.size, error), error);
}

static void play_delete(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  print_status(stele_batch_delete(batch, table, key.data, key.size, error), error);
}

static void play_delete_range(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  stele_table* table = take_table(from);
  const key_range range = take_range(from);
  print_status(stele_batch_delete_range(batch, table, range.low.data, range.low.size,
                                        range.high.data, range.high.size, error),
               error);
}

static void play_expect_row(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  const uint64_t tsn = take_word(from, "none") ? 0 : take_number(from);
  print_status(stele_batch_expect_row(batch, table, key.data, key.size, tsn, error), error);
}

static void play_expect_value(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  const stele_bytes row = take_bytes(from);
  print_status(
      stele_batch_expect_value(batch, table, key.data, key.size, row.data, row.size, error), error);
}

static void play_expect_unchanged(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  stele_table* table = take_table(from);
  const key_range range = take_range(from);
  const uint64_t since = take_number(from);
  print_status(stele_batch_expect_unchanged(batch, table, range.low.data, range.low.size,
                                            range.high.data, range.high.size, since, error),
               error);
}

/* ---- Reading ------------------------------------------------------------------------------- */

void print_found_row(stele_status status, const stele_row* row, const stele_error* error) {
  if (!succeeded(status, error)) return;
  printf("OK\t%" PRIu64 "\t%" PRIu64, row->tsn, row->position);
  print_data(row->value);
  putchar('\n');
}

stele_scan_options take_scan_options(words* from) {
  stele_scan_options options = {.struct_size = sizeof options};
  if (take_word(from, "backward")) options.flags = STELE_SCAN_BACKWARD;
  if (take_word(from, "low")) options.low = take_bytes(from);
  if (take_word(from, "high")) options.high = there(take_bytes(from));
  options.as_of = take_as_of(from);
  return options;
}

/* Prints the line of a row that is listed. */
static void print_row(const stele_row* row) {
  printf("row\t%" PRIu64 "\t%" PRIu64 "\tx:", row->tsn, row->position);
  print_digits(row->key.data, row->key.size);
  print_data(row->value);
  putchar('\n');
}

void print_scan(stele_status status, stele_scan* scan, stele_error* error) {
  stele_row row = {.struct_size = sizeof row};
  while (status == STELE_OK) {
    status = stele_scan_next(scan, &row, error);
    if (status != STELE_OK) break;
    print_row(&row);
  }
  succeeded(status, error);
  stele_scan_close(scan);
}

static void play_row(words* from) {
  static uint8_t buffer[1 << 20];
  stele_error* error = fresh_error();
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  const stele_as_of as_of = take_as_of(from);
  stele_row row = {.struct_size = sizeof row};
  size_t size = 0;
  const stele_status status =
      stele_table_get(table, &as_of, key.data, key.size, buffer, sizeof buffer, &size, &row, error);
  print_found_row(status, &row, error);
}

#define KEYS_MAX 100

static void play_rows(words* from) {
  static uint8_t buffer[1 << 20];
  stele_error* error = fresh_error();
  stele_table* table = take_table(from);
  stele_bytes keys[KEYS_MAX];
  const size_t count = take_number(from);
  for (size_t i = 0; i < count && i < KEYS_MAX; ++i) keys[i] = take_bytes(from);
  const stele_as_of as_of = take_as_of(from);
  size_t used = 0;
  stele_status status =
      stele_table_get_many(table, &as_of, keys, count, buffer, sizeof buffer, &used, error);
  stele_row row = {.struct_size = sizeof row};
  for (size_t at = 0; status == STELE_OK;) {
    status = stele_row_next(buffer, used, &at, &row, error);
    if (status != STELE_OK) break;
    if ((row.flags & STELE_ROW_MISSING) != 0) {
      puts("missing");
      continue;
    }
    print_row(&row);
  }
  succeeded(status, error);
}

static void play_scan(words* from) {
  stele_error* error = fresh_error();
  stele_table* table = take_table(from);
  const stele_scan_options options = take_scan_options(from);
  stele_scan* scan = NULL;
  const stele_status status = stele_scan_open(table, &options, &scan, error);
  print_scan(status, scan, error);
}

static void play_history(words* from) {
  stele_error* error = fresh_error();
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  stele_row_history_options options = {.struct_size = sizeof options};
  if (take_word(from, "oldest")) options.flags = STELE_ROW_HISTORY_OLDEST_FIRST;
  if (take_word(from, "since")) options.since = take_as_of(from);
  if (take_word(from, "until")) options.until = take_as_of(from);
  stele_row_history* history = NULL;
  stele_row_version version = {.struct_size = sizeof version};
  stele_status status =
      stele_row_history_open(table, key.data, key.size, &options, &history, error);
  while (status == STELE_OK) {
    status = stele_row_history_next(history, &version, error);
    if (status != STELE_OK) break;
    const bool is_deleted = (version.flags & STELE_ROW_DELETED) != 0;
    printf("%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64, is_deleted ? "deleted" : "put", version.tsn,
           version.position, version.recorded);
    if (!is_deleted) print_data(version.value);
    putchar('\n');
  }
  succeeded(status, error);
  stele_row_history_close(history);
}

const command row_commands[] = {
    {"put", play_put},
    {"delete", play_delete},
    {"delete-range", play_delete_range},
    {"expect-row", play_expect_row},
    {"expect-value", play_expect_value},
    {"expect-unchanged", play_expect_unchanged},
    {"row", play_row},
    {"rows", play_rows},
    {"scan", play_scan},
    {"history", play_history},
    {NULL, NULL},
};
