/* Commands of projections: taking their events, putting rows into their tables, switching them. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"

static stele_projection* take_projection(words* from) {
  return take_thing(from, THING_PROJECTION)->handle;
}

/* Prints the line of a commit or a switch, whose outcomes say no more than their names. */
static void print_outcome(stele_status status, const stele_error* error) {
  if (status > STELE_OK)
    puts(stele_status_name(status));
  else
    print_status(status, error);
}

static void play_project(words* from) {
  stele_db* db = take_db(from);
  thing* made = take_new_thing(from, THING_PROJECTION);
  const stele_text name = take_text(from);
  const uint32_t flags = take_word(from, "rebuild") ? STELE_PROJECTION_REBUILD : 0;
  stele_query* query = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  stele_projection* projection = NULL;
  const stele_status status =
      stele_projection_open(db, name.data, name.size, query, flags, &projection, error);
  made->handle = projection;
  print_status(status, error);
  stele_query_close(query);
}

static void play_table(words* from) {
  stele_error* error = fresh_error();
  stele_projection* projection = take_projection(from);
  thing* made = take_new_thing(from, THING_TABLE);
  const stele_text schema = take_text(from);
  const stele_text name = take_text(from);
  const stele_table_options options = take_table_options(from);
  stele_table* table = NULL;
  const stele_status status = stele_projection_table(projection, schema.data, schema.size,
                                                     name.data, name.size, &options, &table, error);
  made->handle = table;
  print_status(status, error);
}

static void play_take(words* from) {
  stele_error* error = fresh_error();
  stele_projection* projection = take_projection(from);
  const uint64_t max = take_number(from);
  stele_event event = {.struct_size = sizeof event};
  for (uint64_t count = 0; count < max; ++count) {
    const stele_status status = stele_projection_next(projection, 0, &event, NULL, error);
    if (status == STELE_TIMEOUT && count > 0) break;
    if (!succeeded(status, error)) return;
    if (count == 0) fputs("OK", stdout);
    printf("\t%" PRIu64, event.position);
  }
  putchar('\n');
}

static void play_put(words* from) {
  stele_error* error = fresh_error();
  stele_projection* projection = take_projection(from);
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  const stele_bytes row = take_bytes(from);
  const uint64_t position = take_number(from);
  print_status(stele_projection_put(projection, table, key.data, key.size, row.data, row.size,
                                    position, error),
               error);
}

static void play_delete(words* from) {
  stele_error* error = fresh_error();
  stele_projection* projection = take_projection(from);
  stele_table* table = take_table(from);
  const stele_bytes key = take_bytes(from);
  const uint64_t position = take_number(from);
  print_status(stele_projection_delete(projection, table, key.data, key.size, position, error),
               error);
}

static void play_delete_range(words* from) {
  stele_error* error = fresh_error();
  stele_projection* projection = take_projection(from);
  stele_table* table = take_table(from);
  const stele_bytes low = take_bytes(from);
  stele_bytes high = {NULL, 0};
  if (!take_word(from, "end")) high = take_bytes(from);
  const uint64_t position = take_number(from);
  print_status(stele_projection_delete_range(projection, table, low.data, low.size, high.data,
                                             high.size, position, error),
               error);
}

static void play_commit(words* from) {
  stele_error* error = fresh_error();
  print_outcome(stele_projection_commit(take_projection(from), error), error);
}

static void play_switch(words* from) {
  stele_error* error = fresh_error();
  print_outcome(stele_projection_switch(take_projection(from), error), error);
}

static void play_info(words* from) {
  stele_error* error = fresh_error();
  stele_projection_info info = {.struct_size = sizeof info};
  if (!succeeded(stele_projection_describe(take_projection(from), &info, error), error)) return;
  printf("OK\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", info.applied, info.head, info.lag_us);
}

static void play_applied(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const stele_text name = take_text(from);
  print_status(stele_wait_applied(db, name.data, name.size, take_number(from), 0, error), error);
}

static void play_close(words* from) {
  stele_projection_close(take_projection(from));
  puts("OK");
}

const command projection_commands[] = {
    {"project", play_project},       {"project-table", play_table},
    {"project-take", play_take},     {"project-put", play_put},
    {"project-delete", play_delete}, {"project-delete-range", play_delete_range},
    {"project-commit", play_commit}, {"project-switch", play_switch},
    {"project-info", play_info},     {"project-close", play_close},
    {"applied", play_applied},       {NULL, NULL},
};
