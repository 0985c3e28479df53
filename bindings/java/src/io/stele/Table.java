package io.stele;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table, which maps keys to rows: both are bytes, keys of up to {@link Limits#TABLE_KEY_MAX} in the
 * order of {@link java.util.Arrays#compareUnsigned(byte[], byte[])}, rows of up to
 * {@link Limits#ROW_MAX}. {@link Keys} makes keys of several values that sort as the values do. Rows
 * are changed in batches, in the same commits as events: {@link Batch#put} and so on.
 *
 * <pre>{@code
 * db.createTable("seats");
 * try (Table seats = db.table("seats").orElseThrow(); Batch batch = db.batch()) {
 *   batch.expectAbsent(seats, seat).put(seats, seat, name);
 *   if (!batch.commit().isCommitted()) System.out.println("taken");
 * }
 * }</pre>
 *
 * <p>It stays with its table, whatever that is called. It may be used by any number of threads at
 * once, and closed by any. What is dropped without a close is closed after it was collected. Every
 * method throws CLOSED when it or its database is closed.
 */
public final class Table implements AutoCloseable {
  private static final int OK = 0;
  private static final int NOT_FOUND = 2;

  final NativeTable table;

  private final Cleaner.Cleanable cleanable;
  /** The database must not be collected before the table. */
  private final Object owner;

  Table(NativeTable table, Object owner) {
    this.table = table;
    this.owner = owner;
    cleanable = Closer.watch(table, address -> NativeCallsJNI.NativeTable_close(address, null),
        NativeTable.getCPtr(table));
  }

  /**
   * Returns what the table is now: it may have been renamed.
   *
   * @return what there is to say of it; empty: it was dropped
   */
  public Optional<TableInfo> describe() {
    Scratch scratch = Scratch.get();
    int status = table.describe(scratch.struct, Layout.TABLE_INFO_SIZE, scratch.reply);
    if (SteleException.check(status, scratch) != OK) return Optional.empty();
    return Optional.of(TableInfo.of(scratch));
  }

  /**
   * Returns the row of a key, as of now.
   *
   * @param key the key
   * @return the row; empty: there is none, or the table was dropped
   * @throws SteleException TOO_LARGE (the key)
   */
  public Optional<Row> get(byte[] key) {
    return get(key, AsOf.now());
  }

  /**
   * Returns the row of a key, as of a moment.
   *
   * @param key the key
   * @param asOf the moment
   * @return the row; empty: there was none, or the table was dropped
   * @throws SteleException NOT_YET (that moment is not there yet, or the table's projection has not
   *     come to that position: whether there will be a row, nobody knows), TOO_OLD (the table keeps
   *     no history, or was not there at that TSN or time), TOO_LARGE (the key), INVALID (a negative
   *     number)
   */
  public Optional<Row> get(byte[] key, AsOf asOf) {
    return RowReads.get(key, fetch(key, asOf));
  }

  /**
   * Copies the row of a key into a buffer that is there, as of now: for who reads many. It is put at
   * the position of the buffer, which moves behind it.
   *
   * @param key the key
   * @param into the buffer
   * @return the bytes of the row; one that does not fit is not put. -1: there is none
   * @throws SteleException as {@link #get(byte[])}
   */
  public int get(byte[] key, ByteBuffer into) {
    Scratch scratch = Scratch.get();
    try {
      int status = DatabaseReads.fetch(key, scratch, fetch(key, AsOf.now()));
      if (status == NOT_FOUND) return -1;
      if (status != OK) throw SteleException.of(status, scratch);
      int size = (int) scratch.value(0);
      if (size <= into.remaining()) {
        into.put(scratch.data().slice(DatabaseReads.outputOf(key), size));
      }
      return size;
    } finally {
      scratch.trim();
    }
  }

  private DatabaseReads.Fetch fetch(byte[] key, AsOf asOf) {
    return (input, output, capacity, scratch) ->
        table.get(asOf.kind, asOf.at, input, key.length, output, capacity, scratch.reply);
  }

  /**
   * Returns the rows of many keys, all as of one moment: now.
   *
   * @param keys the keys
   * @return the row of each of them, in their order; empty: there is none
   * @throws SteleException NOT_FOUND (the table was dropped), TOO_LARGE (a key; all rows together, for
   *     one array)
   */
  public List<Optional<Row>> getMany(List<byte[]> keys) {
    return getMany(keys, AsOf.now());
  }

  /**
   * Returns the rows of many keys, all as of one moment.
   *
   * @param keys the keys
   * @param asOf the moment
   * @return the row of each of them, in their order; empty: there was none
   * @throws SteleException as {@link #getMany(List)} and {@link #get(byte[], AsOf)}
   */
  public List<Optional<Row>> getMany(List<byte[]> keys, AsOf asOf) {
    byte[] input = KeyList.of(keys);
    long sizes = 4L * keys.size();
    Scratch scratch = Scratch.get();
    try {
      int status = DatabaseReads.fetch(input, scratch, (address, output, capacity, same) ->
          table.get_many(asOf.kind, asOf.at, address + sizes, input.length - sizes, address, sizes,
              output, capacity, same.reply));
      if (status != OK) throw SteleException.of(status, scratch);
      List<Optional<Row>> rows = new ArrayList<>(keys.size());
      ByteBuffer from = scratch.data();
      int at = DatabaseReads.outputOf(input);
      for (int i = 0; i < keys.size(); ++i) {
        boolean isMissing = RowLayout.isMissing(from, at);
        rows.add(isMissing ? Optional.empty() : Optional.of(RowLayout.rowAt(from, at)));
        at += RowLayout.sizeAt(from, at) + 7 & ~7;
      }
      return rows;
    } finally {
      scratch.trim();
    }
  }

  /**
   * Reads what the row of a key was, as far back as the table keeps that, the newest version first.
   *
   * @param key the key
   * @return the versions, to be closed
   * @throws SteleException NOT_FOUND (the table was dropped), TOO_LARGE (the key)
   */
  public RowHistory history(byte[] key) {
    return history(key, HistoryOptions.newestFirst());
  }

  /**
   * Reads what the row of a key was: what was there at the first moment, and each put and each
   * deletion of a row that came behind it.
   *
   * @param key the key
   * @param options from when to when, in which order
   * @return the versions, to be closed
   * @throws SteleException as {@link #history(byte[])}; NOT_YET, TOO_OLD (either moment, as
   *     {@link #get(byte[], AsOf)}), INVALID (the first moment is behind the last one)
   */
  public RowHistory history(byte[] key, HistoryOptions options) {
    AsOf since = options.since() == null ? AsOf.now() : options.since();
    Scratch scratch = Scratch.get();
    try {
      long address = scratch.put(key);
      NativeRowHistory history = table.history(
          options.isOldestFirst() ? HistoryOptions.OLDEST_FIRST : 0, address, key.length,
          options.since() == null ? 0 : 1, since.kind, since.at, options.until().kind,
          options.until().at, scratch.reply);
      if (history == null) throw SteleException.of(scratch.errorStatus(), scratch);
      return new RowHistory(history, this);
    } finally {
      scratch.trim();
    }
  }

  /**
   * Reads all rows, as of now.
   *
   * @return the scan, to be closed
   * @throws SteleException NOT_FOUND (the table was dropped)
   */
  public Scan scan() {
    return scan(ScanOptions.forward());
  }

  /**
   * Reads rows.
   *
   * @param options which of them, in which direction, as of when
   * @return the scan, to be closed
   * @throws SteleException NOT_FOUND (the table was dropped), TOO_LARGE (a key of the range), and as
   *     {@link #get(byte[], AsOf)}
   */
  public Scan scan(ScanOptions options) {
    AsOf asOf = options.asOf();
    return RowReads.scan(options, this, (flags, low, lowSize, high, highSize, bounded, scratch) ->
        table.scan(flags, low, lowSize, high, highSize, bounded, asOf.kind, asOf.at,
            scratch.reply));
  }

  /** Closes the object; the table stays. Twice is as good as once. */
  @Override
  public void close() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "Table[" + owner + "]";
  }
}
