package io.stele;

/** What the commit of a {@link Transaction} must not find changed. */
public enum Isolation {
  /**
   * What was read, rows that were not there included, and what is written: all transactions come to
   * what they would have come to one after the other.
   */
  SERIALIZABLE(0),
  /**
   * Only what is written. Two transactions that read the same and write different rows can both
   * commit.
   */
  SNAPSHOT(1);

  final int code;

  Isolation(int code) {
    this.code = code;
  }
}
