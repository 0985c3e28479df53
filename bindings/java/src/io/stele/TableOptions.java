package io.stele;

import java.time.Duration;
import java.util.Objects;

/**
 * How a table is made.
 *
 * @param history what it keeps of rows that were replaced or deleted
 * @param amount how many commits, or microseconds, it keeps; else 0
 */
public record TableOptions(History history, long amount) {
  private static final TableOptions DEFAULTS = new TableOptions(History.NONE, 0);

  /**
   * Makes options.
   *
   * @param history what a table keeps
   * @param amount how much of it
   */
  public TableOptions {
    Objects.requireNonNull(history, "history");
  }

  /**
   * No history.
   *
   * @return these options
   */
  public static TableOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Keeps everything: the table can be read as of any moment since it was created.
   *
   * @return these options
   */
  public static TableOptions withHistory() {
    return new TableOptions(History.ALL, 0);
  }

  /**
   * Keeps what was there behind the last commits of the database.
   *
   * @param commits how many, above 0
   * @return these options
   */
  public static TableOptions withHistoryOfCommits(long commits) {
    return new TableOptions(History.COMMITS, commits);
  }

  /**
   * Keeps what was there in the time before the last commit.
   *
   * @param time how long, a microsecond at least
   * @return these options
   */
  public static TableOptions withHistoryOf(Duration time) {
    return new TableOptions(History.TIME, time.toNanos() / 1000);
  }
}
