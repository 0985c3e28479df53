package io.stele;

/**
 * How a projection is opened.
 *
 * @param isRebuild it builds new tables beside the old ones, from the first event on, or goes on with
 *     that; {@link Projection#switchOver()} ends it
 */
public record ProjectionOptions(boolean isRebuild) {
  /** What the library knows as stele_projection_flags. */
  static final int REBUILD = 1;

  /**
   * A projection that goes on where it was.
   *
   * @return the options
   */
  public static ProjectionOptions defaults() {
    return new ProjectionOptions(false);
  }

  /**
   * A projection that is built anew.
   *
   * @return the options
   */
  public static ProjectionOptions rebuild() {
    return new ProjectionOptions(true);
  }
}
