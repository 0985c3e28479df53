package io.stele;

import java.time.Duration;

/**
 * How far a projection is behind: head - applied is that in events.
 *
 * @param applied the last event that is in its tables, whichever instance has put it there
 * @param head the last durable event
 * @param lag for how long the first event that is not in its tables has been there
 */
public record ProjectionInfo(long applied, long head, Duration lag) {
  /** Requires: the struct in `scratch` is a stele_projection_info. */
  static ProjectionInfo of(Scratch scratch) {
    long micros = scratch.structLong(Layout.PROJECTION_INFO_LAG_US);
    return new ProjectionInfo(scratch.structLong(Layout.PROJECTION_INFO_APPLIED),
        scratch.structLong(Layout.PROJECTION_INFO_HEAD),
        Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1000));
  }
}
