package io.stele;

/** The limits of the database. What is beyond one is TOO_LARGE or INVALID. */
public final class Limits {
  private Limits() {}

  /** Bytes of a type, tag, entity or scope. */
  public static final int TERM_MAX = 512;
  /** Tags of an event. */
  public static final int TAGS_MAX = 256;
  /** Pairs of metadata of an event; bytes of a key, of a value. */
  public static final int METADATA_MAX = 65_535;
  /** Bytes of an event's data. */
  public static final int DATA_MAX = 64 * 1024 * 1024;
  /** Bytes of a batch, encoded. */
  public static final int BATCH_MAX = 256 * 1024 * 1024;
  /** Bytes of a tracking source's name. */
  public static final int SOURCE_MAX = 255;
  /** Bytes of an idempotency key. */
  public static final int KEY_MAX = 255;
  /** Bytes of a receipt. */
  public static final int RECEIPT_MAX = 2048;
  /** Bytes of a key of {@link Keys}. */
  public static final int TABLE_KEY_MAX = 1024;
  /** Bytes of a row of a {@link Table}. */
  public static final int ROW_MAX = 16 * 1024 * 1024;
  /** Bytes of a subscription's token. */
  public static final int TOKEN_SIZE = 32;
}
