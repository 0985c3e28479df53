package io.stele;

/** What a table keeps of rows that were replaced or deleted. */
public enum History {
  /** Nothing but what scans that are open can see. */
  NONE(0),
  /** Everything, for ever. */
  ALL(1),
  /** What was there behind the last commits, {@link TableOptions#amount} of them. */
  COMMITS(2),
  /** What was there in the last {@link TableOptions#amount} microseconds. */
  TIME(3);

  final int code;

  History(int code) {
    this.code = code;
  }

  static History of(int code) {
    return code >= 0 && code < values().length ? values()[code] : NONE;
  }
}
