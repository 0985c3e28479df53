package io.stele;

/** Where a walk goes from an event. */
public enum WalkKind {
  /**
   * The event, the one before it of its entity, and so on to the first. Each must have the hash
   * that the one behind it is bound to: CORRUPT names the first that has not.
   */
  ANCESTORS(1),
  /** The event, the one it was caused by (whose id is its causation id), and so on. */
  CAUSES(2),
  /**
   * The event, and all that were caused by it or by its effects: each behind its cause, and by
   * position otherwise.
   */
  EFFECTS(3),
  /** All events of its correlation id, by position; without one, the event alone. */
  CORRELATION(4);

  final int code;

  WalkKind(int code) {
    this.code = code;
  }
}
