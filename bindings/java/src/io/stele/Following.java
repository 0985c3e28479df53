package io.stele;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What takes events as they come: a {@link Subscription} or a {@link Projection}. */
public sealed interface Following permits Subscription, Projection {
  /**
   * Ends the wait of another thread, or else the next one.
   *
   * @throws SteleException CLOSED
   */
  void interrupt();

  /**
   * Waits until one of several has an event that may match; they may be of different databases. Ends
   * early, with none, when any of them is interrupted, and within a fifth of a second when the thread
   * is, whose status stays set.
   *
   * @param <T> what they are
   * @param all at least one, and none of them closed
   * @param timeout how long to wait: zero looks only; {@link Subscription#FOREVER}
   * @return the first that has something, to be pulled; empty: none has in time
   * @throws SteleException INVALID (there is none), CLOSED (one of them is)
   */
  static <T extends Following> Optional<T> waitForAny(List<T> all, Duration timeout) {
    List<T> each = List.copyOf(all);
    Scratch scratch = Scratch.get();
    long size = 8L * each.size();
    ByteBuffer numbers = scratch.data(size);
    for (int i = 0; i < each.size(); ++i) numbers.putLong(8 * i, number(each.get(i)));
    Slices slices = new Slices(timeout);
    for (;;) {
      int status = NativeCalls.wait_any(scratch.address(), size, slices.next(), scratch.reply);
      if (SteleException.check(status, scratch) == 0) {
        return Optional.of(each.get((int) scratch.value(0)));
      }
      if (slices.areOver()) return Optional.empty();
      for (T one : each) {
        if (takeInterrupt(one)) return Optional.empty();
      }
    }
  }

  private static long number(Following one) {
    return one instanceof Projection projection
        ? projection.number() : ((Subscription) one).number();
  }

  private static boolean takeInterrupt(Following one) {
    return one instanceof Projection projection
        ? projection.takeInterrupt() : ((Subscription) one).takeInterrupt();
  }
}
