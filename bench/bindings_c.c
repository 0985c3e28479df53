/*
 * The work that tools/bench-bindings compares the languages by, done in C through the public
 * header.
 *
 *     bench_bindings_c read-views N DIR       sums positions and all data bytes, in place
 *     bench_bindings_c read-records N DIR     copies each event into memory of its own, and frees
 * it bench_bindings_c append-batched N DIR   commits encoded events, 100 at a time bench_bindings_c
 * append-single N DIR    commits N events, each alone bench_bindings_c empty-call N           calls
 * a function that does nothing
 *
 * Prints the name of the work, a tab, and events a second, or nanoseconds for a call. Reads need a
 * database of N events in DIR and make it when there is none; writes need DIR not to be there.
 * Every language has such a program with the same events: 256 bytes of data, one of 4 types, of
 * 1,000 entities, of 10 and of 10,000 tags.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../tests/bindings/c/record.h"

enum { DATA_SIZE = 256, BUFFER_SIZE = 128 * 1024, NAME_SIZE = 24 };

/* What a work has added up: printed nowhere, but the compiler cannot know. */
static volatile uint64_t result;

static void require(bool fine, const char* what) {
  if (fine) return;
  fprintf(stderr, "bench_bindings_c: %s\n", what);
  exit(1);
}

static void require_ok(stele_status status, const stele_error* error) {
  require(status == STELE_OK, status == STELE_OK ? "" : error->message);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- Events -------------------------------------------------------------------------------- */

typedef struct sample {
  stele_new_event event;
  char entity[NAME_SIZE];
  char kind[NAME_SIZE];
  char customer[NAME_SIZE];
  stele_text tags[2];
  uint8_t data[DATA_SIZE];
} sample;

static stele_text text_of(char* name, const char* prefix, size_t number) {
  const int size = snprintf(name, NAME_SIZE, "%s%zu", prefix, number);
  return (stele_text){name, (size_t)size};
}

/* Makes event number `i` of the data set; it points into itself. */
static void make_sample(sample* made, size_t i) {
  static const char* const types[] = {"type-0", "type-1", "type-2", "type-3"};
  memset(&made->event, 0, sizeof made->event);
  made->event.struct_size = sizeof made->event;
  made->event.event_type = (stele_text){types[i % 4], 6};
  made->event.entity = text_of(made->entity, "e-", i % 1000);
  made->tags[0] = text_of(made->kind, "kind:", i % 10);
  made->tags[1] = text_of(made->customer, "customer:", i % 10000);
  made->event.tags = made->tags;
  made->event.tag_count = 2;
  for (size_t at = 0; at < DATA_SIZE; ++at) made->data[at] = (uint8_t)at;
  made->event.data = (stele_bytes){made->data, DATA_SIZE};
}

/* The names come from a pool in every language: formatting them is not what is measured. */
static sample* make_samples(size_t count) {
  sample* samples = calloc(count, sizeof *samples);
  require(samples != NULL, "no memory");
  for (size_t i = 0; i < count; ++i) make_sample(&samples[i], i);
  return samples;
}

enum { SAMPLES = 10000 };

/* ---- Databases ----------------------------------------------------------------------------- */

static stele_db* open_database(const char* path, int32_t mode) {
  stele_error error = STELE_ERROR_INIT;
  stele_options options;
  stele_db* db = NULL;
  stele_options_init(&options);
  options.mode = mode;
  options.durability = STELE_DURABILITY_OS;
  require_ok(stele_open(path, strlen(path), &options, &db, &error), &error);
  return db;
}

/* Commits `count` events, `batch_size` at a time, each batch handed over as records. */
static void append(stele_db* db, const sample* samples, size_t count, size_t batch_size) {
  stele_error error = STELE_ERROR_INIT;
  stele_batch* batch = NULL;
  uint8_t* records = malloc(batch_size * 1024);
  require(records != NULL, "no memory");
  require_ok(stele_batch_create(db, &batch, &error), &error);
  for (size_t done = 0; done < count;) {
    size_t used = 0;
    for (size_t i = 0; i < batch_size && done < count; ++i, ++done) {
      const stele_new_event* event = &samples[done % SAMPLES].event;
      size_t payload = 0;
      const size_t size = record_size(event, &payload);
      record_write(event, size, payload, records + used);
      used += size;
    }
    require_ok(stele_batch_events(batch, records, used, &error), &error);
    require_ok(stele_commit(db, batch, NULL, &error), &error);
  }
  stele_batch_close(batch);
  free(records);
}

static void make_data_set(const char* path, size_t count) {
  struct stat there;
  if (stat(path, &there) == 0) return;
  stele_error error = STELE_ERROR_INIT;
  sample* samples = make_samples(SAMPLES);
  stele_db* db = open_database(path, STELE_OPEN_NEW);
  append(db, samples, count, 1000);
  require_ok(stele_checkpoint(db, &error), &error);
  require_ok(stele_close(db, &error), &error);
  free(samples);
}

/* ---- Works --------------------------------------------------------------------------------- */

/* Sums what is asked for of a view: 32 bits are enough for its data, and twice as fast as 64. */
static uint64_t sum_view(const stele_event* event) {
  uint32_t sum = 0;
  for (size_t i = 0; i < event->data.size; ++i) sum += event->data.data[i];
  return event->position + sum;
}

static char* copy_text(stele_text text) {
  char* copy = malloc(text.size + 1);
  require(copy != NULL, "no memory");
  memcpy(copy, text.data, text.size);
  copy[text.size] = '\0';
  return copy;
}

/* Copies all of an event, as a program that keeps it has to, and frees it. */
static uint64_t copy_event(const stele_event* event) {
  char* type = copy_text(event->event_type);
  char* entity = copy_text(event->entity);
  char** tags = malloc(event->tag_count * sizeof *tags);
  uint8_t* data = malloc(event->data.size);
  require(tags != NULL && data != NULL, "no memory");
  memcpy(data, event->data.data, event->data.size);
  stele_text tag;
  for (uint32_t i = 0; stele_event_tag(event, i, &tag) == STELE_OK; ++i) tags[i] = copy_text(tag);
  const uint64_t sum = event->position + data[0] + (uint64_t)type[0] + (uint64_t)entity[0];
  for (uint32_t i = 0; i < event->tag_count; ++i) free(tags[i]);
  free(data);
  free(tags);
  free(entity);
  free(type);
  return sum;
}

/* Reads all events, batch by batch. Returns the seconds that it took. */
static double read_once(stele_db* db, size_t count, uint64_t (*work)(const stele_event*)) {
  static uint8_t buffer[BUFFER_SIZE];
  stele_error error = STELE_ERROR_INIT;
  stele_cursor* cursor = NULL;
  stele_event event = {.struct_size = sizeof event};
  size_t seen = 0;
  uint64_t sum = 0;
  const double start = now();
  require_ok(stele_read(db, NULL, NULL, &cursor, &error), &error);
  for (;;) {
    size_t used = 0;
    uint32_t events = 0;
    if (stele_cursor_next_batch(cursor, buffer, sizeof buffer, &used, &events, &error) != STELE_OK)
      break;
    for (size_t at = 0; at < used; at += event.record.size) {
      require_ok(stele_event_decode(buffer + at, used - at, &event, &error), &error);
      sum += work(&event);
    }
    seen += events;
  }
  const double took = now() - start;
  result = sum;
  stele_cursor_close(cursor);
  require(seen == count, "the database has another number of events");
  return took;
}

/* Returns the seconds of a second read: pages and code are in memory then, in every language. */
static double read_events(const char* path, size_t count, uint64_t (*work)(const stele_event*)) {
  stele_error error = STELE_ERROR_INIT;
  make_data_set(path, count);
  stele_db* db = open_database(path, STELE_OPEN_EXISTING);
  (void)read_once(db, count, work);
  const double took = read_once(db, count, work);
  require_ok(stele_close(db, &error), &error);
  return took;
}

static double append_batched(const char* path, size_t count) {
  stele_error error = STELE_ERROR_INIT;
  sample* samples = make_samples(SAMPLES);
  stele_db* db = open_database(path, STELE_OPEN_NEW);
  const double start = now();
  append(db, samples, count, 100);
  const double took = now() - start;
  require_ok(stele_close(db, &error), &error);
  free(samples);
  return took;
}

static double append_single(const char* path, size_t count) {
  stele_error error = STELE_ERROR_INIT;
  stele_batch* batch = NULL;
  sample* samples = make_samples(SAMPLES);
  stele_db* db = open_database(path, STELE_OPEN_NEW);
  require_ok(stele_batch_create(db, &batch, &error), &error);
  const double start = now();
  for (size_t i = 0; i < count; ++i) {
    require_ok(stele_batch_event(batch, &samples[i % SAMPLES].event, &error), &error);
    require_ok(stele_commit(db, batch, NULL, &error), &error);
  }
  const double took = now() - start;
  stele_batch_close(batch);
  require_ok(stele_close(db, &error), &error);
  free(samples);
  return took;
}

static double call_empty(size_t count) {
  uint64_t sum = 0;
  const double start = now();
  for (size_t i = 0; i < count; ++i) sum += stele_version_number();
  result = sum;
  return now() - start;
}

int main(int count, char** arguments) {
  const char* name = count > 1 ? arguments[1] : "";
  const size_t number = count > 2 ? strtoul(arguments[2], NULL, 10) : 0;
  const char* path = count > 3 ? arguments[3] : "";
  const bool is_call = strcmp(name, "empty-call") == 0;
  double took = 0;
  require(number > 0 && (is_call || *path != '\0'), "usage: bench_bindings_c WORK N [DIR]");
  if (is_call) {
    took = call_empty(number);
  } else if (strcmp(name, "read-views") == 0) {
    took = read_events(path, number, sum_view);
  } else if (strcmp(name, "read-records") == 0) {
    took = read_events(path, number, copy_event);
  } else if (strcmp(name, "append-batched") == 0) {
    took = append_batched(path, number);
  } else if (strcmp(name, "append-single") == 0) {
    took = append_single(path, number);
  } else {
    require(false, "there is no such work");
  }
  const double each = took / (double)number;
  printf("%s\t%.*f\n", name, is_call ? 2 : 0, is_call ? each * 1e9 : 1 / each);
  return 0;
}
