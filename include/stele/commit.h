/*
 * commit.h: batches, their guards, and commits.
 */
#ifndef STELE_COMMIT_H
#define STELE_COMMIT_H

#include <stele/base.h>
#include <stele/event.h>
#include <stele/read.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Batches and commits ------------------------------------------------------------------- */

/*
 * Makes an empty batch for one commit at a time to `db`.
 *
 * Example, two events or none, unless somebody has reserved the seat:
 *
 *     stele_batch_create(db, &batch, &error);
 *     stele_batch_event(batch, &reserved, &error);
 *     stele_batch_event(batch, &paid, &error);
 *     stele_query_tag(query, "seat:12A", 8, &error);
 *     stele_batch_guard(batch, query, 0, &error);
 *     stele_batch_key(batch, "command-1", 9, &error);  // Committed once, however often it is sent.
 *     status = stele_commit(db, batch, NULL, &error);
 *     if (status == STELE_CONFLICT) return REFUSED;
 *     stele_batch_close(batch);
 */
STELE_API stele_status stele_batch_create(stele_db* db, stele_batch** batch, stele_error* error);

/*
 * Adds one event. A batch that refused an event is as it was before. Ids are unique in a database:
 * one that is there already makes the commit STELE_EXISTS, one that is in the batch twice INVALID.
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
 * `query` (NULL: any event). 0 looks at the whole history; a position beyond the head is accepted
 * (but see stele_options.strict_after). The guard sees the database before the batch, never the
 * batch's own events.
 *
 * A batch may have several guards, of every kind. They are numbered in the order of the calls, and
 * a conflict names the first that does not hold.
 *
 * Errors: TOO_LARGE (more than 1,024 guards).
 */
STELE_API stele_status stele_batch_guard(stele_batch* batch, const stele_query* query,
                                         uint64_t after, stele_error* error);

#define STELE_SEQUENCE_SOME UINT64_MAX

/*
 * Adds a guard: the commit is a STELE_CONFLICT unless the newest event of `entity` has this
 * sequence (0: the entity has no event; STELE_SEQUENCE_SOME: it has any). A conflict names its
 * position and sequence in the error.
 *
 * Errors: INVALID (the entity), TOO_LARGE (more than 1,024 guards).
 */
STELE_API stele_status stele_batch_expect(stele_batch* batch, const char* entity,
                                          size_t entity_size, uint64_t sequence,
                                          stele_error* error);

/*
 * Reads for a decision: starts reading the events that match `query`, as stele_read() does, and
 * adds the guard that nobody commits another one until this batch does. Its `after` is the head
 * that the cursor reads as of, whatever the options ask for.
 *
 * Example, an aggregate; on CONFLICT, clear the batch and start again:
 *
 *     stele_query_entity(query, "account-7", 9, &error);
 *     stele_batch_read(batch, query, NULL, &cursor, &error);
 *     while (stele_cursor_next(cursor, &view, &error) == STELE_OK) balance += amount_of(&view);
 *     stele_cursor_close(cursor);
 *     if (balance < price) return REFUSED;
 *     stele_batch_event(batch, &withdrawn, &error);
 *     status = stele_commit(db, batch, NULL, &error);
 */
STELE_API stele_status stele_batch_read(stele_batch* batch, const stele_query* query,
                                        const stele_read_options* options, stele_cursor** cursor,
                                        stele_error* error);

/*
 * Starts reading what stands in the way of a guard of the batch, as of now: the events that its
 * query matches behind its `after`, or the events of its entity behind the expected version. For
 * after a CONFLICT, with `guard` from the error.
 *
 * NOT_FOUND: the batch has no such guard, or it is a tracked source or about rows, which no event
 * contradicts.
 *
 * Example:
 *
 *     stele_event view = {.struct_size = sizeof view};
 *     if (stele_commit(db, batch, NULL, &error) == STELE_CONFLICT &&
 *         stele_batch_conflicts(batch, error.guard, &cursor, &error) == STELE_OK)
 *       while (stele_cursor_next(cursor, &view, &error) == STELE_OK) show(&view);
 */
STELE_API stele_status stele_batch_conflicts(stele_batch* batch, uint32_t guard,
                                             stele_cursor** cursor, stele_error* error);

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
 * A batch whose events all carry ids of the caller's recognises itself by them, too: when it is
 * sent again, and what a guard finds in the way first is the commit that it was the first time, OK
 * gives that commit's result. The events must be the same, in the same order, and with them what
 * the batch tracks; otherwise the CONFLICT stands. A key that is new then stays unused.
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
 * CONFLICT names the first guard that failed; EXISTS, which is asked when all guards hold, the
 * event that has an id of the batch (of several ids the first); KEY_REUSED what the key was used
 * for. NOT_FOUND: a table that the batch names was dropped; EXISTS also names a table. Nothing was
 * written and no position was used. FULL: there is no room on the device; nothing
 * was written, and commits succeed again as soon as there is.
 *
 * Errors: INVALID (an empty batch, or a batch of another database), READ_ONLY (after a failed
 * write), IO, FULL, TOO_LARGE, OUTCOME_UNKNOWN (writing failed: the commit may be there after a
 * reopen), CLOSED.
 */
STELE_API stele_status stele_commit(stele_db* db, stele_batch* batch, stele_commit_result* result,
                                    stele_error* error);

/*
 * Tells what stele_commit() would answer now, and changes nothing: for a form that says at once
 * what will not work. OK is no promise, for others may commit meanwhile.
 *
 * result   NULL, or filled on OK: all zero but for event_count, or the earlier result when the
 * batch is a repetition.
 */
STELE_API stele_status stele_commit_check(stele_db* db, stele_batch* batch,
                                          stele_commit_result* result, stele_error* error);

/*
 * Begins to commit the batch and returns a ticket for the outcome. The batch is emptied and may be
 * filled again at once, so that one thread keeps several commits under way. They take their places
 * in the order of the calls.
 *
 * Example:
 *
 *     stele_commit_async(db, batch, &ticket, &error);
 *     stele_batch_event(batch, &sold, &error);  // The next one, meanwhile.
 *     stele_commit_result result = {.struct_size = sizeof result};
 *     status = stele_ticket_wait(ticket, STELE_FOREVER, &result, &error);
 *     stele_ticket_close(ticket);
 *
 * Every outcome that stele_commit() has arrives at the ticket, but for these, which leave the batch
 * as it was and *ticket NULL: INVALID (an empty batch, or a batch of another database), CLOSED,
 * NO_MEMORY. May wait for room in the buffer (options.buffer_max).
 */
STELE_API stele_status stele_commit_async(stele_db* db, stele_batch* batch, stele_ticket** ticket,
                                          stele_error* error);

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

#ifdef __cplusplus
}
#endif

#endif /* STELE_COMMIT_H */
