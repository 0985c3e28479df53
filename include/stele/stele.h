/*
 * stele.h: the C API of Stele, an embedded event-sourcing database. This header is the manual.
 *
 * An application opens a directory and appends events to it in batches. A batch commits as a whole
 * or not at all, is durable when stele_commit() returns STELE_OK, and may carry guards: conditions
 * that must hold at the moment of the commit ("nobody recorded this decision meanwhile").
 *
 *     stele_db* db;
 *     stele_batch* batch;
 *     stele_error error = STELE_ERROR_INIT;
 *     stele_open("shop", 4, NULL, &db, &error);
 *     stele_batch_create(db, &batch, &error);
 *     stele_new_event sold = {.struct_size = sizeof sold, .event_type = STELE_TEXT("BookSold")};
 *     stele_batch_event(batch, &sold, &error);
 *     stele_commit(db, batch, NULL, &error);
 *
 * STATUS    Every function that can fail returns a stele_status: 0 is success, > 0 an outcome that
 *           a correct program expects (a conflict, the end of a read), < 0 an error. Values are
 *           frozen. Details go to the optional last parameter, a stele_error that the caller owns,
 *           filled by the same call; there is no "last error" kept anywhere.
 *
 * HANDLES   Objects are named by opaque handles. A handle is a ticket and not an address: a NULL,
 *           closed or foreign handle gives STELE_CLOSED or STELE_INVALID and never a crash, so
 *           objects may be closed twice and in any order. Out-handles are NULL on failure. Every
 *           handle must be closed; stele_live_handles() counts those that are not.
 *
 * THREADS   A stele_db may be used by any number of threads at once. Every other handle belongs to
 *           one thread at a time. Closing a handle while another thread is inside a call on it is
 *           safe: that call finishes first. After fork() the child's handles answer
 *           STELE_INVALID; open the database anew there.
 *
 * BYTES     Bytes are adjacent (const uint8_t* data, size_t size), text is (const char*, size_t),
 *           not NUL-terminated; a size of 0 allows a NULL pointer. Text is UTF-8 and checked.
 *           What a caller passes in is borrowed for the call only.
 *
 * STRUCTS   A struct that may grow starts with struct_size, set by its _init() function or
 *           initializer to the size the caller was compiled with. A longer struct than this library
 *           knows is accepted when the part it does not know is zero.
 *
 * NUMBERS   Positions, TSNs and counts are uint64_t below 2^63. Times are int64_t microseconds
 * since 1970-01-01T00:00:00Z.
 */
#ifndef STELE_STELE_H
#define STELE_STELE_H

#include <stddef.h>
#include <stdint.h>

#if defined(SWIG) || !defined(__GNUC__)
#define STELE_API
#else
#define STELE_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ------------------------------------------------------------------------------- */

#define STELE_VERSION_MAJOR 0
#define STELE_VERSION_MINOR 1
#define STELE_VERSION_PATCH 0
#define STELE_VERSION_NUMBER \
  (STELE_VERSION_MAJOR * 1000000 + STELE_VERSION_MINOR * 1000 + STELE_VERSION_PATCH)

/* Returns the version of the loaded library as "major.minor.patch". Static text. */
STELE_API const char* stele_version(void);

/* Returns the version of the loaded library as STELE_VERSION_NUMBER was when it was built. */
STELE_API uint32_t stele_version_number(void);

/* ---- Status and error ---------------------------------------------------------------------- */

typedef enum stele_status {
  STELE_OK = 0,

  /* Expected outcomes: never an exception in any language. */
  STELE_CONFLICT = 1,         /* A guard of the batch does not hold; nothing was written. */
  STELE_NOT_FOUND = 2,        /* There is no such thing. */
  STELE_END = 3,              /* Nothing more to return. */
  STELE_TIMEOUT = 4,          /* The time given to wait has passed. */
  STELE_EXISTS = 5,           /* It is there already. */
  STELE_KEY_REUSED = 6,       /* The idempotency key was used for a different batch. */
  STELE_NOT_YET = 7,          /* Ahead of what has been applied so far. */
  STELE_BUFFER_TOO_SMALL = 8, /* Call again with a buffer of the size reported. */

  /* Errors. */
  STELE_INVALID = -1,          /* An argument is wrong; the caller must change it. */
  STELE_IO = -2,               /* The operating system failed; os_errno says how. */
  STELE_FULL = -3,             /* No room on the device; try again when there is. */
  STELE_CORRUPT = -4,          /* Stored bytes are damaged. */
  STELE_BUSY = -5,             /* Another process or handle has the database open. */
  STELE_READ_ONLY = -6,        /* This handle cannot write (any more). */
  STELE_TOO_OLD = -7,          /* What is needed has been given up. */
  STELE_TOO_LARGE = -8,        /* Beyond a documented limit. */
  STELE_UNSUPPORTED = -9,      /* Valid, but this library cannot do it. */
  STELE_OUTCOME_UNKNOWN = -10, /* The commit may or may not survive; reopen to find out. */
  STELE_NO_MEMORY = -11,       /* Memory could not be allocated. */
  STELE_CLOSED = -12,          /* The handle, or the database behind it, is closed. */
  STELE_INTERNAL = -13         /* A defect in Stele. Please report it. */
} stele_status;

/* Returns the name of a status without its prefix, "CONFLICT"; "UNKNOWN" for any other number. */
STELE_API const char* stele_status_name(stele_status status);

#define STELE_NO_GUARD UINT32_MAX

/* What went wrong: filled when a status other than STELE_OK is returned, left alone otherwise. */
typedef struct stele_error {
  uint32_t struct_size; /* sizeof(stele_error) */
  int32_t status;       /* The stele_status returned. */
  int32_t os_errno;     /* The operating system's error number, or 0. */
  uint32_t guard;       /* STELE_CONFLICT: index of the guard in the batch; else STELE_NO_GUARD. */
  uint64_t position;    /* STELE_CONFLICT: the event, or tracked position, that stands in the way;
                           STELE_CORRUPT found by verify: the first bad event; else 0. */
  uint64_t offset;      /* Byte offset in the file or buffer that the message names, or 0. */
  char message[488];    /* NUL-terminated UTF-8: the operation, the object and the reason. */
} stele_error;

#ifdef __cplusplus
#define STELE_ERROR_INIT {sizeof(stele_error), 0, 0, STELE_NO_GUARD, 0, 0, {0}}
#else
#define STELE_ERROR_INIT {.struct_size = sizeof(stele_error), .guard = STELE_NO_GUARD}
#endif

/* ---- Small values -------------------------------------------------------------------------- */

typedef struct stele_text {
  const char* data; /* UTF-8, not NUL-terminated. */
  size_t size;
} stele_text;

typedef struct stele_bytes {
  const uint8_t* data;
  size_t size;
} stele_bytes;

typedef struct stele_metadata {
  stele_text key;    /* 1 to 65,535 bytes of UTF-8 without NUL; unique within an event. */
  stele_bytes value; /* 0 to 65,535 bytes. */
} stele_metadata;

/* A stele_text of a string literal. */
#ifdef __cplusplus
#define STELE_TEXT(literal) (stele_text{(literal), sizeof(literal) - 1})
#else
#define STELE_TEXT(literal) ((stele_text){(literal), sizeof(literal) - 1})
#endif

/* ---- Handles ------------------------------------------------------------------------------- */

typedef struct stele_db stele_db;
typedef struct stele_batch stele_batch;
typedef struct stele_query stele_query;
typedef struct stele_cursor stele_cursor;
typedef struct stele_ticket stele_ticket;
typedef struct stele_verify stele_verify;

/* Returns how many handles of this process are open, of every kind and database. For tests. */
STELE_API uint64_t stele_live_handles(void);

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
  uint32_t keep_wal;   /* Not 0: log segments that are not needed any more keep their bytes under
                          the name NUMBER.kept, and are the caller's to move or remove. */
  uint32_t test_clock; /* For tests. Not 0: the clock stands still at `test_time` until
                          stele_test_clock_set(), and leaps are not judged. */
  int64_t test_time;   /* For tests: microseconds since 1970-01-01T00:00:00Z. */
  uint64_t test_seed;  /* For tests. Not 0: ids are made from this number, not from chance: the
                          same calls make the same ones. */
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
  uint64_t tail_events;       /* Events held in memory. */
  uint64_t tail_bytes;        /* Memory that holds their commits. */
  uint64_t terms;             /* Distinct types, tags and entities indexed. */
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
} stele_stats;

/* Sets struct_size and zeroes the rest. */
STELE_API void stele_stats_init(stele_stats* stats);

/* Fills *stats with figures of this moment. They are read one by one, not as one snapshot. */
STELE_API stele_status stele_stats_get(stele_db* db, stele_stats* stats, stele_error* error);

/* ---- Events -------------------------------------------------------------------------------- */

#define STELE_TERM_MAX 512u                  /* Bytes of a type, tag, entity or scope. */
#define STELE_TAGS_MAX 256u                  /* Tags of an event. */
#define STELE_METADATA_MAX 65535u            /* Pairs of an event; bytes of a key, of a value. */
#define STELE_DATA_MAX (64u * 1024 * 1024)   /* Bytes of an event's data. */
#define STELE_BATCH_MAX (256u * 1024 * 1024) /* Bytes of a batch, encoded. */
#define STELE_SOURCE_MAX 255u                /* Bytes of a tracking source's name. */

/* An event to append. Zero means "without" for every field but struct_size and event_type. */
typedef struct stele_new_event {
  uint32_t struct_size;
  uint32_t has_time;      /* Not 0: `time` is set. Otherwise the time is that of the commit. */
  int64_t time;           /* The caller's time, microseconds; any value. */
  stele_text event_type;  /* What happened: 1 to 512 bytes. */
  stele_text entity;      /* Whose stream it belongs to: 1 to 512 bytes. */
  stele_text scope;       /* A further attribute, such as a tenant: 1 to 512 bytes. */
  stele_bytes data;       /* The payload: at most 64 MiB. */
  const stele_text* tags; /* 1 to 512 bytes each. A set: duplicates merge, order is lost. */
  size_t tag_count;       /* At most 256. */
  const stele_metadata* metadata; /* Ordered, keys unique; 64 MiB in all. */
  size_t metadata_count;          /* At most 65,535. */
  const uint8_t* id;              /* 16 bytes of a UUID, or NULL: a version 7 UUID is made. */
  const uint8_t* correlation_id;  /* 16 bytes of a UUID, or NULL. */
  const uint8_t* causation_id;    /* 16 bytes of a UUID, or NULL. */
} stele_new_event;

/*
 * An event read. It points into memory of the cursor or buffer it was read from and lives no longer
 * than that says.
 */
typedef struct stele_event {
  uint32_t struct_size;
  uint32_t tag_count;
  uint32_t metadata_count;
  uint32_t key_id;   /* 0: the data is not encrypted. */
  uint64_t position; /* Its place in the global order: 1, 2, 3 ... without gaps. */
  uint64_t tsn;      /* The commit it came with. */
  int64_t recorded;  /* When it was committed; strictly increasing from commit to commit. */
  int64_t time;      /* The caller's time, or `recorded` when none was given. */
  uint64_t sequence; /* Its place in the stream of its entity: 1, 2, 3 ...; 0 without. */
  const uint8_t* id; /* 16 bytes. */
  const uint8_t* correlation_id; /* 16 bytes, or NULL. */
  const uint8_t* causation_id;   /* 16 bytes, or NULL. */
  const uint8_t* hash; /* 32 bytes: binds the event and the one before it of its entity. */
  stele_text event_type;
  stele_text entity; /* size 0: without. */
  stele_text scope;  /* size 0: without. */
  stele_bytes data;
  stele_bytes record; /* The whole event as encoded; docs/format.md, "Event". */
} stele_event;

/*
 * Decodes the event record that starts at `data`, as stele_cursor_next_batch() stores them one
 * behind the other. Set view->struct_size before; record.size tells where the next one starts.
 * *view points into `data`.
 *
 * Errors: CORRUPT (not an event record; offset says where it fails), UNSUPPORTED (newer version).
 */
STELE_API stele_status stele_event_decode(const uint8_t* data, size_t size, stele_event* view,
                                          stele_error* error);

/*
 * Stores the tag at `index`, counted from 0 in bytewise order. STELE_NOT_FOUND beyond the last one.
 * Requires: *view was filled by this library and what it points into still lives.
 */
STELE_API stele_status stele_event_tag(const stele_event* view, uint32_t index, stele_text* tag);

/* Stores the metadata pair at `index`, counted from 0 in the caller's order. As stele_event_tag().
 */
STELE_API stele_status stele_event_metadata(const stele_event* view, uint32_t index,
                                            stele_metadata* metadata);

/* ---- Queries ------------------------------------------------------------------------------- */

/*
 * A query is a list of items and matches an event that any item matches. An item matches an event
 * whose type is one of the item's types (or the item has none) and whose tags include all tags of
 * the item. So an item with neither types nor tags matches every event, and so does a query
 * without items.
 *
 * A new query has no items. stele_query_type() and stele_query_tag() add to the item that
 * stele_query_item() started last, or start the first one themselves.
 */
STELE_API stele_status stele_query_create(stele_query** query, stele_error* error);

/* Starts the next item. Errors: TOO_LARGE (more than 1,024 items). */
STELE_API stele_status stele_query_item(stele_query* query, stele_error* error);

/* Adds an alternative type, or a required tag. Errors: INVALID (empty, > 512 bytes, NUL, not
   UTF-8), TOO_LARGE (more than 1,024 of them in an item). */
STELE_API stele_status stele_query_type(stele_query* query, const char* event_type,
                                        size_t event_type_size, stele_error* error);
STELE_API stele_status stele_query_tag(stele_query* query, const char* tag, size_t tag_size,
                                       stele_error* error);

/* Closes the query. Cursors and guards made from it hold a copy. NULL and closed: nothing. */
STELE_API void stele_query_close(stele_query* query);

/* ---- Reading ------------------------------------------------------------------------------- */

#define STELE_NO_LIMIT UINT64_MAX

typedef enum stele_read_flags {
  STELE_READ_BACKWARD = 1, /* From high positions to low ones. */
  STELE_READ_FROM = 2      /* `start` counts; without it: the first event, or the last, backward. */
} stele_read_flags;

typedef struct stele_read_options {
  uint32_t struct_size;
  uint32_t flags; /* stele_read_flags, or-ed. */
  uint64_t start; /* The first position looked at, inclusive. Forward, 0 is the first event;
                     backward, 0 returns nothing. A position beyond the head is fine. */
  uint64_t limit; /* At most so many events; STELE_NO_LIMIT by default, 0 returns nothing. */
} stele_read_options;

/* Sets every option to its default: everything, forward. */
STELE_API void stele_read_options_init(stele_read_options* options);

/*
 * Starts reading the events that match `query` (NULL: all), as of now: the cursor sees every commit
 * that returned before this call and none that comes later.
 * options   NULL for the defaults.
 */
STELE_API stele_status stele_read(stele_db* db, const stele_query* query,
                                  const stele_read_options* options, stele_cursor** cursor,
                                  stele_error* error);

/*
 * Copies as many events as fit, one record behind the other, into the caller's buffer. Stores their
 * bytes in *used and their number in *count. Records are decoded by stele_event_decode() or as
 * docs/format.md describes; each is a multiple of 8 bytes long.
 *
 * Returns OK with at least one event; END when there are none left (*used and *count are 0);
 * BUFFER_TOO_SMALL when the next event does not fit (*used is the size it needs, *count 0, and
 * the cursor stays where it is).
 */
STELE_API stele_status stele_cursor_next_batch(stele_cursor* cursor, uint8_t* buffer,
                                               size_t capacity, size_t* used, uint32_t* count,
                                               stele_error* error);

/*
 * Stores the next event in *view (set struct_size before), or returns END. What *view points to
 * lives until the next call on this cursor, its close, or the close of the database.
 */
STELE_API stele_status stele_cursor_next(stele_cursor* cursor, stele_event* view,
                                         stele_error* error);

typedef struct stele_cursor_info {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t tsn;           /* The commit it reads as of. */
  uint64_t store_head;    /* The position of the last event then, whether it matches or not: what
                             a guard's `after` should be for a decision based on this read. */
  uint64_t last_returned; /* Position of the last event returned; 0 before the first. */
} stele_cursor_info;

/* Fills *info; set struct_size before. */
STELE_API stele_status stele_cursor_info_get(stele_cursor* cursor, stele_cursor_info* info,
                                             stele_error* error);

STELE_API void stele_cursor_close(stele_cursor* cursor);

/* ---- Batches and commits ------------------------------------------------------------------- */

/* Makes an empty batch for one commit at a time to `db`. */
STELE_API stele_status stele_batch_create(stele_db* db, stele_batch** batch, stele_error* error);

/*
 * Adds one event. A batch that refused an event is as it was before.
 * Errors: INVALID (which field, and why), TOO_LARGE (a limit), NO_MEMORY.
 */
STELE_API stele_status stele_batch_event(stele_batch* batch, const stele_new_event* input,
                                         stele_error* error);

/*
 * Adds events that the caller has encoded itself, one record behind the other; the way for other
 * languages to pass hundreds of events in one call. docs/format.md, "Event", has the bytes: fields
 * that the commit fills in are ignored, an id of zeros asks for a new one, tags may come in any
 * order. Takes all records or, at the first one refused, none.
 * Errors: as stele_batch_event(), UNSUPPORTED (a newer version, or encrypted); the message says
 * which record, `offset` where it starts.
 */
STELE_API stele_status stele_batch_events(stele_batch* batch, const uint8_t* data, size_t size,
                                          stele_error* error);

/*
 * Adds a guard: the commit is a STELE_CONFLICT when an event behind position `after` matches
 * `query` (NULL: any event). 0 looks at the whole history; a position beyond the head is accepted.
 * The guard sees the database before the batch, never the batch's own events.
 *
 * Errors: TOO_LARGE (more than 1,024 guards, tracked sources included).
 */
STELE_API stele_status stele_batch_guard(stele_batch* batch, const stele_query* query,
                                         uint64_t after, stele_error* error);

#define STELE_PREVIOUS_ANY UINT64_MAX

/*
 * Records with the commit how far a named source has been worked off, so that a consumer's progress
 * and its effects are one commit. The commit is a STELE_CONFLICT unless `position` is above the
 * recorded one and, where `previous` is not STELE_PREVIOUS_ANY, the recorded one equals `previous`
 * (0: none is recorded yet). It counts as a guard, in the order of the calls.
 *
 * source     1 to 255 bytes of UTF-8 without NUL; at most once in a batch.
 * position   1 to 2^63 - 1; its meaning is the caller's.
 */
STELE_API stele_status stele_batch_track(stele_batch* batch, const char* source, size_t source_size,
                                         uint64_t previous, uint64_t position, stele_error* error);

/* Stores the recorded position of a source; STELE_NOT_FOUND (and 0) when it has none. */
STELE_API stele_status stele_tracked(stele_db* db, const char* source, size_t source_size,
                                     uint64_t* position, stele_error* error);

#define STELE_KEY_MAX 255u /* Bytes of an idempotency key. */

/*
 * Gives the batch an idempotency key, in place of one that it has: so that it can be sent again
 * when its outcome is not known, and is committed once.
 *
 * A key is used by the commit that carries it, and for ever. A later batch with the same key and
 * the same content gives OK with the result of that commit, marked as `repeated`; with other
 * content, KEY_REUSED. A batch that is refused uses no key. The key is looked at before all guards,
 * which do not belong to the content; ids and times that Stele makes do not either.
 *
 * key   1 to 255 bytes of UTF-8 without NUL.
 */
STELE_API stele_status stele_batch_key(stele_batch* batch, const char* key, size_t key_size,
                                       stele_error* error);

/*
 * Says what the next commit of the batch waits for, a stele_durability. A level below that of the
 * database has no effect. Committing or clearing the batch forgets it.
 */
STELE_API stele_status stele_batch_durability(stele_batch* batch, int32_t durability,
                                              stele_error* error);

/* Empties the batch; it can be filled again, and keeps its memory for that. */
STELE_API stele_status stele_batch_clear(stele_batch* batch, stele_error* error);

STELE_API void stele_batch_close(stele_batch* batch);

typedef struct stele_commit_result {
  uint32_t struct_size;
  uint32_t event_count;
  uint64_t tsn;
  uint64_t first_position; /* 0 when the batch held no event. */
  uint64_t last_position;  /* 0 when the batch held no event. */
  int64_t recorded;
  uint32_t repeated; /* 1: this is the result of an earlier commit of the same batch and key. */
  uint32_t reserved;
} stele_commit_result;

/*
 * Commits the batch: all of it, at consecutive positions, or nothing. Returns OK when it is on
 * stable storage (or as safe as its level asks) and visible to every later read of any thread. On
 * OK the batch is emptied; in every other case it is as it was and may be committed again.
 *
 * result   NULL, or filled on OK; set struct_size before.
 *
 * CONFLICT names the first guard that failed, KEY_REUSED what the key was used for; nothing was
 * written and no position was used. FULL: there is no room on the device; nothing was written, and
 * commits succeed again as soon as there is.
 * Errors: INVALID (an empty batch, or a batch of another database), READ_ONLY (after a failed
 * write), IO, FULL, TOO_LARGE, OUTCOME_UNKNOWN (writing failed: the commit may be there after a
 * reopen), CLOSED.
 */
STELE_API stele_status stele_commit(stele_db* db, stele_batch* batch, stele_commit_result* result,
                                    stele_error* error);

/*
 * Begins to commit the batch and returns a ticket for the outcome. The batch is emptied and may be
 * filled again at once, so that one thread keeps several commits under way. They take their places
 * in the order of the calls.
 *
 * Every outcome that stele_commit() has arrives at the ticket, but for these, which leave the batch
 * as it was and *ticket NULL: INVALID (an empty batch, or a batch of another database), CLOSED,
 * NO_MEMORY. May wait for room in the buffer (options.buffer_max).
 */
STELE_API stele_status stele_commit_async(stele_db* db, stele_batch* batch, stele_ticket** ticket,
                                          stele_error* error);

#define STELE_FOREVER (-1) /* As a timeout. */

/*
 * Waits for the outcome of an asynchronous commit and returns it, as stele_commit() does; TIMEOUT
 * when it is not there after `timeout_ms` milliseconds (0: looks only; STELE_FOREVER). May be
 * called again, and after the database was closed.
 *
 * result   NULL, or filled on OK; set struct_size before.
 */
STELE_API stele_status stele_ticket_wait(stele_ticket* ticket, int64_t timeout_ms,
                                         stele_commit_result* result, stele_error* error);

/* Gives the ticket up. Its commit goes on. */
STELE_API void stele_ticket_close(stele_ticket* ticket);

/*
 * Waits until the outcome of one of the tickets is there, and stores the index of the first such in
 * *index. They may belong to different databases. TIMEOUT as of stele_ticket_wait().
 *
 * handles   `count` tickets, at least one; none of them NULL or closed.
 */
STELE_API stele_status stele_wait_any(const void* const* handles, size_t count, int64_t timeout_ms,
                                      size_t* index, stele_error* error);

/* ---- Verify -------------------------------------------------------------------------------- */

typedef struct stele_verify_progress {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t bytes_done;  /* Log bytes read back and checked ... */
  uint64_t bytes_total; /* ... of so many. */
  uint64_t commits;     /* Checked so far. */
  uint64_t events;      /* Checked so far. */
  uint8_t root[32]; /* The chained root of the last commit checked: keep it elsewhere, and a later
                       verify that passes through the same root proves that nothing before it
                       was changed. */
} stele_verify_progress;

/*
 * Starts a check of everything committed so far: the log is read back from disk, and every
 * checksum, position, event hash, entity chain, Merkle root and chained root is computed again and
 * compared.
 */
STELE_API stele_status stele_verify_open(stele_db* db, stele_verify** verify, stele_error* error);

/*
 * Checks the next piece (about a mebibyte) and fills *progress (may be NULL; set struct_size
 * before). Returns OK while there is more, END when everything was checked and is sound, and
 * CORRUPT at the first fault: `message` names file, offset and what differs, `position` the event.
 */
STELE_API stele_status stele_verify_step(stele_verify* verify, stele_verify_progress* progress,
                                         stele_error* error);

STELE_API void stele_verify_close(stele_verify* verify);

#ifdef __cplusplus
}
#endif

#endif /* STELE_STELE_H */
