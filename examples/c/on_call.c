/* Doctors on call: one may go home as long as another one stays, and so many ask at once that each
   sees the others there. A transaction reads the table and writes to it, and its commit is refused
   if what it has read has changed; the row and the event are one commit.
     on_call [DIRECTORY]    without one, the database is in memory */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>

enum { kDoctors = 8 };

static stele_db* db;
static stele_table* doctors; /* A row for each who is on call. */

/* Ends the program at an error. Returns what a correct program expects. */
static stele_status must(stele_status status, const stele_error* error) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error->message);
  exit(1);
}

static stele_txn* begin(stele_isolation isolation) {
  stele_error error = STELE_ERROR_INIT;
  stele_txn_options options = {.struct_size = sizeof options, .isolation = isolation};
  stele_txn* txn;
  must(stele_txn_begin(db, &options, &txn, &error), &error);
  return txn;
}

/* How many are on call, as the transaction sees it. */
static int count(stele_txn* txn) {
  stele_error error = STELE_ERROR_INIT;
  stele_row row = {.struct_size = sizeof row};
  stele_scan* scan;
  int found = 0;
  must(stele_txn_scan(txn, doctors, NULL, &scan, &error), &error);
  while (must(stele_scan_next(scan, &row, &error), &error) == STELE_OK) ++found;
  stele_scan_close(scan);
  return found;
}

/* Adds the row, or its deletion, and the event. */
static void change(stele_txn* txn, const char* name, int is_on_call) {
  stele_error error = STELE_ERROR_INIT;
  const uint8_t* key = (const uint8_t*)name;
  const size_t size = strlen(name);
  stele_new_event event = {.struct_size = sizeof event};
  stele_batch* batch;
  event.event_type = is_on_call ? STELE_TEXT("CameOnCall") : STELE_TEXT("WentHome");
  event.entity = (stele_text){name, size};
  must(stele_txn_batch(txn, &batch, &error), &error);
  must(stele_batch_event(batch, &event, &error), &error);
  if (is_on_call)
    must(stele_batch_put(batch, doctors, key, size, key, size, &error), &error);
  else
    must(stele_batch_delete(batch, doctors, key, size, &error), &error);
}

static stele_status commit(stele_txn* txn) {
  stele_error error = STELE_ERROR_INIT;
  const stele_status status = must(stele_txn_commit(txn, NULL, &error), &error);
  stele_txn_close(txn);
  return status;
}

static void come(const char* name) {
  stele_status status;
  do {
    stele_txn* txn = begin(STELE_ISOLATION_SERIALIZABLE);
    change(txn, name, 1);
    status = commit(txn);
  } while (status == STELE_CONFLICT);
}

/* Begins again until nobody is in the way. Returns 0 when nobody else is on call. */
static int go(const char* name) {
  for (;;) {
    stele_txn* txn = begin(STELE_ISOLATION_SERIALIZABLE);
    const int may_go = count(txn) > 1;
    if (may_go) change(txn, name, 0);
    if (commit(txn) == STELE_OK) return may_go;
  }
}

/* Both look before one of them has gone. */
static void go_together(const char* how, stele_isolation isolation) {
  stele_txn* ada = begin(isolation);
  stele_txn* bob = begin(isolation);
  if (count(ada) > 1) change(ada, "ada", 0);
  if (count(bob) > 1) change(bob, "bob", 0);
  const stele_status first = commit(ada);
  printf("%s: ada %s, bob %s\n", how, stele_status_name(first), stele_status_name(commit(bob)));
}

/* Half of the doctors, and how many of them went home. */
typedef struct half {
  int first;
  int gone;
} half;

static void* send_home(void* which) {
  half* ours = which;
  char name[32];
  for (int i = ours->first; i < kDoctors; i += 2) {
    snprintf(name, sizeof name, "doctor-%d", i);
    ours->gone += go(name);
  }
  return NULL;
}

static void rush(void) {
  half even = {0, 0};
  half odd = {1, 0};
  pthread_t other;
  char name[32];
  for (int i = 0; i < kDoctors; ++i) {
    snprintf(name, sizeof name, "doctor-%d", i);
    come(name);
  }
  if (pthread_create(&other, NULL, send_home, &odd) != 0) exit(1);
  send_home(&even);
  pthread_join(other, NULL);
  printf("two threads, %d doctors: %d went home\n", kDoctors, even.gone + odd.gone);
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : ":memory:";
  stele_error error = STELE_ERROR_INIT;
  must(stele_open(path, strlen(path), NULL, &db, &error), &error);
  must(stele_table_create(db, NULL, 0, "doctors", 7, NULL, &error), &error); /* Or it EXISTS. */
  must(stele_table_open(db, NULL, 0, "doctors", 7, &doctors, &error), &error);
  come("ada");
  come("bob");
  go_together("serializable", STELE_ISOLATION_SERIALIZABLE);
  printf("bob asks again: %s\n", go("bob") ? "he may go" : "nobody else is on call");
  come("ada");
  go_together("snapshot", STELE_ISOLATION_SNAPSHOT); /* Write skew: nobody is left. */
  rush();

  stele_txn* txn = begin(STELE_ISOLATION_SERIALIZABLE);
  printf("on call in the end: %d\n", count(txn));
  commit(txn);
  stele_table_close(doctors);
  must(stele_close(db, &error), &error);
  return 0;
}
