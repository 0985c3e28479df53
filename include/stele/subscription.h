/*
 * subscription.h: following the events that match a query, first those that are there and then
 * those that come; and waiting for the first of several things.
 */
#ifndef STELE_SUBSCRIPTION_H
#define STELE_SUBSCRIPTION_H

#include <stddef.h>
#include <stdint.h>
#include <stele/base.h>
#include <stele/event.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Subscriptions ------------------------------------------------------------------------- */

/*
 * A subscription is pulled: it hands out events when it is asked, in the order of their positions,
 * each once, none left out. It delivers durable commits only, at every level of durability, and
 * holds nothing but a position: one that is never asked again costs nothing.
 *
 * A consumer that keeps its state elsewhere stores the token of what it has worked off, with that
 * state, and resumes there. Example:
 *
 *     stele_subscribe_options options;
 *     stele_subscribe_options_init(&options);
 *     options.token = token;
 *     options.token_size = sizeof token;
 *     stele_subscribe(db, query, &options, &subscription, &error);
 *     for (;;) {
 *       status = stele_subscription_next_batch(subscription, STELE_FOREVER, buffer, sizeof buffer,
 *                                              &used, &count, NULL, &error);
 *       if (status != STELE_OK) break;
 *       work_off(buffer, used);
 *       stele_subscription_token(subscription, token, &error);
 *       save(token);
 *     }
 *
 * One whose state is in the same database calls stele_batch_track() in the commit that changes it,
 * and resumes with `after`.
 */
#define STELE_TOKEN_SIZE 32u

typedef enum stele_subscribe_flags {
  STELE_SUBSCRIBE_NEW = 1 /* Begins behind the last durable event; `after` and token are not set. */
} stele_subscribe_flags;

typedef struct stele_subscribe_options {
  uint32_t struct_size;
  uint32_t flags;       /* stele_subscribe_flags, or-ed. */
  uint64_t after;       /* Begins behind this position; 0: with the first event. */
  const uint8_t* token; /* NULL, or what stele_subscription_token() gave: begins there. */
  size_t token_size;    /* STELE_TOKEN_SIZE, or 0. */
} stele_subscribe_options;

/* Sets every option to its default: from the first event on. */
STELE_API void stele_subscribe_options_init(stele_subscribe_options* options);

/*
 * Starts a subscription to the events that match `query` (NULL: all).
 * options   NULL for the defaults.
 *
 * Errors: INVALID: the token is of another database, or of a history that this one does not have
 * (it was restored from an older backup); `after` is beyond the last durable event; both are set.
 */
STELE_API stele_status stele_subscribe(stele_db* db, const stele_query* query,
                                       const stele_subscribe_options* options,
                                       stele_subscription** subscription, stele_error* error);

typedef struct stele_subscription_info {
  uint32_t struct_size;
  uint32_t caught_up; /* 1: nothing durable was behind `through` when the call returned. */
  uint64_t through;   /* Every match up to this position has been handed out. It moves on over
                         events that do not match. */
  uint64_t head;      /* The last durable event then: head - through is the lag in events. */
} stele_subscription_info;

/*
 * Copies the next events into the caller's buffer, as stele_cursor_next_batch() does, and waits for
 * the first of them when there is none.
 *
 * timeout_ms   how long to wait: 0 looks only; STELE_FOREVER.
 * info         NULL, or filled on OK and TIMEOUT; set struct_size before.
 *
 * OK with events; OK without events says once that the subscription has caught up, where no event
 * came to say so. TIMEOUT: no match has come in time, or stele_interrupt() was called.
 * BUFFER_TOO_SMALL: *used is what the next event needs, and nothing is lost. CLOSED: the
 * subscription or its database was closed, also while it waited.
 */
STELE_API stele_status stele_subscription_next_batch(stele_subscription* subscription,
                                                     int64_t timeout_ms, uint8_t* buffer,
                                                     size_t capacity, size_t* used, uint32_t* count,
                                                     stele_subscription_info* info,
                                                     stele_error* error);

/*
 * Stores the next event in *view (set struct_size before), without a copy; waits like the function
 * above, but never returns OK without an event. What *view points to lives until the next call on
 * this subscription, its close, or the close of the database.
 */
STELE_API stele_status stele_subscription_next(stele_subscription* subscription, int64_t timeout_ms,
                                               stele_event* view, stele_subscription_info* info,
                                               stele_error* error);

/*
 * Writes STELE_TOKEN_SIZE bytes from which a later subscription resumes behind everything that this
 * one has handed out. They name the database, the position and the history up to there.
 */
STELE_API stele_status stele_subscription_token(stele_subscription* subscription, uint8_t* token,
                                                stele_error* error);

/* Ends the subscription. A call that waits on it in another thread returns CLOSED. */
STELE_API void stele_subscription_close(stele_subscription* subscription);

/* ---- Waiting ------------------------------------------------------------------------------- */

/*
 * Ends a wait on a subscription or projection, or of stele_wait_any() on one of these or a ticket:
 * the call that waits, or else the next one that would wait, returns TIMEOUT at once. From any
 * thread.
 * stele_ticket_wait() is not ended: the outcome of a commit is under way.
 */
STELE_API stele_status stele_interrupt(const void* handle, stele_error* error);

/*
 * Waits until one of the handles has something: a ticket its outcome, a subscription or a
 * projection an event that may match. Stores the index of the first such in *index. They may belong
 * to different databases.
 *
 * handles      `count` tickets, subscriptions and projections, at least one; none of them NULL or
 *              closed.
 * timeout_ms   0 looks only; STELE_FOREVER.
 *
 * TIMEOUT: nothing in time, or one of them was interrupted.
 *
 * Example:
 *
 *     const void* things[] = {ticket, subscription};
 *     size_t first;
 *     status = stele_wait_any(things, 2, 1000, &first, &error);
 *     if (status == STELE_OK && first == 0) stele_ticket_wait(ticket, 0, NULL, &error);
 */
STELE_API stele_status stele_wait_any(const void* const* handles, size_t count, int64_t timeout_ms,
                                      size_t* index, stele_error* error);

#ifdef __cplusplus
}
#endif

#endif /* STELE_SUBSCRIPTION_H */
