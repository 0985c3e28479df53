package io.stele;

import java.time.Duration;
import java.time.Instant;

/** Times of the C API, microseconds since 1970-01-01T00:00:00Z, as those of Java and back. */
final class Times {
  private static final long PER_SECOND = 1_000_000;

  private Times() {}

  /** Every number of microseconds is an Instant. */
  static Instant instant(long micros) {
    return Instant.ofEpochSecond(Math.floorDiv(micros, PER_SECOND),
        Math.floorMod(micros, PER_SECOND) * 1000);
  }

  /** Rounds down to a microsecond. */
  static long micros(Instant time) {
    try {
      long seconds = time.getEpochSecond();
      int rest = time.getNano() / 1000;
      // The least time has no whole second of its own below it.
      if (seconds >= 0) return Math.addExact(Math.multiplyExact(seconds, PER_SECOND), rest);
      return Math.addExact(Math.multiplyExact(seconds + 1, PER_SECOND), rest - PER_SECOND);
    } catch (ArithmeticException e) {
      throw SteleException.invalid("time: " + time + " is not within 64 bits of microseconds");
    }
  }

  /** A duration in microseconds; one that is too long is the longest. */
  static long micros(Duration duration) {
    try {
      return Math.addExact(Math.multiplyExact(duration.getSeconds(), PER_SECOND),
          duration.getNano() / 1000);
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** A time to wait in milliseconds, rounded up, so that a short one is not none at all. */
  static long waitMillis(Duration timeout) {
    if (timeout.isNegative()) return 0;
    try {
      return Math.addExact(Math.multiplyExact(timeout.getSeconds(), 1000L),
          (timeout.getNano() + 999_999) / 1_000_000);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
