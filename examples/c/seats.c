/* Seats are sold once each, whoever competes for them: a reservation puts the seat's row if there
   is none, and who comes too late reads in it who has the seat. seats [DIRECTORY]    without one,
   the database is in memory */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>

enum { ROWS = 10, BUYERS = 4, NAME_MAX_SIZE = 32 };

/* Ends the program at an error. Returns what a correct program expects. */
static stele_status must(stele_status status, const stele_error* error) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error->message);
  exit(1);
}

typedef struct hall {
  stele_db* db;
  stele_table* seats; /* From the seat to who has it. */
} hall;

/* Copies who has a seat into `holder`, NAME_MAX_SIZE bytes; "" if nobody has it. */
static void find_holder(const hall* in, const char* seat, char* holder) {
  stele_error error = STELE_ERROR_INIT;
  size_t size;
  stele_status status =
      must(stele_table_get(in->seats, NULL, (const uint8_t*)seat, strlen(seat), (uint8_t*)holder,
                           NAME_MAX_SIZE - 1, &size, NULL, &error),
           &error);
  holder[status == STELE_OK ? size : 0] = '\0';
}

/* Returns OK and the buyer as the holder, or CONFLICT and who was faster. */
static stele_status reserve(const hall* in, const char* seat, const char* buyer, char* holder) {
  const uint8_t* key = (const uint8_t*)seat;
  stele_new_event reserved = {.struct_size = sizeof reserved};
  stele_error error = STELE_ERROR_INIT;
  stele_batch* batch;
  reserved.event_type = STELE_TEXT("SeatReserved");
  reserved.entity = (stele_text){seat, strlen(seat)};
  reserved.data = (stele_bytes){(const uint8_t*)buyer, strlen(buyer)};
  must(stele_batch_create(in->db, &batch, &error), &error);
  must(stele_batch_expect_row(batch, in->seats, key, strlen(seat), 0, &error), &error);
  must(stele_batch_event(batch, &reserved, &error), &error);
  must(stele_batch_put(batch, in->seats, key, strlen(seat), (const uint8_t*)buyer, strlen(buyer),
                       &error),
       &error);
  stele_status status = must(stele_commit(in->db, batch, NULL, &error), &error);
  stele_batch_close(batch);
  find_holder(in, seat, holder);
  return status;
}

static void try_one(const hall* in, const char* seat, const char* buyer) {
  char holder[NAME_MAX_SIZE];
  stele_status status = reserve(in, seat, buyer, holder);
  printf("%s for %s: %s %s\n", seat, buyer, status == STELE_OK ? "sold to" : "taken by", holder);
}

/* What one of several threads does: tries to reserve all seats, A and B of each row. */
typedef struct rush {
  const hall* in;
  char buyer[NAME_MAX_SIZE];
  int sold;
  int lost;
  int told; /* Lost to somebody whose name is known. */
} rush;

static void* run_rush(void* argument) {
  rush* mine = argument;
  for (int i = 0; i < 2 * ROWS; ++i) {
    char seat[NAME_MAX_SIZE];
    char holder[NAME_MAX_SIZE];
    snprintf(seat, sizeof seat, "%02d%c", 1 + i / 2, "AB"[i % 2]);
    const int won = reserve(mine->in, seat, mine->buyer, holder) == STELE_OK;
    const int is_mine = strcmp(holder, mine->buyer) == 0;
    mine->sold += won && is_mine;
    mine->lost += !won;
    mine->told += !won && !is_mine && holder[0] != '\0';
  }
  return NULL;
}

/* Returns how many seats have a holder, and prints those of the first row. */
static int list(const hall* in) {
  stele_error error = STELE_ERROR_INIT;
  stele_row row = {.struct_size = sizeof row};
  stele_scan* scan;
  int count = 0;
  must(stele_scan_open(in->seats, NULL, &scan, &error), &error);
  for (; must(stele_scan_next(scan, &row, &error), &error) == STELE_OK; ++count) {
    if (memcmp(row.key.data, "01", 2) != 0) continue;
    printf("%.*s: %.*s\n", (int)row.key.size, (const char*)row.key.data, (int)row.value.size,
           (const char*)row.value.data);
  }
  stele_scan_close(scan);
  return count;
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : ":memory:";
  stele_error error = STELE_ERROR_INIT;
  uint64_t events;
  hall opera;
  must(stele_open(path, strlen(path), NULL, &opera.db, &error), &error);
  must(stele_table_create(opera.db, NULL, 0, "seats", 5, NULL, &error), &error); /* Or it EXISTS. */
  must(stele_table_open(opera.db, NULL, 0, "seats", 5, &opera.seats, &error), &error);
  try_one(&opera, "01A", "ada");
  try_one(&opera, "01A", "bob");
  try_one(&opera, "01B", "bob");

  rush rushes[BUYERS] = {0};
  pthread_t threads[BUYERS];
  for (int i = 0; i < BUYERS; ++i) {
    rushes[i].in = &opera;
    snprintf(rushes[i].buyer, sizeof rushes[i].buyer, "buyer-%d", i);
    if (pthread_create(&threads[i], NULL, run_rush, &rushes[i]) != 0) return 1;
  }
  rush all = {0};
  for (int i = 0; i < BUYERS; ++i) {
    pthread_join(threads[i], NULL);
    all.sold += rushes[i].sold;
    all.lost += rushes[i].lost;
    all.told += rushes[i].told;
  }
  printf("%d threads, each after all %d seats: %d sold, %d lost, %d told who has it\n", BUYERS,
         2 * ROWS, all.sold, all.lost, all.told);
  const int rows = list(&opera);
  must(stele_count(opera.db, NULL, &events, &error), &error);
  printf("%d rows, %d events\n", rows, (int)events);
  stele_table_close(opera.seats);
  must(stele_close(opera.db, &error), &error);
  return 0;
}
