package io.stele;

import java.lang.ref.Cleaner;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * Rows in the order of their keys, as of one moment: commits that come meanwhile are not seen. It
 * crosses the border to the library once for hundreds of rows.
 *
 * <pre>{@code
 * try (Scan scan = accounts.scan()) {
 *   for (Row row : scan) total += amountOf(row.value());
 * }
 * }</pre>
 *
 * <p>While it is open, pages that it may need are kept; one that was not asked for longer than
 * {@link Options.Builder#maxReaderAge} gives TOO_OLD. Belongs to one thread at a time; may be closed
 * by any. What is dropped without a close is closed after it was collected.
 */
public final class Scan implements AutoCloseable, Iterable<Row> {
  private final Cleaner.Cleanable cleanable;
  /** The database must not be collected before the scan. */
  private final Object owner;
  /** Guarded by this: closing must not take the memory away from who reads. */
  private final RowPages pages;

  Scan(NativeScan scan, Object owner) {
    this.owner = owner;
    pages = new RowPages("scan", scan::next_batch, RowLayout::sizeAt);
    cleanable = Closer.watch(scan, address -> NativeCallsJNI.NativeScan_close(address, null),
        NativeScan.getCPtr(scan));
  }

  /**
   * Moves on to the next row.
   *
   * @return true: {@link #row()} is it; false: there is none
   * @throws SteleException CLOSED, TOO_OLD, CORRUPT, IO
   */
  public synchronized boolean next() {
    return pages.next();
  }

  /**
   * Returns the row that next() moved to, as a copy to keep.
   *
   * @return the row
   * @throws IllegalStateException there is none: next() was not called, or has returned false
   */
  public synchronized Row row() {
    int at = pages.at();
    return RowLayout.rowAt(pages.memory(), at);
  }

  /**
   * Returns the rest of the rows.
   *
   * @return the iterator
   */
  @Override
  public Iterator<Row> iterator() {
    return Streams.iterator(this::next, this::row);
  }

  /**
   * Returns the rest of the rows, as a stream. It closes the scan at the end of the rows, and when
   * it is closed itself.
   *
   * @return the stream, sequential and ordered
   */
  public Stream<Row> stream() {
    return Streams.of(() -> next() ? row() : null, this::close);
  }

  /** Ends the scan. Twice is as good as once. */
  @Override
  public synchronized void close() {
    cleanable.clean();
    pages.close();
  }

  @Override
  public String toString() {
    return "Scan[" + owner + "]";
  }
}
