package io.stele;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A database. It may be used by any number of threads at once, and is closed when it is not needed
 * any more; what is dropped without a close is closed after it was collected. Every method throws
 * CLOSED after that, as do batches, cursors and the other children of the database, which are still
 * to be closed.
 *
 * <pre>{@code
 * try (Stele shop = Stele.open("shop")) {
 *   shop.append(NewEvent.of("BookSold").tag("book:dune").data("{\"price\": 12}").build());
 *   try (Stream<Event> sales = shop.read(Query.tag("book:dune").build())) {
 *     sales.forEach(System.out::println);
 *   }
 * }
 * }</pre>
 */
public final class Stele extends DatabaseReads implements AutoCloseable {
  private static final String IN_MEMORY = ":memory:";

  private final BatchPool batches;
  private final Dispatcher dispatcher;
  private final Cleaner.Cleanable cleanable;
  private final String path;

  private Stele(NativeDb db, String path) {
    super(db);
    this.path = path;
    batches = new BatchPool();
    dispatcher = new Dispatcher();
    cleanable = Closer.watch(db, new Closing(NativeDb.getCPtr(db), batches, dispatcher));
  }

  /** Does not refer to `db`, so that dropping it is seen. */
  private record Closing(long address, BatchPool batches, Dispatcher dispatcher)
      implements Runnable {
    @Override
    public void run() {
      batches.close();
      NativeCallsJNI.NativeDb_close(address, null, Scratch.get().reply);
      dispatcher.stop();
    }
  }

  // ---- Opening and closing ---------------------------------------------------------------------

  /**
   * Opens the database in a directory, and creates it if it is missing. This becomes its one
   * writer: a second open, by this or another process, is BUSY until it is closed. What the last
   * process acknowledged is there again, whatever became of it.
   *
   * @param path the directory; its parent must exist
   * @return the database
   * @throws SteleException INVALID (path is a file, the directory holds something else), BUSY,
   *     CORRUPT (names file and offset), UNSUPPORTED (written by a newer format), IO, FULL
   */
  public static Stele open(Path path) {
    return open(path.toString(), Options.defaults());
  }

  /**
   * Opens the database in a directory.
   *
   * @param path the directory; its parent must exist
   * @param options how
   * @return the database
   * @throws SteleException as {@link #open(Path)}; NOT_FOUND (no database, modes EXISTING and
   *     READ_ONLY), EXISTS (mode NEW), INVALID (a bad option)
   */
  public static Stele open(Path path, Options options) {
    return open(path.toString(), options);
  }

  /**
   * Opens the database in a directory, and creates it if it is missing.
   *
   * @param path the directory, or ":memory:"
   * @return the database
   * @throws SteleException as {@link #open(Path)}
   */
  public static Stele open(String path) {
    return open(path, Options.defaults());
  }

  /**
   * Opens the database in a directory.
   *
   * @param path the directory, or ":memory:"
   * @param options how
   * @return the database
   * @throws SteleException as {@link #open(Path, Options)}
   */
  public static Stele open(String path, Options options) {
    byte[] bytes = Utf8.bytes(path);
    Scratch scratch = Scratch.get();
    options.put(scratch.fixed, Scratch.STRUCT);
    NativeDb db = NativeCalls.open_database(scratch.put(bytes), bytes.length, scratch.struct,
        Layout.OPTIONS_SIZE, scratch.reply);
    if (db == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Stele(db, path);
  }

  /**
   * Opens a new database that lives in memory, and is gone when it is closed: for tests.
   *
   * @return the database
   */
  public static Stele inMemory() {
    return open(IN_MEMORY);
  }

  /**
   * Opens a new database in memory.
   *
   * @param options how
   * @return the database
   * @throws SteleException INVALID (a bad option)
   */
  public static Stele inMemory(Options options) {
    return open(IN_MEMORY, options);
  }

  /**
   * Closes the database: waits for calls in progress, marks the log's end and releases the
   * directory. Outcomes of asynchronous commits arrive nevertheless. Twice is as good as once.
   *
   * @throws SteleException IO, FULL (the log's end could not be marked; nothing acknowledged is
   *     lost, and the database is closed)
   */
  @Override
  public void close() {
    batches.close();
    Scratch scratch = Scratch.get();
    int status = db.close(scratch.reply);
    SteleException error = status < 0 ? SteleException.of(status, scratch) : null;
    cleanable.clean();
    if (error != null) throw error;
  }

  /**
   * Brings every commit that was made so far to stable storage, whatever its level.
   *
   * @throws SteleException READ_ONLY (after a failed write), IO (what was not durable yet may be
   *     lost, and nothing is written any more)
   */
  public void sync() {
    Scratch scratch = Scratch.get();
    SteleException.check(db.sync(scratch.reply), scratch);
  }

  /**
   * Makes a checkpoint: brings every commit that was made so far into the trees of the database.
   * They are made in the background all the time; this is for who wants the next open to be quick,
   * or the files to be small, now.
   *
   * @throws SteleException READ_ONLY, IO, FULL (nothing has changed), CORRUPT (a damaged page)
   */
  public void checkpoint() {
    Scratch scratch = Scratch.get();
    SteleException.check(db.checkpoint(scratch.reply), scratch);
  }

  /**
   * For tests: moves the clock of a database that was opened with
   * {@link Options.Builder#testClock(Instant)}.
   *
   * @param time the time
   * @throws SteleException INVALID: it was not
   */
  public void setTestClock(Instant time) {
    Scratch scratch = Scratch.get();
    SteleException.check(db.test_clock_set(Times.micros(time), scratch.reply), scratch);
  }

  // ---- Appending -------------------------------------------------------------------------------

  /**
   * Commits an event.
   *
   * @param event the event
   * @return what became of it; without an id of the caller's, always committed
   * @throws SteleException INVALID (which field, and why), TOO_LARGE, READ_ONLY, IO, FULL (nothing
   *     was written), OUTCOME_UNKNOWN (writing failed: it may be there after a reopen)
   */
  public CommitResult append(NewEvent event) {
    Scratch scratch = Scratch.get();
    try {
      int size = RecordWriter.put(scratch.data(RecordWriter.size(event)), 0, event);
      int status = append(size, scratch);
      if (status < 0) throw SteleException.ofOnly(status, scratch);
      return Commits.of(status, scratch);
    } finally {
      scratch.trim();
    }
  }

  /**
   * Commits events together, or none of them.
   *
   * @param events the events
   * @return what became of them
   * @throws SteleException as {@link #append(NewEvent)}; INVALID (there is none)
   */
  public CommitResult append(List<NewEvent> events) {
    NewEvent[] all = events.toArray(new NewEvent[0]);
    Scratch scratch = Scratch.get();
    try {
      return Commits.of(append(Batch.put(scratch, all), scratch), scratch);
    } finally {
      scratch.trim();
    }
  }

  private int append(int size, Scratch scratch) {
    NativeBatch batch = batches.take(db, scratch);
    int status = db.append(batch, scratch.address(), size, scratch.struct,
        Layout.COMMIT_RESULT_SIZE, scratch.reply);
    batches.give(batch, size);
    return status;
  }

  /**
   * Commits an event, unless a guard does not hold.
   *
   * @param event the event
   * @param guards the conditions; a conflict names the first that does not hold
   * @return what became of it
   * @throws SteleException as {@link #append(NewEvent)}; INVALID (a guard)
   */
  public CommitResult append(NewEvent event, Guard... guards) {
    try (Batch batch = batch()) {
      batch.add(event);
      for (Guard guard : guards) batch.guard(guard);
      return batch.commit();
    }
  }

  /**
   * Begins to commit an event. See {@link Batch#commitAsync()} for what may be chained to the
   * future.
   *
   * @param event the event
   * @return what will have become of it; an error completes it with a SteleException
   * @throws SteleException INVALID (which field, and why), TOO_LARGE, CLOSED, NO_MEMORY: nothing
   *     was begun
   */
  public CompletableFuture<CommitResult> appendAsync(NewEvent event) {
    return begin(new NewEvent[] {event});
  }

  /**
   * Begins to commit events together, or none of them.
   *
   * @param events the events
   * @return what will have become of them
   * @throws SteleException as {@link #appendAsync(NewEvent)}; INVALID (there is none)
   */
  public CompletableFuture<CommitResult> appendAsync(List<NewEvent> events) {
    return begin(events.toArray(new NewEvent[0]));
  }

  private CompletableFuture<CommitResult> begin(NewEvent[] events) {
    Scratch scratch = Scratch.get();
    NativeBatch batch = batches.take(db, scratch);
    int size = 0;
    try {
      size = Batch.put(scratch, events);
      int status = batch.events(scratch.address(), size, scratch.reply);
      if (status < 0 && events.length == 1) throw SteleException.ofOnly(status, scratch);
      SteleException.check(status, scratch);
      return begin(batch, scratch);
    } finally {
      batch.clear(scratch.reply);
      batches.give(batch, size);
      scratch.trim();
    }
  }

  CompletableFuture<CommitResult> begin(NativeBatch batch, Scratch scratch) {
    NativeTicket ticket = db.commit_async(batch, scratch.reply);
    if (ticket == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return dispatcher.add(ticket, scratch);
  }

  /**
   * Makes an empty batch, for several events, guards, an idempotency key or tracking.
   *
   * @return the batch
   */
  public Batch batch() {
    Scratch scratch = Scratch.get();
    NativeBatch batch = db.batch(scratch.reply);
    if (batch == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Batch(batch, db, this);
  }

  // ---- Proof -----------------------------------------------------------------------------------

  /**
   * Makes the receipt of an event.
   *
   * @param position the event
   * @return the receipt; empty: there is no event at the position, or its commit is not durable yet
   *     ({@link #sync()} makes it so)
   * @throws SteleException CORRUPT: the stored hashes do not lead from the event to the root
   */
  public Optional<Receipt> receipt(long position) {
    Scratch scratch = Scratch.get();
    int status = fetch(NO_BYTES, scratch, (input, output, capacity, same) ->
        db.receipt(position, output, capacity, same.reply));
    if (status != 0) return Optional.empty();
    return Optional.of(Receipt.owning(output(NO_BYTES, scratch)));
  }

  /**
   * Checks that the database still holds what a receipt says: the same event in the same commit
   * with the same chained root.
   *
   * @param receipt the receipt
   * @return true: it does; false: the database ends before that commit
   * @throws SteleException CORRUPT (it does not, or the receipt does not hold), INVALID (the
   *     receipt of another database)
   */
  public boolean check(Receipt receipt) {
    byte[] bytes = receipt.bytes();
    Scratch scratch = Scratch.get();
    int status = db.receipt_check(scratch.put(bytes), bytes.length, scratch.reply);
    return SteleException.check(status, scratch) == 0;
  }

  // ---- Upkeep ----------------------------------------------------------------------------------

  /**
   * Returns figures of this moment.
   *
   * @return the figures
   */
  public Stats stats() {
    Scratch scratch = Scratch.get();
    SteleException.check(db.stats(scratch.struct, Layout.STATS_SIZE, scratch.reply), scratch);
    return Stats.of(scratch);
  }

  /**
   * Starts a check of everything committed so far: the log is read back from disk, and every
   * checksum, position, event hash, entity chain, Merkle root and chained root is computed again
   * and compared.
   *
   * @return the work: <code>db.verify().run()</code> does all of it
   */
  public Work<VerifyProgress> verify() {
    Scratch scratch = Scratch.get();
    NativeVerify verify = db.verify(scratch.reply);
    if (verify == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Work<>(
        same -> verify.step(same.struct, Layout.VERIFY_PROGRESS_SIZE, same.reply),
        VerifyProgress::of, new VerifyProgress(0, 0, 0, 0, new byte[32]),
        Closer.watch(verify, address -> NativeCallsJNI.NativeVerify_close(address, null),
            NativeVerify.getCPtr(verify)),
        this);
  }

  /**
   * Starts a copy of everything committed so far into a directory, which is made if it is missing.
   * Commits go on meanwhile and are not in it. Until the last step the directory is no database; a
   * backup that was interrupted, in whatever way, is begun again by another call with the same
   * path.
   *
   * @param path the directory, on the machine's file system even for a database in memory
   * @return the work: <code>db.backup(path).run()</code> does all of it
   * @throws SteleException EXISTS (there is a database), INVALID (there are other files, or an
   *     unfinished backup of another database), BUSY (another backup is at work there), IO, FULL,
   *     CORRUPT
   */
  public Work<BackupProgress> backup(Path path) {
    byte[] bytes = Utf8.bytes(path.toString());
    Scratch scratch = Scratch.get();
    NativeBackup backup = db.backup(scratch.put(bytes), bytes.length, scratch.reply);
    if (backup == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Work<>(
        same -> backup.step(same.struct, Layout.BACKUP_PROGRESS_SIZE, same.reply),
        BackupProgress::of, new BackupProgress(0, 0, 0, 0),
        Closer.watch(backup, address -> NativeCallsJNI.NativeBackup_close(address, null),
            NativeBackup.getCPtr(backup)),
        this);
  }

  /**
   * Starts to make the file of pages as small as what is in it. Nobody has to: free pages are used
   * again. It is for who wants the disk's room back.
   *
   * @return the work: <code>db.compact().run()</code> does all of it
   * @throws SteleException READ_ONLY, IO, FULL, CORRUPT
   */
  public Work<CompactProgress> compact() {
    Scratch scratch = Scratch.get();
    NativeCompact compact = db.compact(scratch.reply);
    if (compact == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Work<>(
        same -> compact.step(same.struct, Layout.COMPACT_PROGRESS_SIZE, same.reply),
        CompactProgress::of, new CompactProgress(0, 0, 0, 0),
        Closer.watch(compact, address -> NativeCallsJNI.NativeCompact_close(address, null),
            NativeCompact.getCPtr(compact)),
        this);
  }

  /**
   * Starts to make a new database of what can still be read of a damaged one, which nobody may have
   * open for writing, and which is not changed. Until the last step the new directory is no
   * database; a repair that was interrupted is begun again by another call.
   *
   * @param from the directory of the damaged database
   * @param to the directory of the new one
   * @param lost what becomes of what is behind something that is lost
   * @return the work: <code>Stele.repair(from, to, lost).run()</code> does all of it. A step throws
   *     CORRUPT when something is lost, and `lost` is {@link Lost#REFUSE}
   * @throws SteleException NOT_FOUND (there is no `from`), BUSY (`from` is open for writing, or
   *     somebody is at work in `to`), EXISTS (`to` is a database), INVALID (`to` holds other
   *     files), CORRUPT (no file says whose database it was), UNSUPPORTED, IO, FULL
   */
  public static Work<RepairProgress> repair(Path from, Path to, Lost lost) {
    byte[] first = Utf8.bytes(from.toString());
    byte[] second = Utf8.bytes(to.toString());
    Scratch scratch = Scratch.get();
    scratch.data((long) first.length + second.length).put(0, first).put(first.length, second);
    long address = scratch.address();
    NativeRepair repair = NativeCalls.open_repair(address, first.length, address + first.length,
        second.length, lost.code, scratch.reply);
    if (repair == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Work<>(
        same -> repair.step(same.struct, Layout.REPAIR_PROGRESS_SIZE, same.reply),
        same -> RepairProgress.of(same, repair), RepairProgress.NONE,
        Closer.watch(repair, number -> NativeCallsJNI.NativeRepair_close(number, null),
            NativeRepair.getCPtr(repair)),
        null);
  }

  /**
   * Draws what is in the file of pages, for people. The drawing may look different in each version.
   *
   * @param what "": the trees there are; "free": the free pages; "page NUMBER": a page;
   *     "path TREE KEY": the way from the root of a tree to a key
   * @return lines; empty: there was no checkpoint yet
   * @throws SteleException INVALID (there is no such page or tree, or `what` is none of these),
   *     CORRUPT
   */
  public Optional<String> inspect(String what) {
    byte[] bytes = Utf8.bytes(what);
    Scratch scratch = Scratch.get();
    try {
      int status = fetch(bytes, scratch, (input, output, capacity, same) ->
          db.inspect(input, bytes.length, output, capacity, same.reply));
      if (status != 0) return Optional.empty();
      return Optional.of(new String(output(bytes, scratch), StandardCharsets.UTF_8));
    } finally {
      scratch.trim();
    }
  }

  // ---- The library -----------------------------------------------------------------------------

  /**
   * Returns the version of the native library.
   *
   * @return "major.minor.patch"
   */
  public static String version() {
    Library.require();
    return Library.version(NativeCalls.version_number());
  }

  /**
   * Returns the version of the native library as a number.
   *
   * @return major * 1,000,000 + minor * 1,000 + patch
   */
  public static int versionNumber() {
    Library.require();
    return (int) NativeCalls.version_number();
  }

  /**
   * Returns how many handles of the library are open in this process: databases, batches, cursors,
   * and what else is to be closed. A database keeps batches of its own for
   * {@link #append(NewEvent)}. For tests.
   *
   * @return the number; 0 when everything was closed
   */
  public static long liveHandles() {
    Library.require();
    return NativeCalls.live_handles();
  }

  @Override
  public String toString() {
    return "Stele[" + path + "]";
  }
}
