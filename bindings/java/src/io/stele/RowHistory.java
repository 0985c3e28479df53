package io.stele;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * What a row was between two moments, version by version, however many they are: commits that come
 * meanwhile are not seen. It crosses the border to the library once for hundreds of versions.
 *
 * <pre>{@code
 * try (RowHistory history = accounts.history(key)) {
 *   for (RowVersion version : history) print(version.recorded(), version.value());
 * }
 * }</pre>
 *
 * <p>It holds what it may need, and belongs to one thread at a time, as a {@link Scan} does.
 */
public final class RowHistory implements AutoCloseable, Iterable<RowVersion> {
  /** STELE_ROW_DELETED: the row was deleted. */
  static final int DELETED = 1;

  // A version in the buffer: the size of the value first, then
  private static final int FLAGS = 4;
  private static final int TSN = 8;
  private static final int POSITION = 16;
  private static final int RECORDED = 24;
  private static final int VALUE = 32;

  private final Cleaner.Cleanable cleanable;
  /** The database must not be collected before the history. */
  private final Object owner;
  /** Guarded by this: closing must not take the memory away from who reads. */
  private final RowPages pages;

  RowHistory(NativeRowHistory history, Object owner) {
    this.owner = owner;
    pages = new RowPages("history", history::next_batch, (from, at) -> VALUE + from.getInt(at));
    cleanable = Closer.watch(history,
        address -> NativeCallsJNI.NativeRowHistory_close(address, null),
        NativeRowHistory.getCPtr(history));
  }

  /**
   * Moves on to the next version.
   *
   * @return true: {@link #version()} is it; false: there is none
   * @throws SteleException CLOSED, TOO_OLD, CORRUPT, IO
   */
  public synchronized boolean next() {
    return pages.next();
  }

  /**
   * Returns the version that next() moved to, as a copy to keep.
   *
   * @return the version
   * @throws IllegalStateException there is none: next() was not called, or has returned false
   */
  public synchronized RowVersion version() {
    int at = pages.at();
    ByteBuffer from = pages.memory();
    byte[] value = new byte[from.getInt(at)];
    from.get(at + VALUE, value);
    return new RowVersion((from.getInt(at + FLAGS) & DELETED) != 0, value, from.getLong(at + TSN),
        from.getLong(at + POSITION), Times.instant(from.getLong(at + RECORDED)));
  }

  /**
   * Returns the rest of the versions.
   *
   * @return the iterator
   */
  @Override
  public Iterator<RowVersion> iterator() {
    return Streams.iterator(this::next, this::version);
  }

  /**
   * Returns the rest of the versions, as a stream. It closes the history at the end of them, and
   * when it is closed itself.
   *
   * @return the stream, sequential and ordered
   */
  public Stream<RowVersion> stream() {
    return Streams.of(() -> next() ? version() : null, this::close);
  }

  /** Ends the reading. Twice is as good as once. */
  @Override
  public synchronized void close() {
    cleanable.clean();
    pages.close();
  }

  @Override
  public String toString() {
    return "RowHistory[" + owner + "]";
  }
}
