package io.stele;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Events and rows of tables that are committed together or not at all, and the guards that they are
 * committed under.
 * Calls can be chained. Guards and tracked sources are numbered in the order of the calls: a
 * conflict names the first that does not hold.
 *
 * <pre>{@code
 * try (Batch batch = db.batch()) {
 *   batch.add(reserved).add(paid)
 *       .guard(Guard.none(Query.tag("seat:12A").build()))   // Unless somebody has reserved it.
 *       .key("command-1");                                  // Once, however often it is sent.
 *   CommitResult result = batch.commit();
 * }
 * }</pre>
 *
 * <p>Belongs to one thread at a time; may be closed by any. What is dropped without a close is
 * closed after it was collected. Every method throws CLOSED when the batch or its database is
 * closed.
 */
public final class Batch extends BatchRows implements AutoCloseable {
  /** The value of `previous` that expects nothing. */
  public static final long ANY = -1;

  private final NativeDb db;
  private final Stele stele;
  /** Null: it is a transaction's, which closes it. */
  private final Cleaner.Cleanable cleanable;
  /** Must not be collected before the batch; null: there is none. */
  private final Transaction transaction;

  Batch(NativeBatch batch, NativeDb db, Stele stele) {
    super(batch);
    this.db = db;
    this.stele = stele;
    transaction = null;
    cleanable = Closer.watch(batch, address -> NativeCallsJNI.NativeBatch_close(address, null),
        NativeBatch.getCPtr(batch));
  }

  /** The batch of a transaction. */
  Batch(NativeBatch batch, NativeDb db, Stele stele, Transaction transaction) {
    super(batch);
    this.db = db;
    this.stele = stele;
    this.transaction = transaction;
    cleanable = null;
  }

  // ---- Events ----------------------------------------------------------------------------------

  /**
   * Adds an event. A batch that refused one is as it was before.
   *
   * @param event the event
   * @return this
   * @throws SteleException INVALID (which field, and why; also an id that the batch has already),
   *     TOO_LARGE (a limit)
   */
  public Batch add(NewEvent event) {
    Scratch scratch = Scratch.get();
    try {
      int end = RecordWriter.put(scratch.data(RecordWriter.size(event)), 0, event);
      int status = batch.events(scratch.address(), end, scratch.reply);
      if (status < 0) throw SteleException.ofOnly(status, scratch);
    } finally {
      scratch.trim();
    }
    return this;
  }

  /**
   * Adds events, all of them or, where one is refused, none.
   *
   * @param events the events
   * @return this
   * @throws SteleException as {@link #add}
   */
  public Batch addAll(List<NewEvent> events) {
    NewEvent[] all = events.toArray(new NewEvent[0]);
    Scratch scratch = Scratch.get();
    try {
      addRecords(scratch, put(scratch, all));
    } finally {
      scratch.trim();
    }
    return this;
  }

  /**
   * Adds events that are encoded already, such as those read from another database: records one
   * behind the other. Fields that the commit fills in are ignored. All of them or none.
   *
   * @param records what {@link EventView#record()} gave, or as docs/format.md, "Event", describes
   * @return this
   * @throws SteleException as {@link #add}; UNSUPPORTED (a newer version, or encrypted); the
   *     message says which record, and the offset where it starts
   */
  public Batch addRecords(byte[] records) {
    Scratch scratch = Scratch.get();
    try {
      scratch.put(records);
      addRecords(scratch, records.length);
    } finally {
      scratch.trim();
    }
    return this;
  }

  private void addRecords(Scratch scratch, int size) {
    SteleException.check(batch.events(scratch.address(), size, scratch.reply), scratch);
  }

  /** Writes events to the front of the thread's buffer. Returns their size. */
  static int put(Scratch scratch, NewEvent[] events) {
    long size = 0;
    for (NewEvent event : events) size += RecordWriter.size(event);
    ByteBuffer to = scratch.data(size);
    int at = 0;
    for (NewEvent event : events) at = RecordWriter.put(to, at, event);
    return at;
  }

  // ---- Guards ----------------------------------------------------------------------------------

  /**
   * Adds a guard.
   *
   * @param guard the condition
   * @return this
   * @throws SteleException INVALID (the query or the entity), TOO_LARGE (more than 1,024 guards)
   */
  public Batch guard(Guard guard) {
    Scratch scratch = Scratch.get();
    int status;
    if (guard instanceof Guard.Version version) {
      byte[] entity = Utf8.bytes(version.entity());
      status = batch.expect(scratch.put(entity), entity.length, version.sequence(), scratch.reply);
    } else {
      Guard.NoneAfter none = (Guard.NoneAfter) guard;
      byte[] query = none.query().bytes;
      status = batch.guard(scratch.put(query), query.length, none.after(), scratch.reply);
    }
    SteleException.check(status, scratch);
    return this;
  }

  /**
   * Reads for a decision: reads the events that match a query, and adds the guard that nobody
   * commits another one until this batch does.
   *
   * <pre>{@code
   * try (Cursor history = batch.decide(Query.entity("account-7").build())) {
   *   for (EventView event : history) balance += amountOf(event);
   * }
   * if (balance < price) return "refused";
   * batch.add(withdrawn).commit();      // On a conflict: clear(), and start again.
   * }</pre>
   *
   * @param query which events
   * @return the events, as of now
   * @throws SteleException INVALID (the query), TOO_LARGE (more than 1,024 guards)
   */
  public Cursor decide(Query query) {
    return decide(query, ReadOptions.forward());
  }

  /**
   * As {@link #decide(Query)}. The guard is about all matches, whatever the options ask for.
   *
   * @param query which events
   * @param options which of them to read
   * @return the events, as of now
   * @throws SteleException as above
   */
  public Cursor decide(Query query, ReadOptions options) {
    Scratch scratch = Scratch.get();
    NativeCursor cursor = batch.read(scratch.put(query.bytes), query.bytes.length, options.flags(),
        options.start(), options.limit(), scratch.reply);
    if (cursor == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Cursor(cursor, stele);
  }

  /**
   * Reads what stands in the way of a guard, as of now: for after a conflict.
   *
   * @param guard its index
   * @return the events that contradict it. Empty: the batch has no such guard, or it is a tracked
   *     source, which no event contradicts
   */
  public Optional<Cursor> conflicts(int guard) {
    Scratch scratch = Scratch.get();
    NativeCursor cursor = batch.conflicts(guard, scratch.reply);
    if (cursor != null) return Optional.of(new Cursor(cursor, stele));
    SteleException.check(scratch.errorStatus(), scratch);
    return Optional.empty();
  }

  // ---- Tracking, key, durability ---------------------------------------------------------------

  /**
   * Records with the commit how far a named source has been worked off, whatever was recorded
   * before. The commit is a conflict unless the position is above the recorded one.
   *
   * @param source 1 to 255 bytes of UTF-8 without NUL; at most once in a batch
   * @param position 1 to 2^63 - 1; its meaning is the caller's
   * @return this
   * @throws SteleException INVALID, TOO_LARGE
   */
  public Batch track(String source, long position) {
    return track(source, ANY, position);
  }

  /**
   * As {@link #track(String, long)}, and the commit is a conflict unless the recorded position is
   * the expected one.
   *
   * @param source as above
   * @param previous the position that is expected to be recorded; 0: none; {@link #ANY}
   * @param position as above
   * @return this
   * @throws SteleException as above
   */
  public Batch track(String source, long previous, long position) {
    byte[] name = Utf8.bytes(source);
    Scratch scratch = Scratch.get();
    SteleException.check(
        batch.track(scratch.put(name), name.length, previous, position, scratch.reply), scratch);
    return this;
  }

  /**
   * Gives the batch an idempotency key, in place of one that it has: so that it can be sent again
   * when its outcome is not known, and is committed once. A later batch with the same key and the
   * same content gives the result of the first, marked as repeated; with other content,
   * {@link CommitResult.KeyReused}. Guards do not belong to the content.
   *
   * @param key 1 to 255 bytes of UTF-8 without NUL
   * @return this
   * @throws SteleException INVALID
   */
  public Batch key(String key) {
    byte[] bytes = Utf8.bytes(key);
    Scratch scratch = Scratch.get();
    SteleException.check(batch.key(scratch.put(bytes), bytes.length, scratch.reply), scratch);
    return this;
  }

  /**
   * Says what the next commit of the batch waits for. A level below that of the database has no
   * effect.
   *
   * @param level the level
   * @return this
   */
  public Batch durability(Durability level) {
    Scratch scratch = Scratch.get();
    SteleException.check(batch.durability(level.code, scratch.reply), scratch);
    return this;
  }

  // ---- Committing ------------------------------------------------------------------------------

  /**
   * Commits the batch: all of it, at consecutive positions, or nothing. Returns when it is on
   * stable storage (or as safe as its level asks) and visible to every later read of any thread.
   * When it is committed the batch is empty; otherwise it is as it was and may be committed again.
   *
   * @return what became of it
   * @throws SteleException INVALID (an empty batch), READ_ONLY, IO, FULL (nothing was written),
   *     TOO_LARGE, OUTCOME_UNKNOWN (writing failed: the commit may be there after a reopen)
   */
  public CommitResult commit() {
    Scratch scratch = Scratch.get();
    return Commits.of(
        db.commit(batch, scratch.struct, Layout.COMMIT_RESULT_SIZE, scratch.reply), scratch);
  }

  /**
   * Tells what {@link #commit()} would answer now, and changes nothing: for a form that says at
   * once what will not work. A promise it is not, for others may commit meanwhile.
   *
   * @return committed: with all figures zero but for the number of events, or the earlier result
   *     when the batch is a repetition
   * @throws SteleException as commit()
   */
  public CommitResult check() {
    Scratch scratch = Scratch.get();
    return Commits.of(
        db.commit_check(batch, scratch.struct, Layout.COMMIT_RESULT_SIZE, scratch.reply), scratch);
  }

  /**
   * Begins to commit the batch, which is empty then and may be filled again at once: so one thread
   * keeps several commits under way. They take their places in the order of the calls. May wait for
   * room in the buffer ({@link Options.Builder#bufferMax}).
   *
   * <p>The future is completed by a thread that serves all of the database: what is chained to it
   * must not block, or is chained with an "Async" method. Cancelling it does not stop the commit.
   *
   * @return what will have become of it; an error completes it with a SteleException
   * @throws SteleException INVALID (an empty batch), CLOSED, NO_MEMORY; the batch is as it was then
   */
  public CompletableFuture<CommitResult> commitAsync() {
    return stele.begin(batch, Scratch.get());
  }

  /**
   * Empties the batch; it can be filled again.
   *
   * @return this
   */
  public Batch clear() {
    Scratch scratch = Scratch.get();
    SteleException.check(batch.clear(scratch.reply), scratch);
    return this;
  }

  /**
   * Gives the batch up. Twice is as good as once. That of a {@link Transaction} stays, for it is the
   * transaction's to close.
   */
  @Override
  public void close() {
    if (cleanable != null) cleanable.clean();
  }

  @Override
  public String toString() {
    return "Batch[" + (transaction == null ? stele : transaction) + "]";
  }
}
