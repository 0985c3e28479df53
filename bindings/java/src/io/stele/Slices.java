package io.stele;

import java.time.Duration;

/** A wait in pieces, so that an interrupt of the thread is seen: that wakes no library. */
final class Slices {
  /** How often a wait looks whether its thread was interrupted. */
  private static final long SLICE_MS = 200;

  private final long started = System.nanoTime();
  private final long timeout;
  private boolean isLast;

  Slices(Duration timeout) {
    this.timeout = Times.waitMillis(timeout);
  }

  /** Returns how many milliseconds to wait now. */
  long next() {
    long left = timeout - (System.nanoTime() - started) / 1_000_000;
    isLast = left <= 0 || Thread.currentThread().isInterrupted();
    return isLast ? 0 : Math.min(left, SLICE_MS);
  }

  /** Tells whether the piece that next() has said was the last one. */
  boolean areOver() {
    return isLast;
  }
}
