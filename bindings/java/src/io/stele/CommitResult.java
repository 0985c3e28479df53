package io.stele;

import java.time.Instant;

/**
 * What became of a commit. Nothing was written unless it is {@link Committed}; the other four are
 * outcomes that a correct program expects.
 *
 * <pre>{@code
 * CommitResult result = batch.commit();
 * if (result instanceof CommitResult.Conflict conflict) {
 *   System.out.println("taken by event " + conflict.position());
 * }
 * }</pre>
 */
public sealed interface CommitResult {
  /**
   * It is done.
   *
   * @param tsn the number of the commit: 1, 2, 3 ...
   * @param firstPosition of its first event; 0 when the batch held no event
   * @param lastPosition of its last event; 0 when the batch held no event
   * @param eventCount how many events it has
   * @param recorded when it was committed
   * @param repeated this is the result of an earlier commit of the same batch
   */
  record Committed(long tsn, long firstPosition, long lastPosition, int eventCount,
      Instant recorded, boolean repeated) implements CommitResult {}

  /**
   * A guard does not hold.
   *
   * @param guard the index of the first that does not, in the order in which the batch got them
   * @param position the event, or tracked position, that stands in the way
   * @param sequence of an expected version, the one that the entity has; else 0
   * @param message says it for people
   */
  record Conflict(int guard, long position, long sequence, String message)
      implements CommitResult {}

  /**
   * An id of the batch is in the database already, or a table of a name that the batch gives.
   *
   * @param position the event that has the id; 0: it is about a table
   * @param message says it for people
   */
  record Exists(long position, String message) implements CommitResult {}

  /**
   * A table of the batch was dropped.
   *
   * @param message says it for people
   */
  record NotFound(String message) implements CommitResult {}

  /**
   * The idempotency key was used for a different batch.
   *
   * @param position the first event of the commit that used it
   * @param message says it for people
   */
  record KeyReused(long position, String message) implements CommitResult {}

  /**
   * Tells whether it is done.
   *
   * @return true: it is a {@link Committed}
   */
  default boolean isCommitted() {
    return this instanceof Committed;
  }

  /**
   * Returns the status.
   *
   * @return OK, CONFLICT, EXISTS, NOT_FOUND or KEY_REUSED
   */
  default Status status() {
    if (this instanceof Conflict) return Status.CONFLICT;
    if (this instanceof Exists) return Status.EXISTS;
    if (this instanceof NotFound) return Status.NOT_FOUND;
    return this instanceof KeyReused ? Status.KEY_REUSED : Status.OK;
  }

  /**
   * Returns where the commit is, for who expects nothing to stand in its way.
   *
   * @return this
   * @throws SteleException CONFLICT, EXISTS, NOT_FOUND, KEY_REUSED: it is not done
   */
  default Committed orThrow() {
    if (this instanceof Conflict it) {
      throw new SteleException(Status.CONFLICT, it.message, it.position, it.sequence, 0, it.guard,
          0);
    }
    if (this instanceof Exists it) {
      throw new SteleException(Status.EXISTS, it.message, it.position, 0, 0,
          SteleException.NO_GUARD, 0);
    }
    if (this instanceof NotFound it) throw new SteleException(Status.NOT_FOUND, it.message);
    if (this instanceof KeyReused it) {
      throw new SteleException(Status.KEY_REUSED, it.message, it.position, 0, 0,
          SteleException.NO_GUARD, 0);
    }
    return (Committed) this;
  }
}
