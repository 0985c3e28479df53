/* Commands of a whole database: open and close, clock and figures. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "handing.h"

static int32_t take_durability(words* from) {
  static const char* const levels[] = {"os", "interval", "sync"};
  static const int32_t numbers[] = {STELE_DURABILITY_OS, STELE_DURABILITY_INTERVAL,
                                    STELE_DURABILITY_SYNC};
  return numbers[take_choice(from, levels, 3)];
}

/* Takes the value of the option `name`, if it is one of those with 64 bits. */
static bool take_wide_option(words* from, const char* name, stele_options* options) {
  const struct {
    const char* name;
    uint64_t* value;
  } wide[] = {
      {"segment_size", &options->segment_size},
      {"buffer_max", &options->buffer_max},
      {"tail_max", &options->tail_max},
      {"max_clock_jump", &options->max_clock_jump},
      {"test_seed", &options->test_seed},
      {"memory_budget", &options->memory_budget},
      {"checkpoint_log", &options->checkpoint_log},
      {"max_reader_age", &options->max_reader_age},
  };
  for (size_t i = 0; i < sizeof wide / sizeof *wide; ++i) {
    if (strcmp(name, wide[i].name) != 0) continue;
    *wide[i].value = take_number(from);
    return true;
  }
  return false;
}

static void take_option(words* from, stele_options* options) {
  const char* name = take_name(from);
  if (take_wide_option(from, name, options)) return;
  if (strcmp(name, "durability") == 0) {
    options->durability = take_durability(from);
  } else if (strcmp(name, "interval_ms") == 0) {
    options->interval_ms = (uint32_t)take_number(from);
  } else if (strcmp(name, "keep_wal") == 0) {
    options->keep_wal = (uint32_t)take_number(from);
  } else if (strcmp(name, "strict_after") == 0) {
    options->strict_after = (uint32_t)take_number(from);
  } else if (strcmp(name, "test_time") == 0) {
    options->test_clock = 1;
    options->test_time = take_time(from);
  } else {
    nonsense("no such option", name);
  }
}

static void play_open(words* from) {
  static const char* const modes[] = {"create", "existing", "new", "read-only"};
  static const int32_t numbers[] = {STELE_OPEN_CREATE, STELE_OPEN_EXISTING, STELE_OPEN_NEW,
                                    STELE_OPEN_READ_ONLY};
  thing* made = take_new_thing(from, THING_DB);
  const stele_text path = take_text(from);
  stele_error* error = fresh_error();
  stele_db* db = NULL;
  stele_options options;
  stele_options_init(&options);
  options.mode = numbers[take_choice(from, modes, 4)];
  while (peek_word(from) != NULL) take_option(from, &options);
  const stele_status status = stele_open(path.data, path.size, &options, &db, error);
  made->handle = db;
  print_status(status, error);
}

static void play_close(words* from) {
  stele_error* error = fresh_error();
  print_status(stele_close(take_db(from), error), error);
}

static void play_clock(words* from) {
  stele_error* error = fresh_error();
  stele_db* db = take_db(from);
  print_status(stele_test_clock_set(db, take_time(from), error), error);
}

static void play_sync(words* from) {
  stele_error* error = fresh_error();
  print_status(stele_sync(take_db(from), error), error);
}

static void play_checkpoint(words* from) {
  stele_error* error = fresh_error();
  print_status(stele_checkpoint(take_db(from), error), error);
}

static void play_head(words* from) {
  stele_error* error = fresh_error();
  uint64_t head = 0;
  if (succeeded(stele_head(take_db(from), &head, error), error)) printf("OK\t%" PRIu64 "\n", head);
}

/* ---- Figures ------------------------------------------------------------------------------- */

#define FIGURE(name) {#name, offsetof(stele_stats, name)}

static const struct {
  const char* name;
  size_t offset;
} figures[] = {
    FIGURE(tsn),
    FIGURE(head),
    FIGURE(tail_events),
    FIGURE(tail_bytes),
    FIGURE(terms),
    FIGURE(wal_segments),
    FIGURE(wal_bytes),
    FIGURE(commits),
    FIGURE(commits_rejected),
    FIGURE(groups),
    FIGURE(syncs),
    FIGURE(wal_written),
    FIGURE(recovered_cut),
    FIGURE(recovered_commits),
    FIGURE(durable_tsn),
    FIGURE(group_max),
    FIGURE(commits_repeated),
    FIGURE(queue),
    FIGURE(sync_us),
    FIGURE(sync_us_max),
    FIGURE(applied_tsn),
    FIGURE(checkpoints),
    FIGURE(checkpoint_us),
    FIGURE(checkpoint_us_max),
    FIGURE(page_size),
    FIGURE(pages),
    FIGURE(pages_free),
    FIGURE(pages_waiting),
    FIGURE(pages_written),
    FIGURE(pages_read),
    FIGURE(readers),
    FIGURE(cache_bytes),
    FIGURE(cache_budget),
    FIGURE(cache_hits),
    FIGURE(cache_misses),
    FIGURE(reader_age_us),
    FIGURE(reader_bytes),
    FIGURE(commit_bytes),
};

static void print_figure(const stele_stats* stats, const char* name) {
  putchar('\t');
  if (strcmp(name, "uuid") == 0) {
    print_digits(stats->uuid, sizeof stats->uuid);
  } else if (strcmp(name, "format_version") == 0) {
    printf("%" PRIu32, stats->format_version);
  } else if (strcmp(name, "last_recorded") == 0) {
    printf("%" PRId64, stats->last_recorded);
  } else if (strcmp(name, "clock_behind_us") == 0) {
    printf("%" PRId64, stats->clock_behind_us);
  } else {
    size_t i = 0;
    while (i < sizeof figures / sizeof *figures && strcmp(figures[i].name, name) != 0) ++i;
    if (i == sizeof figures / sizeof *figures) nonsense("no such figure", name);
    uint64_t value = 0;
    memcpy(&value, (const char*)stats + figures[i].offset, sizeof value);
    printf("%" PRIu64, value);
  }
}

static void play_stats(words* from) {
  stele_error* error = fresh_error();
  stele_stats stats;
  stele_stats_init(&stats);
  const stele_status status = stele_stats_get(take_db(from), &stats, error);
  if (succeeded(status, error)) fputs("OK", stdout);
  while (peek_word(from) != NULL) {
    const char* name = take_name(from);
    if (status == STELE_OK) print_figure(&stats, name);
  }
  if (status == STELE_OK) putchar('\n');
}

static void play_live(words* from) {
  (void)from;
  close_hands();
  close_things();
  printf("OK\t%" PRIu64 "\n", stele_live_handles());
}

const command database_commands[] = {
    {"open", play_open},
    {"close", play_close},
    {"clock", play_clock},
    {"sync", play_sync},
    {"checkpoint", play_checkpoint},
    {"head", play_head},
    {"stats", play_stats},
    {"live", play_live},
    {NULL, NULL},
};
