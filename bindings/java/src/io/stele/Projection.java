package io.stele;

import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Optional;

/**
 * A read model that follows the events: it reads them in the order of their positions, and puts what
 * follows from them into tables of its own. Rows, and how far they go, are one commit: killed at any
 * moment, it goes on where its tables are, and each event is in them once.
 *
 * <pre>{@code
 * try (Projection projection = db.projection("balances", query);
 *     Table balances = projection.table("balances")) {
 *   for (;;) {
 *     for (EventView event : projection.pull(Subscription.FOREVER)) {
 *       projection.put(balances, key(event), balance(event), event.position());
 *     }
 *     projection.commit();   // CONFLICT: another instance has put these events into the tables.
 *   }
 * }
 * }</pre>
 *
 * <p>Its name is the source that says how far it has come ({@link Stele#tracked}). Several instances
 * may run, in whatever threads: one of them commits, the others are told CONFLICT and go on behind it.
 * Only the projection writes to its tables; they are read like all others, and as of a position that
 * it has not come to, a read is NOT_YET.
 *
 * <p>Belongs to one thread at a time; {@link #interrupt()} and {@link #close()} are for any. What is dropped without a close is
 * closed after it was collected.
 */
public final class Projection implements AutoCloseable, Following {
  private final NativeProjection projection;
  private final Cleaner.Cleanable cleanable;
  private final Puller puller;
  /** The database must not be collected before the projection. */
  private final Object owner;

  Projection(NativeProjection projection, Object owner) {
    this.projection = projection;
    this.owner = owner;
    puller = new Puller(projection::next_batch);
    cleanable = Closer.watch(projection,
        address -> NativeCallsJNI.NativeProjection_close(address, null),
        NativeProjection.getCPtr(projection));
  }

  // ---- Tables ----------------------------------------------------------------------------------

  /**
   * Opens a table of the projection in the schema "root", without history.
   *
   * @param name its name
   * @return the table, to be closed
   * @throws SteleException as {@link #table(TableName, TableOptions)}
   */
  public Table table(String name) {
    return table(TableName.of(name), TableOptions.defaults());
  }

  /**
   * Opens a table of the projection, and creates it the first time. In a rebuild it is the new one,
   * which has another name until the switch.
   *
   * @param name its name
   * @param options how it is created
   * @return the table, to be closed
   * @throws SteleException EXISTS (there is a table of that name, and it is not the projection's),
   *     INVALID (the name), and those of {@link Batch#commit()}
   */
  public Table table(TableName name, TableOptions options) {
    byte[] schema = Utf8.bytes(name.schema());
    byte[] table = Utf8.bytes(name.name());
    Scratch scratch = Scratch.get();
    long address = scratch.put(schema, table);
    NativeTable made = projection.table(address, schema.length, address + schema.length,
        table.length, options.history().code, options.amount(), scratch.reply);
    if (made == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Table(made, owner);
  }

  // ---- Events ----------------------------------------------------------------------------------

  /**
   * Takes the next events, as many as come in one call, and waits for the first of them when there
   * is none. All of them are in what the next commit says is in the tables. Returns early, with none,
   * when {@link #interrupt()} was called, and within a fifth of a second when the thread is
   * interrupted, whose status stays set.
   *
   * @param timeout how long to wait: zero looks only; {@link Subscription#FOREVER}
   * @return the events; always the same object. Empty: none has come in time, or, once, the projection
   *     has caught up where no event came to say so ({@link #isCaughtUp()})
   * @throws SteleException CLOSED: the projection or its database was closed, also while it waited;
   *     CORRUPT, IO
   */
  public EventBatch pull(Duration timeout) {
    return puller.pull(timeout);
  }

  /**
   * Takes the next event, and waits for it when there is none, as {@link #pull} does. This is for who
   * commits after each event; taking many at once is faster.
   *
   * @param timeout how long to wait: zero looks only; {@link Subscription#FOREVER}
   * @return the event. Empty: none has come in time, or the wait was interrupted
   * @throws SteleException as pull()
   */
  public Optional<Event> next(Duration timeout) {
    return puller.next(timeout);
  }

  /**
   * Ends the wait of another thread, or else the next one.
   *
   * @throws SteleException CLOSED
   */
  @Override
  public void interrupt() {
    puller.interrupt();
    Scratch scratch = Scratch.get();
    SteleException.check(projection.interrupt(scratch.reply), scratch);
  }

  /** The handle, for a wait. */
  long number() {
    return projection.number();
  }

  /** Returns whether somebody interrupted, once for each time. */
  boolean takeInterrupt() {
    return puller.takeInterrupt();
  }

  /**
   * Tells whether nothing durable was behind the events that were taken last.
   *
   * @return as of the last call that took events
   */
  public boolean isCaughtUp() {
    return puller.isCaughtUp();
  }

  /**
   * Returns how far the projection is behind.
   *
   * @return in events and in time
   * @throws SteleException CLOSED, CORRUPT, IO
   */
  public ProjectionInfo describe() {
    Scratch scratch = Scratch.get();
    SteleException.check(projection.describe(scratch.struct, Layout.PROJECTION_INFO_SIZE,
        scratch.reply), scratch);
    return ProjectionInfo.of(scratch);
  }

  // ---- Rows ------------------------------------------------------------------------------------

  /**
   * Puts a row with the next commit, in place of one of the same key and position.
   *
   * @param table a table of the projection
   * @param key the key
   * @param row what it holds
   * @param position of the event that it follows from: one that was taken since the last commit, not
   *     before that of a row of the same table since then
   * @return this
   * @throws SteleException INVALID (the position; a table that is not the projection's), TOO_LARGE
   */
  public Projection put(Table table, byte[] key, byte[] row, long position) {
    Scratch scratch = Scratch.get();
    try {
      long address = scratch.put(key, row);
      return done(projection.put(table.table, address, key.length, address + key.length, row.length,
          position, scratch.reply), scratch);
    } finally {
      scratch.trim();
    }
  }

  /**
   * Deletes a row with the next commit; it need not be there.
   *
   * @param table a table of the projection
   * @param key the key
   * @param position as in {@link #put}
   * @return this
   * @throws SteleException as put()
   */
  public Projection delete(Table table, byte[] key, long position) {
    Scratch scratch = Scratch.get();
    return done(projection.delete_row(table.table, scratch.put(key), key.length, position,
        scratch.reply), scratch);
  }

  /**
   * Deletes the rows of a range with the next commit, as {@link Batch#deleteRange} does.
   *
   * @param table a table of the projection
   * @param low the first key
   * @param high the first key that is not deleted any more; null: to the end
   * @param position as in {@link #put}
   * @return this
   * @throws SteleException as put(); INVALID (the range ends before it begins)
   */
  public Projection deleteRange(Table table, byte[] low, byte[] high, long position) {
    byte[] end = high == null ? DatabaseReads.NO_BYTES : high;
    Scratch scratch = Scratch.get();
    long address = scratch.put(low, end);
    return done(projection.delete_range(table.table, address, low.length, address + low.length,
        end.length, high == null ? 0 : 1, position, scratch.reply), scratch);
  }

  private Projection done(int status, Scratch scratch) {
    SteleException.check(status, scratch);
    return this;
  }

  // ---- Commits ---------------------------------------------------------------------------------

  /**
   * Commits the rows since the last commit, and that every event which was taken is in them. Does
   * nothing if none was, and none was passed over.
   *
   * <p>After everything but OK the rows are gone, and what is taken next is behind what is tracked by
   * then: what the caller has in memory of events since its last commit is to be forgotten.
   *
   * @return OK; CONFLICT: another instance has come further; NOT_FOUND: a table was dropped, or
   *     replaced by a rebuild
   * @throws SteleException those of {@link Batch#commit()}
   */
  public Status commit() {
    Scratch scratch = Scratch.get();
    return Status.of(SteleException.check(projection.commit(scratch.reply), scratch));
  }

  /**
   * Ends a rebuild: commits what there is, and then, in one more commit, drops the old tables, gives
   * their names to the new ones, and has the projection stand where the rebuild does. Who reads the
   * old tables opens them anew: for those objects, there is no such table. This object is of no use
   * any more but to be closed.
   *
   * @return OK; NOT_YET: the rebuild has not come as far as the projection; CONFLICT: that has moved
   *     on meanwhile; NOT_FOUND: a table of the rebuild was dropped
   * @throws SteleException INVALID (no rebuild, or one without tables), and those of
   *     {@link Batch#commit()}
   */
  public Status switchOver() {
    Scratch scratch = Scratch.get();
    return Status.of(SteleException.check(projection.switch_over(scratch.reply), scratch));
  }

  /**
   * Closes the projection; rows that were not committed are gone. Ends a wait of another thread with
   * CLOSED. Twice is as good as once.
   */
  @Override
  public void close() {
    puller.close();
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "Projection[" + owner + "]";
  }
}
