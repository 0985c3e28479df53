package io.stele;

import java.nio.ByteBuffer;

/**
 * What a handle of the library copies many at a time, rows or versions of one, gone through one by
 * one. Requires: one thread at a time, and a close not while another one looks.
 */
final class RowPages {
  private static final int OK = 0;
  private static final int TOO_SMALL = 8;

  /** Has the library fill memory. */
  @FunctionalInterface
  interface Source {
    int read(long address, int capacity, long reply);
  }

  /** Says how many bytes the one takes that begins there, without zeros at its end. */
  @FunctionalInterface
  interface Sizes {
    int sizeAt(ByteBuffer memory, int at);
  }

  private final String name;
  private final Source source;
  private final Sizes sizes;
  private ReadBuffer buffer;
  private boolean closed;
  private int at = -1;
  private int next;
  private int used;

  /** `name` is what is closed when it is. */
  RowPages(String name, Source source, Sizes sizes) {
    this.name = name;
    this.source = source;
    this.sizes = sizes;
  }

  /** Moves on to the next one. False: there is none. */
  boolean next() {
    if (closed) throw new SteleException(Status.CLOSED, name + ": it is closed");
    if (next >= used && !fill()) return false;
    at = next;
    next = at + (sizes.sizeAt(buffer.memory, at) + 7 & ~7);
    return true;
  }

  /** Where it stands, in the memory. */
  int at() {
    if (at < 0) throw new IllegalStateException("the " + name + " stands on nothing");
    return at;
  }

  ByteBuffer memory() {
    return buffer.memory;
  }

  void close() {
    if (closed) return;
    closed = true;
    standNowhere();
    if (buffer != null) buffer.giveBack();
    buffer = null;
  }

  private boolean fill() {
    standNowhere();
    if (buffer == null || buffer.isLarge()) buffer = ReadBuffer.take();
    Scratch scratch = Scratch.get();
    int status = source.read(buffer.address, buffer.capacity(), scratch.reply);
    while (status == TOO_SMALL) {
      buffer.giveBack();
      buffer = ReadBuffer.take(scratch.value(0));
      status = source.read(buffer.address, buffer.capacity(), scratch.reply);
    }
    if (SteleException.check(status, scratch) != OK) return false;
    used = (int) scratch.value(0);
    return true;
  }

  private void standNowhere() {
    at = -1;
    next = 0;
    used = 0;
  }
}
