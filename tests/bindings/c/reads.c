/* Commands that list: reads, streams, walks and terms. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"

static void play_any_read(words* from, void (*print)(stele_status, stele_cursor*, stele_error*)) {
  stele_db* db = take_db(from);
  const stele_read_options options = take_read_options(from);
  stele_query* query = NULL;
  stele_cursor* cursor = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  const stele_status status = stele_read(db, query, &options, &cursor, error);
  print(status, cursor, error);
  stele_query_close(query);
}

static void play_read(words* from) {
  play_any_read(from, print_events);
}

static void play_positions(words* from) {
  play_any_read(from, print_positions);
}

static void play_stream(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const stele_text entity = take_text(from);
  const stele_read_options options = take_read_options(from);
  stele_cursor* cursor = NULL;
  const stele_status status =
      stele_stream_read(db, entity.data, entity.size, &options, &cursor, error);
  print_events(status, cursor, error);
}

static void play_stream_info(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const stele_text entity = take_text(from);
  stele_stream_info info = {.struct_size = sizeof info};
  if (!succeeded(stele_stream_get(db, entity.data, entity.size, &info, error), error)) return;
  printf("OK\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t", info.sequence, info.first_position,
         info.last_position);
  print_digits(info.hash, sizeof info.hash);
  putchar('\n');
}

static void play_walk(words* from) {
  static const char* const kinds[] = {"ancestors", "causes", "effects", "correlation"};
  static const int32_t numbers[] = {STELE_WALK_ANCESTORS, STELE_WALK_CAUSES, STELE_WALK_EFFECTS,
                                    STELE_WALK_CORRELATION};
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const uint64_t position = take_number(from);
  const int32_t kind = numbers[take_choice(from, kinds, 4)];
  stele_cursor* cursor = NULL;
  const stele_status status = stele_walk(db, position, kind, &cursor, error);
  print_events(status, cursor, error);
}

static void play_terms(words* from) {
  static const char* const kinds[] = {"type", "tag", "entity", "category", "scope"};
  static const int32_t numbers[] = {STELE_TERM_TYPE, STELE_TERM_TAG, STELE_TERM_ENTITY,
                                    STELE_TERM_CATEGORY, STELE_TERM_SCOPE};
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  const int32_t kind = numbers[take_choice(from, kinds, 5)];
  const stele_text none = {NULL, 0};
  const stele_text prefix = peek_word(from) == NULL ? none : take_text(from);
  stele_terms* terms = NULL;
  stele_term term = {.struct_size = sizeof term};
  stele_status status = stele_terms_open(db, kind, prefix.data, prefix.size, &terms, error);
  while (status == STELE_OK) {
    status = stele_terms_next(terms, &term, error);
    if (status != STELE_OK) break;
    fputs("term\t", stdout);
    print_text(term.text);
    printf("\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", term.count, term.first_position,
           term.last_position);
  }
  succeeded(status, error);
  stele_terms_close(terms);
}

const command read_commands[] = {
    {"read", play_read},
    {"positions", play_positions},
    {"stream", play_stream},
    {"stream-info", play_stream_info},
    {"walk", play_walk},
    {"terms", play_terms},
    {NULL, NULL},
};
