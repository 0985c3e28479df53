package io.stele;

/**
 * Where a subscription begins.
 *
 * <pre>{@code
 * db.subscribe(query, SubscribeOptions.fromStart());
 * db.subscribe(query, SubscribeOptions.fromStart().after(position));
 * db.subscribe(query, SubscribeOptions.fromStart().token(stored));
 * db.subscribe(query, SubscribeOptions.newEvents());
 * }</pre>
 *
 * @param after begins behind this position; 0: with the first event
 * @param token null, or what {@link Subscription#token()} gave: begins there
 * @param isNewOnly begins behind the last durable event; the other two are not set then
 */
public record SubscribeOptions(long after, byte[] token, boolean isNewOnly) {
  static final int NEW = 1;

  private static final SubscribeOptions START = new SubscribeOptions(0, null, false);

  /**
   * Begins with the first event.
   *
   * @return these options
   */
  public static SubscribeOptions fromStart() {
    return START;
  }

  /**
   * Begins behind the last durable event.
   *
   * @return these options
   */
  public static SubscribeOptions newEvents() {
    return new SubscribeOptions(0, null, true);
  }

  /**
   * Begins behind a position.
   *
   * @param position the position
   * @return these options with that
   */
  public SubscribeOptions after(long position) {
    return new SubscribeOptions(position, token, isNewOnly);
  }

  /**
   * Begins where an earlier subscription was.
   *
   * @param token what its {@link Subscription#token()} gave; null: from the start
   * @return these options with that
   */
  public SubscribeOptions token(byte[] token) {
    return new SubscribeOptions(after, token, isNewOnly);
  }
}
