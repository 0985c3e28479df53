package io.stele;

/** Makes the result of a commit out of what the library has answered. */
final class Commits {
  private static final int CONFLICT = 1;
  private static final int NOT_FOUND = 2;
  private static final int EXISTS = 5;
  private static final int KEY_REUSED = 6;

  private Commits() {}

  /** Requires: the struct in `scratch` is a stele_commit_result. Throws what is an error. */
  static CommitResult of(int status, Scratch scratch) {
    switch (status) {
      case 0:
        return new CommitResult.Committed(scratch.structLong(Layout.COMMIT_RESULT_TSN),
            scratch.structLong(Layout.COMMIT_RESULT_FIRST_POSITION),
            scratch.structLong(Layout.COMMIT_RESULT_LAST_POSITION),
            scratch.structInt(Layout.COMMIT_RESULT_EVENT_COUNT),
            Times.instant(scratch.structLong(Layout.COMMIT_RESULT_RECORDED)),
            scratch.structInt(Layout.COMMIT_RESULT_REPEATED) != 0);
      case CONFLICT:
        return new CommitResult.Conflict(scratch.errorGuard(), scratch.errorPosition(),
            scratch.errorSequence(), scratch.message());
      case EXISTS:
        return new CommitResult.Exists(scratch.errorPosition(), scratch.message());
      case NOT_FOUND:
        return new CommitResult.NotFound(scratch.message());
      case KEY_REUSED:
        return new CommitResult.KeyReused(scratch.errorPosition(), scratch.message());
      default:
        throw SteleException.of(status, scratch);
    }
  }
}
