package io.stele;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done with the projections of a database: a part of {@link Stele}. Users see its methods
 * there.
 */
abstract sealed class DatabaseProjections extends DatabaseTables permits DatabaseTransactions {
  private static final int OK = 0;
  private static final int END = 3;

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
   * Lists the projections that have a table, and rebuilds that are under way.
   *
   * @return by name in bytewise order
   * @throws SteleException CLOSED, CORRUPT, IO
   */
  public List<ProjectionState> projections() {
    List<ProjectionState> all = new ArrayList<>();
    byte[] name = {};
    Scratch scratch = Scratch.get();
    for (;;) {
      int status = db.next_projection(scratch.put(name), name.length, scratch.struct,
          Layout.PROJECTION_STATE_SIZE, scratch.reply);
      if (SteleException.check(status, scratch) == END) return all;
      ProjectionState state = ProjectionState.of(scratch);
      all.add(state);
      name = Utf8.bytes(state.name());
    }
  }

  /**
   * Drops a projection in one commit: its tables with all their rows, its rebuilds with theirs, and
   * how far they have come. One of that name begins with the first event again. With the name of a
   * rebuild that is under way, that one alone. Instances that are open are to be closed.
   *
   * @param name its name
   * @return OK; NOT_FOUND: there is none; CONFLICT: it moves on too fast
   * @throws SteleException INVALID (the name), and those of {@link Batch#commit()}
   */
  public Status dropProjection(String name) {
    byte[] text = Utf8.bytes(name);
    Scratch scratch = Scratch.get();
    int status = db.drop_projection(scratch.put(text), text.length, scratch.reply);
    return Status.of(SteleException.check(status, scratch));
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
