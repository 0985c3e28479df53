package io.stele;

import java.time.Instant;

/**
 * What a row became by one commit, until its next version. Its bytes are its own.
 *
 * @param isDeleted the row was deleted, by itself or with a range
 * @param value what it held; of a deletion nothing
 * @param tsn the commit that did it
 * @param position the event that it follows from: the last one of that commit, or before it
 * @param recorded when that commit was recorded
 */
public record RowVersion(boolean isDeleted, byte[] value, long tsn, long position,
    Instant recorded) {}
