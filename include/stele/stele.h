/*
 * stele.h: the C API of Stele, an embedded event-sourcing database. This header is the manual.
 *
 * An application opens a directory and appends events to it in batches. A batch commits as a whole
 * or not at all, is durable when stele_commit() returns STELE_OK, and may carry guards: conditions
 * that must hold at the moment of the commit ("nobody recorded this decision meanwhile").
 *
 * Example:
 *
 *     stele_db* db;
 *     stele_batch* batch;
 *     stele_error error = STELE_ERROR_INIT;
 *     stele_open("shop", 4, NULL, &db, &error);
 *     stele_batch_create(db, &batch, &error);
 *     stele_new_event sold = {.struct_size = sizeof sold, .event_type = STELE_TEXT("BookSold")};
 *     stele_batch_event(batch, &sold, &error);
 *     stele_commit(db, batch, NULL, &error);
 *     stele_batch_close(batch);
 *     stele_close(db, &error);
 *
 * What follows "Example:" here and in the other headers is compiled by the tests. stele/stele.hpp
 * is the same API for C++.
 *
 * STATUS    Every function that can fail returns a stele_status: 0 is success, > 0 an outcome that
 *           a correct program expects (a conflict, the end of a read), < 0 an error. Values are
 *           frozen. Details go to the optional last parameter, a stele_error that the caller owns,
 *           filled by the same call; there is no "last error" kept anywhere.
 *
 * CONTENTS  stele/base.h          status, error, text and bytes, handles
 *           stele/database.h      open, close, options, figures
 *           stele/event.h         events, as given and as read
 *           stele/read.h          queries, cursors, single events, streams, walks, terms
 *           stele/commit.h        batches, guards, idempotency, commits
 *           stele/table.h         tables of rows, in batches and as of any moment
 *           stele/txn.h           transactions, which read what they have written
 *           stele/projection.h    read models that follow the events
 *           stele/subscription.h  following the events as they come; waiting for several things
 *           stele/maintenance.h   verify, backup, compact, inspect
 *           stele/receipt.h       proofs that an event was committed, for who has no database
 *           stele/key.h           order-preserving keys, made of values and taken apart again
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

#include <stele/base.h>
#include <stele/commit.h>
#include <stele/database.h>
#include <stele/event.h>
#include <stele/key.h>
#include <stele/maintenance.h>
#include <stele/projection.h>
#include <stele/read.h>
#include <stele/receipt.h>
#include <stele/subscription.h>
#include <stele/table.h>
#include <stele/txn.h>

#endif /* STELE_STELE_H */
