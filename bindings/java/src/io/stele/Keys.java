package io.stele;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Order-preserving keys: values of any kinds as bytes that compare as they do, with
 * {@link java.util.Arrays#compareUnsigned(byte[], byte[])}; the first part in which two keys differ
 * decides. Numbers compare by their value, whatever they are: 1 and 1.0 are one key.
 * docs/format.md, "Keys", has the bytes. Needs no database.
 *
 * <pre>{@code
 * byte[] key = Keys.encode(KeyPart.of("north"), KeyPart.of(7).reversed());
 * }</pre>
 */
public final class Keys {
  static final int DESCENDING = 1;
  static final int PART_SIZE = 48;
  static final int PART_DATA_SIZE = 40;

  private Keys() {}

  /**
   * Makes a key.
   *
   * @param parts what it is made of
   * @return the key, at most {@link Limits#TABLE_KEY_MAX} bytes
   * @throws SteleException INVALID (a value out of its range, text that is not UTF-8), UNSUPPORTED
   *     (a kind that cannot be encoded yet), TOO_LARGE
   */
  public static byte[] encode(KeyPart... parts) {
    long held = 0;
    for (KeyPart part : parts) held += part.bytes().length;
    long front = (long) parts.length * PART_SIZE;
    Scratch scratch = Scratch.get();
    try {
      ByteBuffer data = scratch.data(front + held + Limits.TABLE_KEY_MAX);
      int offset = 0;
      for (int i = 0; i < parts.length; ++i) {
        put(data, i * PART_SIZE, parts[i], offset);
        data.put((int) front + offset, parts[i].bytes());
        offset += parts[i].bytes().length;
      }
      long address = scratch.address();
      SteleException.check(NativeCalls.encode_key(address, front, address + front, held,
          address + front + held, Limits.TABLE_KEY_MAX, scratch.reply), scratch);
      byte[] key = new byte[(int) scratch.value(0)];
      data.get((int) (front + held), key);
      return key;
    } finally {
      scratch.trim();
    }
  }

  private static void put(ByteBuffer data, int at, KeyPart part, int offset) {
    data.putInt(at + Layout.KEY_PART_KIND, part.kind().code);
    data.putInt(at + Layout.KEY_PART_FLAGS, part.descending() ? DESCENDING : 0);
    data.putLong(at + Layout.KEY_PART_INTEGER, part.integer());
    data.putLong(at + Layout.KEY_PART_NATURAL, part.integer());
    data.putDouble(at + Layout.KEY_PART_REAL, part.real());
    data.putLong(at + Layout.KEY_PART_DATA, offset);
    data.putLong(at + PART_DATA_SIZE, part.bytes().length);
  }

  /**
   * Takes a key apart. A number comes as INTEGER if it is a whole number that fits, else as UNSIGNED
   * if it is one that fits there, else as REAL; of which kind it was made, a key does not say.
   *
   * @param key the key
   * @return its parts
   * @throws SteleException CORRUPT (not a key; the offset is that of the first byte that cannot
   *     be), UNSUPPORTED (a kind that cannot be decoded yet)
   */
  public static List<KeyPart> decode(byte[] key) {
    Scratch scratch = Scratch.get();
    try {
      // A part has a byte at least, and holds no more than the key.
      int room = Math.min(key.length, Limits.TABLE_KEY_MAX);
      int front = room * PART_SIZE;
      ByteBuffer data = scratch.data((long) front + room + key.length);
      data.put(front + room, key);
      long address = scratch.address();
      SteleException.check(NativeCalls.decode_key(address + front + room, key.length, room,
          address, front + room, scratch.reply), scratch);
      List<KeyPart> parts = new ArrayList<>((int) scratch.value(0));
      for (int i = 0; i < scratch.value(0); ++i) parts.add(part(data, i * PART_SIZE, front));
      return parts;
    } finally {
      scratch.trim();
    }
  }

  private static KeyPart part(ByteBuffer data, int at, int front) {
    KeyKind kind = KeyKind.of(data.getInt(at + Layout.KEY_PART_KIND));
    boolean descending = data.getInt(at + Layout.KEY_PART_FLAGS) == DESCENDING;
    long integer = data.getLong(at + (kind == KeyKind.UNSIGNED
        ? Layout.KEY_PART_NATURAL : Layout.KEY_PART_INTEGER));
    byte[] bytes = new byte[(int) data.getLong(at + PART_DATA_SIZE)];
    data.get(front + (int) data.getLong(at + Layout.KEY_PART_DATA), bytes);
    return new KeyPart(kind, descending, integer, data.getDouble(at + Layout.KEY_PART_REAL), bytes);
  }

  /**
   * Returns the end of a range: the smallest bytes above all that begin with a prefix.
   *
   * @param prefix a key, or a part of one
   * @return the end; nothing: there is none, and the range goes on to the last key
   */
  public static Optional<byte[]> prefixEnd(byte[] prefix) {
    Scratch scratch = Scratch.get();
    try {
      long address = scratch.put(prefix);
      int status = NativeCalls.key_prefix_end(address, prefix.length, address, prefix.length,
          scratch.reply);
      if (status == Status.END.code()) return Optional.empty();
      SteleException.check(status, scratch);
      byte[] end = new byte[(int) scratch.value(0)];
      scratch.data().get(0, end);
      return Optional.of(end);
    } finally {
      scratch.trim();
    }
  }
}
