package io.stele;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes events as they come, for a subscription and for a projection: waits for them in slices, so that
 * it notices interrupts, and keeps how far it has come. Belongs to one thread at a time; interrupt() and
 * close() are for any.
 */
final class Puller {
  private static final int OK = 0;
  private static final int TIMEOUT = 4;

  /** Has the library fill memory. Replies as NativeSubscription.next_batch() does. */
  interface Source {
    int next(long timeout, long address, long capacity, long reply);
  }

  private final Source source;
  private final EventBatch batch = new EventBatch();
  private final AtomicBoolean isInterrupted = new AtomicBoolean();
  private long through;
  private long head;
  private boolean isCaughtUp;

  Puller(Source source) {
    this.source = source;
  }

  /** Takes as many as come in one call. Always the same object; empty: none has come in time. */
  EventBatch pull(Duration timeout) {
    wait(timeout, false);
    return batch;
  }

  /** Takes one. Empty: none has come in time, or somebody interrupted. */
  Optional<Event> next(Duration timeout) {
    // That it has caught up is no event.
    while (wait(timeout, true)) {
      if (batch.advance()) return Optional.of(batch.view().toEvent());
    }
    return Optional.empty();
  }

  /** Fills the batch. Returns false when time has passed, or somebody interrupted. */
  private boolean wait(Duration timeout, boolean oneOnly) {
    Slices slices = new Slices(timeout);
    for (;;) {
      long slice = slices.next();
      EventBatch.Source filler = (address, capacity, scratch) ->
          fill(slice, address, capacity, scratch);
      int status = oneOnly ? batch.fillOne(filler) : batch.fill(filler);
      if (status == OK) return true;
      if (slices.areOver() || takeInterrupt()) return false;
    }
  }

  private int fill(long timeout, long address, int capacity, Scratch scratch) {
    int status = source.next(timeout, address, capacity, scratch.reply);
    if (status == OK || status == TIMEOUT) {
      through = scratch.value(2);
      head = scratch.value(3);
      isCaughtUp = scratch.value(4) != 0;
    }
    return status;
  }

  /** Has the wait, or else the next one, end: the library is told by the caller. */
  void interrupt() {
    isInterrupted.set(true);
  }

  /** Returns whether somebody interrupted, once for each time. */
  boolean takeInterrupt() {
    return isInterrupted.getAndSet(false);
  }

  long through() {
    return through;
  }

  long head() {
    return head;
  }

  boolean isCaughtUp() {
    return isCaughtUp;
  }

  void close() {
    batch.close();
  }
}
