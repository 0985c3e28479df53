/* Commands that take a database as a whole, and receipts. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "records.h"

static void play_verify(words* from) {
  stele_error* error = fresh_error();
  stele_verify* verify = NULL;
  stele_verify_progress progress = {.struct_size = sizeof progress};
  stele_status status = stele_verify_open(take_db(from), &verify, error);
  while (status == STELE_OK) status = stele_verify_step(verify, &progress, error);
  stele_verify_close(verify);
  if (status != STELE_END) {
    succeeded(status, error);
    return;
  }
  printf("OK\t%" PRIu64 "\t%" PRIu64 "\t", progress.commits, progress.events);
  print_digits(progress.root, sizeof progress.root);
  putchar('\n');
}

static void play_backup(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const stele_text path = take_text(from);
  stele_backup* backup = NULL;
  stele_backup_progress progress = {.struct_size = sizeof progress};
  stele_status status = stele_backup_open(db, path.data, path.size, &backup, error);
  while (status == STELE_OK) status = stele_backup_step(backup, &progress, error);
  stele_backup_close(backup);
  if (status == STELE_END)
    printf("OK\t%" PRIu64 "\t%" PRIu64 "\n", progress.tsn, progress.head);
  else
    succeeded(status, error);
}

static void play_compact(words* from) {
  stele_error* error = fresh_error();
  stele_compact* compact = NULL;
  stele_status status = stele_compact_open(take_db(from), &compact, error);
  while (status == STELE_OK) status = stele_compact_step(compact, NULL, error);
  stele_compact_close(compact);
  print_status(status == STELE_END ? STELE_OK : status, error);
}

static void play_repair(words* from) {
  static const char* const choices[] = {"refuse", "cut", "replace"};
  static const int32_t numbers[] = {STELE_LOST_REFUSE, STELE_LOST_CUT, STELE_LOST_REPLACE};
  stele_error* error = fresh_error();
  const stele_text damaged = take_text(from);
  const stele_text repaired = take_text(from);
  const int32_t lost = numbers[take_choice(from, choices, 3)];
  stele_repair* repair = NULL;
  stele_repair_progress progress = {.struct_size = sizeof progress};
  stele_status status = stele_repair_open(damaged.data, damaged.size, repaired.data, repaired.size,
                                          lost, &repair, error);
  while (status == STELE_OK) status = stele_repair_step(repair, &progress, error);
  stele_repair_close(repair);
  if (status == STELE_END)
    printf("OK\t%" PRIu64 "\t%" PRIu64 "\n", progress.commits, progress.events);
  else
    succeeded(status, error);
}

static void play_inspect(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const stele_text what = take_text(from);
  const size_t capacity = (size_t)1 << 20;
  char* drawing = borrow(capacity);
  size_t used = 0;
  print_status(stele_inspect(db, what.data, what.size, drawing, capacity, &used, error), error);
}

/* ---- Receipts ------------------------------------------------------------------------------ */

static void play_receipt(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const uint64_t position = take_number(from);
  thing* made = take_new_thing(from, THING_RECEIPT);
  const stele_status status =
      stele_receipt(db, position, made->bytes, sizeof made->bytes, &made->size, error);
  if (succeeded(status, error)) printf("OK\t%zu\n", made->size);
}

static void play_receipt_info(words* from) {
  stele_error* error = fresh_error();
  const thing* receipt = take_thing(from, THING_RECEIPT);
  stele_receipt_info info = {.struct_size = sizeof info};
  const stele_status status =
      stele_receipt_verify(receipt->bytes, receipt->size, NULL, 0, &info, error);
  if (!succeeded(status, error)) return;
  printf("OK\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64 "\t", info.tsn, info.position, info.recorded);
  print_digits(info.event_hash, sizeof info.event_hash);
  putchar('\t');
  print_digits(info.chained_root, sizeof info.chained_root);
  putchar('\t');
  print_digits(info.uuid, sizeof info.uuid);
  putchar('\n');
}

static void play_receipt_check(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const thing* receipt = take_thing(from, THING_RECEIPT);
  print_status(stele_receipt_check(db, receipt->bytes, receipt->size, error), error);
}

static void play_receipt_verify(words* from) {
  stele_error* error = fresh_error();
  const thing* receipt = take_thing(from, THING_RECEIPT);
  stele_db* db = take_db(from);
  const sought which = {.position = take_number(from)};
  stele_bytes record = {NULL, 0};
  stele_status status = copy_record(db, &which, &record, error);
  if (status == STELE_OK) {
    status =
        stele_receipt_verify(receipt->bytes, receipt->size, record.data, record.size, NULL, error);
  }
  print_status(status, error);
}

const command maintenance_commands[] = {
    {"verify", play_verify},
    {"backup", play_backup},
    {"compact", play_compact},
    {"repair", play_repair},
    {"inspect", play_inspect},
    {"receipt", play_receipt},
    {"receipt-info", play_receipt_info},
    {"receipt-check", play_receipt_check},
    {"receipt-verify", play_receipt_verify},
    {NULL, NULL},
};
