/*
 * things.h: what a scenario has made, under the names that it gave.
 *
 * A thing stays under its name when it was closed, so that scenarios can use what is closed.
 */
#ifndef SCENARIO_THINGS_H
#define SCENARIO_THINGS_H

#include <stdbool.h>
#include <stele/stele.h>

#include "words.h"

typedef enum thing_kind {
  THING_DB,
  THING_BATCH,
  THING_TABLE,
  THING_TXN,
  THING_SCAN,
  THING_TICKET,
  THING_SUBSCRIPTION,
  THING_PROJECTION,
  THING_TOKEN,
  THING_RECEIPT
} thing_kind;

typedef struct thing {
  struct thing* next;
  thing_kind kind;
  char name[64];
  void* handle;                     /* Of all but tokens and receipts. */
  stele_db* db;                     /* Of a batch or transaction: where it is committed. */
  bool is_borrowed;                 /* The handle is another thing's to close. */
  size_t size;                      /* Of a token or receipt, ... */
  uint8_t bytes[STELE_RECEIPT_MAX]; /* ... its bytes. */
} thing;

/* Takes a name and makes, or empties, the thing of that name. */
thing* take_new_thing(words* from, thing_kind kind);

/* Takes the name of a thing that there is. */
thing* take_thing(words* from, thing_kind kind);

stele_db* take_db(words* from);
stele_batch* take_batch(words* from);
stele_table* take_table(words* from);

/* Closes and forgets all things. */
void close_things(void);

#endif /* SCENARIO_THINGS_H */
