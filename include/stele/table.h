/*
 * table.h: tables of rows, in the same commits as events, and as of any moment.
 */
#ifndef STELE_TABLE_H
#define STELE_TABLE_H

#include <stele/base.h>
#include <stele/commit.h>
#include <stele/key.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Tables -------------------------------------------------------------------------------- */

/*
 * A table maps keys to rows: both are bytes, keys of up to STELE_TABLE_KEY_MAX in memcmp order,
 * rows of up to STELE_ROW_MAX. It has a name within a schema; a schema is there while it has
 * tables, and NULL means "root". stele/key.h makes keys of several values that sort as the values
 * do.
 *
 * A table that keeps history can be read as of any moment since it was created, or as far back as
 * it keeps; of others there is the present only. What is not kept any more is TOO_OLD at once, and
 * removed by the checkpoints that follow.
 *
 * Names are 1 to 255 bytes of UTF-8 without NUL; one that ends in ~ and a number is for tables that
 * a projection is rebuilt into (stele_projection_open). A table is found by its name once; the
 * handle then stays with the table, whatever it is called.
 */
#define STELE_ROW_MAX 16777216u /* Bytes of a row. */

/* What a table keeps of rows that were replaced or deleted. Values are frozen. */
typedef enum stele_history {
  STELE_HISTORY_NONE = 0,    /* Nothing but what scans that are open can see. */
  STELE_HISTORY_ALL = 1,     /* Everything, for ever. */
  STELE_HISTORY_COMMITS = 2, /* What was there behind the last history_amount commits; ... */
  STELE_HISTORY_TIME = 3     /* ... or in the last history_amount microseconds. */
} stele_history;

typedef struct stele_table_options {
  uint32_t struct_size;
  int32_t history;         /* A stele_history. */
  uint64_t history_amount; /* Of COMMITS and TIME, above 0; else 0. */
} stele_table_options;

typedef struct stele_table_info {
  uint32_t struct_size;
  uint32_t id; /* Never given again, also when the table is dropped. */
  int32_t history;
  uint32_t reserved;
  uint64_t history_amount;
  uint64_t created_tsn; /* The commit that created it. */
  char schema[256];     /* NUL-terminated. */
  char name[256];       /* NUL-terminated. */
  char projection[256]; /* Whose table it is; empty: no projection's. NUL-terminated. */
} stele_table_info;

/*
 * Creates a table, in a commit of its own. stele_batch_table_create() does it in a larger one.
 *
 * options   NULL: no history.
 *
 * Errors: EXISTS (there is a table of that name), INVALID (a name, an option), and those of
 * stele_commit().
 *
 * Example:
 *
 *     stele_table_create(db, NULL, 0, "accounts", 8, NULL, &error);
 *     stele_table_open(db, NULL, 0, "accounts", 8, &accounts, &error);
 *     stele_batch_event(batch, &deposited, &error);
 *     stele_batch_put(batch, accounts, key, key_size, row, row_size, &error);
 *     stele_commit(db, batch, NULL, &error);  // Both or neither.
 *     status = stele_table_get(accounts, NULL, key, key_size, buffer, sizeof buffer, &size, NULL,
 *                              &error);
 *     stele_table_close(accounts);
 */
STELE_API stele_status stele_table_create(stele_db* db, const char* schema, size_t schema_size,
                                          const char* name, size_t name_size,
                                          const stele_table_options* options, stele_error* error);

/*
 * Drops a table with all its rows, in a commit of its own. Open scans go on; everything else on its
 * handles is NOT_FOUND from then on. Its room in the file is used again step by step, by the
 * checkpoints that follow.
 *
 * Errors: NOT_FOUND, and those of stele_commit().
 */
STELE_API stele_status stele_table_drop(stele_db* db, const char* schema, size_t schema_size,
                                        const char* name, size_t name_size, stele_error* error);

/*
 * Gives a table another name, in whichever schema, in a commit of its own.
 *
 * Errors: NOT_FOUND, EXISTS (the new name is not free), INVALID, and those of stele_commit().
 */
STELE_API stele_status stele_table_rename(stele_db* db, const char* schema, size_t schema_size,
                                          const char* name, size_t name_size,
                                          const char* new_schema, size_t new_schema_size,
                                          const char* new_name, size_t new_name_size,
                                          stele_error* error);

/*
 * Stores in *info the first table whose schema and name are above those given, in bytewise order;
 * both empty: the first of all. END: there is none.
 *
 * Example, all tables:
 *
 *     stele_table_info info = {.struct_size = sizeof info};
 *     while (stele_table_next(db, info.schema, strlen(info.schema), info.name, strlen(info.name),
 *                             &info, &error) == STELE_OK)
 *       printf("%s.%s\n", info.schema, info.name);
 */
STELE_API stele_status stele_table_next(stele_db* db, const char* schema, size_t schema_size,
                                        const char* name, size_t name_size, stele_table_info* info,
                                        stele_error* error);

/*
 * Opens a table by its name. The handle may be used by any number of threads at once.
 *
 * Errors: NOT_FOUND, INVALID, CORRUPT, CLOSED.
 */
STELE_API stele_status stele_table_open(stele_db* db, const char* schema, size_t schema_size,
                                        const char* name, size_t name_size, stele_table** table,
                                        stele_error* error);

/* Stores what the table is now: it may have been renamed. NOT_FOUND: it was dropped. */
STELE_API stele_status stele_table_describe(stele_table* table, stele_table_info* info,
                                            stele_error* error);

STELE_API void stele_table_close(stele_table* table);

/* ---- Changing rows, in batches --------------------------------------------------------------- */

/*
 * Adds a row to the batch, in place of one of the same key. Of several changes of a row in a batch
 * the last one counts. Reads see it behind the commit.
 *
 * A batch without events may be committed for its rows alone.
 *
 * Errors: TOO_LARGE (a key above 1,024 bytes, a row above 16 MiB), INVALID (a table of another
 * database), NO_MEMORY. That the table was dropped meanwhile is told by the commit: NOT_FOUND.
 */
STELE_API stele_status stele_batch_put(stele_batch* batch, stele_table* table, const uint8_t* key,
                                       size_t key_size, const uint8_t* row, size_t row_size,
                                       stele_error* error);

/* Deletes a row, which need not be there. Errors: as stele_batch_put(). */
STELE_API stele_status stele_batch_delete(stele_batch* batch, stele_table* table,
                                          const uint8_t* key, size_t key_size, stele_error* error);

/*
 * Deletes all rows from key `low` on, up to but without key `high`; a NULL `high` means to the end.
 * Takes as long as deleting one. Rows that the batch has put before are deleted, too.
 *
 * Errors: as stele_batch_put(), INVALID (the range ends before it begins).
 */
STELE_API stele_status stele_batch_delete_range(stele_batch* batch, stele_table* table,
                                                const uint8_t* low, size_t low_size,
                                                const uint8_t* high, size_t high_size,
                                                stele_error* error);

/* As the functions without "batch", as part of the batch's commit. */
STELE_API stele_status stele_batch_table_create(stele_batch* batch, const char* schema,
                                                size_t schema_size, const char* name,
                                                size_t name_size,
                                                const stele_table_options* options,
                                                stele_error* error);
STELE_API stele_status stele_batch_table_drop(stele_batch* batch, stele_table* table,
                                              stele_error* error);
STELE_API stele_status stele_batch_table_rename(stele_batch* batch, stele_table* table,
                                                const char* schema, size_t schema_size,
                                                const char* name, size_t name_size,
                                                stele_error* error);

/*
 * Adds a guard: the commit is a STELE_CONFLICT unless the row was written by commit `tsn`, as
 * stele_row.tsn said when it was read; 0: unless it is not there.
 *
 * Guards over rows are numbered together with all others (stele_batch_guard), and see the database
 * before the batch. A conflict names in error.position the event that the row follows from, 0 when
 * it is not there.
 *
 * Errors: TOO_LARGE (a key, or more than 1,024 guards), INVALID (a table of another database).
 *
 * Example, a seat that one of many may reserve:
 *
 *     stele_batch_expect_row(batch, seats, seat, seat_size, 0, &error);
 *     stele_batch_put(batch, seats, seat, seat_size, name, name_size, &error);
 *     if (stele_commit(db, batch, NULL, &error) == STELE_CONFLICT) puts("it is taken");
 */
STELE_API stele_status stele_batch_expect_row(stele_batch* batch, stele_table* table,
                                              const uint8_t* key, size_t key_size, uint64_t tsn,
                                              stele_error* error);

/* The same: unless the row holds these bytes. */
STELE_API stele_status stele_batch_expect_value(stele_batch* batch, stele_table* table,
                                                const uint8_t* key, size_t key_size,
                                                const uint8_t* row, size_t row_size,
                                                stele_error* error);

/*
 * The same: unless no commit behind `since` has put or deleted a row of the range. A range as in
 * stele_batch_delete_range(). For a table without history, or of which less is kept, the commit is
 * TOO_OLD when nothing has changed but deletions could be forgotten: a checkpoint came behind
 * `since`. Read again then, or use a transaction, which knows (stele_txn_begin).
 *
 * Errors: INVALID (the range ends before it begins), and those of stele_batch_expect_row().
 */
STELE_API stele_status stele_batch_expect_unchanged(stele_batch* batch, stele_table* table,
                                                    const uint8_t* low, size_t low_size,
                                                    const uint8_t* high, size_t high_size,
                                                    uint64_t since, stele_error* error);

/* ---- Reading rows ---------------------------------------------------------------------------- */

/* The moment that a read is of. Values are frozen. */
typedef enum stele_as_of_kind {
  STELE_AS_OF_NOW = 0,
  STELE_AS_OF_TSN = 1,      /* Behind that commit. */
  STELE_AS_OF_POSITION = 2, /* What follows from events up to that position. */
  STELE_AS_OF_TIME = 3      /* Behind the last commit recorded at that time or before. */
} stele_as_of_kind;

typedef struct stele_as_of {
  uint32_t struct_size;
  int32_t kind; /* A stele_as_of_kind. */
  int64_t at;   /* A TSN, a position, or microseconds; of NOW without meaning. */
} stele_as_of;

/* A row as it was read. */
typedef struct stele_row {
  uint32_t struct_size;
  uint32_t flags; /* STELE_ROW_MISSING, or 0. */
  stele_bytes key;
  stele_bytes value;
  uint64_t tsn; /* The commit that wrote it. */
  uint64_t
      position; /* The event that it follows from: the last one of that commit, or before it. */
} stele_row;

#define STELE_ROW_MISSING 1u /* Of stele_table_get_many(): there is no such row. */

/*
 * Copies the row of a key into the buffer.
 *
 * as_of   NULL: now.
 * size    its size, also with BUFFER_TOO_SMALL, which copies nothing.
 * row     NULL, or filled on OK with when it was written; set struct_size before. Its key is the
 *         caller's, its value the buffer.
 *
 * NOT_FOUND: there is no such row, or was none at that moment; the table was dropped. NOT_YET: that
 * moment is not there yet, or the table's projection has not come to that position. TOO_OLD: the
 * table keeps no history, or was not there at that TSN or time. Errors: TOO_LARGE (the key),
 * INVALID (the moment).
 */
STELE_API stele_status stele_table_get(stele_table* table, const stele_as_of* as_of,
                                       const uint8_t* key, size_t key_size, uint8_t* buffer,
                                       size_t capacity, size_t* size, stele_row* row,
                                       stele_error* error);

/*
 * Copies the rows of many keys into the buffer, all as of one moment, which no number of calls of
 * stele_table_get() can promise; and for other languages, the way to get hundreds in one call. They
 * come in the order of the keys, as stele_scan_next_batch() copies rows, a key that is there twice
 * with its row each time. A key without a row has STELE_ROW_MISSING, and zeros for all but its key.
 * stele_row_next() takes the buffer apart.
 *
 * as_of   NULL: now.
 * used    the bytes that were filled; with BUFFER_TOO_SMALL, which leaves nothing of use in the
 *         buffer, those that all of them take.
 *
 * NOT_FOUND: the table was dropped. NOT_YET, TOO_OLD, errors: as stele_table_get().
 *
 * Example:
 *
 *     const stele_bytes keys[] = {{key, key_size}, {seat, seat_size}};
 *     stele_row row = {.struct_size = sizeof row};
 *     size_t at = 0;
 *     status = stele_table_get_many(seats, NULL, keys, 2, buffer, sizeof buffer, &used, &error);
 *     while (status == STELE_OK && stele_row_next(buffer, used, &at, &row, &error) == STELE_OK)
 *       if ((row.flags & STELE_ROW_MISSING) == 0) use(row.key, row.value);
 */
STELE_API stele_status stele_table_get_many(stele_table* table, const stele_as_of* as_of,
                                            const stele_bytes* keys, size_t key_count,
                                            uint8_t* buffer, size_t capacity, size_t* used,
                                            stele_error* error);

/*
 * Takes the next row out of the bytes that stele_table_get_many() or stele_scan_next_batch() has
 * filled: it lies within them.
 *
 * size   as it was stored in *used.
 * at     0 at first; moves behind the row.
 * row    set struct_size before.
 *
 * END: there are no more. Errors: INVALID (these are no rows).
 */
STELE_API stele_status stele_row_next(const uint8_t* data, size_t size, size_t* at, stele_row* row,
                                      stele_error* error);

typedef struct stele_scan_options {
  uint32_t struct_size;
  uint32_t flags;    /* STELE_SCAN_BACKWARD, or 0. */
  stele_bytes low;   /* The first key. */
  stele_bytes high;  /* The first key that is not part of it; NULL data: to the end. */
  stele_as_of as_of; /* struct_size 0: now. */
} stele_scan_options;

#define STELE_SCAN_BACKWARD 1u /* From the highest key down. */

/*
 * Starts reading rows in the order of their keys, as of one moment: commits that come meanwhile are
 * not seen.
 *
 * options   NULL: all rows, as of now.
 *
 * While the handle is open, pages that it may need are kept. One that was not asked for longer than
 * options.max_reader_age gives TOO_OLD at its next call.
 *
 * Errors: as stele_table_get(); TOO_LARGE (a key of the range).
 *
 * Example:
 *
 *     stele_row row = {.struct_size = sizeof row};
 *     stele_scan_open(accounts, NULL, &scan, &error);
 *     while (stele_scan_next(scan, &row, &error) == STELE_OK) use(row.key, row.value);
 *     stele_scan_close(scan);
 */
STELE_API stele_status stele_scan_open(stele_table* table, const stele_scan_options* options,
                                       stele_scan** scan, stele_error* error);

/*
 * Stores the next row in *row; its bytes live until the next call with the scan. END: there are no
 * more. Set struct_size before.
 */
STELE_API stele_status stele_scan_next(stele_scan* scan, stele_row* row, stele_error* error);

/*
 * Stores the next rows in an array: the quickest way to go through many. Their bytes stay where the
 * database has them, and live until the next call with the scan.
 *
 * rows       `capacity` of them, at least 1. Set struct_size of the first: all are of that size.
 * count      how many were filled, at least 1 with OK. Fewer than `capacity` does not mean the end:
 *            a call returns what lies together, some 10 to 200 rows at most.
 *
 * END: there are no more; *count is 0. INVALID: no capacity.
 *
 * Example:
 *
 *     stele_row rows[128] = {{.struct_size = sizeof rows[0]}};
 *     size_t run = 0;
 *     while (stele_scan_next_views(scan, rows, 128, &run, &error) == STELE_OK) {
 *       for (size_t i = 0; i < run; i++) use(rows[i].key, rows[i].value);
 *     }
 */
STELE_API stele_status stele_scan_next_views(stele_scan* scan, stele_row* rows, size_t capacity,
                                             size_t* count, stele_error* error);

/*
 * Copies rows into the buffer, as many as fit: the way for other languages to get hundreds in one
 * call. Each takes, in little-endian order and padded with zeros to a multiple of 8,
 *
 *     value size u32, key size u16, flags u16, TSN u64, position u64, key, value
 *
 * used    the bytes that were filled.
 * count   the rows.
 *
 * END: there are no more. BUFFER_TOO_SMALL: not even one fits; *used says what it takes, and the
 * scan stays where it is.
 */
STELE_API stele_status stele_scan_next_batch(stele_scan* scan, uint8_t* buffer, size_t capacity,
                                             size_t* used, uint32_t* count, stele_error* error);

STELE_API void stele_scan_close(stele_scan* scan);

/* ---- The history of a row -------------------------------------------------------------------- */

/* What a row became by one commit, until its next version. */
typedef struct stele_row_version {
  uint32_t struct_size;
  uint32_t flags;    /* STELE_ROW_DELETED, or 0. */
  stele_bytes value; /* Of a deletion nothing. */
  uint64_t tsn;      /* The commit that did it. */
  uint64_t position; /* The event that it follows from, as in stele_row. */
  int64_t recorded;  /* When that commit was recorded, in microseconds. */
} stele_row_version;

#define STELE_ROW_DELETED 1u /* The row was deleted, by itself or with a range. */

typedef struct stele_row_history_options {
  uint32_t struct_size;
  uint32_t flags;    /* STELE_ROW_HISTORY_OLDEST_FIRST, or 0. */
  stele_as_of since; /* struct_size 0: as far back as the table keeps what was there. */
  stele_as_of until; /* struct_size 0: now. */
} stele_row_history_options;

#define STELE_ROW_HISTORY_OLDEST_FIRST 1u /* Without: the newest one first. */

/*
 * Starts reading the history of a row: what a table keeps of it between two moments. It begins with
 * what was there at `since`, and has each put and each deletion that came behind that, up to
 * `until`. A deletion that found no row is none of them. Of a table without history it is the row
 * as it is now, and of one that keeps less than everything what its oldest moment still has.
 *
 * Versions are read one by one, however many there are. Commits that come meanwhile are not seen.
 * While the handle is open, pages that it may need are kept, as with stele_scan_open(). A key that
 * never had a row has no versions: the first call is the END.
 *
 * options   NULL: all that is kept, the newest one first.
 *
 * NOT_FOUND: the table was dropped. NOT_YET, TOO_OLD: as stele_table_get() of either moment.
 * Errors: TOO_LARGE (the key), INVALID (a moment; `since` is behind `until`, and of its kind).
 *
 * Example, what an account was in turn:
 *
 *     stele_row_version version = {.struct_size = sizeof version};
 *     stele_row_history_open(accounts, key, key_size, NULL, &history, &error);
 *     while (stele_row_history_next(history, &version, &error) == STELE_OK)
 *       printf("%lld %zu bytes\n", (long long)version.recorded, version.value.size);
 *     stele_row_history_close(history);
 */
STELE_API stele_status stele_row_history_open(stele_table* table, const uint8_t* key,
                                              size_t key_size,
                                              const stele_row_history_options* options,
                                              stele_row_history** history, stele_error* error);

/*
 * Stores the next version in *version; its bytes live until the next call with the handle. END:
 * there are no more. TOO_OLD: see stele_scan_open(). Set struct_size before.
 */
STELE_API stele_status stele_row_history_next(stele_row_history* history,
                                              stele_row_version* version, stele_error* error);

/*
 * Copies versions into the buffer, as many as fit. As stele_scan_next_batch(), but each takes
 *
 *     value size u32, flags u32, TSN u64, position u64, recorded i64, value
 */
STELE_API stele_status stele_row_history_next_batch(stele_row_history* history, uint8_t* buffer,
                                                    size_t capacity, size_t* used, uint32_t* count,
                                                    stele_error* error);

STELE_API void stele_row_history_close(stele_row_history* history);

#ifdef __cplusplus
}
#endif

#endif /* STELE_TABLE_H */
