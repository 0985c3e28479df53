/* A consumer whose effects are in the same database: it records how far it is in the commit that
   has the effect, so that each order gets one letter, wherever the consumer is killed, and even if
   two of them run. follow_with_track [DIRECTORY]    without one, the database is in memory */
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

static void place_order(stele_db* db, const char* order) {
  stele_new_event placed = {.struct_size = sizeof placed, .event_type = STELE_TEXT("OrderPlaced")};
  stele_batch* batch;
  placed.entity = (stele_text){order, strlen(order)};
  must(stele_batch_create(db, &batch, &error));
  must(stele_batch_event(batch, &placed, &error));
  must(stele_commit(db, batch, NULL, &error));
  stele_batch_close(batch);
}

/* Writes the letter for one order, and with it that the orders are worked off up to there. */
static stele_status write_letter(stele_db* db, const stele_event* order, uint64_t previous) {
  stele_new_event written = {.struct_size = sizeof written,
                             .event_type = STELE_TEXT("LetterWritten")};
  stele_batch* batch;
  written.entity = order->entity;
  written.causation_id = order->id;
  must(stele_batch_create(db, &batch, &error));
  must(stele_batch_event(batch, &written, &error));
  must(stele_batch_track(batch, "letters", 7, previous, order->position, &error));
  stele_status status = must(stele_commit(db, batch, NULL, &error));
  stele_batch_close(batch);
  return status;
}

static stele_subscription* subscribe(stele_db* db, uint64_t after) {
  stele_subscribe_options options;
  stele_subscription* orders;
  stele_query* query;
  stele_subscribe_options_init(&options);
  options.after = after;
  must(stele_query_create(&query, &error));
  must(stele_query_type(query, "OrderPlaced", 11, &error));
  must(stele_subscribe(db, query, &options, &orders, &error));
  stele_query_close(query);
  return orders;
}

/* Writes the letters that are missing, at most so many: then it "crashes". */
static void work(stele_db* db, const char* who, int letters_max) {
  stele_event order = {.struct_size = sizeof order};
  uint64_t done = 0;
  must(stele_tracked(db, "letters", 7, &done, &error));
  stele_subscription* orders = subscribe(db, done);
  for (int i = 0; i < letters_max; ++i) {
    if (must(stele_subscription_next(orders, 0, &order, NULL, &error)) != STELE_OK) break;
    stele_status status = write_letter(db, &order, done);
    printf("%s: the letter for %.*s: %s\n", who, (int)order.entity.size, order.entity.data,
           stele_status_name(status));
    done = order.position;
  }
  stele_subscription_close(orders);
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : ":memory:";
  stele_event order = {.struct_size = sizeof order};
  uint64_t done = 0;
  stele_db* db;
  must(stele_open(path, strlen(path), NULL, &db, &error));
  place_order(db, "order-1");
  place_order(db, "order-2");
  place_order(db, "order-3");
  work(db, "first", 1);

  /* One that began as the second did, but is slower, loses: nothing is written twice. */
  must(stele_tracked(db, "letters", 7, &done, &error));
  stele_subscription* slow = subscribe(db, done);
  must(stele_subscription_next(slow, 0, &order, NULL, &error));
  work(db, "second", 10);
  printf("slow: the letter for %.*s: %s\n", (int)order.entity.size, order.entity.data,
         stele_status_name(write_letter(db, &order, done)));
  stele_subscription_close(slow);

  must(stele_tracked(db, "letters", 7, &done, &error));
  printf("worked off up to %" PRIu64 "\n", done);
  must(stele_close(db, &error));
  return 0;
}
