/* Projects events: what the tests of `stele projection` have instead of somebody's program.
     projector DB NAME TABLE EVENTS [--rebuild]    puts a row for each of so many events, commits
   once */
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>

static stele_error error = STELE_ERROR_INIT;

static void must(stele_status status) {
  if (status == STELE_OK) return;
  fprintf(stderr, "%s: %s\n", stele_status_name(status), error.message);
  exit(1);
}

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const char* name = argv[2];
  const char* table_name = argv[3];
  stele_db* db;
  stele_projection* projection;
  stele_table* table;
  stele_event event;
  memset(&event, 0, sizeof event);
  event.struct_size = sizeof event;
  must(stele_open(argv[1], strlen(argv[1]), NULL, &db, &error));
  must(stele_projection_open(db, name, strlen(name), NULL,
                             argc > 5 ? (uint32_t)STELE_PROJECTION_REBUILD : 0, &projection,
                             &error));
  must(stele_projection_table(projection, NULL, 0, table_name, strlen(table_name), NULL, &table,
                              &error));
  for (long left = strtol(argv[4], NULL, 10); left > 0; --left) {
    must(stele_projection_next(projection, 0, &event, NULL, &error));
    must(stele_projection_put(projection, table, (const uint8_t*)event.event_type.data,
                              event.event_type.size, (const uint8_t*)"", 0, event.position,
                              &error));
  }
  must(stele_projection_commit(projection, &error));
  stele_table_close(table);
  stele_projection_close(projection);
  must(stele_close(db, &error));
  return 0;
}
