/* Bank balances: a deposit or a withdrawal is an event, and the account's row with the balance
   behind it is in the same commit, which is refused if the row has changed since it was read; the
   table keeps history, so that there is a statement as of any moment.
     balances [DIRECTORY]    without one, the database is in memory */
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

typedef struct bank {
  stele_db* db;
  stele_table* accounts; /* From the name to the balance, as text. */
} bank;

typedef struct account {
  const char* name;
  long balance;
  uint64_t tsn; /* The commit that wrote the row; 0: there is none yet. */
} account;

static long balance_of(stele_bytes row) {
  char text[32];
  snprintf(text, sizeof text, "%.*s", (int)row.size, (const char*)row.data);
  return strtol(text, NULL, 10);
}

static account load(const bank* of, const char* name) {
  account loaded = {name, 0, 0};
  stele_row row = {.struct_size = sizeof row};
  uint8_t buffer[32];
  size_t size;
  if (must(stele_table_get(of->accounts, NULL, (const uint8_t*)name, strlen(name), buffer,
                           sizeof buffer, &size, &row, &error)) == STELE_OK) {
    loaded.balance = balance_of(row.value);
    loaded.tsn = row.tsn;
  }
  return loaded;
}

/* Commits the event and the new balance of an account as it was read; CONFLICT when it has changed
   since. */
static stele_status commit_amount(const bank* to, const account* read, long amount,
                                  stele_commit_result* result) {
  const uint8_t* key = (const uint8_t*)read->name;
  const size_t key_size = strlen(read->name);
  stele_new_event event = {.struct_size = sizeof event};
  stele_batch* batch;
  char data[32];
  char row[32];
  event.event_type = amount < 0 ? STELE_TEXT("Withdrawn") : STELE_TEXT("Deposited");
  event.entity = (stele_text){read->name, key_size};
  event.data.data = (const uint8_t*)data;
  event.data.size = (size_t)snprintf(data, sizeof data, "%ld", labs(amount));
  const size_t row_size = (size_t)snprintf(row, sizeof row, "%ld", read->balance + amount);
  must(stele_batch_create(to->db, &batch, &error));
  must(stele_batch_expect_row(batch, to->accounts, key, key_size, read->tsn, &error));
  must(stele_batch_event(batch, &event, &error));
  must(stele_batch_put(batch, to->accounts, key, key_size, (const uint8_t*)row, row_size, &error));
  stele_status status = must(stele_commit(to->db, batch, result, &error));
  stele_batch_close(batch);
  return status;
}

/* Deposits, or withdraws what is below 0, and returns what the commit was: zeros when there is too
   little. */
static stele_commit_result change(const bank* to, const char* name, long amount) {
  stele_commit_result result = {.struct_size = sizeof result};
  for (;;) {
    const account now = load(to, name);
    const int enough = now.balance + amount >= 0;
    if (enough && commit_amount(to, &now, amount, &result) != STELE_OK) continue;
    printf("%s %+ld: %s\n", name, amount, enough ? "done" : "too little");
    return result;
  }
}

/* Prints all balances as they were at a moment. */
static void statement(const bank* of, const char* moment, stele_as_of_kind kind, int64_t at) {
  stele_scan_options options = {.struct_size = sizeof options};
  stele_row row = {.struct_size = sizeof row};
  stele_scan* scan;
  options.as_of = (stele_as_of){sizeof options.as_of, kind, at};
  printf("%s:", moment);
  must(stele_scan_open(of->accounts, &options, &scan, &error));
  while (must(stele_scan_next(scan, &row, &error)) == STELE_OK) {
    printf(" %.*s %ld since event %" PRIu64 ";", (int)row.key.size, (const char*)row.key.data,
           balance_of(row.value), row.position);
  }
  printf("\n");
  stele_scan_close(scan);
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : ":memory:";
  stele_table_options options = {.struct_size = sizeof options, .history = STELE_HISTORY_ALL};
  bank ours;
  must(stele_open(path, strlen(path), NULL, &ours.db, &error));
  must(stele_table_create(ours.db, NULL, 0, "accounts", 8, &options, &error)); /* Or it EXISTS. */
  must(stele_table_open(ours.db, NULL, 0, "accounts", 8, &ours.accounts, &error));
  change(&ours, "ada", 100);
  const stele_commit_result second = change(&ours, "bob", 50);
  const stele_commit_result third = change(&ours, "ada", -30);
  change(&ours, "bob", -80);

  /* Two clerks read the same account; the second one to commit has to look again. */
  const account read = load(&ours, "bob");
  printf("first clerk: %s\n", stele_status_name(commit_amount(&ours, &read, -50, NULL)));
  printf("second clerk: %s\n", stele_status_name(commit_amount(&ours, &read, -50, NULL)));
  change(&ours, "bob", -50);

  statement(&ours, "event 1", STELE_AS_OF_POSITION, 1);
  statement(&ours, "second commit", STELE_AS_OF_TSN, (int64_t)second.tsn);
  statement(&ours, "time of the third", STELE_AS_OF_TIME, third.recorded);
  statement(&ours, "right before", STELE_AS_OF_TIME, third.recorded - 1);
  statement(&ours, "now", STELE_AS_OF_NOW, 0);
  stele_table_close(ours.accounts);
  must(stele_close(ours.db, &error));
  return 0;
}
