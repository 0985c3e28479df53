package io.stele;

/** What there has to be for a database to be opened. */
public enum OpenMode {
  /** The database is created if its directory is missing or empty. */
  CREATE(0),
  /** The database must exist. */
  EXISTING(1),
  /** The database must not exist. */
  NEW(2),
  /**
   * The database must exist, and nothing is ever written to its directory. It is shown as it is
   * when it is opened; what an interrupted process left behind is repaired in memory. Several may
   * read it at once, but not beside a writer.
   */
  READ_ONLY(3);

  final int code;

  OpenMode(int code) {
    this.code = code;
  }
}
