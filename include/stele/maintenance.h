/*
 * maintenance.h: what is done with a whole database: verify, backup, compact, repair; drawings of
 * its pages.
 *
 * Work that takes long is done in steps, by a handle of its own: it is cancelled by closing the
 * handle, and shows how far it is. Commits and reads go on meanwhile.
 */
#ifndef STELE_MAINTENANCE_H
#define STELE_MAINTENANCE_H

#include <stele/base.h>
#include <stele/table.h>

#ifdef __cplusplus
extern "C" {
#endif

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
 *
 * Example:
 *
 *     stele_verify_progress progress = {.struct_size = sizeof progress};
 *     stele_verify_open(db, &verify, &error);
 *     while ((status = stele_verify_step(verify, &progress, &error)) == STELE_OK)
 *       printf("%.0f%%\n", 100.0 * (double)progress.bytes_done / (double)progress.bytes_total);
 *     if (status == STELE_CORRUPT) puts(error.message);
 *     stele_verify_close(verify);
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

/* ---- Backup -------------------------------------------------------------------------------- */

typedef struct stele_backup_progress {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t bytes_done;  /* Copied, or found to be there already ... */
  uint64_t bytes_total; /* ... of so many. */
  uint64_t tsn;         /* The backup has every commit up to this one ... */
  uint64_t head;        /* ... and every event up to this position. */
} stele_backup_progress;

/*
 * Starts a copy of everything committed so far into the directory `path`, which is made if it is
 * missing. Commits go on meanwhile and are not in it. The copy is a database with the same uuid and
 * the same history: subscribers that have seen more than it holds are told so.
 *
 * Until the last step has returned END, the directory is no database: stele_open() says that the
 * backup was not finished. A backup that was interrupted, in whatever way, is begun again by
 * another call with the same path; pages that are there already are not written again.
 *
 * path   as in stele_open(), on the machine's file system even for a database in memory.
 *
 * A checkpoint is made first; a database that was opened READ_ONLY has its log copied instead.
 * While the handle is open, the pages it copies are not reused: the file grows by as many as were
 * in use when it began, at the most. Pages that come and go meanwhile are reused.
 *
 * Errors: EXISTS (there is a database), INVALID (there are other files, or an unfinished backup of
 * another database), BUSY (another backup is at work there), IO, FULL, CORRUPT, CLOSED.
 *
 * Example:
 *
 *     stele_backup_progress progress = {.struct_size = sizeof progress};
 *     stele_backup_open(db, "shop-backup", 11, &backup, &error);
 *     while ((status = stele_backup_step(backup, &progress, &error)) == STELE_OK)
 *       printf("%.0f%%\n", 100.0 * (double)progress.bytes_done / (double)progress.bytes_total);
 *     if (status != STELE_END) puts(error.message);
 *     stele_backup_close(backup);
 */
STELE_API stele_status stele_backup_open(stele_db* db, const char* path, size_t path_size,
                                         stele_backup** backup, stele_error* error);

/*
 * Copies the next piece (about a mebibyte) and fills *progress (may be NULL; set struct_size
 * before). Returns OK while there is more, and END when the backup is a database, on stable
 * storage. After an error the handle can only be closed.
 *
 * Errors: IO, FULL (of the directory), CORRUPT (a damaged page of the database is not copied:
 * names file and page), CLOSED.
 */
STELE_API stele_status stele_backup_step(stele_backup* backup, stele_backup_progress* progress,
                                         stele_error* error);

/* Gives the directory back. What is unfinished stays, to be gone on with. */
STELE_API void stele_backup_close(stele_backup* backup);

/* ---- Compact ------------------------------------------------------------------------------- */

typedef struct stele_compact_progress {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t bytes_before; /* Of the file of pages, when it began; */
  uint64_t bytes_now;    /* now; */
  uint64_t bytes_live;   /* what is not free in it: it becomes no smaller than that. */
  uint64_t pages_moved;  /* So far. */
} stele_compact_progress;

/*
 * Starts to make the file of pages as small as what is in it: pages at its end are moved into free
 * ones before them. Commits, reads and checkpoints go on meanwhile, and a crash loses nothing.
 * Nobody has to compact: free pages are used again. It is for who wants the disk's room back.
 *
 * A checkpoint is made first. What cursors, snapshots or a backup hold is not free, and stays.
 *
 * Errors: READ_ONLY (opened so, or after a failed write), IO, FULL, CORRUPT, CLOSED.
 *
 * Example:
 *
 *     stele_compact_open(db, &compact, &error);
 *     while ((status = stele_compact_step(compact, NULL, &error)) == STELE_OK) continue;
 *     if (status != STELE_END) puts(error.message);
 *     stele_compact_close(compact);
 */
STELE_API stele_status stele_compact_open(stele_db* db, stele_compact** compact,
                                          stele_error* error);

/*
 * Moves about a mebibyte and fills *progress (may be NULL; set struct_size before). Returns OK
 * while there is something to gain, and END when there is not: the file is at most a tenth and a
 * mebibyte larger than what is in it, unless somebody holds more.
 *
 * Errors: IO, FULL (no room for the copies; what was moved stays so), CORRUPT (a damaged page:
 * names file and page), CLOSED.
 */
STELE_API stele_status stele_compact_step(stele_compact* compact, stele_compact_progress* progress,
                                          stele_error* error);

STELE_API void stele_compact_close(stele_compact* compact);

/* ---- Repair -------------------------------------------------------------------------------- */

/* What becomes of what is behind something that is lost. */
typedef enum stele_lost {
  STELE_LOST_REFUSE = 0, /* Nothing: the repair ends with CORRUPT, which says what is lost. */
  STELE_LOST_CUT = 1,    /* It is left away: the result is the history up to there, unchanged. */
  STELE_LOST_REPLACE = 2 /* It stays in its place. Events of the type "stele.lost" take that of
                            lost ones, so that positions are what they were. Hashes from there on
                            are other ones: receipts and tokens of later positions are refused. */
} stele_lost;

typedef struct stele_repair_progress {
  uint32_t struct_size;
  uint32_t tables_left_out; /* Tables that were there and are not in the new database; known when
                               step() returns END. stele_repair_left_out() names them. */
  uint64_t bytes_done;      /* Looked at, or written ... */
  uint64_t bytes_total;     /* ... of so many. */
  uint64_t commits;         /* In the new database so far; */
  uint64_t events;          /* in the new database so far. */
  uint64_t commits_rebuilt; /* Of them: from their events alone. An idempotency key or tracking
                               marks that they had are there only if their trees were whole. */
  uint64_t commits_lost;    /* Replaced, or left away although they had been durable. */
  uint64_t events_lost;     /* Replaced. */
  uint64_t first_lost;      /* The first position that is lost or behind what is lost; 0: none. */
  uint64_t pages_damaged;   /* Found in the file of pages, needed or not. */
  uint64_t log_damaged;     /* Damaged stretches, and segments that cannot be read, of the log. */
} stele_repair_progress;

/*
 * Starts to make a new database, in the directory `to`, of what can still be read of the damaged
 * one in `from`, which nobody may have open for writing, and which is not changed. Every page and
 * every frame that is whole is used, whether anything refers to it or not: neither superblocks nor
 * stele.meta nor any index is needed. Each commit is checked as a verification does, or rebuilt
 * from its events; terms, entities and ids are made anew.
 *
 * A table comes back whole, with all of its history, or it is left out. Rows change, so that not
 * every page counts that is whole: tables are what the newest good superblock leads to, and what
 * the log says of the commits behind it. So a table is left out
 *
 *   - when a page is damaged in which rows of it, or old ones, could have been; or what says which
 *     table it is;
 *   - when no superblock is good and the log does not have all commits from the first on, or with
 *     CUT when the history ends before the commit that the superblock names: all are then;
 *   - with REPLACE, when a commit behind the one that the superblock names is lost, which may have
 *     changed any table: all that were there before it are, and those that are created behind it
 *     come back. (With CUT, all tables are there as of the last commit before the loss.)
 *   - of a projection, when it cannot be said that its tracking mark is not older than its rows.
 *
 * Tracking marks are kept also where the tables are left out whose events they count. Such a
 * projection is rebuilt (STELE_PROJECTION_REBUILD): followed as it is, it would go on
 * in the middle, with empty tables.
 *
 * lost   a stele_lost
 *
 * Until the last step has returned END, `to` is no database; a repair that was interrupted is begun
 * again by another call. The new database has the uuid of the old one.
 *
 * Errors: NOT_FOUND (there is no `from`), BUSY (`from` is open for writing, or somebody is at work
 * in `to`), EXISTS (`to` is a database), INVALID (`to` holds other files; `lost` is unknown),
 * CORRUPT (no file says whose database it was), UNSUPPORTED, IO, FULL.
 *
 * Example:
 *
 *     stele_repair_progress progress = {.struct_size = sizeof progress};
 *     stele_repair_open("shop", 4, "shop-repaired", 13, STELE_LOST_REFUSE, &repair, &error);
 *     while ((status = stele_repair_step(repair, &progress, &error)) == STELE_OK)
 *       printf("%.0f%%\n", 100.0 * (double)progress.bytes_done / (double)progress.bytes_total);
 *     if (status == STELE_CORRUPT) puts(error.message);
 *     stele_repair_close(repair);
 */
STELE_API stele_status stele_repair_open(const char* from, size_t from_size, const char* to,
                                         size_t to_size, int32_t lost, stele_repair** repair,
                                         stele_error* error);

/*
 * Does about a mebibyte of the work and fills *progress (may be NULL; set struct_size before).
 * Returns OK while there is more, and END when the new database is there, on stable storage. After
 * an error the handle can only be closed.
 *
 * Errors: CORRUPT (something is lost, and `lost` was REFUSE: `message` names the commit, `position`
 * the first event of it), IO, FULL, NO_MEMORY.
 */
STELE_API stele_status stele_repair_step(stele_repair* repair, stele_repair_progress* progress,
                                         stele_error* error);

/*
 * Stores in *info what is known of table number `index`, from 0 on, of those that were there and
 * are not in the new database: with an empty schema and name if nothing tells them any more. They
 * are known when stele_repair_step() has returned END. One whose info->projection is set is to be
 * rebuilt by that. END: there are no more of them.
 *
 * Errors: INVALID (struct_size is not set), CLOSED.
 *
 * Example:
 *
 *     stele_table_info info = {.struct_size = sizeof info};
 *     for (uint32_t i = 0; stele_repair_left_out(repair, i, &info, &error) == STELE_OK; ++i)
 *       printf("%s.%s %s\n", info.schema, info.name, info.projection);
 */
STELE_API stele_status stele_repair_left_out(stele_repair* repair, uint32_t index,
                                             stele_table_info* info, stele_error* error);

STELE_API void stele_repair_close(stele_repair* repair);

/* ---- Inspect ------------------------------------------------------------------------------- */

/*
 * Draws what is in the file of pages as text (UTF-8, lines), for people, into the caller's buffer,
 * and its size into *used. The drawing is not an interface: it may look different in each version.
 *
 * what   "" or NULL: the trees there are; "free": the free pages; "page NUMBER": a page; "path TREE
 *        KEY": the way from the root of a tree to a key, which is a number for events and commits,
 *        otherwise text, or 0x and hexadecimal digits.
 *
 * Errors: NOT_FOUND (there was no checkpoint yet), INVALID (there is no such page or tree, or
 * `what` is none of these), BUFFER_TOO_SMALL (*used is the size it needs), CORRUPT (of the free
 * list; a damaged page is drawn, with what is wrong), CLOSED.
 *
 * Example:
 *
 *     char text[4096];
 *     size_t size;
 *     if (stele_inspect(db, "path events 1", 13, text, sizeof text, &size, &error) == STELE_OK)
 *       fwrite(text, 1, size, stdout);
 */
STELE_API stele_status stele_inspect(stele_db* db, const char* what, size_t what_size, char* text,
                                     size_t capacity, size_t* used, stele_error* error);

#ifdef __cplusplus
}
#endif

#endif /* STELE_MAINTENANCE_H */
