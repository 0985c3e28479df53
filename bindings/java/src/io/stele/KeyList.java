package io.stele;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Many keys on their way to the library: their sizes, 32 bits each, and then the keys. */
final class KeyList {
  private KeyList() {}

  static byte[] of(List<byte[]> keys) {
    long size = 4L * keys.size();
    for (byte[] key : keys) size += key.length;
    if (size > Integer.MAX_VALUE - 8) throw SteleException.tooLarge("keys of " + size + " bytes");
    ByteBuffer made = ByteBuffer.allocate((int) size).order(ByteOrder.nativeOrder());
    for (byte[] key : keys) made.putInt(key.length);
    for (byte[] key : keys) made.put(key);
    return made.array();
  }
}
