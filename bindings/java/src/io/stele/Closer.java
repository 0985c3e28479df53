package io.stele;

import java.lang.ref.Cleaner;
import java.util.function.LongConsumer;

/**
 * Closes what its user dropped. What is watched is the generated proxy and not the object that the
 * user holds: a proxy is an argument of every call on it, so that it cannot be collected, and its
 * handle closed, while the library works with it.
 */
final class Closer implements Runnable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final LongConsumer close;
  private final long address;

  private Closer(LongConsumer close, long address) {
    this.close = close;
    this.address = address;
  }

  /**
   * Has `close` called with `address` once: by clean(), or when the proxy is not reachable any
   * more. Requires: neither refers to the proxy.
   */
  static Cleaner.Cleanable watch(Object proxy, LongConsumer close, long address) {
    return CLEANER.register(proxy, new Closer(close, address));
  }

  static Cleaner.Cleanable watch(Object proxy, Runnable close) {
    return CLEANER.register(proxy, close);
  }

  @Override
  public void run() {
    close.accept(address);
  }
}
