/* Commands of rows: changing them in batches, guards over them, and reading them. */
#include "rows.h"

#include <inttypes.h>
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

void print_scan(stele_status status, stele_scan* scan, stele_error* error) {
  stele_row row = {.struct_size = sizeof row};
  while (status == STELE_OK) {
    status = stele_scan_next(scan, &row, error);
    if (status != STELE_OK) break;
    printf("row\t%" PRIu64 "\t%" PRIu64 "\tx:", row.tsn, row.position);
    print_digits(row.key.data, row.key.size);
    print_data(row.value);
    putchar('\n');
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

static void play_scan(words* from) {
  stele_error* error = fresh_error();
  stele_table* table = take_table(from);
  const stele_scan_options options = take_scan_options(from);
  stele_scan* scan = NULL;
  const stele_status status = stele_scan_open(table, &options, &scan, error);
  print_scan(status, scan, error);
}

const command row_commands[] = {
    {"put", play_put},
    {"delete", play_delete},
    {"delete-range", play_delete_range},
    {"expect-row", play_expect_row},
    {"expect-value", play_expect_value},
    {"expect-unchanged", play_expect_unchanged},
    {"row", play_row},
    {"scan", play_scan},
    {NULL, NULL},
};
