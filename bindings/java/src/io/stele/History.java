package io.stele;

/** What a table keeps of rows that were replaced or deleted. */
public enum History {
  /** Nothing but what scans that are open can see. */
  NONE(0),
  /** Everything, for ever. */
  ALL(1);

  final int code;

  History(int code) {
    this.code = code;
  }

  static History of(int code) {
    return code == ALL.code ? ALL : NONE;
  }
}
