package io.stele;

import java.lang.ref.Cleaner;
import java.util.Optional;

/**
 * A batch that can read. It sees the database as it was when it began, and over that the rows that it
 * has put and deleted; nobody else sees these before the commit, which is a {@link
 * CommitResult.Conflict} when others have meanwhile changed what it must not find changed: see {@link
 * Isolation}. Nothing is locked: transactions never wait for each other, and one that only reads
 * always commits. {@link Stele#transact(TransactionBody)} begins again after a conflict.
 *
 * <pre>{@code
 * try (Transaction t = db.begin()) {
 *   if (t.get(doctors, other).isPresent()) t.delete(doctors, me);
 *   if (!t.commit().isCommitted()) System.out.println("somebody was faster");
 * }
 * }</pre>
 *
 * <p>While it is open, pages and rows that it may need are kept; one that was not used for longer than
 * {@link Options.Builder#maxReaderAge} gives TOO_OLD. Belongs to one thread at a time; may be closed by
 * any. What is dropped without a close is closed after it was collected. Of one that is over, every
 * method throws INVALID or CLOSED.
 */
public final class Transaction implements AutoCloseable {
  private final NativeTransaction transaction;
  private final NativeDb db;
  private final Stele stele;
  private final Cleaner.Cleanable cleanable;
  /** Null: it was not asked for, or is over. */
  private Batch batch;

  Transaction(NativeTransaction transaction, NativeDb db, Stele stele) {
    this.transaction = transaction;
    this.db = db;
    this.stele = stele;
    cleanable = Closer.watch(transaction,
        address -> NativeCallsJNI.NativeTransaction_close(address, null),
        NativeTransaction.getCPtr(transaction));
  }

  // ---- What it is going to commit --------------------------------------------------------------

  /**
   * Returns what it is going to commit: events, guards, tables, tracking and a key are added to it as
   * to every batch. It is the transaction's, which closes it; its commit(), check(), commitAsync() and
   * clear() are INVALID, and its close() does nothing.
   *
   * @return the batch, always the same one
   * @throws SteleException INVALID (the transaction is over), CLOSED
   */
  public Batch batch() {
    if (batch == null) {
      Scratch scratch = Scratch.get();
      NativeBatch made = transaction.batch(scratch.reply);
      if (made == null) throw SteleException.of(scratch.errorStatus(), scratch);
      batch = new Batch(made, db, stele, this);
    }
    return batch;
  }

  /**
   * Puts a row into the batch.
   *
   * @param table the table
   * @param key the key
   * @param row what it holds
   * @return this
   * @throws SteleException as {@link Batch#put}
   */
  public Transaction put(Table table, byte[] key, byte[] row) {
    batch().put(table, key, row);
    return this;
  }

  /**
   * Deletes a row with the batch.
   *
   * @param table the table
   * @param key the key
   * @return this
   * @throws SteleException as {@link Batch#delete}
   */
  public Transaction delete(Table table, byte[] key) {
    batch().delete(table, key);
    return this;
  }

  /**
   * Deletes the rows of a range with the batch.
   *
   * @param table the table
   * @param low the first key
   * @param high the first key that is not deleted any more; null: to the end
   * @return this
   * @throws SteleException as {@link Batch#deleteRange}
   */
  public Transaction deleteRange(Table table, byte[] low, byte[] high) {
    batch().deleteRange(table, low, high);
    return this;
  }

  // ---- Reading ---------------------------------------------------------------------------------

  /**
   * Returns the row of a key: that of the batch if it has one, else that of the moment when the
   * transaction began. A row of the batch has TSN and position 0.
   *
   * @param table the table
   * @param key the key
   * @return the row; empty: there is none, or the table was not there at that moment
   * @throws SteleException TOO_LARGE (the key), INVALID (a table of another database), TOO_OLD
   */
  public Optional<Row> get(Table table, byte[] key) {
    return RowReads.get(key, (input, output, capacity, scratch) ->
        transaction.get(table.table, input, key.length, output, capacity, scratch.reply));
  }

  /**
   * Reads all rows of a table.
   *
   * @param table the table
   * @return the scan, to be closed
   * @throws SteleException as {@link #scan(Table, ScanOptions)}
   */
  public Scan scan(Table table) {
    return scan(table, ScanOptions.forward());
  }

  /**
   * Reads rows as of the moment when the transaction began, with those of its batch as they are at
   * this call. When the transaction is over, the scan is INVALID. What it has gone through counts as
   * read, and so do rows that it has fetched ahead.
   *
   * @param table the table
   * @param options which of them, in which direction
   * @return the scan, to be closed
   * @throws SteleException NOT_FOUND (the table was not there at that moment), TOO_LARGE (a key of the
   *     range), INVALID (a table of another database, a moment in the options), TOO_OLD
   */
  public Scan scan(Table table, ScanOptions options) {
    AsOf asOf = options.asOf();
    return RowReads.scan(options, this, (flags, low, lowSize, high, highSize, bounded, scratch) ->
        transaction.scan(table.table, flags, low, lowSize, high, highSize, bounded, asOf.kind,
            asOf.at, scratch.reply));
  }

  /**
   * Reads events as of the moment when the transaction began; those of its batch are not among them.
   * Unless it is a snapshot, the batch gets the guard that nobody commits another match.
   *
   * @param query which events
   * @return a cursor, to be closed
   * @throws SteleException INVALID (the query), TOO_LARGE (more than 1,024 guards)
   */
  public Cursor read(Query query) {
    return read(query, ReadOptions.forward());
  }

  /**
   * As {@link #read(Query)}. The guard is about all matches, whatever the options ask for.
   *
   * @param query which events
   * @param options which of them to read
   * @return a cursor, to be closed
   * @throws SteleException as above
   */
  public Cursor read(Query query, ReadOptions options) {
    Scratch scratch = Scratch.get();
    NativeCursor cursor = transaction.read(scratch.put(query.bytes), query.bytes.length,
        options.flags(), options.start(), options.limit(), scratch.reply);
    if (cursor == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Cursor(cursor, stele);
  }

  // ---- Ending ----------------------------------------------------------------------------------

  /**
   * Commits what is in the batch, all of it or nothing; the transaction is over then. One whose batch
   * is empty commits with figures of zero. After everything else it goes on, and the commit may be
   * tried again, which does not help against a conflict.
   *
   * @return what became of it; the guard of a conflict is that of the batch, or -1: it is about what
   *     was read or written
   * @throws SteleException as {@link Batch#commit()}; TOO_OLD
   */
  public CommitResult commit() {
    Scratch scratch = Scratch.get();
    CommitResult result = Commits.of(
        transaction.commit(scratch.struct, Layout.COMMIT_RESULT_SIZE, scratch.reply), scratch);
    if (result.isCommitted()) batch = null;
    return result;
  }

  /** Ends the transaction; what was not committed is gone. Twice is as good as once. */
  @Override
  public void close() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "Transaction[" + stele + "]";
  }
}
