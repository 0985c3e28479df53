/* A projection that is killed and goes on: it counts the visits of each page into a table, with
   many events in a commit, and however often it is killed each of them is counted once. counts
   [DIRECTORY]    without one, in "counts.db" */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VISITS = 300, COMMIT_EVERY = 20, PAGES = 3 };

static const char* const pages[PAGES] = {"home", "news", "shop"};

static stele_error error = STELE_ERROR_INIT;

/* Ends the program at an error. Returns what a correct program expects. */
static stele_status must(stele_status status) {
  if (status >= 0) return status;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error.message);
  exit(1);
}

/* Of six visits three are to the first page, two to the second, one to the third. */
static void visit(stele_db* db) {
  static const int visited[] = {0, 1, 0, 2, 1, 0};
  stele_new_event event = {.struct_size = sizeof event, .event_type = STELE_TEXT("PageVisited")};
  stele_batch* batch;
  must(stele_batch_create(db, &batch, &error));
  for (int i = 0; i < VISITS; ++i) {
    const char* page = pages[visited[i % 6]];
    event.entity = (stele_text){page, strlen(page)};
    must(stele_batch_event(batch, &event, &error));
  }
  must(stele_commit(db, batch, NULL, &error));
  stele_batch_close(batch);
}

/* Reads the counts as of a moment; NULL: as the last commit left them. */
static void load(stele_table* table, const stele_as_of* as_of, long* counts) {
  for (int i = 0; i < PAGES; ++i) {
    uint8_t text[32] = {0};
    size_t size;
    must(stele_table_get(table, as_of, (const uint8_t*)pages[i], strlen(pages[i]), text,
                         sizeof text - 1, &size, NULL, &error));
    counts[i] = strtol((const char*)text, NULL, 10);
  }
}

/* Counts one event, and puts the row that follows from it. */
static void apply(stele_projection* projection, stele_table* table, const stele_event* event,
                  long* counts) {
  char row[32];
  int page = 0;
  while (strncmp(pages[page], event->entity.data, event->entity.size) != 0) ++page;
  const size_t size = (size_t)snprintf(row, sizeof row, "%ld", ++counts[page]);
  must(stele_projection_put(projection, table, (const uint8_t*)event->entity.data,
                            event->entity.size, (const uint8_t*)row, size, event->position,
                            &error));
}

/* Commits rows and progress. CONFLICT: another worker was faster, and has counted what this one
   has. NOT_FOUND: the table was dropped, or replaced by a rebuild, and is to be opened anew. */
static void commit(stele_projection* projection, stele_table* table, long* counts) {
  stele_status status = must(stele_projection_commit(projection, &error));
  if (status == STELE_CONFLICT) load(table, NULL, counts);
  if (status == STELE_NOT_FOUND) exit(1);
}

static void show(const char* moment, const long* counts) {
  printf("%s: %s %ld, %s %ld, %s %ld\n", moment, pages[0], counts[0], pages[1], counts[1], pages[2],
         counts[2]);
  fflush(stdout);
}

/* Counts all visits that are not counted yet, and is killed when it has seen so many. */
static void work(stele_db* db, const char* who, int killed_after) {
  stele_table_options options = {.struct_size = sizeof options, .history = STELE_HISTORY_ALL};
  stele_event event = {.struct_size = sizeof event};
  stele_projection* projection;
  stele_table* table;
  long counts[PAGES];
  int seen = 0;
  must(stele_projection_open(db, "counts", 6, NULL, 0, &projection, &error));
  must(stele_projection_table(projection, NULL, 0, "counts", 6, &options, &table, &error));
  load(table, NULL, counts); /* Rows that are not committed are not read: they are counted here. */
  show(who, counts);
  while (must(stele_projection_next(projection, 0, &event, NULL, &error)) == STELE_OK) {
    if (seen == 0) printf("%s begins at event %" PRIu64 "\n", who, event.position);
    apply(projection, table, &event, counts);
    if (++seen == killed_after) {
      printf("%s is killed at event %" PRIu64 "\n", who, event.position);
      fflush(stdout);
      raise(SIGKILL);
    }
    if (seen % COMMIT_EVERY == 0) commit(projection, table, counts);
  }
  commit(projection, table, counts);
  printf("%s has seen %d events\n", who, seen);
  show("now", counts);
  load(table, &(stele_as_of){sizeof(stele_as_of), STELE_AS_OF_POSITION, 66}, counts);
  show("as of event 66", counts);
  stele_table_close(table);
  stele_projection_close(projection);
}

/* Does the work in a process that does not live to the end of it. */
static int work_and_die(const char* path, const char* who, int killed_after) {
  int died = 0;
  const pid_t worker = fork();
  if (worker == 0) {
    stele_db* db;
    must(stele_open(path, strlen(path), NULL, &db, &error));
    work(db, who, killed_after);
    _exit(1);
  }
  return worker > 0 && waitpid(worker, &died, 0) > 0 && WIFSIGNALED(died);
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "counts.db";
  stele_db* db;
  must(stele_open(path, strlen(path), NULL, &db, &error));
  visit(db);
  must(stele_close(db, &error)); /* One process at a time has the database. */

  if (!work_and_die(path, "first", 150)) return 1;
  if (!work_and_die(path, "second", 75)) return 1;
  must(stele_open(path, strlen(path), NULL, &db, &error));
  work(db, "third", 0);
  must(stele_close(db, &error));
  return 0;
}
