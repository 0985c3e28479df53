package io.stele;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The events that one call has brought. They are good until the next call on the cursor or
 * subscription that they came from, or its close; {@link #toList()} makes events to keep. Belongs
 * to one thread at a time.
 */
public final class EventBatch implements Iterable<EventView> {
  /** What the library does to fill a batch. The reply's values are bytes and events. */
  interface Source {
    int fill(long address, int capacity, Scratch scratch);
  }

  private static final int TOO_SMALL = 8;

  // What a batch is doing: closing one that another thread fills must not take its memory away.
  private static final int IDLE = 0;
  private static final int FILLING = 1;
  private static final int CLOSED = 2;

  private final AtomicInteger state = new AtomicInteger(IDLE);
  private final EventView view;
  private ReadBuffer buffer;
  /** Who filled it last: only he knows, when he closes it, that nobody looks at it. */
  private Thread reader;
  private int used;
  private int count;
  private int next;

  EventBatch() {
    buffer = ReadBuffer.take();
    view = new EventView(buffer.strings);
  }

  // ---- For its user ----------------------------------------------------------------------------

  /**
   * Returns how many events there are.
   *
   * @return 0: none
   */
  public int count() {
    return count;
  }

  /**
   * Tells whether there is none.
   *
   * @return true: none
   */
  public boolean isEmpty() {
    return count == 0;
  }

  /** Returns the events one after the other: always the same view, which moves on. */
  @Override
  public Iterator<EventView> iterator() {
    next = 0;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return next < used;
      }

      @Override
      public EventView next() {
        if (!advance()) throw new NoSuchElementException();
        return view;
      }
    };
  }

  /**
   * Returns the events to keep.
   *
   * @return copies of all of them
   */
  public List<Event> toList() {
    List<Event> all = new ArrayList<>(count);
    for (EventView each : this) all.add(each.toEvent());
    return all;
  }

  // ---- For cursors and subscriptions -----------------------------------------------------------

  EventView view() {
    return view;
  }

  /** Lets the view stand on the next event. False: there is none. */
  boolean advance() {
    if (next >= used) return false;
    view.stand(buffer.memory, next);
    next = view.end();
    return true;
  }

  /** Fills the batch with what is next, in a buffer as large as it takes. Returns the status. */
  int fill(Source source) {
    begin();
    try {
      empty();
      if (buffer.isLarge()) buffer = ReadBuffer.take();
      Scratch scratch = Scratch.get();
      int status = source.fill(buffer.address, buffer.capacity(), scratch);
      while (status == TOO_SMALL) {
        ReadBuffer larger = ReadBuffer.take(scratch.value(0));
        buffer.giveBack();
        buffer = larger;
        status = source.fill(buffer.address, buffer.capacity(), scratch);
      }
      return keep(status, scratch);
    } finally {
      end();
    }
  }

  /** Fills the batch with the next event alone. Returns the status. */
  int fillOne(Source source) {
    begin();
    try {
      empty();
      if (buffer.isLarge()) buffer = ReadBuffer.take();
      Scratch scratch = Scratch.get();
      // No event fits into nothing, and two do not fit into the room of one.
      int status = source.fill(buffer.address, 0, scratch);
      while (status == TOO_SMALL) {
        long size = scratch.value(0);
        if (size > buffer.capacity()) {
          ReadBuffer larger = ReadBuffer.take(size);
          buffer.giveBack();
          buffer = larger;
        }
        status = source.fill(buffer.address, (int) size, scratch);
      }
      return keep(status, scratch);
    } finally {
      end();
    }
  }

  private int keep(int status, Scratch scratch) {
    if (status == 0) {
      used = (int) scratch.value(0);
      count = (int) scratch.value(1);
    }
    return SteleException.check(status, scratch);
  }

  private void empty() {
    used = 0;
    count = 0;
    next = 0;
    view.standNowhere();
  }

  private void begin() {
    if (state.compareAndSet(IDLE, FILLING)) {
      reader = Thread.currentThread();
      return;
    }
    if (state.get() == CLOSED) throw new SteleException(Status.CLOSED, "read: it is closed");
    throw SteleException.invalid("read: another thread is reading from it");
  }

  private void end() {
    if (!state.compareAndSet(FILLING, IDLE)) empty();
  }

  /** From any thread. */
  void close() {
    if (state.getAndSet(CLOSED) != IDLE || reader != Thread.currentThread()) return;
    empty();
    buffer.giveBack();
  }
}
