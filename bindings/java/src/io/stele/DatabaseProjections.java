package io.stele;

import java.time.Duration;

/**
 * What is done with the projections of a database: a part of {@link Stele}. Users see its methods
 * there.
 */
abstract sealed class DatabaseProjections extends DatabaseTables permits DatabaseTransactions {
  private static final int OK = 0;

  DatabaseProjections(NativeDb db) {
    super(db);
  }

  /**
   * Opens a projection, which begins behind what is tracked under its name.
   *
   * @param name its name: 1 to 255 bytes of UTF-8 without NUL
   * @param query the events that it follows; it is not stored
   * @return the projection, to be closed
   * @throws SteleException as {@link #projection(String, Query, ProjectionOptions)}
   */
  public Projection projection(String name, Query query) {
    return projection(name, query, ProjectionOptions.defaults());
  }

  /**
   * Opens a projection, which begins behind what is tracked under its name.
   *
   * @param name its name: 1 to 255 bytes of UTF-8 without NUL
   * @param query the events that it follows; it is not stored
   * @param options how
   * @return the projection, to be closed
   * @throws SteleException INVALID (the name, the query), TOO_LARGE (the query), CORRUPT, IO
   */
  public Projection projection(String name, Query query, ProjectionOptions options) {
    byte[] text = Utf8.bytes(name);
    byte[] events = query.bytes;
    Scratch scratch = Scratch.get();
    long address = scratch.put(text, events);
    NativeProjection made = db.projection(address, text.length, address + text.length, events.length,
        options.isRebuild() ? ProjectionOptions.REBUILD : 0, scratch.reply);
    if (made == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Projection(made, this);
  }

  /**
   * Waits until a projection has come to a position: so that who has committed can read what follows
   * from it. Ends within a fifth of a second when the thread is interrupted, whose status stays set.
   *
   * @param name its name
   * @param position the position, as {@link CommitResult.Committed#lastPosition()} says
   * @param timeout how long to wait: zero looks only; {@link Subscription#FOREVER}
   * @return true: it has come there; false: not in time
   * @throws SteleException INVALID (the name), CLOSED
   */
  public boolean waitApplied(String name, long position, Duration timeout) {
    byte[] text = Utf8.bytes(name);
    Scratch scratch = Scratch.get();
    long address = scratch.put(text);
    Slices slices = new Slices(timeout);
    for (;;) {
      int status = db.wait_applied(address, text.length, position, slices.next(), scratch.reply);
      if (SteleException.check(status, scratch) == OK) return true;
      if (slices.areOver()) return false;
    }
  }
}
