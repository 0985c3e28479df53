package io.stele;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
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
  private static final int OK = 0;
  private static final int TOO_SMALL = 8;

  // A row in the buffer: the size of the value first, then
  private static final int KEY_SIZE = 4;
  private static final int TSN = 8;
  private static final int POSITION = 16;
  private static final int KEY = 24;

  private final NativeScan scan;
  private final Cleaner.Cleanable cleanable;
  /** The database must not be collected before the scan. */
  private final Object owner;

  // Guarded by this: closing must not take the memory away from who reads.
  private ReadBuffer buffer;
  private boolean closed;
  private int row;
  private int next;
  private int used;

  Scan(NativeScan scan, Object owner) {
    this.scan = scan;
    this.owner = owner;
    cleanable = Closer.watch(scan, address -> NativeCallsJNI.NativeScan_close(address, null),
        NativeScan.getCPtr(scan));
    standNowhere();
  }

  /**
   * Moves on to the next row.
   *
   * @return true: {@link #row()} is it; false: there is none
   * @throws SteleException CLOSED, TOO_OLD, CORRUPT, IO
   */
  public synchronized boolean next() {
    if (closed) throw new SteleException(Status.CLOSED, "scan: it is closed");
    if (next >= used && !fill()) return false;
    row = next;
    ByteBuffer from = buffer.memory;
    int size = KEY + Short.toUnsignedInt(from.getShort(row + KEY_SIZE)) + from.getInt(row);
    next = row + (size + 7 & ~7);
    return true;
  }

  /**
   * Returns the row that next() moved to, as a copy to keep.
   *
   * @return the row
   * @throws IllegalStateException there is none: next() was not called, or has returned false
   */
  public synchronized Row row() {
    if (row < 0) throw new IllegalStateException("the scan stands on no row");
    ByteBuffer from = buffer.memory;
    byte[] key = new byte[Short.toUnsignedInt(from.getShort(row + KEY_SIZE))];
    byte[] value = new byte[from.getInt(row)];
    from.get(row + KEY, key).get(row + KEY + key.length, value);
    return new Row(key, value, from.getLong(row + TSN), from.getLong(row + POSITION));
  }

  private boolean fill() {
    standNowhere();
    if (buffer == null || buffer.isLarge()) buffer = ReadBuffer.take();
    Scratch scratch = Scratch.get();
    int status = scan.next_batch(buffer.address, buffer.capacity(), scratch.reply);
    while (status == TOO_SMALL) {
      buffer.giveBack();
      buffer = ReadBuffer.take(scratch.value(0));
      status = scan.next_batch(buffer.address, buffer.capacity(), scratch.reply);
    }
    if (SteleException.check(status, scratch) != OK) return false;
    used = (int) scratch.value(0);
    return true;
  }

  private void standNowhere() {
    row = -1;
    next = 0;
    used = 0;
  }

  /**
   * Returns the rest of the rows.
   *
   * @return the iterator
   */
  @Override
  public Iterator<Row> iterator() {
    return new Iterator<>() {
      private boolean moved;

      @Override
      public boolean hasNext() {
        if (!moved) moved = Scan.this.next();
        return moved;
      }

      @Override
      public Row next() {
        if (!hasNext()) throw new NoSuchElementException();
        moved = false;
        return row();
      }
    };
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
    if (closed) return;
    closed = true;
    standNowhere();
    if (buffer != null) buffer.giveBack();
    buffer = null;
  }

  @Override
  public String toString() {
    return "Scan[" + owner + "]";
  }
}
