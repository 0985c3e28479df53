package io.stele;

/**
 * How far a compaction is.
 *
 * @param bytesBefore of the file of pages, when it began
 * @param bytesNow of that file now
 * @param bytesLive what is not free in it: it becomes no smaller than that
 * @param pagesMoved so far
 */
public record CompactProgress(long bytesBefore, long bytesNow, long bytesLive, long pagesMoved) {
  static CompactProgress of(Scratch scratch) {
    return new CompactProgress(scratch.structLong(Layout.COMPACT_PROGRESS_BYTES_BEFORE),
        scratch.structLong(Layout.COMPACT_PROGRESS_BYTES_NOW),
        scratch.structLong(Layout.COMPACT_PROGRESS_BYTES_LIVE),
        scratch.structLong(Layout.COMPACT_PROGRESS_PAGES_MOVED));
  }
}
