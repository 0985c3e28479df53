package io.stele;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Memory that events are read into, and the strings that were found there. Making direct memory is
 * slow, so a few that were used are kept for the next read.
 */
final class ReadBuffer {
  private static final int SIZE = 64 * 1024;
  private static final ArrayBlockingQueue<ReadBuffer> KEPT = new ArrayBlockingQueue<>(16);

  final ByteBuffer memory;
  final long address;
  final StringCache strings = new StringCache();

  private ReadBuffer(int size) {
    memory = Scratch.allocate(size);
    address = NativeCalls.address_of(memory);
  }

  static ReadBuffer take() {
    ReadBuffer kept = KEPT.poll();
    return kept != null ? kept : new ReadBuffer(SIZE);
  }

  /** Returns one of at least this size. */
  static ReadBuffer take(long size) {
    if (size <= SIZE) return take();
    if (size > Integer.MAX_VALUE - 8) throw SteleException.tooLarge("an event of " + size);
    return new ReadBuffer((int) size);
  }

  boolean isLarge() {
    return memory.capacity() > SIZE;
  }

  int capacity() {
    return memory.capacity();
  }

  /** Requires: nobody, in no thread, uses it any more. A large one is not kept. */
  void giveBack() {
    if (!isLarge()) KEPT.offer(this);
  }
}
