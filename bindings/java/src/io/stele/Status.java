package io.stele;

/**
 * What became of a call. Codes are those of the C API: 0 is success, above 0 are outcomes that a
 * correct program expects, below 0 are errors. Methods return outcomes as values and throw errors
 * as {@link SteleException}.
 */
public enum Status {
  /** Success. */
  OK(0),
  /** A guard of the batch does not hold; nothing was written. */
  CONFLICT(1),
  /** There is no such thing. */
  NOT_FOUND(2),
  /** Nothing more to return. */
  END(3),
  /** The time given to wait has passed. */
  TIMEOUT(4),
  /** It is there already. */
  EXISTS(5),
  /** The idempotency key was used for a different batch. */
  KEY_REUSED(6),
  /** Ahead of what has been applied so far. */
  NOT_YET(7),
  /** More room is needed. Never seen by callers of this package. */
  BUFFER_TOO_SMALL(8),

  /** An argument is wrong; the caller must change it. */
  INVALID(-1),
  /** The operating system failed; {@link SteleException#osErrno()} says how. */
  IO(-2),
  /** No room on the device; try again when there is. */
  FULL(-3),
  /** Stored bytes are damaged. */
  CORRUPT(-4),
  /** Another process or handle has the database open. */
  BUSY(-5),
  /** This handle cannot write (any more). */
  READ_ONLY(-6),
  /** What is needed has been given up. */
  TOO_OLD(-7),
  /** Beyond a documented limit. */
  TOO_LARGE(-8),
  /** Valid, but this library cannot do it. */
  UNSUPPORTED(-9),
  /** The commit may or may not survive; reopen to find out. */
  OUTCOME_UNKNOWN(-10),
  /** Memory could not be allocated. */
  NO_MEMORY(-11),
  /** The object, or the database behind it, is closed. */
  CLOSED(-12),
  /** A defect in Stele. Please report it. */
  INTERNAL(-13);

  private static final Status[] ALL = values();

  private final int code;

  Status(int code) {
    this.code = code;
  }

  /**
   * Returns the number of this status in the C API.
   *
   * @return the number; it never changes
   */
  public int code() {
    return code;
  }

  /**
   * Returns the status of a number. One that this version does not know is {@link #INTERNAL}.
   *
   * @param code a number of the C API
   * @return its status
   */
  public static Status of(int code) {
    for (Status status : ALL) {
      if (status.code == code) return status;
    }
    return INTERNAL;
  }
}
