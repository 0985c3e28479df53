/* Commands of tables as a whole: creating, dropping, renaming, listing and opening them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"

/* The schema and the name of a table. */
typedef struct full_name {
  stele_text schema;
  stele_text name;
} full_name;

static full_name take_full_name(words* from) {
  full_name taken;
  taken.schema = take_text(from);
  taken.name = take_text(from);
  return taken;
}

/* Prints the line of a command about a name, which says of EXISTS no more than that. */
static void print_naming(stele_status status, const stele_error* error) {
  if (status == STELE_EXISTS)
    puts("EXISTS");
  else
    print_status(status, error);
}

static void print_info(const stele_table_info* info) {
  printf("\t%s\t%s\t%" PRIu32 "\t%" PRId32 "\t%" PRIu64 "\t%" PRIu64 "\n", info->schema, info->name,
         info->id, info->history, info->history_amount, info->created_tsn);
}

static void play_create(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const full_name at = take_full_name(from);
  const stele_table_options options = take_table_options(from);
  print_naming(stele_table_create(db, at.schema.data, at.schema.size, at.name.data, at.name.size,
                                  &options, error),
               error);
}

static void play_drop(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const full_name at = take_full_name(from);
  print_naming(
      stele_table_drop(db, at.schema.data, at.schema.size, at.name.data, at.name.size, error),
      error);
}

static void play_rename(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const full_name at = take_full_name(from);
  const full_name to = take_full_name(from);
  print_naming(
      stele_table_rename(db, at.schema.data, at.schema.size, at.name.data, at.name.size,
                         to.schema.data, to.schema.size, to.name.data, to.name.size, error),
      error);
}

static void play_tables(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  stele_table_info info = {.struct_size = sizeof info};
  stele_status status = STELE_OK;
  while (status == STELE_OK) {
    status = stele_table_next(db, info.schema, strlen(info.schema), info.name, strlen(info.name),
                              &info, error);
    if (status != STELE_OK) break;
    fputs("table", stdout);
    print_info(&info);
  }
  succeeded(status, error);
}

static void play_table(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  thing* made = take_new_thing(from, THING_TABLE);
  const full_name at = take_full_name(from);
  stele_table* table = NULL;
  const stele_status status = stele_table_open(db, at.schema.data, at.schema.size, at.name.data,
                                               at.name.size, &table, error);
  made->handle = table;
  print_status(status, error);
}

static void play_info(words* from) {
  stele_error* error = fresh_error();
  stele_table_info info = {.struct_size = sizeof info};
  if (!succeeded(stele_table_describe(take_table(from), &info, error), error)) return;
  fputs("OK", stdout);
  print_info(&info);
}

static void play_batch_create(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  const full_name at = take_full_name(from);
  const stele_table_options options = take_table_options(from);
  print_status(stele_batch_table_create(batch, at.schema.data, at.schema.size, at.name.data,
                                        at.name.size, &options, error),
               error);
}

static void play_batch_drop(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  print_status(stele_batch_table_drop(batch, take_table(from), error), error);
}

static void play_batch_rename(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  stele_table* table = take_table(from);
  const full_name to = take_full_name(from);
  print_status(stele_batch_table_rename(batch, table, to.schema.data, to.schema.size, to.name.data,
                                        to.name.size, error),
               error);
}

const command table_commands[] = {
    {"table-create", play_create},
    {"table-drop", play_drop},
    {"table-rename", play_rename},
    {"tables", play_tables},
    {"table", play_table},
    {"table-info", play_info},
    {"batch-create", play_batch_create},
    {"batch-drop", play_batch_drop},
    {"batch-rename", play_batch_rename},
    {NULL, NULL},
};
