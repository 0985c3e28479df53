/*
 * database.h: opening and closing a database, how safe its commits are, its figures.
 */
#ifndef STELE_DATABASE_H
#define STELE_DATABASE_H

#include <stele/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Database ------------------------------------------------------------------------------ */

typedef enum stele_open_mode {
  STELE_OPEN_CREATE = 0,   /* Create the database if the directory is missing or empty. */
  STELE_OPEN_EXISTING = 1, /* The database must exist. */
  STELE_OPEN_NEW = 2,      /* The database must not exist: STELE_EXISTS if it does. */
  STELE_OPEN_READ_ONLY = 3 /* The database must exist; nothing is ever written to its directory. */
} stele_open_mode;

/*
 * What a commit waits for. A database has a level, and a batch may ask for a stronger one.
 *
 *                    a commit that returned OK     a commit that returned OK
 *                    survives a kill               survives a power failure
 *   SYNC             yes                           yes
 *   INTERVAL         yes                           yes, if it is older than `interval_ms`
 *   OS               yes                           after stele_sync(), or about 50 ms of idleness
 *
 * At every level a power failure loses the newest commits only: what is left has no holes. And at
 * every level an answer that rests on another commit (a CONFLICT, a repeated batch, a tracked
 * position) is given only when that commit is on stable storage.
 */
typedef enum stele_durability {
  STELE_DURABILITY_DEFAULT = 0, /* Of options: SYNC. Of a batch: that of the database. */
  STELE_DURABILITY_OS = 1,
  STELE_DURABILITY_INTERVAL = 2,
  STELE_DURABILITY_SYNC = 3
} stele_durability;

typedef struct stele_options {
  uint32_t struct_size;
  int32_t mode;          /* A stele_open_mode. */
  uint64_t segment_size; /* Bytes of a log segment: 64 KiB to 1 GiB; 0: as the database was made, or
                            64 MiB. A log that is shorter has shorter ones, from 256 KiB on; a
                            larger batch gets a segment of its own size. */
  int32_t durability;    /* A stele_durability. */
  uint32_t interval_ms;  /* Of STELE_DURABILITY_INTERVAL; 0: 100. */
  uint64_t buffer_max;   /* Bytes of commits that may wait to be written; beyond it callers wait,
                            too. 0: 64 MiB. */
  uint64_t tail_max;     /* Bytes of commits to hold in memory; beyond it a commit gives
                            STELE_NO_MEMORY. 0: as many as there is memory for. */
  uint64_t max_clock_jump; /* Microseconds that the system clock may leap ahead between two commits
                              of this handle; beyond it a commit gives STELE_IO, and no time far in
                              the future is recorded. 0: a day. UINT64_MAX: any. */
  uint32_t keep_wal;     /* Not 0: log segments that are not needed any more keep their bytes under
                            the name NUMBER.kept, and are the caller's to move or remove. */
  uint32_t test_clock;   /* For tests. Not 0: the clock stands still at `test_time` until
                            stele_test_clock_set(), and leaps are not judged. */
  int64_t test_time;     /* For tests: microseconds since 1970-01-01T00:00:00Z. */
  uint64_t test_seed;    /* For tests. Not 0: ids are made from this number, not from chance: the
                            same calls make the same ones. */
  uint32_t strict_after; /* Not 0: a guard whose `after` is beyond the head makes its commit
                            INVALID; otherwise it holds, for nothing can be behind it yet. */
  uint32_t reserved;
  uint64_t memory_budget;  /* Bytes of memory for cached pages, the newest commits and buffers, from
                              1 MiB on. 320 KiB of it are for the work itself; of the rest, half are
                              pages, and checkpoints are made so often that commits take about the
                              other half. A batch, a commit or an event read that is larger than a
                              sixteenth (but than 64 KiB, and at most 16 MiB) is in a mapped file
                              without a name in the database's directory, so that its pages are the
                              system's. 0: 256 MiB. */
  uint64_t checkpoint_log; /* A checkpoint is made when so many bytes of the log are in no tree:
                              that is about what an open after a crash has to read. 0: 64 MiB, or a
                              quarter of the budget if that is less. */
  uint64_t max_reader_age; /* Milliseconds. Between two steps, a backup or a verification holds the
                              trees that it reads, so that their pages are not used again. One that
                              has done so for longer than this gives STELE_TOO_OLD at its next
                              step, and holds nothing. 0: for ever. Cursors and subscriptions hold
                              nothing between calls, whatever this is. */
} stele_options;

/* Sets every option to its default. */
STELE_API void stele_options_init(stele_options* options);

/*
 * Opens the database in the directory `path` and becomes its one writer: a second open, by this or
 * another process, gives STELE_BUSY until the handle is closed.
 *
 * path      bytes of a file system path without NUL, 1 to 4,000 of them; its parent must exist.
 *           ":memory:" opens a new database that lives in memory and is gone when it is closed.
 * options   NULL for the defaults.
 *
 * Mode READ_ONLY shows the database as it is when it is opened, repairing in memory what an
 * interrupted process left behind. Several may read it at once, but not beside a writer: BUSY.
 * Commits give STELE_READ_ONLY.
 *
 * Recovers first when the last process did not close the database: every acknowledged commit is
 * there again; a commit that was never acknowledged may be there as a whole, or not at all.
 *
 * Errors: NOT_FOUND (no database, modes EXISTING and READ_ONLY), EXISTS (mode NEW), INVALID (path
 * is a file, the directory holds something else, bad option), BUSY, CORRUPT (names file and
 * offset), UNSUPPORTED (written by a newer format), IO, FULL, NO_MEMORY.
 *
 * Example:
 *
 *     stele_options options;
 *     stele_options_init(&options);
 *     options.mode = STELE_OPEN_EXISTING;
 *     options.durability = STELE_DURABILITY_INTERVAL;
 *     if (stele_open("shop", 4, &options, &db, &error) != STELE_OK) return REFUSED;
 *     stele_close(db, &error);
 */
STELE_API stele_status stele_open(const char* path, size_t path_size, const stele_options* options,
                                  stele_db** db, stele_error* error);

/*
 * Closes the database: waits for calls in progress, marks the log's end and releases the directory.
 * Cursors and other children of `db` answer STELE_CLOSED from now on and are still to be closed.
 * The handle is gone even when an error is returned. NULL and closed handles give STELE_OK.
 *
 * Errors: IO, FULL (the log's end could not be marked; nothing acknowledged is lost).
 */
STELE_API stele_status stele_close(stele_db* db, stele_error* error);

/*
 * Brings every commit that was made so far to stable storage, whatever its level.
 *
 * Errors: READ_ONLY (after a failed write), IO (the sync failed: what was not durable yet may be
 * lost, and the handle writes nothing any more), CLOSED.
 */
STELE_API stele_status stele_sync(stele_db* db, stele_error* error);

/*
 * Makes a checkpoint: brings every commit that was made so far into the trees of the database, and
 * recycles the part of the log that nobody needs then. They are made in the background all the
 * time; this is for who wants the next open to be quick, or the files to be small, now.
 *
 * Errors: READ_ONLY (opened so, or after a failed write), IO, FULL (nothing has changed: the log
 * keeps the commits), CORRUPT (a damaged page: names file and page), CLOSED.
 */
STELE_API stele_status stele_checkpoint(stele_db* db, stele_error* error);

/* Moves the clock of a database that was opened with test_clock; INVALID for any other. */
STELE_API stele_status stele_test_clock_set(stele_db* db, int64_t time, stele_error* error);

/* Stores the position of the last visible event in *position: 0 in an empty database. */
STELE_API stele_status stele_head(stele_db* db, uint64_t* position, stele_error* error);

typedef struct stele_stats {
  uint32_t struct_size;
  uint32_t format_version;    /* Of the files on disk. */
  uint8_t uuid[16];           /* Made when the database was created. */
  uint64_t tsn;               /* Transaction sequence number of the last visible commit. */
  uint64_t head;              /* Position of the last visible event. */
  uint64_t tail_events;       /* Events held in memory: those behind the last checkpoint. */
  uint64_t tail_bytes;        /* Memory that holds their commits. */
  uint64_t terms;             /* Distinct types, categories, tags, entities, scopes, correlation and
                                 causation ids of the events held in memory. */
  uint64_t wal_segments;      /* Log files on disk. */
  uint64_t wal_bytes;         /* Their bytes in use. */
  uint64_t commits;           /* Batches committed through this handle ... */
  uint64_t commits_rejected;  /* ... and refused by a guard. */
  uint64_t groups;            /* Log writes that carried those commits ... */
  uint64_t syncs;             /* ... and the syncs of the log they took. */
  uint64_t wal_written;       /* Bytes of commits written to the log through this handle. */
  uint64_t recovered_commits; /* Commits found in the log when it was opened ... */
  uint64_t recovered_cut;     /* ... and bytes of unacknowledged, incomplete writes cut off. */
  int64_t last_recorded;      /* `recorded` of the last visible commit; 0 if there is none. */
  uint64_t durable_tsn;       /* The last commit known to be on stable storage. */
  uint64_t commits_repeated;  /* Batches that an idempotency key recognised. */
  uint64_t group_max;         /* Commits in the largest log write. */
  uint64_t queue;             /* Commits that wait to be written now. */
  uint64_t sync_us;           /* Time that the syncs took in all, microseconds; */
  uint64_t sync_us_max;       /* the slowest of them. */
  int64_t clock_behind_us;    /* How far the system clock is behind the last commit: above a second
                                 it has been set back. */
  uint64_t applied_tsn;       /* The last commit that is in the trees. */
  uint64_t checkpoints;       /* Made through this handle ... */
  uint64_t checkpoint_us;     /* ... in so many microseconds in all; */
  uint64_t checkpoint_us_max; /* the slowest of them. */
  uint64_t page_size;         /* Bytes of a page; 0 before the first checkpoint, as what follows. */
  uint64_t pages;             /* In the file of pages ... */
  uint64_t pages_free;        /* ... of these, can be written now ... */
  uint64_t pages_waiting;     /* ... and are free as soon as no reader and no superblock needs
                                 them. */
  uint64_t pages_written;     /* Through this handle: with wal_written, what writing amplifies. */
  uint64_t pages_read;        /* From the file, through this handle. */
  uint64_t readers;           /* Cursors, backups and verifications that hold an old state of the
                                 trees: they keep pages waiting, and what was in memory then. */
  uint64_t cache_bytes;       /* Memory that pages take now ... */
  uint64_t cache_budget;      /* ... and may take. */
  uint64_t cache_hits;        /* Pages found in memory ... */
  uint64_t cache_misses;      /* ... and not. */
  uint64_t reader_age_us;     /* For how long one of the readers has held his, at the most. */
  uint64_t reader_bytes;      /* Of pages and memory that only readers hold. */
  uint64_t commit_bytes;      /* Of commits made through this handle. Write amplification is
                                 (wal_written + pages_written * page_size) / commit_bytes. */
} stele_stats;

/* Sets struct_size and zeroes the rest. */
STELE_API void stele_stats_init(stele_stats* stats);

/* Fills *stats with figures of this moment. They are read one by one, not as one snapshot. */
STELE_API stele_status stele_stats_get(stele_db* db, stele_stats* stats, stele_error* error);

#ifdef __cplusplus
}
#endif

#endif /* STELE_DATABASE_H */
