package io.stele;

/**
 * What a part of a key is. Parts of different kinds compare in this order, but that all numbers have
 * one order, whatever they are.
 */
public enum KeyKind {
  /** No value; before all others. */
  NULL(0x01),
  /** integer: 0 or 1. */
  BOOL(0x02),
  /** integer. */
  INTEGER(0x10),
  /** integer, as one without a sign. */
  UNSIGNED(0x11),
  /** real. */
  REAL(0x12),
  /** Not supported yet. */
  BIG_INTEGER(0x13),
  /** Not supported yet. */
  DECIMAL(0x14),
  /** text. */
  TEXT(0x20),
  /** bytes. */
  BYTES(0x21),
  /** integer: days since 1970-01-01, of 32 bits. */
  DATE(0x30),
  /** integer: microseconds since midnight, to 86,400,000,000. */
  TIME(0x31),
  /** integer: microseconds since 1970-01-01T00:00 there. */
  TIMESTAMP(0x32),
  /** integer: microseconds since 1970-01-01T00:00:00Z. */
  TIMESTAMPTZ(0x33),
  /** Not supported yet. */
  INTERVAL(0x34),
  /** bytes: 16 of them. */
  UUID(0x40),
  /** Not supported yet. */
  INET(0x41),
  /** Not supported yet. */
  MACADDR(0x42),
  /** Not supported yet. */
  JSON(0x50),
  /** Not supported yet. */
  ARRAY(0x60),
  /** Not supported yet. */
  TUPLE(0x61),
  /** Not supported yet. */
  RANGE(0x62),
  /** Not supported yet. */
  ENUM(0x63),
  /** Not supported yet. */
  COMPOSITE(0x64),
  /** Not supported yet. */
  DOMAIN(0x65),
  /** Not supported yet. */
  VECTOR(0x70),
  /** Not supported yet. */
  CUSTOM(0x71),
  /** No value; behind all others. */
  NULL_LAST(0x7e);

  final int code;

  KeyKind(int code) {
    this.code = code;
  }

  static KeyKind of(int code) {
    for (KeyKind kind : values()) {
      if (kind.code == code) return kind;
    }
    throw new IllegalStateException("a key of the kind " + code);
  }
}
