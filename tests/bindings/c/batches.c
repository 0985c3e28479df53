/* Commands that build batches, and that commit them. */
#include <string.h>

#include "commands.h"
#include "handing.h"

static void play_batch(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  thing* made = take_new_thing(from, THING_BATCH);
  stele_batch* batch = NULL;
  const stele_status status = stele_batch_create(db, &batch, error);
  made->handle = batch;
  made->db = db;
  print_status(status, error);
}

/* ---- Events -------------------------------------------------------------------------------- */

/* An event in the making. Its lists have room for all that a line may hold. */
typedef struct draft {
  stele_new_event event;
  stele_text* tags;
  stele_metadata* metadata;
} draft;

/* Takes one optional field and its value. */
static void take_part(words* from, draft* to) {
  const char* name = take_name(from);
  if (strcmp(name, "entity") == 0) {
    to->event.entity = take_text(from);
  } else if (strcmp(name, "scope") == 0) {
    to->event.scope = take_text(from);
  } else if (strcmp(name, "time") == 0) {
    to->event.has_time = 1;
    to->event.time = take_time(from);
  } else if (strcmp(name, "id") == 0) {
    to->event.id = take_id(from);
  } else if (strcmp(name, "correlation") == 0) {
    to->event.correlation_id = take_id(from);
  } else if (strcmp(name, "causation") == 0) {
    to->event.causation_id = take_id(from);
  } else if (strcmp(name, "tag") == 0) {
    to->tags[to->event.tag_count++] = take_text(from);
  } else if (strcmp(name, "meta") == 0) {
    stele_metadata* pair = &to->metadata[to->event.metadata_count++];
    pair->key = take_text(from);
    pair->value = take_bytes(from);
  } else {
    nonsense("no field of an event", name);
  }
}

static stele_new_event take_event(words* from) {
  draft made = {{.struct_size = sizeof made.event}, NULL, NULL};
  made.tags = borrow(from->count * sizeof *made.tags);
  made.metadata = borrow(from->count * sizeof *made.metadata);
  made.event.tags = made.tags;
  made.event.metadata = made.metadata;
  made.event.event_type = take_text(from);
  made.event.data = take_bytes(from);
  while (peek_word(from) != NULL) take_part(from, &made);
  return made.event;
}

static void play_event(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  const stele_new_event event = take_event(from);
  print_status(hand_over(batch, &event, error), error);
}

static void play_append(words* from) {
  stele_error* error = fresh_error();
  stele_commit_result result = {.struct_size = sizeof result};
  stele_db* db = take_db(from);
  const stele_new_event event = take_event(from);
  print_commit(hand_alone(db, &event, &result, error), &result, error);
}

/* ---- Guards and what else a batch has ------------------------------------------------------ */

static void play_guard(words* from) {
  stele_batch* batch = take_batch(from);
  const uint64_t after = take_number(from);
  stele_query* query = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  print_status(stele_batch_guard(batch, query, after, error), error);
  stele_query_close(query);
}

static void play_expect(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  const stele_text entity = take_text(from);
  uint64_t sequence = 0;
  if (take_word(from, "some"))
    sequence = STELE_SEQUENCE_SOME;
  else if (!take_word(from, "none"))
    sequence = take_number(from);
  print_status(stele_batch_expect(batch, entity.data, entity.size, sequence, error), error);
}

static void play_track(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  const stele_text source = take_text(from);
  const uint64_t previous = take_word(from, "any") ? STELE_PREVIOUS_ANY : take_number(from);
  const uint64_t position = take_number(from);
  print_status(stele_batch_track(batch, source.data, source.size, previous, position, error),
               error);
}

static void play_key(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  const stele_text key = take_text(from);
  print_status(stele_batch_key(batch, key.data, key.size, error), error);
}

static void play_durability(words* from) {
  static const char* const levels[] = {"os", "interval", "sync"};
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  const int32_t level = STELE_DURABILITY_OS + (int32_t)take_choice(from, levels, 3);
  print_status(stele_batch_durability(batch, level, error), error);
}

static void play_clear(words* from) {
  stele_error* error = fresh_error();
  print_status(stele_batch_clear(take_batch(from), error), error);
}

static void play_decide(words* from) {
  stele_batch* batch = take_batch(from);
  const stele_read_options options = take_read_options(from);
  stele_query* query = NULL;
  stele_cursor* cursor = NULL;
  if (!take_query(from, &query)) return;
  stele_error* error = fresh_error();
  const stele_status status = stele_batch_read(batch, query, &options, &cursor, error);
  print_events(status, cursor, error);
  stele_query_close(query);
}

static void play_conflicts(words* from) {
  stele_error* error = fresh_error();
  stele_batch* batch = take_batch(from);
  const uint32_t guard = (uint32_t)take_number(from);
  stele_cursor* cursor = NULL;
  const stele_status status = stele_batch_conflicts(batch, guard, &cursor, error);
  print_events(status, cursor, error);
}

/* ---- Commits ------------------------------------------------------------------------------- */

static void play_commit(words* from) {
  stele_error* error = fresh_error();
  stele_commit_result result = {.struct_size = sizeof result};
  const thing* batch = take_thing(from, THING_BATCH);
  print_commit(stele_commit(batch->db, batch->handle, &result, error), &result, error);
}

static void play_check(words* from) {
  stele_error* error = fresh_error();
  stele_commit_result result = {.struct_size = sizeof result};
  const thing* batch = take_thing(from, THING_BATCH);
  print_commit(stele_commit_check(batch->db, batch->handle, &result, error), &result, error);
}

static void play_begin(words* from) {
  stele_error* error = fresh_error();
  const thing* batch = take_thing(from, THING_BATCH);
  thing* made = take_new_thing(from, THING_TICKET);
  stele_ticket* ticket = NULL;
  const stele_status status = stele_commit_async(batch->db, batch->handle, &ticket, error);
  made->handle = ticket;
  print_status(status, error);
}

static void play_wait(words* from) {
  stele_error* error = fresh_error();
  stele_commit_result result = {.struct_size = sizeof result};
  stele_ticket* ticket = take_thing(from, THING_TICKET)->handle;
  print_commit(stele_ticket_wait(ticket, STELE_FOREVER, &result, error), &result, error);
}

const command batch_commands[] = {
    {"batch", play_batch},
    {"event", play_event},
    {"append", play_append},
    {"guard", play_guard},
    {"expect", play_expect},
    {"track", play_track},
    {"key", play_key},
    {"durability", play_durability},
    {"clear", play_clear},
    {"decide", play_decide},
    {"conflicts", play_conflicts},
    {"commit", play_commit},
    {"check", play_check},
    {"begin", play_begin},
    {"wait", play_wait},
    {NULL, NULL},
};
