package io.stele;

import java.time.Duration;

/**
 * A projection, or a rebuild of one, as its tables tell of it.
 *
 * @param name its name; of a rebuild under way NAME~1 or so
 * @param tables how many tables it has
 * @param progress how far it is behind
 */
public record ProjectionState(String name, int tables, ProjectionInfo progress) {
  /** Requires: the struct in `scratch` is a stele_projection_state. */
  static ProjectionState of(Scratch scratch) {
    long micros = scratch.structLong(Layout.PROJECTION_STATE_LAG_US);
    ProjectionInfo progress = new ProjectionInfo(
        scratch.structLong(Layout.PROJECTION_STATE_APPLIED),
        scratch.structLong(Layout.PROJECTION_STATE_HEAD),
        Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1000));
    return new ProjectionState(TableInfo.text(scratch, Layout.PROJECTION_STATE_NAME),
        scratch.structInt(Layout.PROJECTION_STATE_TABLES), progress);
  }
}
