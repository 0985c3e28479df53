package io.stele;

import java.nio.ByteBuffer;

/**
 * Rows as stele_scan_next_batch() and stele_table_get_many() copy them: the size of the value, then
 * the size of the key and flags of 16 bits each, TSN, position, key, value, and zeros up to a
 * multiple of 8.
 */
final class RowLayout {
  /** STELE_ROW_MISSING: there is no such row. */
  static final int MISSING = 1;

  private static final int KEY_SIZE = 4;
  private static final int FLAGS = 6;
  private static final int TSN = 8;
  private static final int POSITION = 16;
  private static final int KEY = 24;

  private RowLayout() {}

  /** Without the zeros at its end. */
  static int sizeAt(ByteBuffer from, int row) {
    return KEY + Short.toUnsignedInt(from.getShort(row + KEY_SIZE)) + from.getInt(row);
  }

  static boolean isMissing(ByteBuffer from, int row) {
    return (from.getShort(row + FLAGS) & MISSING) != 0;
  }

  static Row rowAt(ByteBuffer from, int row) {
    byte[] key = new byte[Short.toUnsignedInt(from.getShort(row + KEY_SIZE))];
    byte[] value = new byte[from.getInt(row)];
    from.get(row + KEY, key).get(row + KEY + key.length, value);
    return new Row(key, value, from.getLong(row + TSN), from.getLong(row + POSITION));
  }
}
