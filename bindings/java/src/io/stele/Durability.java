package io.stele;

/**
 * What a commit waits for. A database has a level, and a batch may ask for a stronger one.
 *
 * <p>At every level a power failure loses the newest commits only: what is left has no holes. And
 * at every level an answer that rests on another commit (a conflict, a repeated batch, a tracked
 * position) is given only when that commit is on stable storage.
 */
public enum Durability {
  /** Of a database: {@link #SYNC}. Of a batch: that of its database. */
  DEFAULT(0),
  /**
   * The operating system has it: it survives a kill, and a power failure after
   * {@link Stele#sync()} or about 50 ms of idleness.
   */
  OS(1),
  /** As {@link #OS}, and it survives a power failure if it is older than the interval. */
  INTERVAL(2),
  /** It survives a power failure. */
  SYNC(3);

  final int code;

  Durability(int code) {
    this.code = code;
  }
}
