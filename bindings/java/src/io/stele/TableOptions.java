package io.stele;

import java.util.Objects;

/**
 * How a table is made.
 *
 * @param history what it keeps of rows that were replaced or deleted
 */
public record TableOptions(History history) {
  private static final TableOptions DEFAULTS = new TableOptions(History.NONE);

  /**
   * Makes options.
   *
   * @param history what a table keeps
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
    return new TableOptions(History.ALL);
  }
}
