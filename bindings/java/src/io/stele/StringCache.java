package io.stele;

import java.nio.charset.StandardCharsets;

/**
 * Makes strings of UTF-8, and the same one again for what was seen lately: most events of a read
 * share their types and tags. Belongs to one thread at a time.
 *
 * <p>Only ASCII is found again: a string whose characters are the bytes needs no copy of them to be
 * compared with.
 */
final class StringCache {
  private static final int SLOTS = 1024;
  /** Longer texts are hardly the same again. */
  private static final int SIZE_MAX = 64;

  private final String[] slots = new String[SLOTS];

  String get(byte[] bytes, int from, int size) {
    if (size > SIZE_MAX) return new String(bytes, from, size, StandardCharsets.UTF_8);
    int hash = size;
    for (int i = from, end = from + size; i < end; ++i) hash = 31 * hash + bytes[i];
    int slot = (hash ^ hash >>> 15) & SLOTS - 1;
    String known = slots[slot];
    if (known != null && isSame(known, bytes, from, size)) return known;
    String made = new String(bytes, from, size, StandardCharsets.UTF_8);
    slots[slot] = made;
    return made;
  }

  private static boolean isSame(String known, byte[] bytes, int from, int size) {
    if (known.length() != size) return false;
    for (int i = 0; i < size; ++i) {
      // A byte of anything but ASCII is negative here, and no character is.
      if (known.charAt(i) != bytes[from + i]) return false;
    }
    return true;
  }
}
