/* Commands of transactions. What they put and delete goes to their batch. */
#include <stddef.h>

#include "commands.h"
#include "rows.h"

static stele_txn* take_txn(words* from) {
  return take_thing(from, THING_TXN)->handle;
}

/* The batch of a transaction; NULL, and what is wrong is printed. */
static stele_batch* batch_of(stele_txn* txn) {
  stele_error* error = fresh_error();
  stele_batch* batch = NULL;
  return succeeded(stele_txn_batch(txn, &batch, error), error) ? batch : NULL;
}

static void play_begin(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  thing* made = take_new_thing(from, THING_TXN);
  stele_txn_options options = {.struct_size = sizeof options};
  if (take_word(from, "snapshot")) options.isolation = STELE_ISOLATION_SNAPSHOT;
  stele_txn* txn = NULL;
  const stele_status status = stele_txn_begin(db, &options, &txn, error);
  made->handle = txn;
  made->db = db;
  print_status(status, error);
}

static void play_batch(words* from) {
  const thing* txn = take_thing(from, THING_TXN);
  thing* made = take_new_thing(from, THING_BATCH);
  stele_error* error = fresh_error();
  stele_batch* batch = NULL;
  const stele_status status = stele_txn_batch(txn->handle, &batch, error);
  made->handle = batch;
  made->db = txn->db;
  made->is_borrowed = true;
  print_status(status, error);
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static void play_put(words* from) {
  stele_batch* batch = batch_of(take_txn(from));
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  const stele_bytes row = take_bytes(from);
  if (batch == NULL) return;
  stele_error* error = fresh_error();
  print_status(stele_batch_put(batch, table, key.data, key.size, row.data, row.size, error), error);
}

static void play_delete(words* from) {
  stele_batch* batch = batch_of(take_txn(from));
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  if (batch == NULL) return;
  stele_error* error = fresh_error();
  print_status(stele_batch_delete(batch, table, key.data, key.size, error), error);
}

static void play_delete_range(words* from) {
  stele_batch* batch = batch_of(take_txn(from));
  stele_table* table = take_table(from);
  const key_range range = take_range(from);
  if (batch == NULL) return;
  stele_error* error = fresh_error();
  print_status(stele_batch_delete_range(batch, table, range.low.data, range.low.size,
                                        range.high.data, range.high.size, error),
               error);
}

static void play_get(words* from) {
  static uint8_t buffer[1 << 20];
  stele_error* error = fresh_error();
  stele_txn* txn = take_txn(from);
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  stele_row row = {.struct_size = sizeof row};
  size_t size = 0;
  const stele_status status =
      stele_txn_get(txn, table, key.data, key.size, buffer, sizeof buffer, &size, &row, error);
  print_found_row(status, &row, error);
}

static void play_scan(words* from) {
  stele_error* error = fresh_error();
  stele_txn* txn = take_txn(from);
  stele_table* table = take_table(from);
  const stele_scan_options options = take_scan_options(from);
  stele_scan* scan = NULL;
  const stele_status status = stele_txn_scan(txn, table, &options, &scan, error);
  print_scan(status, scan, error);
}

static void play_scan_open(words* from) {
  stele_error* error = fresh_error();
  stele_txn* txn = take_txn(from);
  thing* made = take_new_thing(from, THING_SCAN);
  stele_table* table = take_table(from);
  const stele_scan_options options = take_scan_options(from);
  stele_scan* scan = NULL;
  const stele_status status = stele_txn_scan(txn, table, &options, &scan, error);
  made->handle = scan;
  print_status(status, error);
}

static void play_scan_rest(words* from) {
  thing* which = take_thing(from, THING_SCAN);
  print_scan(STELE_OK, which->handle, fresh_error());
}

/* ---- Events, and the end ------------------------------------------------------------------- */

static void play_read(words* from) {
  stele_txn* txn = take_txn(from);
  const stele_read_options options = take_read_options(from);
  stele_query* query = NULL;
  stele_cursor* cursor = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  const stele_status status = stele_txn_read(txn, query, &options, &cursor, error);
  print_events(status, cursor, error);
  stele_query_close(query);
}

static void play_commit(words* from) {
  stele_error* error = fresh_error();
  stele_commit_result result = {.struct_size = sizeof result};
  print_commit(stele_txn_commit(take_txn(from), &result, error), &result, error);
}

static void play_close(words* from) {
  stele_txn_close(take_txn(from));
  print_status(STELE_OK, fresh_error());
}

const command transaction_commands[] = {
    {"txn-begin", play_begin},
    {"txn-batch", play_batch},
    {"txn-put", play_put},
    {"txn-delete", play_delete},
    {"txn-delete-range", play_delete_range},
    {"txn-get", play_get},
    {"txn-scan", play_scan},
    {"txn-scan-open", play_scan_open},
    {"scan-rest", play_scan_rest},
    {"txn-read", play_read},
    {"txn-commit", play_commit},
    {"txn-close", play_close},
    {NULL, NULL},
};
