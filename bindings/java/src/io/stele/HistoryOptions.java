package io.stele;

import java.util.Objects;

/**
 * Which versions of a row to read, and in which order.
 *
 * <pre>{@code
 * table.history(key, HistoryOptions.oldestFirst().since(AsOf.time(midnight)));
 * }</pre>
 *
 * @param isOldestFirst in the order in which they came about
 * @param since the first moment: what was there then is the first version; null: as far back as the
 *     table keeps what was there
 * @param until the last moment
 */
public record HistoryOptions(boolean isOldestFirst, AsOf since, AsOf until) {
  static final int OLDEST_FIRST = 1;

  /**
   * Makes options.
   *
   * @param isOldestFirst in the order in which they came about
   * @param since the first moment, or null
   * @param until the last moment
   */
  public HistoryOptions {
    Objects.requireNonNull(until, "until");
  }

  /**
   * All that is kept, from the present back.
   *
   * @return these options
   */
  public static HistoryOptions newestFirst() {
    return new HistoryOptions(false, null, AsOf.now());
  }

  /**
   * All that is kept, up to the present.
   *
   * @return these options
   */
  public static HistoryOptions oldestFirst() {
    return new HistoryOptions(true, null, AsOf.now());
  }

  /**
   * Leaves out what was replaced or deleted before a moment.
   *
   * @param since the moment; null: none
   * @return these options with that
   */
  public HistoryOptions since(AsOf since) {
    return new HistoryOptions(isOldestFirst, since, until);
  }

  /**
   * Leaves out what came behind a moment.
   *
   * @param until the moment
   * @return these options with that
   */
  public HistoryOptions until(AsOf until) {
    return new HistoryOptions(isOldestFirst, since, until);
  }
}
