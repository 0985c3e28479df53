package io.stele;

import java.util.UUID;

/**
 * A part of a key. The kind says which component has the value; the others do not count, and are
 * zero or empty in what {@link Keys#decode(byte[])} returns.
 *
 * @param kind what it is
 * @param descending the opposite order
 * @param integer a whole number, days or microseconds; for UNSIGNED, as one without a sign
 * @param real of REAL
 * @param bytes of TEXT (UTF-8), BYTES and UUID; not copied
 */
public record KeyPart(KeyKind kind, boolean descending, long integer, double real, byte[] bytes) {
  private static final byte[] NONE = {};

  /**
   * Makes a part of a kind and what it holds.
   *
   * @param kind what it is
   * @param descending the opposite order
   * @param integer a whole number, days or microseconds
   * @param real of REAL
   * @param bytes of TEXT, BYTES and UUID; null: none
   */
  public KeyPart {
    if (kind == null) throw new NullPointerException("kind");
    if (bytes == null) bytes = NONE;
  }

  private static KeyPart of(KeyKind kind, long integer) {
    return new KeyPart(kind, false, integer, 0, NONE);
  }

  /**
   * A NULL, before all others.
   *
   * @return the part
   */
  public static KeyPart ofNull() {
    return of(KeyKind.NULL, 0);
  }

  /**
   * A NULL, behind all others.
   *
   * @return the part
   */
  public static KeyPart ofNullLast() {
    return of(KeyKind.NULL_LAST, 0);
  }

  /**
   * A truth value.
   *
   * @param value false comes before true
   * @return the part
   */
  public static KeyPart of(boolean value) {
    return of(KeyKind.BOOL, value ? 1 : 0);
  }

  /**
   * A whole number.
   *
   * @param value the number
   * @return the part
   */
  public static KeyPart of(long value) {
    return of(KeyKind.INTEGER, value);
  }

  /**
   * A whole number without a sign.
   *
   * @param value the number, as {@link Long#parseUnsignedLong(String)} has it
   * @return the part
   */
  public static KeyPart ofUnsigned(long value) {
    return of(KeyKind.UNSIGNED, value);
  }

  /**
   * A number.
   *
   * @param value the number; one that is whole is the same part as that
   * @return the part
   */
  public static KeyPart of(double value) {
    return new KeyPart(KeyKind.REAL, false, 0, value, NONE);
  }

  /**
   * Text, in the order of its code points.
   *
   * @param text the text
   * @return the part
   * @throws SteleException INVALID: it is no text, with half of a surrogate pair
   */
  public static KeyPart of(String text) {
    return new KeyPart(KeyKind.TEXT, false, 0, 0, Utf8.bytes(text));
  }

  /**
   * Bytes.
   *
   * @param bytes the bytes; not copied
   * @return the part
   */
  public static KeyPart of(byte[] bytes) {
    return new KeyPart(KeyKind.BYTES, false, 0, 0, bytes);
  }

  /**
   * A UUID.
   *
   * @param id the UUID
   * @return the part
   */
  public static KeyPart of(UUID id) {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 8; ++i) {
      bytes[i] = (byte) (id.getMostSignificantBits() >> 56 - 8 * i);
      bytes[8 + i] = (byte) (id.getLeastSignificantBits() >> 56 - 8 * i);
    }
    return new KeyPart(KeyKind.UUID, false, 0, 0, bytes);
  }

  /**
   * A day, time or timestamp.
   *
   * @param kind DATE, TIME, TIMESTAMP or TIMESTAMPTZ
   * @param value days, or microseconds
   * @return the part
   */
  public static KeyPart at(KeyKind kind, long value) {
    return of(kind, value);
  }

  /**
   * Turns the order around.
   *
   * @return the same part, descending
   */
  public KeyPart reversed() {
    return new KeyPart(kind, true, integer, real, bytes);
  }
}
