package io.stele;

/** What becomes, in a repair, of what is behind something that is lost. */
public enum Lost {
  /** Nothing: the repair ends with CORRUPT, which says what is lost. */
  REFUSE(0),
  /** It is left away: the result is the history up to there, unchanged. */
  CUT(1),
  /**
   * It stays in its place. Events of the type "stele.lost" take that of lost ones, so that
   * positions are what they were. Hashes from there on are other ones: receipts and tokens of later
   * positions are refused.
   */
  REPLACE(2);

  final int code;

  Lost(int code) {
    this.code = code;
  }
}
