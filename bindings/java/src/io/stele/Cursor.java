package io.stele;

import java.lang.ref.Cleaner;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * Events one after the other, as of the moment when the read began. It crosses the border to the
 * library once for hundreds of events, and decodes of each what it is asked for.
 *
 * <pre>{@code
 * try (Cursor cursor = db.cursor(Query.tag("book:dune"))) {
 *   for (EventView sale : cursor) total += sale.dataSize();
 * }
 * }</pre>
 *
 * <p>Belongs to one thread at a time; may be closed by any. What is dropped without a close is
 * closed after it was collected.
 */
public final class Cursor implements AutoCloseable, Iterable<EventView> {
  private static final int END = 3;

  private final NativeCursor cursor;
  private final Cleaner.Cleanable cleanable;
  private final EventBatch batch = new EventBatch();
  /** What it reads from must not be collected before it. */
  private final Object owner;

  Cursor(NativeCursor cursor, Object owner) {
    this.cursor = cursor;
    this.owner = owner;
    cleanable = Closer.watch(cursor, address -> NativeCallsJNI.NativeCursor_close(address, null),
        NativeCursor.getCPtr(cursor));
  }

  /**
   * Moves on to the next event.
   *
   * @return true: {@link #view()} stands on it; false: there is none
   * @throws SteleException CLOSED, CORRUPT, IO
   */
  public boolean next() {
    return batch.advance() || fill() && batch.advance();
  }

  /**
   * Returns the view: always the same one.
   *
   * @return a view of the event that next() moved to
   */
  public EventView view() {
    return batch.view();
  }

  /**
   * Reads the next events, as many as come in one call; those of an earlier batch that were not
   * looked at are passed over.
   *
   * @return the events, empty at the end; always the same object
   * @throws SteleException CLOSED, CORRUPT, IO
   */
  public EventBatch nextBatch() {
    fill();
    return batch;
  }

  private boolean fill() {
    return batch.fill((address, capacity, scratch) ->
        cursor.next_batch(address, capacity, scratch.reply)) != END;
  }

  /**
   * Returns the rest of the events: always the same view, which moves on with hasNext().
   *
   * @return the iterator
   */
  @Override
  public Iterator<EventView> iterator() {
    return Streams.iterator(this::next, batch::view);
  }

  /**
   * Returns the rest of the events to keep, as a stream. It closes the cursor at the end of the
   * events, and when it is closed itself.
   *
   * @return the stream, sequential and ordered
   */
  public Stream<Event> stream() {
    return Streams.of(() -> next() ? batch.view().toEvent() : null, this::close);
  }

  /**
   * Returns what it reads as of, and how far it is.
   *
   * @return these figures
   * @throws SteleException CLOSED
   */
  public CursorInfo info() {
    Scratch scratch = Scratch.get();
    SteleException.check(
        cursor.info(scratch.struct, Layout.CURSOR_INFO_SIZE, scratch.reply), scratch);
    return new CursorInfo(scratch.structLong(Layout.CURSOR_INFO_TSN),
        scratch.structLong(Layout.CURSOR_INFO_STORE_HEAD),
        scratch.structLong(Layout.CURSOR_INFO_LAST_RETURNED));
  }

  /**
   * Returns the position of the last event when the read began: what a guard's `after` should be
   * for a decision based on this read.
   *
   * @return the position
   * @throws SteleException CLOSED
   */
  public long head() {
    return info().storeHead();
  }

  /** Ends the read. Twice is as good as once. */
  @Override
  public void close() {
    batch.close();
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "Cursor[" + owner + "]";
  }
}
