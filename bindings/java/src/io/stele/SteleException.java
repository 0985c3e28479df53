package io.stele;

/**
 * An error of the database: a status below 0. Conflicts and other outcomes that a correct program
 * expects are results and not thrown, but where a method says so: by
 * {@link Stele#open(java.nio.file.Path)}, which has nothing to return then, by
 * {@link CommitResult#orThrow()}, or by {@link Table#scan()} of a table that was dropped.
 */
public class SteleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The value of {@link #guard()} where no guard is meant. */
  public static final int NO_GUARD = -1;

  /** What went wrong. */
  private final Status status;
  /** See {@link #position()}. */
  private final long position;
  /** See {@link #sequence()}. */
  private final long sequence;
  /** See {@link #offset()}. */
  private final long offset;
  /** See {@link #guard()}. */
  private final int guard;
  /** See {@link #osErrno()}. */
  private final int osErrno;

  SteleException(Status status, String message) {
    this(status, message, 0, 0, 0, NO_GUARD, 0);
  }

  SteleException(Status status, String message, long position, long sequence, long offset,
      int guard, int osErrno) {
    super(message);
    this.status = status;
    this.position = position;
    this.sequence = sequence;
    this.offset = offset;
    this.guard = guard;
    this.osErrno = osErrno;
  }

  /** Makes the exception for what a call has written into its reply. */
  static SteleException of(int status, Scratch scratch) {
    return new SteleException(Status.of(status), scratch.message(), scratch.errorPosition(),
        scratch.errorSequence(), scratch.errorOffset(), scratch.errorGuard(),
        scratch.errorOsErrno());
  }

  /**
   * Makes the exception for a refused event that was the only one of its call: which record it was
   * says nothing then.
   */
  static SteleException ofOnly(int status, Scratch scratch) {
    return new SteleException(Status.of(status),
        scratch.message().replace("record 0 at byte 0: ", ""), scratch.errorPosition(),
        scratch.errorSequence(), scratch.errorOffset(), scratch.errorGuard(),
        scratch.errorOsErrno());
  }

  /** Throws the error of a call; returns its status otherwise, 0 or above. */
  static int check(int status, Scratch scratch) {
    if (status < 0) throw of(status, scratch);
    return status;
  }

  static SteleException invalid(String message) {
    return new SteleException(Status.INVALID, message);
  }

  static SteleException tooLarge(String message) {
    return new SteleException(Status.TOO_LARGE, message);
  }

  /**
   * Returns what went wrong.
   *
   * @return the status
   */
  public Status status() {
    return status;
  }

  /**
   * Returns the position that the message is about: {@link Status#CONFLICT}, the event, or tracked
   * position, that stands in the way; {@link Status#EXISTS}, the event that has the id;
   * {@link Status#KEY_REUSED}, the first event of the commit that used the key;
   * {@link Status#INVALID} for a place beyond the last event, that one; {@link Status#CORRUPT}
   * found by a verification, the first bad event.
   *
   * @return the position, or 0
   */
  public long position() {
    return position;
  }

  /**
   * Returns, of a {@link Status#CONFLICT} of an expected version, the version that the entity has.
   *
   * @return the sequence, or 0
   */
  public long sequence() {
    return sequence;
  }

  /**
   * Returns the offset in the file or the bytes that the message names.
   *
   * @return the offset in bytes, or 0
   */
  public long offset() {
    return offset;
  }

  /**
   * Returns the index of the guard in the batch that does not hold, or is wrong.
   *
   * @return the index, or {@link #NO_GUARD}
   */
  public int guard() {
    return guard;
  }

  /**
   * Returns the error number of the operating system.
   *
   * @return the number, or 0
   */
  public int osErrno() {
    return osErrno;
  }
}
