/*
 * projection.h: read models that follow the events, each event exactly once.
 */
#ifndef STELE_PROJECTION_H
#define STELE_PROJECTION_H

#include <stele/base.h>
#include <stele/event.h>
#include <stele/subscription.h>
#include <stele/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A projection reads events in the order of their positions and puts what follows from them into
 * tables of its own. Rows, and how far they go, are one commit: killed at any moment, it goes on
 * where its tables are. It says with each row which event that follows from, so that a table with
 * history is read STELE_AS_OF_POSITION as it follows from the events up to there, whatever came in
 * which commit.
 *
 * Its name is the tracking source that says how far it has come (stele_tracked). Several instances
 * may run, in whatever threads: one of them commits, the others are told CONFLICT and go on behind
 * it.
 *
 * Only the projection writes rows of its tables; its source should not be tracked by others. They
 * are read like all others; as of a position that it has not come to, a read is NOT_YET.
 *
 * Example, a balance for each account:
 *
 *     stele_projection_open(db, "balances", 8, query, 0, &projection, &error);
 *     stele_projection_table(projection, NULL, 0, "balances", 8, NULL, &balances, &error);
 *     for (;;) {
 *       status = stele_projection_next(projection, STELE_FOREVER, &view, NULL, &error);
 *       if (status != STELE_OK) break;
 *       apply(&view, row, &row_size);
 *       stele_projection_put(projection, balances, (const uint8_t*)view.entity.data,
 *                            view.entity.size, row, row_size, view.position, &error);
 *       status = stele_projection_commit(projection, &error);  // After each event, or hundreds.
 *       if (status < 0 || status == STELE_NOT_FOUND) break;     // Else CONFLICT: go on.
 *     }
 *     stele_table_close(balances);
 *     stele_projection_close(projection);
 */

typedef enum stele_projection_flags {
  STELE_PROJECTION_REBUILD = 1 /* Builds new tables beside the old ones, from the first event on,
                                  or goes on with that; stele_projection_switch() ends it. */
} stele_projection_flags;

/*
 * Opens a projection, which begins behind what is tracked under its name.
 *
 * name    1 to 255 bytes of UTF-8 without NUL. A rebuild of NAME has the source NAME~1, NAME~2 ...
 *         and tables whose names end so: no other projection, and no other table, may have a name
 *         that ends in ~ and a number.
 * query   the events that it follows; NULL: all. It is not stored.
 * flags   stele_projection_flags, or-ed.
 *
 * Errors: INVALID (also a name that is for rebuilds), IO, CORRUPT, CLOSED.
 */
STELE_API stele_status stele_projection_open(stele_db* db, const char* name, size_t name_size,
                                             const stele_query* query, uint32_t flags,
                                             stele_projection** projection, stele_error* error);

/*
 * Opens a table of the projection, and creates it the first time. In a rebuild it is the new one,
 * which has another name until the switch.
 *
 * options   as in stele_table_create(); they count when the table is created. Of positions, a table
 *           with limited history keeps those from the last event that was there at its horizon, and
 *           always the one where the projection stands.
 *
 * Errors: EXISTS (there is a table of that name, and it is not the projection's), INVALID, and
 * those of stele_commit().
 */
STELE_API stele_status stele_projection_table(stele_projection* projection, const char* schema,
                                              size_t schema_size, const char* name,
                                              size_t name_size, const stele_table_options* options,
                                              stele_table** table, stele_error* error);

/* Hands out the next event, as stele_subscription_next() does. stele_interrupt() ends its wait, and
 * stele_wait_any() waits for it and for other things. */
STELE_API stele_status stele_projection_next(stele_projection* projection, int64_t timeout_ms,
                                             stele_event* view, stele_subscription_info* info,
                                             stele_error* error);

/* Hands out the next events, as stele_subscription_next_batch() does. */
STELE_API stele_status stele_projection_next_batch(stele_projection* projection, int64_t timeout_ms,
                                                   uint8_t* buffer, size_t capacity, size_t* used,
                                                   uint32_t* count, stele_subscription_info* info,
                                                   stele_error* error);

/*
 * Puts a row with the next commit, in place of one of the same key and position. Reads do not see
 * it before: who commits after many events keeps in mind what he has put since the last commit.
 *
 * position   of the event that it follows from: behind the last commit, and none that is still to
 * be handed out; not before that of a row of the same table since then.
 *
 * Errors: INVALID (the position; a table that is not the projection's), TOO_LARGE, NO_MEMORY.
 */
STELE_API stele_status stele_projection_put(stele_projection* projection, stele_table* table,
                                            const uint8_t* key, size_t key_size, const uint8_t* row,
                                            size_t row_size, uint64_t position, stele_error* error);

/* Deletes a row with the next commit. Errors: as stele_projection_put(). */
STELE_API stele_status stele_projection_delete(stele_projection* projection, stele_table* table,
                                               const uint8_t* key, size_t key_size,
                                               uint64_t position, stele_error* error);

/* Deletes the rows of a range with the next commit, as stele_batch_delete_range() does. */
STELE_API stele_status stele_projection_delete_range(stele_projection* projection,
                                                     stele_table* table, const uint8_t* low,
                                                     size_t low_size, const uint8_t* high,
                                                     size_t high_size, uint64_t position,
                                                     stele_error* error);

/*
 * Commits the rows since the last commit, and that every event which was handed out is in them.
 * Does nothing if none was, and none was passed over.
 *
 * CONFLICT: another instance has come further. After this and every other error the rows are gone,
 * and stele_projection_next() goes on behind what is tracked by then: what the caller has in memory
 * of events since its last commit is to be forgotten.
 *
 * Errors: NOT_FOUND (a table was dropped, or replaced by a rebuild), and those of stele_commit().
 */
STELE_API stele_status stele_projection_commit(stele_projection* projection, stele_error* error);

/*
 * Ends a rebuild: commits what there is, and then, in one more commit, drops the old tables, gives
 * their names to the new ones, and has the projection stand where the rebuild does. Who reads the
 * old tables opens them anew: their handles are NOT_FOUND. The handle of the rebuild is of no use
 * any more.
 *
 * NOT_YET: the rebuild has not come as far as the projection. CONFLICT: that has moved on
 * meanwhile.
 *
 * Errors: INVALID (no rebuild, or one without tables), and those of stele_projection_commit().
 */
STELE_API stele_status stele_projection_switch(stele_projection* projection, stele_error* error);

typedef struct stele_projection_info {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t applied; /* The last event that is in its tables, whichever instance has put it there. */
  uint64_t head;    /* The last durable event: head - applied is the lag in events. */
  uint64_t lag_us;  /* For how long the first event that is not in its tables has been there. */
} stele_projection_info;

/* Stores how far the projection is behind. */
STELE_API stele_status stele_projection_describe(stele_projection* projection,
                                                 stele_projection_info* info, stele_error* error);

/* A projection, as its tables tell of it. */
typedef struct stele_projection_state {
  uint32_t struct_size;
  uint32_t tables;  /* That it has; stele_table_info names for each table its projection. */
  uint64_t applied; /* As in stele_projection_info. */
  uint64_t head;
  uint64_t lag_us;
  char name[256]; /* NUL-terminated. */
} stele_projection_state;

/*
 * Stores in *state the first projection whose name is above the one given, in bytewise order;
 * empty: the first of all. A rebuild under way is one of its own, NAME~1 or so. What has no table
 * yet is not in the list. Each call looks at all tables. END: there is none.
 *
 * Example, all projections:
 *
 *     stele_projection_state one = {.struct_size = sizeof one};
 *     while (stele_projections_next(db, one.name, strlen(one.name), &one, &error) == STELE_OK)
 *       if (one.applied < one.head) printf("%s is behind\n", one.name);
 */
STELE_API stele_status stele_projections_next(stele_db* db, const char* name, size_t name_size,
                                              stele_projection_state* state, stele_error* error);

/*
 * Drops a projection in one commit: its tables with all their rows, its rebuilds with theirs, and
 * how far they have come. One of that name begins with the first event again. With the name of a
 * rebuild that is under way, that one alone.
 *
 * Instances that are open are told NOT_FOUND or CONFLICT by their next commit, whether it has rows
 * or not, and are to be closed.
 *
 * Errors: NOT_FOUND (there is none), CONFLICT (it moves on so fast that no moment was found for
 * it), and those of stele_commit().
 */
STELE_API stele_status stele_projection_drop(stele_db* db, const char* name, size_t name_size,
                                             stele_error* error);

/*
 * Waits until the projection `name` has come to a position, durably: so that who has committed can
 * read what follows from it. Where commits are not synced at once (STELE_DURABILITY_OS, _INTERVAL)
 * that may be later than it can be read.
 *
 * timeout_ms   0 looks only; STELE_FOREVER.
 *
 * Errors: TIMEOUT, INVALID, CLOSED.
 */
STELE_API stele_status stele_wait_applied(stele_db* db, const char* name, size_t name_size,
                                          uint64_t position, int64_t timeout_ms,
                                          stele_error* error);

/* Closes the projection; rows that were not committed are gone. A call that waits returns CLOSED.
 */
STELE_API void stele_projection_close(stele_projection* projection);

#ifdef __cplusplus
}
#endif

#endif /* STELE_PROJECTION_H */
