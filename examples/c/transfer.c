/* Money moves between two accounts, all or nothing: both events are one commit, and each account
   must still have the version that the decision was made at.
     transfer [DIRECTORY]    without one, the database is in memory */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>

static stele_error error = STELE_ERROR_INIT;

/* Ends the program at an error. Returns what a correct program expects. */
static stele_status must(stele_status status) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error.message);
  exit(1);
}

typedef struct account {
  const char* name;
  long balance;
  uint64_t version;
} account;

static account load(stele_db* db, const char* name) {
  account loaded = {name, 0, 0};
  stele_event event = {.struct_size = sizeof event};
  stele_cursor* cursor;
  must(stele_stream_read(db, name, strlen(name), NULL, &cursor, &error));
  while (must(stele_cursor_next(cursor, &event, &error)) == STELE_OK) {
    char text[32];
    snprintf(text, sizeof text, "%.*s", (int)event.data.size, (const char*)event.data.data);
    loaded.balance += strtol(text, NULL, 10);
    loaded.version = event.sequence;
  }
  stele_cursor_close(cursor);
  return loaded;
}

/* Adds to the batch what an account loses or gets, and the version that it must have for that. */
static void add(stele_batch* batch, const account* to, const char* type, long amount) {
  char data[32];
  stele_new_event event = {.struct_size = sizeof event};
  event.event_type = (stele_text){type, strlen(type)};
  event.entity = (stele_text){to->name, strlen(to->name)};
  event.data.data = (const uint8_t*)data;
  event.data.size = (size_t)snprintf(data, sizeof data, "%ld", amount);
  must(stele_batch_event(batch, &event, &error));
  must(stele_batch_expect(batch, to->name, strlen(to->name), to->version, &error));
}

/* Commits a transfer that was decided with these accounts; CONFLICT when one has changed since. */
static stele_status commit_transfer(stele_db* db, const account* from, const account* to,
                                    long amount) {
  stele_batch* batch;
  must(stele_batch_create(db, &batch, &error));
  add(batch, from, "Withdrawn", -amount);
  add(batch, to, "Deposited", amount);
  stele_status status = must(stele_commit(db, batch, NULL, &error));
  stele_batch_close(batch);
  return status;
}

/* Returns 0 when there is too little to transfer. */
static int transfer(stele_db* db, const char* from_name, const char* to_name, long amount) {
  for (;;) {
    const account from = load(db, from_name);
    const account to = load(db, to_name);
    if (from.balance < amount) return 0;
    if (commit_transfer(db, &from, &to, amount) == STELE_OK) return 1;
  }
}

static void show(stele_db* db) {
  printf("ada has %ld, bob has %ld\n", load(db, "ada").balance, load(db, "bob").balance);
}

static void deposit(stele_db* db, const char* name, long amount) {
  const account to = load(db, name);
  stele_batch* batch;
  must(stele_batch_create(db, &batch, &error));
  add(batch, &to, "Deposited", amount);
  must(stele_commit(db, batch, NULL, &error));
  stele_batch_close(batch);
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : ":memory:";
  stele_db* db;
  must(stele_open(path, strlen(path), NULL, &db, &error));
  deposit(db, "ada", 100);
  deposit(db, "bob", 10);
  show(db);
  printf("70 from ada to bob: %s\n", transfer(db, "ada", "bob", 70) ? "done" : "too little");
  printf("70 from ada to bob: %s\n", transfer(db, "ada", "bob", 70) ? "done" : "too little");
  show(db);

  /* Two clerks read the same accounts; the second one to commit has to look again. */
  const account ada = load(db, "ada");
  const account bob = load(db, "bob");
  printf("first clerk: %s\n", stele_status_name(commit_transfer(db, &bob, &ada, 50)));
  printf("second clerk: %s", stele_status_name(commit_transfer(db, &bob, &ada, 50)));
  printf(", guard %" PRIu32 " found version %" PRIu64 "\n", error.guard, error.sequence);
  printf("second clerk again: %s\n", transfer(db, "bob", "ada", 50) ? "done" : "too little");
  show(db);
  must(stele_close(db, &error));
  return 0;
}
