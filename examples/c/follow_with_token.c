/* A consumer whose state is elsewhere, here in a file: it stores the subscription's token together
   with the state, in one step, and resumes there after a restart. No event is counted twice or left
   out, wherever the consumer is killed.
     follow_with_token [DIRECTORY]    without one, in "follow.db"; the state is in DIRECTORY.state
 */
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>
#include <unistd.h>

static stele_error error = STELE_ERROR_INIT;

/* Ends the program at an error. Returns what a correct program expects. */
static stele_status must(stele_status status) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error.message);
  exit(1);
}

/* The consumer's state, as it is in the file. */
typedef struct state {
  uint8_t token[STELE_TOKEN_SIZE];
  uint8_t has_token;
  long sold;
} state;

static state load(const char* file) {
  state loaded;
  memset(&loaded, 0, sizeof loaded);
  FILE* in = fopen(file, "rb");
  if (in == NULL) return loaded; /* The first start. */
  if (fread(&loaded, sizeof loaded, 1, in) != 1) exit(1);
  fclose(in);
  return loaded;
}

/* Writes a new file and puts it in the old one's place: it is there as a whole or not at all. */
static void save(const char* file, const state* now) {
  char fresh[512];
  snprintf(fresh, sizeof fresh, "%s.new", file);
  FILE* out = fopen(fresh, "wb");
  if (out == NULL || fwrite(now, sizeof *now, 1, out) != 1 || fflush(out) != 0) exit(1);
  if (fsync(fileno(out)) != 0 || fclose(out) != 0 || rename(fresh, file) != 0) exit(1);
}

/* Counts the sales that are new since the last time. A consumer that runs for ever would wait with
   STELE_FOREVER where this one looks only. */
static void count_sales(stele_db* db, const char* file) {
  state now = load(file);
  int fresh = 0;
  stele_event sale = {.struct_size = sizeof sale};
  stele_subscribe_options options;
  stele_subscription* sales;
  stele_query* query;
  must(stele_query_create(&query, &error));
  must(stele_query_type(query, "BookSold", 8, &error));
  stele_subscribe_options_init(&options);
  if (now.has_token) {
    options.token = now.token;
    options.token_size = sizeof now.token;
  }
  must(stele_subscribe(db, query, &options, &sales, &error));
  while (must(stele_subscription_next(sales, 0, &sale, NULL, &error)) == STELE_OK) {
    ++fresh;
    ++now.sold;
    now.has_token = 1;
    must(stele_subscription_token(sales, now.token, &error));
    save(file, &now); /* The state and the token, in one step. */
  }
  printf("%d new, %ld sold\n", fresh, now.sold);
  stele_subscription_close(sales);
  stele_query_close(query);
}

static void sell(stele_db* db, int copies) {
  stele_new_event sold = {.struct_size = sizeof sold, .event_type = STELE_TEXT("BookSold")};
  stele_new_event other = {.struct_size = sizeof other, .event_type = STELE_TEXT("ShopCleaned")};
  stele_batch* batch;
  must(stele_batch_create(db, &batch, &error));
  for (int i = 0; i < copies; ++i) must(stele_batch_event(batch, &sold, &error));
  must(stele_batch_event(batch, &other, &error));
  must(stele_commit(db, batch, NULL, &error));
  stele_batch_close(batch);
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "follow.db";
  static const int kSales[] = {3, 2, 0};
  char file[480];
  snprintf(file, sizeof file, "%s.state", path);
  for (int i = 0; i < 3; ++i) { /* Each round is a restart. */
    stele_db* db;
    must(stele_open(path, strlen(path), NULL, &db, &error));
    sell(db, kSales[i]);
    count_sales(db, file);
    must(stele_close(db, &error));
  }
  return 0;
}
