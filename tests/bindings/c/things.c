/* Keeps things in a list. */
#include "things.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static thing* things;

static void close_handle(thing* which) {
  switch (which->kind) {
    case THING_DB:
      stele_close(which->handle, NULL);
      break;
    case THING_BATCH:
      if (!which->is_borrowed) stele_batch_close(which->handle);
      break;
    case THING_TABLE:
      stele_table_close(which->handle);
      break;
    case THING_TXN:
      stele_txn_close(which->handle);
      break;
    case THING_SCAN:
      stele_scan_close(which->handle);
      break;
    case THING_TICKET:
      stele_ticket_close(which->handle);
      break;
    case THING_SUBSCRIPTION:
      stele_subscription_close(which->handle);
      break;
    case THING_PROJECTION:
      stele_projection_close(which->handle);
      break;
    case THING_TOKEN:
    case THING_RECEIPT:
      break;
  }
  which->handle = NULL;
  which->is_borrowed = false;
}

static thing* find(thing_kind kind, const char* name) {
  thing* at = things;
  while (at != NULL && (at->kind != kind || strcmp(at->name, name) != 0)) at = at->next;
  return at;
}

thing* take_new_thing(words* from, thing_kind kind) {
  const char* name = take_name(from);
  thing* made = find(kind, name);
  if (made != NULL) {
    close_handle(made);
    return made;
  }
  made = calloc(1, sizeof *made);
  if (made == NULL || strlen(name) >= sizeof made->name) nonsense("not a name", name);
  made->kind = kind;
  strcpy(made->name, name);
  made->next = things;
  things = made;
  return made;
}

thing* take_thing(words* from, thing_kind kind) {
  const char* name = take_name(from);
  thing* found = find(kind, name);
  if (found == NULL) nonsense("there is no such thing", name);
  return found;
}

stele_db* take_db(words* from) {
  return take_thing(from, THING_DB)->handle;
}

stele_batch* take_batch(words* from) {
  return take_thing(from, THING_BATCH)->handle;
}

stele_table* take_table(words* from) {
  return take_thing(from, THING_TABLE)->handle;
}

void close_things(void) {
  while (things != NULL) {
    thing* next = things->next;
    close_handle(things);
    free(things);
    things = next;
  }
}
