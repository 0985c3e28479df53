/* An account: reads what happened, decides, appends; and again when somebody was faster.
     account [DIRECTORY]    without one, the database is in memory */
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

static long amount_of(const stele_event* event) {
  char text[32];
  snprintf(text, sizeof text, "%.*s", (int)event->data.size, (const char*)event->data.data);
  return strtol(text, NULL, 10);
}

/* Books an amount, below zero for a withdrawal, unless the balance would fall below zero. Returns
   the balance, or -1 when the booking was refused. */
static long book(stele_db* db, stele_batch* batch, const stele_query* account, long amount) {
  char data[32];
  stele_event event = {.struct_size = sizeof event};
  stele_new_event booked = {.struct_size = sizeof booked,
                            .event_type = STELE_TEXT("Booked"),
                            .entity = STELE_TEXT("account-7")};
  booked.data.data = (const uint8_t*)data;
  booked.data.size = (size_t)snprintf(data, sizeof data, "%ld", amount);
  for (;;) {
    long balance = amount;
    stele_cursor* cursor;
    must(stele_batch_read(batch, account, NULL, &cursor, &error));
    while (must(stele_cursor_next(cursor, &event, &error)) == STELE_OK)
      balance += amount_of(&event);
    stele_cursor_close(cursor);
    if (balance >= 0) must(stele_batch_event(batch, &booked, &error));
    stele_status status = balance >= 0 ? must(stele_commit(db, batch, NULL, &error)) : STELE_END;
    must(stele_batch_clear(batch, &error));
    if (status != STELE_CONFLICT) return balance >= 0 ? balance : -1;
  }
}

static void tell(const char* what, long balance) {
  if (balance >= 0) {
    printf("%s: the balance is %ld\n", what, balance);
  } else {
    printf("%s: refused\n", what);
  }
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : ":memory:";
  stele_stream_info info = {.struct_size = sizeof info};
  stele_db* db;
  stele_batch* batch;
  stele_query* account;

  must(stele_open(path, strlen(path), NULL, &db, &error));
  must(stele_batch_create(db, &batch, &error));
  must(stele_query_create(&account, &error));
  must(stele_query_entity(account, "account-7", 9, &error));
  tell("deposit 100", book(db, batch, account, 100));
  tell("withdraw 30", book(db, batch, account, -30));
  tell("withdraw 80", book(db, batch, account, -80));
  tell("withdraw 70", book(db, batch, account, -70));
  must(stele_stream_get(db, "account-7", 9, &info, &error));
  printf("account-7 is at version %" PRIu64 "\n", info.sequence);

  stele_query_close(account);
  stele_batch_close(batch);
  must(stele_close(db, &error));
  return 0;
}
