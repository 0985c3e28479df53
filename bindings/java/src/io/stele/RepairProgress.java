package io.stele;

/**
 * How far a repair is, and what it found.
 *
 * @param bytesDone looked at, or written ...
 * @param bytesTotal ... of so many
 * @param commits in the new database so far
 * @param events in the new database so far
 * @param commitsRebuilt of them: from their events alone. An idempotency key or tracking marks that
 *     they had are there only if their trees were whole
 * @param commitsLost replaced, or left away although they had been durable
 * @param eventsLost replaced
 * @param firstLost the first position that is lost or behind what is lost; 0: none
 * @param pagesDamaged found in the file of pages, needed or not
 * @param logDamaged damaged stretches, and segments that cannot be read, of the log
 */
public record RepairProgress(long bytesDone, long bytesTotal, long commits, long events,
    long commitsRebuilt, long commitsLost, long eventsLost, long firstLost, long pagesDamaged,
    long logDamaged) {
  static RepairProgress of(Scratch scratch) {
    return new RepairProgress(scratch.structLong(Layout.REPAIR_PROGRESS_BYTES_DONE),
        scratch.structLong(Layout.REPAIR_PROGRESS_BYTES_TOTAL),
        scratch.structLong(Layout.REPAIR_PROGRESS_COMMITS),
        scratch.structLong(Layout.REPAIR_PROGRESS_EVENTS),
        scratch.structLong(Layout.REPAIR_PROGRESS_COMMITS_REBUILT),
        scratch.structLong(Layout.REPAIR_PROGRESS_COMMITS_LOST),
        scratch.structLong(Layout.REPAIR_PROGRESS_EVENTS_LOST),
        scratch.structLong(Layout.REPAIR_PROGRESS_FIRST_LOST),
        scratch.structLong(Layout.REPAIR_PROGRESS_PAGES_DAMAGED),
        scratch.structLong(Layout.REPAIR_PROGRESS_LOG_DAMAGED));
  }
}
