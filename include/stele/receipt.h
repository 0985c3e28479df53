/*
 * receipt.h: proofs that an event was committed, for who has no database.
 */
#ifndef STELE_RECEIPT_H
#define STELE_RECEIPT_H

#include <stddef.h>
#include <stdint.h>
#include <stele/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Receipts ------------------------------------------------------------------------------ */

/*
 * A receipt says: this event, with this content, stood at this position in the commit whose chained
 * root is this one. It holds the hashes from the event up to that root, so that it can be checked
 * without the database, and years later.
 *
 * What it proves depends on the root: whoever can rewrite a database can make new receipts, too. It
 * proves something against a chained root that was kept elsewhere (stele_verify_step() gives the
 * newest one), or against a receipt that was given away.
 *
 * Example, one side gives away a record and its receipt, the other checks them:
 *
 *     uint8_t receipt[STELE_RECEIPT_MAX];
 *     size_t size;
 *     stele_get(db, position, buffer, sizeof buffer, &used, &error);
 *     stele_receipt(db, position, receipt, sizeof receipt, &size, &error);
 *
 *     status = stele_receipt_verify(receipt, size, buffer, used, NULL, &error);
 */
#define STELE_RECEIPT_MAX 2048u /* No receipt is longer. */

/*
 * Writes the receipt of an event into the caller's buffer and its size into *used.
 * docs/format.md, "Receipt", has the bytes.
 *
 * NOT_FOUND: there is no event at `position`. NOT_YET: its commit is not durable yet.
 * BUFFER_TOO_SMALL: *used is the size it needs.
 * CORRUPT: the stored hashes do not lead from the event to the root; nothing is written. A verify
 * says more.
 */
STELE_API stele_status stele_receipt(stele_db* db, uint64_t position, uint8_t* buffer,
                                     size_t capacity, size_t* used, stele_error* error);

typedef struct stele_receipt_info {
  uint32_t struct_size;
  uint32_t reserved;
  uint8_t uuid[16];         /* Of the database. */
  uint64_t tsn;             /* The commit. */
  uint64_t position;        /* The event. */
  int64_t recorded;         /* When it was committed. */
  uint8_t event_hash[32];   /* Binds the event, and those of its entity before it. */
  uint8_t chained_root[32]; /* Binds the commit, and all before it. */
} stele_receipt_info;

/*
 * Checks a receipt, and that it is the receipt of an event. Needs no database.
 *
 * record   the event's record, as stele_get() copies it; NULL: the receipt alone is checked.
 * info     NULL, or filled on OK; set struct_size before.
 *
 * Errors: CORRUPT (the receipt does not hold, or is not of this event; the message says what does
 * not fit), UNSUPPORTED (a newer version).
 */
STELE_API stele_status stele_receipt_verify(const uint8_t* receipt, size_t receipt_size,
                                            const uint8_t* record, size_t record_size,
                                            stele_receipt_info* info, stele_error* error);

/*
 * Checks that the database still holds what a receipt says: the same event in the same commit with
 * the same chained root.
 *
 * Errors: CORRUPT (it does not, or the receipt does not hold), INVALID (the receipt of another
 * database), NOT_FOUND (the database ends before that commit).
 */
STELE_API stele_status stele_receipt_check(stele_db* db, const uint8_t* receipt,
                                           size_t receipt_size, stele_error* error);

#ifdef __cplusplus
}
#endif

#endif /* STELE_RECEIPT_H */
