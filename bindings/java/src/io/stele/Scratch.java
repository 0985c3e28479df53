package io.stele;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The memory through which one thread talks with the library: a reply and a struct at fixed places,
 * and a buffer for what else goes in or comes out, which grows and is given back.
 *
 * <p>Every thread has one of its own, so a call needs no lock and allocates nothing. Requires: no
 * code of the user runs between filling it and reading it, for that code may call the library, too.
 */
final class Scratch {
  private static final int STRUCT_OFFSET = 1024;
  private static final int FIXED_SIZE = 2048;
  private static final int DATA_SIZE = 16 * 1024;
  /** A larger buffer is given back after the call that needed it. */
  private static final int DATA_KEPT = 1024 * 1024;

  private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

  /** Where a struct goes in and comes out: struct(), and for reading it {@link #fixed}. */
  static final int STRUCT = STRUCT_OFFSET;

  /** The reply at 0, the struct at STRUCT. */
  final ByteBuffer fixed;
  /** Addresses of the reply and the struct. */
  final long reply;
  final long struct;

  private final int values;
  private ByteBuffer data;
  private long dataAddress;
  private EventView view;

  private Scratch() {
    Library.require();
    fixed = allocate(FIXED_SIZE);
    reply = NativeCalls.address_of(fixed);
    struct = reply + STRUCT_OFFSET;
    values = (int) NativeCalls.values_offset();
    take(DATA_SIZE);
  }

  static Scratch get() {
    return MINE.get();
  }

  static ByteBuffer allocate(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void take(int size) {
    data = allocate(size);
    dataAddress = NativeCalls.address_of(data);
  }

  // ---- The buffer ------------------------------------------------------------------------------

  /** Returns the buffer, of at least this size. What was in a smaller one is gone. */
  ByteBuffer data(long size) {
    if (size > data.capacity()) {
      if (size > Integer.MAX_VALUE - 8) throw SteleException.tooLarge(size + " bytes in one call");
      take((int) Math.min(Integer.MAX_VALUE - 8, Math.max(size, 2L * data.capacity())));
    }
    return data;
  }

  ByteBuffer data() {
    return data;
  }

  /** The address of the buffer: it changes when the buffer grows. */
  long address() {
    return dataAddress;
  }

  int capacity() {
    return data.capacity();
  }

  /** Copies bytes to the front of the buffer. Returns its address. */
  long put(byte[] bytes) {
    data(bytes.length).put(0, bytes);
    return dataAddress;
  }

  /** Copies bytes to the front of the buffer, one behind the other. Returns its address. */
  long put(byte[]... parts) {
    long size = 0;
    for (byte[] part : parts) size += part.length;
    ByteBuffer to = data(size);
    int at = 0;
    for (byte[] part : parts) {
      to.put(at, part);
      at += part.length;
    }
    return dataAddress;
  }

  /** A view to look at an event in the buffer with. */
  EventView view() {
    if (view == null) view = new EventView(new StringCache());
    return view;
  }

  /** Gives a large buffer back. Called when what was in it is not needed any more. */
  void trim() {
    if (data.capacity() > DATA_KEPT) take(DATA_SIZE);
  }

  // ---- The reply -------------------------------------------------------------------------------

  long value(int index) {
    return fixed.getLong(values + 8 * index);
  }

  String message() {
    int end = Layout.ERROR_MESSAGE;
    while (end < Layout.ERROR_SIZE && fixed.get(end) != 0) ++end;
    byte[] text = new byte[end - Layout.ERROR_MESSAGE];
    fixed.get(Layout.ERROR_MESSAGE, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  long errorPosition() {
    return fixed.getLong(Layout.ERROR_POSITION);
  }

  long errorSequence() {
    return fixed.getLong(Layout.ERROR_SEQUENCE);
  }

  long errorOffset() {
    return fixed.getLong(Layout.ERROR_OFFSET);
  }

  int errorGuard() {
    return fixed.getInt(Layout.ERROR_GUARD);
  }

  int errorOsErrno() {
    return fixed.getInt(Layout.ERROR_OS_ERRNO);
  }

  /** The status of a call that returned no handle. */
  int errorStatus() {
    return fixed.getInt(Layout.ERROR_STATUS);
  }

  // ---- The struct ------------------------------------------------------------------------------

  int structInt(int offset) {
    return fixed.getInt(STRUCT_OFFSET + offset);
  }

  long structLong(int offset) {
    return fixed.getLong(STRUCT_OFFSET + offset);
  }

  byte[] structBytes(int offset, int size) {
    byte[] bytes = new byte[size];
    fixed.get(STRUCT_OFFSET + offset, bytes);
    return bytes;
  }
}
