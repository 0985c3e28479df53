package io.stele;

import java.util.Objects;

/**
 * A condition that must hold at the moment of a commit; otherwise nothing is written and the result
 * is a {@link CommitResult.Conflict}. A guard sees the database before the batch, never the batch's
 * own events.
 *
 * <pre>{@code
 * db.append(reserved, Guard.none(Query.tag("seat:12A").build()));
 * db.append(paid, Guard.version("order-1", 3));
 * }</pre>
 */
public sealed interface Guard {
  /** The value of `sequence` that asks for any event of an entity. */
  long SOME = -1;

  /**
   * No event behind a position may match a query.
   *
   * @param query the query
   * @param after 0 looks at the whole history; a position beyond the head is fine (but see
   *     {@link Options.Builder#strictAfter})
   */
  record NoneAfter(Query query, long after) implements Guard {}

  /**
   * The newest event of an entity must have a sequence.
   *
   * @param entity the entity
   * @param sequence 0: it has no event; {@link #SOME}: it has any
   */
  record Version(String entity, long sequence) implements Guard {}

  /**
   * No event may match a query, in all of the history.
   *
   * @param query the query
   * @return the guard
   */
  static Guard none(Query query) {
    return noneAfter(query, 0);
  }

  /**
   * No event behind a position may match a query.
   *
   * @param query the query
   * @param after the position, such as the {@link Cursor#head()} of what the decision has read
   * @return the guard
   */
  static Guard noneAfter(Query query, long after) {
    return new NoneAfter(Objects.requireNonNull(query, "query"), after);
  }

  /**
   * The newest event of an entity must have a sequence.
   *
   * @param entity the entity
   * @param sequence the expected version; 0: the entity has no event; {@link #SOME}: it has any
   * @return the guard
   */
  static Guard version(String entity, long sequence) {
    return new Version(Objects.requireNonNull(entity, "entity"), sequence);
  }
}
