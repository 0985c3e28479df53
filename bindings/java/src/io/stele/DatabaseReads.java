package io.stele;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What is read of a database: the part of {@link Stele} that asks. Users see its methods there.
 */
abstract sealed class DatabaseReads extends DatabaseTransactions permits Stele {
  private static final int OK = 0;
  private static final int NOT_FOUND = 2;
  private static final int TOO_SMALL = 8;

  DatabaseReads(NativeDb db) {
    super(db);
  }

  // ---- Reading ---------------------------------------------------------------------------------

  /**
   * Reads all events, as of now.
   *
   * @return the events, in batches from the library. Close the stream if it is not read to its end
   */
  public Stream<Event> read() {
    return cursor(Query.all()).stream();
  }

  /**
   * Reads the events that match a query, as of now: every commit that returned before this call,
   * and none that comes later.
   *
   * @param query which events
   * @return the events, as {@link #read()}
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public Stream<Event> read(Query query) {
    return cursor(query).stream();
  }

  /**
   * Reads some of the events that match a query, as of now.
   *
   * @param query which events
   * @param options from where, in which direction, how many
   * @return the events, as {@link #read()}
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public Stream<Event> read(Query query, ReadOptions options) {
    return cursor(query, options).stream();
  }

  /**
   * As {@link #read(Query)}, for who looks at events without making objects of them.
   *
   * @param query which events
   * @return a cursor, to be closed
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public Cursor cursor(Query query) {
    return cursor(query, ReadOptions.forward());
  }

  /**
   * As {@link #read(Query, ReadOptions)}, for who looks at events without making objects of them.
   *
   * @param query which events
   * @param options from where, in which direction, how many
   * @return a cursor, to be closed
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public Cursor cursor(Query query, ReadOptions options) {
    Scratch scratch = Scratch.get();
    return cursor(db.read(scratch.put(query.bytes), query.bytes.length, options.flags(),
        options.start(), options.limit(), scratch.reply), scratch);
  }

  private Cursor cursor(NativeCursor cursor, Scratch scratch) {
    if (cursor == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Cursor(cursor, this);
  }

  /**
   * Reads the events of an entity. One without events has nothing to read.
   *
   * @param entity the entity
   * @param options as for any read, but that their start is a sequence and not a position
   * @return a cursor, to be closed
   * @throws SteleException INVALID (the entity)
   */
  public Cursor streamCursor(String entity, ReadOptions options) {
    byte[] name = Utf8.bytes(entity);
    Scratch scratch = Scratch.get();
    return cursor(db.stream_read(scratch.put(name), name.length, options.flags(), options.start(),
        options.limit(), scratch.reply), scratch);
  }

  /**
   * Reads the events of an entity.
   *
   * @param entity the entity
   * @return the events, as {@link #read()}
   * @throws SteleException INVALID (the entity)
   */
  public Stream<Event> readStream(String entity) {
    return streamCursor(entity, ReadOptions.forward()).stream();
  }

  /**
   * Returns what there is to say of the stream of an entity.
   *
   * @param entity the entity
   * @return its version, and more; empty: it has no event
   * @throws SteleException INVALID (the entity)
   */
  public Optional<StreamInfo> stream(String entity) {
    byte[] name = Utf8.bytes(entity);
    Scratch scratch = Scratch.get();
    int status = db.stream_get(scratch.put(name), name.length, scratch.struct,
        Layout.STREAM_INFO_SIZE, scratch.reply);
    if (SteleException.check(status, scratch) == NOT_FOUND) return Optional.empty();
    return Optional.of(new StreamInfo(scratch.structLong(Layout.STREAM_INFO_SEQUENCE),
        scratch.structLong(Layout.STREAM_INFO_FIRST_POSITION),
        scratch.structLong(Layout.STREAM_INFO_LAST_POSITION),
        scratch.structBytes(Layout.STREAM_INFO_HASH, 32)));
  }

  /**
   * Walks from an event to others.
   *
   * @param position the event to begin with
   * @param kind where to
   * @return the events, with that one; empty: there is no event at the position
   * @throws SteleException CORRUPT (the chain of an entity is broken)
   */
  public Optional<Cursor> walk(long position, WalkKind kind) {
    Scratch scratch = Scratch.get();
    NativeCursor cursor = db.walk(position, kind.code, scratch.reply);
    if (cursor != null) return Optional.of(new Cursor(cursor, this));
    SteleException.check(scratch.errorStatus(), scratch);
    return Optional.empty();
  }

  // ---- Single events ---------------------------------------------------------------------------

  /** Has the library write bytes of any size. Returns the status. */
  interface Fetch {
    int fetch(long input, long output, int capacity, Scratch scratch);
  }

  /**
   * Calls `fetch` with its input at the front of the buffer, until there is room for the output
   * behind it. Returns the status; on OK, value 0 is the size of the output, which begins at
   * outputOf(input).
   */
  static int fetch(byte[] input, Scratch scratch, Fetch fetch) {
    int start = outputOf(input);
    scratch.data(start + 8192L);
    for (;;) {
      long address = scratch.put(input);
      int status = fetch.fetch(address, address + start, scratch.capacity() - start, scratch);
      if (status != TOO_SMALL) return SteleException.check(status, scratch);
      scratch.data(start + scratch.value(0));
    }
  }

  static int outputOf(byte[] input) {
    return input.length + 7 & ~7;
  }

  static byte[] output(byte[] input, Scratch scratch) {
    byte[] bytes = new byte[(int) scratch.value(0)];
    scratch.data().get(outputOf(input), bytes);
    return bytes;
  }

  static final byte[] NO_BYTES = {};

  private static Optional<Event> event(byte[] input, Fetch fetch) {
    Scratch scratch = Scratch.get();
    try {
      if (fetch(input, scratch, fetch) != OK) return Optional.empty();
      EventView view = scratch.view();
      view.stand(scratch.data(), outputOf(input));
      Event event = view.toEvent();
      view.standNowhere();
      return Optional.of(event);
    } finally {
      scratch.trim();
    }
  }

  /**
   * Returns the event at a position.
   *
   * @param position its position
   * @return the event; empty: there is none (yet)
   */
  public Optional<Event> get(long position) {
    return event(NO_BYTES, (input, output, capacity, scratch) ->
        db.get(position, output, capacity, scratch.reply));
  }

  /**
   * Returns the event that has an id.
   *
   * @param id its id
   * @return the event; empty: there is none
   */
  public Optional<Event> get(UUID id) {
    byte[] bytes = new byte[RecordLayout.ID_SIZE];
    RecordWriter.putId(bytes, 0, id);
    return event(bytes, (input, output, capacity, scratch) ->
        db.get_by_id(input, RecordLayout.ID_SIZE, output, capacity, scratch.reply));
  }

  /**
   * Returns the newest event of an entity.
   *
   * @param entity the entity
   * @return the event; empty: it has none
   * @throws SteleException INVALID (the entity)
   */
  public Optional<Event> latest(String entity) {
    byte[] name = Utf8.bytes(entity);
    return event(name, (input, output, capacity, scratch) ->
        db.latest(input, name.length, output, capacity, scratch.reply));
  }

  /**
   * Returns the event at a position as it is encoded, for {@link Receipt#verify(byte[])} and
   * {@link Event#decode(byte[])}.
   *
   * @param position its position
   * @return the record; empty: there is no event (yet)
   */
  public Optional<byte[]> record(long position) {
    Scratch scratch = Scratch.get();
    try {
      int status = fetch(NO_BYTES, scratch, (input, output, capacity, same) ->
          db.get(position, output, capacity, same.reply));
      return status == OK ? Optional.of(output(NO_BYTES, scratch)) : Optional.empty();
    } finally {
      scratch.trim();
    }
  }

  /**
   * Reads a part of an event's data: for data that is too large to be taken at once.
   *
   * @param position the event
   * @param offset where the part begins
   * @param size how many bytes to read at most
   * @return as much as there is; empty: there is no event at the position
   * @throws SteleException INVALID: a negative size
   */
  public Optional<DataPart> data(long position, long offset, int size) {
    // The library would take it for a very large one.
    if (size < 0) throw SteleException.invalid("data: a size of " + size);
    Scratch scratch = Scratch.get();
    try {
      scratch.data(size);
      int status = db.data_read(position, offset, scratch.address(), size, scratch.reply);
      if (SteleException.check(status, scratch) == NOT_FOUND) return Optional.empty();
      return Optional.of(new DataPart(output(NO_BYTES, scratch), scratch.value(1)));
    } finally {
      scratch.trim();
    }
  }

  // ---- Questions -------------------------------------------------------------------------------

  /**
   * Returns the position of the last visible event.
   *
   * @return the position; 0 in an empty database
   */
  public long head() {
    Scratch scratch = Scratch.get();
    SteleException.check(db.head(scratch.reply), scratch);
    return scratch.value(0);
  }

  /**
   * Tells whether an event matches a query.
   *
   * @param query the query
   * @return true: one does
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public boolean exists(Query query) {
    Scratch scratch = Scratch.get();
    int status = db.exists(scratch.put(query.bytes), query.bytes.length, scratch.reply);
    return SteleException.check(status, scratch) == OK;
  }

  /**
   * Counts the events that match a query. Takes time linear in their number, or in the history
   * where a query has ranges or prefixes only.
   *
   * @param query the query
   * @return how many
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public long count(Query query) {
    Scratch scratch = Scratch.get();
    SteleException.check(
        db.count(scratch.put(query.bytes), query.bytes.length, scratch.reply), scratch);
    return scratch.value(0);
  }

  /**
   * Returns for each item of a query the position of the last event that matches it, all as of the
   * same moment.
   *
   * @param query the query; one without items counts as one item
   * @return a position for each item; 0: nothing matches it
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public long[] last(Query query) {
    byte[] bytes = query.bytes;
    // A decoded query may claim any number of items; the library says that it lies.
    int items = Math.min(Math.max(query.items, 1), bytes.length + 1);
    Scratch scratch = Scratch.get();
    int start = outputOf(bytes);
    scratch.data(start + 8L * items);
    long address = scratch.put(bytes);
    SteleException.check(
        db.last(address, bytes.length, address + start, 8L * items, scratch.reply), scratch);
    long[] positions = new long[items];
    for (int i = 0; i < items; ++i) positions[i] = scratch.data().getLong(start + 8 * i);
    return positions;
  }

  /**
   * Returns the position of the last event that was recorded at a time or before.
   *
   * @param time the time
   * @return the position; 0: there is none
   * @throws SteleException INVALID: a time beyond 64 bits of microseconds
   */
  public long positionAt(Instant time) {
    Scratch scratch = Scratch.get();
    SteleException.check(db.position_at(Times.micros(time), scratch.reply), scratch);
    return scratch.value(0);
  }

  /**
   * Returns how far a source was worked off ({@link Batch#track(String, long)}).
   *
   * @param source its name
   * @return the recorded position; empty: there is none
   * @throws SteleException INVALID (the name)
   */
  public OptionalLong tracked(String source) {
    byte[] name = Utf8.bytes(source);
    Scratch scratch = Scratch.get();
    int status = db.tracked(scratch.put(name), name.length, scratch.reply);
    if (SteleException.check(status, scratch) == NOT_FOUND) return OptionalLong.empty();
    return OptionalLong.of(scratch.value(0));
  }

  /**
   * Lists the terms of a kind, as of now.
   *
   * @param kind which terms
   * @param prefix what they begin with; empty: all
   * @return the terms in bytewise order. Close the stream if it is not read to its end
   * @throws SteleException INVALID, TOO_LARGE (the prefix)
   */
  public Stream<Term> terms(TermKind kind, String prefix) {
    byte[] bytes = Utf8.bytes(prefix);
    Scratch scratch = Scratch.get();
    NativeTerms terms =
        db.terms(kind.code, scratch.put(bytes), bytes.length, scratch.reply);
    if (terms == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Terms(terms, this).stream();
  }

  // ---- Following -------------------------------------------------------------------------------

  /**
   * Follows the events that match a query, from the first one on.
   *
   * @param query which events
   * @return the subscription, to be closed
   * @throws SteleException INVALID, TOO_LARGE (the query)
   */
  public Subscription subscribe(Query query) {
    return subscribe(query, SubscribeOptions.fromStart());
  }

  /**
   * Follows the events that match a query.
   *
   * @param query which events
   * @param options where to begin
   * @return the subscription, to be closed
   * @throws SteleException INVALID: the token is of another database, or of a history that this one
   *     does not have (it was restored from an older backup); `after` is beyond the last durable
   *     event; more than one of the options is set
   */
  public Subscription subscribe(Query query, SubscribeOptions options) {
    byte[] bytes = query.bytes;
    byte[] token = options.token() == null ? NO_BYTES : options.token();
    Scratch scratch = Scratch.get();
    scratch.data((long) bytes.length + token.length).put(0, bytes).put(bytes.length, token);
    long address = scratch.address();
    NativeSubscription subscription = db.subscribe(address, bytes.length,
        options.isNewOnly() ? SubscribeOptions.NEW : 0, options.after(), address + bytes.length,
        token.length, scratch.reply);
    if (subscription == null) throw SteleException.of(scratch.errorStatus(), scratch);
    return new Subscription(subscription, this);
  }
}
