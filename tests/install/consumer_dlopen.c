/* Does what consumer.c does, with a library loaded at run time: as the binding of a language would.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <stele/stele.h>
#include <string.h>

static struct {
  const char* (*version)(void);
  uint64_t (*live_handles)(void);
  stele_status (*open)(const char*, size_t, const stele_options*, stele_db**, stele_error*);
  stele_status (*close)(stele_db*, stele_error*);
  stele_status (*batch_create)(stele_db*, stele_batch**, stele_error*);
  stele_status (*batch_event)(stele_batch*, const stele_new_event*, stele_error*);
  void (*batch_close)(stele_batch*);
  stele_status (*commit)(stele_db*, stele_batch*, stele_commit_result*, stele_error*);
  stele_status (*read)(stele_db*, const stele_query*, const stele_read_options*, stele_cursor**,
                       stele_error*);
  stele_status (*cursor_next)(stele_cursor*, stele_event*, stele_error*);
  void (*cursor_close)(stele_cursor*);
  stele_status (*event_tag)(const stele_event*, uint32_t, stele_text*);
} lib;

/* ISO C has no conversion from void* to a pointer to function; POSIX says the bytes are the same.
 */
static void find(void* library, const char* name, void* function) {
  void* symbol = dlsym(library, name);
  if (symbol == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(1);
  }
  memcpy(function, &symbol, sizeof symbol);
}

static void load(void) {
  void* library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(1);
  }
  find(library, "stele_version", &lib.version);
  find(library, "stele_live_handles", &lib.live_handles);
  find(library, "stele_open", &lib.open);
  find(library, "stele_close", &lib.close);
  find(library, "stele_batch_create", &lib.batch_create);
  find(library, "stele_batch_event", &lib.batch_event);
  find(library, "stele_batch_close", &lib.batch_close);
  find(library, "stele_commit", &lib.commit);
  find(library, "stele_read", &lib.read);
  find(library, "stele_cursor_next", &lib.cursor_next);
  find(library, "stele_cursor_close", &lib.cursor_close);
  find(library, "stele_event_tag", &lib.event_tag);
}

static void check(stele_status status, const stele_error* error) {
  if (status == STELE_OK) return;
  fprintf(stderr, "status %d: %s\n", (int)status, error->message);
  exit(1);
}

int main(int argc, char** argv) {
  static const char data[] = "{\"copies\":2}";
  const stele_text tag = STELE_TEXT("book:1");
  stele_new_event sold = {.struct_size = sizeof sold, .event_type = STELE_TEXT("BookSold")};
  stele_event event = {.struct_size = sizeof event};
  stele_error error = STELE_ERROR_INIT;
  stele_db* db;
  stele_batch* batch;
  stele_cursor* cursor;
  stele_text tag_read;

  if (argc != 2) return 2;
  load();
  check(lib.open(argv[1], strlen(argv[1]), NULL, &db, &error), &error);

  sold.tags = &tag;
  sold.tag_count = 1;
  sold.data.data = (const uint8_t*)data;
  sold.data.size = sizeof data - 1;
  check(lib.batch_create(db, &batch, &error), &error);
  check(lib.batch_event(batch, &sold, &error), &error);
  check(lib.commit(db, batch, NULL, &error), &error);
  lib.batch_close(batch);

  check(lib.read(db, NULL, NULL, &cursor, &error), &error);
  check(lib.cursor_next(cursor, &event, &error), &error);
  check(lib.event_tag(&event, 0, &tag_read), &error);
  printf("stele %s: %.*s at %" PRIu64 ", tag %.*s, data %.*s\n", lib.version(),
         (int)event.event_type.size, event.event_type.data, event.position, (int)tag_read.size,
         tag_read.data, (int)event.data.size, (const char*)event.data.data);
  lib.cursor_close(cursor);

  check(lib.close(db, &error), &error);
  return lib.live_handles() == 0 ? 0 : 1;
}
