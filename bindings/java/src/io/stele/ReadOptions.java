package io.stele;

/**
 * From where on, in which direction and how many events to read.
 *
 * <pre>{@code
 * db.read(query, ReadOptions.backward().limit(10));   // The ten newest.
 * db.read(query, ReadOptions.forward().from(1000));
 * }</pre>
 *
 * @param isBackward from high positions to low ones
 * @param hasStart whether `start` counts; otherwise the first event is the start, or the last,
 *     backward
 * @param start the first position looked at (of a stream: sequence). Forward, 0 is the first event;
 *     backward, 0 returns nothing. A position beyond the head is fine
 * @param limit at most so many events; {@link #NO_LIMIT}, and 0 returns nothing
 */
public record ReadOptions(boolean isBackward, boolean hasStart, long start, long limit) {
  /** All events there are. */
  public static final long NO_LIMIT = -1;

  static final int BACKWARD = 1;
  static final int FROM = 2;

  private static final ReadOptions FORWARD_ALL = new ReadOptions(false, false, 0, NO_LIMIT);
  private static final ReadOptions BACKWARD_ALL = new ReadOptions(true, false, 0, NO_LIMIT);

  /**
   * Everything, from the first event on.
   *
   * @return these options
   */
  public static ReadOptions forward() {
    return FORWARD_ALL;
  }

  /**
   * Everything, from the last event down.
   *
   * @return these options
   */
  public static ReadOptions backward() {
    return BACKWARD_ALL;
  }

  /**
   * Starts at a position, inclusive; of a stream, at a sequence.
   *
   * @param start the first one looked at
   * @return these options with that
   */
  public ReadOptions from(long start) {
    return new ReadOptions(isBackward, true, start, limit);
  }

  /**
   * Reads a number of events at most.
   *
   * @param limit how many
   * @return these options with that
   */
  public ReadOptions limit(long limit) {
    return new ReadOptions(isBackward, hasStart, start, limit);
  }

  int flags() {
    return (isBackward ? BACKWARD : 0) | (hasStart ? FROM : 0);
  }
}
