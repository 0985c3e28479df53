package io.stele;

/**
 * How far a verification is.
 *
 * @param bytesDone log bytes read back and checked ...
 * @param bytesTotal ... of so many
 * @param commits checked so far
 * @param events checked so far
 * @param root 32 bytes: the chained root of the last commit checked. Keep it elsewhere, and a later
 *     verification that passes through the same root proves that nothing before it was changed
 */
public record VerifyProgress(long bytesDone, long bytesTotal, long commits, long events,
    byte[] root) {
  static VerifyProgress of(Scratch scratch) {
    return new VerifyProgress(scratch.structLong(Layout.VERIFY_PROGRESS_BYTES_DONE),
        scratch.structLong(Layout.VERIFY_PROGRESS_BYTES_TOTAL),
        scratch.structLong(Layout.VERIFY_PROGRESS_COMMITS),
        scratch.structLong(Layout.VERIFY_PROGRESS_EVENTS),
        scratch.structBytes(Layout.VERIFY_PROGRESS_ROOT, 32));
  }
}
