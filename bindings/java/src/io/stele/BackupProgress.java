package io.stele;

/**
 * How far a backup is.
 *
 * @param bytesDone copied, or found to be there already ...
 * @param bytesTotal ... of so many
 * @param tsn the backup has every commit up to this one ...
 * @param head ... and every event up to this position
 */
public record BackupProgress(long bytesDone, long bytesTotal, long tsn, long head) {
  static BackupProgress of(Scratch scratch) {
    return new BackupProgress(scratch.structLong(Layout.BACKUP_PROGRESS_BYTES_DONE),
        scratch.structLong(Layout.BACKUP_PROGRESS_BYTES_TOTAL),
        scratch.structLong(Layout.BACKUP_PROGRESS_TSN),
        scratch.structLong(Layout.BACKUP_PROGRESS_HEAD));
  }
}
