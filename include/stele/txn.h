/*
 * txn.h: transactions, which read as of one moment, their own rows included, and commit as if they
 * had happened in one piece.
 */
#ifndef STELE_TXN_H
#define STELE_TXN_H

#include <stele/base.h>
#include <stele/commit.h>
#include <stele/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Transactions -------------------------------------------------------------------------- */

/*
 * A transaction is a batch that can read. It sees the database as it was when it began, and over
 * that the rows that its batch puts and deletes; nobody else sees these before the commit. The
 * commit is a STELE_CONFLICT when others have meanwhile changed what it must not have changed:
 *
 *     serializable   what was read, through stele_txn_get(), stele_txn_scan() and stele_txn_read(),
 *                    rows that were not there included, and what is written. All transactions then
 *                    come to what they would have come to one after the other.
 *     snapshot       only what is written: rows that are put or deleted, and ranges that are
 *                    deleted. Two transactions that read the same and write different rows can both
 *                    commit (write skew).
 *
 * Nothing is locked: transactions never wait for each other, and one that only reads always
 * commits. Who is told CONFLICT closes the transaction and begins again.
 *
 * Of a scan that ends early, what it has gone through counts as read. Reads outside of the
 * transaction's functions do not count; stele_batch_expect_row() and other guards of its batch do,
 * as with every batch.
 *
 * A transaction, its batch and its scans belong to one thread at a time, all of them together. Each
 * may be closed by any.
 */

/* What a commit must not find changed. Values are frozen. */
typedef enum stele_isolation {
  STELE_ISOLATION_SERIALIZABLE = 0,
  STELE_ISOLATION_SNAPSHOT = 1
} stele_isolation;

typedef struct stele_txn_options {
  uint32_t struct_size;
  int32_t isolation; /* A stele_isolation. */
} stele_txn_options;

/*
 * Begins a transaction, as of now.
 *
 * options   NULL: serializable.
 *
 * While it is open, pages and rows that it may need are kept. One that was not used for longer than
 * options.max_reader_age gives TOO_OLD from then on.
 *
 * Errors: INVALID (an option), NO_MEMORY, CLOSED.
 *
 * Example, a balance that nobody else changes in between:
 *
 *     do {
 *       stele_txn_begin(db, NULL, &txn, &error);
 *       stele_txn_batch(txn, &batch, &error);
 *       status = stele_txn_get(txn, accounts, key, key_size, row, sizeof row, &row_size, NULL,
 *                              &error);
 *       withdraw(price, row, &row_size);
 *       stele_batch_event(batch, &withdrawn, &error);
 *       stele_batch_put(batch, accounts, key, key_size, row, row_size, &error);
 *       status = stele_txn_commit(txn, NULL, &error);
 *       stele_txn_close(txn);
 *     } while (status == STELE_CONFLICT);
 */
STELE_API stele_status stele_txn_begin(stele_db* db, const stele_txn_options* options,
                                       stele_txn** txn, stele_error* error);

/*
 * Stores in *batch what the transaction is going to commit: rows, events, guards, tables, tracking
 * and a key are added to it as to every batch. It belongs to the transaction and is closed with it,
 * or by its commit; stele_commit(), stele_commit_check(), stele_commit_async() and
 * stele_batch_clear() refuse it.
 *
 * Errors: INVALID (the transaction is over), CLOSED.
 */
STELE_API stele_status stele_txn_batch(stele_txn* txn, stele_batch** batch, stele_error* error);

/*
 * Copies the row of a key into the buffer: that of the transaction's batch if it has one, else that
 * of the moment at which the transaction began. A row of the batch has TSN and position 0.
 *
 * size, row   as in stele_table_get().
 *
 * NOT_FOUND: there is no such row; the table was not there at that moment. Errors: INVALID (the
 * table is of another database, the transaction is over), TOO_LARGE (the key), BUFFER_TOO_SMALL,
 * TOO_OLD.
 */
STELE_API stele_status stele_txn_get(stele_txn* txn, stele_table* table, const uint8_t* key,
                                     size_t key_size, uint8_t* buffer, size_t capacity,
                                     size_t* size, stele_row* row, stele_error* error);

/*
 * Starts reading rows in order, as of the moment at which the transaction began, with those of its
 * batch as they are at this call: what is put or deleted while the scan goes on is not seen by it.
 *
 * options   as in stele_scan_open(), but without as_of.
 *
 * The scan is read and closed like others. When the transaction is over, it is INVALID; a row that
 * it has handed out lives no longer than the transaction.
 *
 * Errors: as stele_txn_get().
 */
STELE_API stele_status stele_txn_scan(stele_txn* txn, stele_table* table,
                                      const stele_scan_options* options, stele_scan** scan,
                                      stele_error* error);

/*
 * Starts reading events, as of the moment at which the transaction began; those of its batch are
 * not among them. When it is serializable, this adds the guard to its batch that no further event
 * matches the query, numbered like others: see stele_batch_read().
 *
 * Errors: as stele_batch_read(), INVALID (the transaction is over).
 */
STELE_API stele_status stele_txn_read(stele_txn* txn, const stele_query* query,
                                      const stele_read_options* options, stele_cursor** cursor,
                                      stele_error* error);

/*
 * Commits the batch as stele_commit() does. The transaction is over then; so is one whose batch is
 * empty, with a result of zeros.
 *
 * After an error it goes on, and the commit may be tried again, which helps with FULL or NO_MEMORY.
 * CONFLICT names in its message the table and the row, or that it was a range; error.guard is
 * STELE_NO_GUARD unless it was a guard of the batch.
 *
 * Errors: as stele_commit(); TOO_OLD; NOT_FOUND (a table was dropped).
 */
STELE_API stele_status stele_txn_commit(stele_txn* txn, stele_commit_result* result,
                                        stele_error* error);

/* Ends the transaction. What was not committed is gone. */
STELE_API void stele_txn_close(stele_txn* txn);

#ifdef __cplusplus
}
#endif

#endif /* STELE_TXN_H */
