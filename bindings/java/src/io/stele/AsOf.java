package io.stele;

import java.time.Instant;

/**
 * The moment that a read of a table is of.
 *
 * <pre>{@code
 * prices.get(key, AsOf.position(decision.position()));
 * }</pre>
 */
public final class AsOf {
  static final int NOW = 0;
  static final int TSN = 1;
  static final int POSITION = 2;
  static final int TIME = 3;

  private static final AsOf PRESENT = new AsOf(NOW, 0);

  final int kind;
  final long at;

  private AsOf(int kind, long at) {
    this.kind = kind;
    this.at = at;
  }

  /**
   * Now.
   *
   * @return the moment
   */
  public static AsOf now() {
    return PRESENT;
  }

  /**
   * Behind a commit.
   *
   * @param tsn its number
   * @return the moment
   */
  public static AsOf tsn(long tsn) {
    return new AsOf(TSN, tsn);
  }

  /**
   * When all that follows from events up to a position was done.
   *
   * @param position the position
   * @return the moment
   */
  public static AsOf position(long position) {
    return new AsOf(POSITION, position);
  }

  /**
   * Behind the last commit that was recorded at a time or before.
   *
   * @param time the time
   * @return the moment
   * @throws SteleException INVALID: a time beyond 64 bits of microseconds
   */
  public static AsOf time(Instant time) {
    return new AsOf(TIME, Times.micros(time));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AsOf it && kind == it.kind && at == it.at;
  }

  @Override
  public int hashCode() {
    return 31 * kind + Long.hashCode(at);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case TSN -> "AsOf[commit " + at + "]";
      case POSITION -> "AsOf[position " + at + "]";
      case TIME -> "AsOf[" + Times.instant(at) + "]";
      default -> "AsOf[now]";
    };
  }
}
