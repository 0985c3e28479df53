package io.stele;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/**
 * Which events to read. A query is a list of items and matches an event that any item matches. An
 * item names values for fields of an event, and matches an event
 *
 * <ul>
 *   <li>whose type is one of the item's types, or in one of its categories,
 *   <li>whose tags include all tags of the item,
 *   <li>whose entity is one of the item's entities, or begins with one of its entity prefixes,
 *   <li>whose scope, correlation id and causation id is one of the item's,
 *   <li>whose time and position are in the item's ranges,
 * </ul>
 *
 * where a field of which the item names nothing asks for nothing. So an item that names nothing
 * matches every event, and so does a query without items.
 *
 * <pre>{@code
 * Query.type("OrderPlaced").type("OrderPaid")    // (OrderPlaced or OrderPaid) and
 *     .tag("customer:7")                         // the tag customer:7,
 *     .or().entityPrefix("invoice/")             // or anything of entities in invoice/
 *     .build();
 * }</pre>
 *
 * What is wrong with a query (a text that is empty, a range that ends before it starts) is said by
 * the method that uses it: INVALID, or TOO_LARGE for more than 1,024 items or values of a field. A
 * query may be used by any number of threads. Two are equal that name the same in the same order.
 */
public final class Query {
  private static final Query ALL = new Query(new byte[0], 0);

  final byte[] bytes;
  final int items;

  private Query(byte[] bytes, int items) {
    this.bytes = bytes;
    this.items = items;
  }

  /**
   * Returns the query of all events.
   *
   * @return it
   */
  public static Query all() {
    return ALL;
  }

  /**
   * Begins a query with its first item, which names nothing yet.
   *
   * @return its builder
   */
  public static Builder item() {
    return new Builder().or();
  }

  /**
   * Begins a query that asks for a type.
   *
   * @param type one of the types of the first item
   * @return its builder
   */
  public static Builder type(String type) {
    return item().type(type);
  }

  /**
   * Begins a query that asks for a tag.
   *
   * @param tag a tag of the first item
   * @return its builder
   */
  public static Builder tag(String tag) {
    return item().tag(tag);
  }

  /**
   * Begins a query that asks for an entity.
   *
   * @param entity one of the entities of the first item
   * @return its builder
   */
  public static Builder entity(String entity) {
    return item().entity(entity);
  }

  /**
   * Makes a query of its bytes (docs/format.md, "Query").
   *
   * @param bytes what {@link #encode()} of a binding in any language has given
   * @return the query; whether the bytes are sound is said by the method that uses it
   * @throws SteleException INVALID: they are too few to be any query
   */
  public static Query decode(byte[] bytes) {
    if (bytes.length < Builder.HEAD_SIZE) {
      throw SteleException.invalid("query: of " + bytes.length + " bytes");
    }
    int items = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    return new Query(bytes.clone(), items);
  }

  /**
   * Returns the bytes of the query (docs/format.md, "Query").
   *
   * @return a copy
   */
  public byte[] encode() {
    return this == ALL ? new Builder().build().bytes : bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Query it && Arrays.equals(encode(), it.encode());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encode());
  }

  @Override
  public String toString() {
    return "Query[" + items + " items, " + bytes.length + " bytes]";
  }

  /** Collects what a query asks for, item by item. Belongs to one thread at a time. */
  public static final class Builder {
    private static final int HEAD_SIZE = 8;
    private static final int TYPE = 1;
    private static final int TAG = 2;
    private static final int ENTITY = 3;
    private static final int CATEGORY = 4;
    private static final int SCOPE = 5;
    private static final int CORRELATION = 7;
    private static final int CAUSATION = 8;
    private static final int ENTITY_PREFIX = 16;
    private static final int TIME_RANGE = 17;
    private static final int POSITION_RANGE = 18;
    private static final int U16_MAX = 65_535;

    private ByteBuffer to = allocate(128);
    private int items;
    /** Where the item begins, and its number of fields is. */
    private int item;
    private int fields;

    private Builder() {
      to.put((byte) 1).put((byte) 0).putShort((short) 0).putInt(0);
    }

    private static ByteBuffer allocate(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Starts the next item; what follows adds to it.
     *
     * @return this
     */
    public Builder or() {
      room(4);
      item = to.position();
      fields = 0;
      to.putInt(0);
      to.putInt(4, ++items);
      return this;
    }

    /**
     * Asks for a type: the event has one of those named.
     *
     * @param type the type
     * @return this
     */
    public Builder type(String type) {
      return text(TYPE, type);
    }

    /**
     * Asks for a category: what stands before the first '.' of a type, "order" of
     * "order.placed.v2". A type without a '.' is a category of its own.
     *
     * @param category the category
     * @return this
     */
    public Builder category(String category) {
      return text(CATEGORY, category);
    }

    /**
     * Asks for a tag: the event has all of those named.
     *
     * @param tag the tag
     * @return this
     */
    public Builder tag(String tag) {
      return text(TAG, tag);
    }

    /**
     * Asks for an entity: the event is of one of those named.
     *
     * @param entity the entity
     * @return this
     */
    public Builder entity(String entity) {
      return text(ENTITY, entity);
    }

    /**
     * Asks for entities that begin with a text.
     *
     * @param prefix the text
     * @return this
     */
    public Builder entityPrefix(String prefix) {
      return text(ENTITY_PREFIX, prefix);
    }

    /**
     * Asks for a scope: the event has one of those named.
     *
     * @param scope the scope
     * @return this
     */
    public Builder scope(String scope) {
      return text(SCOPE, scope);
    }

    /**
     * Asks for a correlation id: the event has one of those named.
     *
     * @param id the id
     * @return this
     */
    public Builder correlation(UUID id) {
      return id(CORRELATION, id);
    }

    /**
     * Asks for a causation id: the event has one of those named.
     *
     * @param id the id
     * @return this
     */
    public Builder causation(UUID id) {
      return id(CAUSATION, id);
    }

    /**
     * Asks for events whose own time is in a range, in place of an earlier one. For the time of
     * their commit, see {@link Stele#positionAt(Instant)}.
     *
     * @param from the first time
     * @param to the first time that is not in it any more
     * @return this
     * @throws SteleException INVALID: a time beyond 64 bits of microseconds
     */
    public Builder time(Instant from, Instant to) {
      return range(TIME_RANGE, Times.micros(from), Times.micros(to));
    }

    /**
     * Asks for positions in a range, in place of an earlier one.
     *
     * @param from the first position
     * @param to the first position that is not in it any more
     * @return this
     */
    public Builder positions(long from, long to) {
      return range(POSITION_RANGE, from, to);
    }

    /**
     * Makes the query.
     *
     * @return it
     */
    public Query build() {
      return new Query(Arrays.copyOf(to.array(), to.position()), items);
    }

    private Builder text(int kind, String text) {
      byte[] bytes = Utf8.bytes(Objects.requireNonNull(text));
      if (bytes.length > U16_MAX) {
        throw SteleException.tooLarge("query: a text of " + bytes.length + " bytes");
      }
      field(kind, bytes.length);
      to.put(bytes);
      return this;
    }

    private Builder id(int kind, UUID id) {
      field(kind, RecordLayout.ID_SIZE);
      RecordWriter.putId(to.array(), to.position(), id);
      to.position(to.position() + RecordLayout.ID_SIZE);
      return this;
    }

    private Builder range(int kind, long from, long to) {
      field(kind, 16);
      this.to.putLong(from).putLong(to);
      return this;
    }

    private void field(int kind, int size) {
      if (items == 0) or();
      room(4 + size);
      to.putShort((short) kind).putShort((short) size);
      to.putInt(item, ++fields);
    }

    private void room(int size) {
      if (to.remaining() >= size) return;
      ByteBuffer larger = allocate(Math.max(2 * to.capacity(), to.position() + size));
      larger.put(to.flip());
      to = larger;
    }
  }
}
