package io.stele;

import java.util.ArrayList;
import java.util.List;

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
 * @param leftOut tables that were there and are not in the new database; known at the end. What
 *     nothing tells of them any more is empty. One of a projection is to be rebuilt by that
 */
public record RepairProgress(long bytesDone, long bytesTotal, long commits, long events,
    long commitsRebuilt, long commitsLost, long eventsLost, long firstLost, long pagesDamaged,
    long logDamaged, List<TableInfo> leftOut) {
  /** Before the first step. */
  static final RepairProgress NONE =
      new RepairProgress(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

  /** Requires: the struct in `scratch` is a stele_repair_progress of the repair's. */
  static RepairProgress of(Scratch scratch, NativeRepair repair) {
    // Each table takes the struct's place: the list comes last.
    return new RepairProgress(scratch.structLong(Layout.REPAIR_PROGRESS_BYTES_DONE),
        scratch.structLong(Layout.REPAIR_PROGRESS_BYTES_TOTAL),
        scratch.structLong(Layout.REPAIR_PROGRESS_COMMITS),
        scratch.structLong(Layout.REPAIR_PROGRESS_EVENTS),
        scratch.structLong(Layout.REPAIR_PROGRESS_COMMITS_REBUILT),
        scratch.structLong(Layout.REPAIR_PROGRESS_COMMITS_LOST),
        scratch.structLong(Layout.REPAIR_PROGRESS_EVENTS_LOST),
        scratch.structLong(Layout.REPAIR_PROGRESS_FIRST_LOST),
        scratch.structLong(Layout.REPAIR_PROGRESS_PAGES_DAMAGED),
        scratch.structLong(Layout.REPAIR_PROGRESS_LOG_DAMAGED),
        tables(repair, scratch.structInt(Layout.REPAIR_PROGRESS_TABLES_LEFT_OUT), scratch));
  }

  private static List<TableInfo> tables(NativeRepair repair, int count, Scratch scratch) {
    List<TableInfo> tables = new ArrayList<>(count);
    for (int i = 0; i < count; ++i) {
      SteleException.check(
          repair.left_out(i, scratch.struct, Layout.TABLE_INFO_SIZE, scratch.reply), scratch);
      tables.add(TableInfo.of(scratch));
    }
    return List.copyOf(tables);
  }
}
