package io.stele;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * An event to append. It says what it says for good and may be used by any number of threads.
 *
 * <pre>{@code
 * NewEvent sold = NewEvent.of("BookSold").tag("book:dune").tag("customer:7")
 *     .data("{\"price\": 12}").build();
 * db.append(sold);
 * }</pre>
 *
 * What no event can say (half of a surrogate pair, an empty text in a list) is said by build();
 * what is beyond a limit, or against a rule, by the method that appends the event or adds it to a
 * batch. Text is UTF-8 without NUL, of 1 to 512 bytes, where nothing else is said.
 */
public final class NewEvent {
  private static final byte[] NO_BYTES = {};

  private final String type;
  private final String entity;
  /** The record of the event up to its data, its data, and what follows: see RecordWriter. */
  final byte[] front;
  final byte[] data;
  final byte[] metadata;

  private NewEvent(Builder from) {
    type = from.type;
    entity = from.entity;
    data = from.data;
    metadata = RecordWriter.metadata(from.keys, from.values);
    front = RecordWriter.front(from, metadata.length);
  }

  /**
   * Begins an event.
   *
   * @param type what happened
   * @return its builder
   */
  public static Builder of(String type) {
    return new Builder(type);
  }

  /**
   * Returns what happened.
   *
   * @return the type
   */
  public String type() {
    return type;
  }

  @Override
  public String toString() {
    return "NewEvent[" + type + (entity == null ? "" : ", " + entity) + ", " + data.length
        + " bytes]";
  }

  /** Collects what an event says. Belongs to one thread at a time; may go on after build(). */
  public static final class Builder {
    final String type;
    String entity;
    String scope;
    boolean hasTime;
    long time;
    UUID id;
    UUID correlationId;
    UUID causationId;
    List<String> tags;
    List<String> keys;
    List<byte[]> values;
    byte[] data = NO_BYTES;

    private Builder(String type) {
      this.type = Objects.requireNonNull(type, "type");
    }

    /**
     * Sets whose stream the event belongs to.
     *
     * @param entity the entity; null or empty: none
     * @return this
     */
    public Builder entity(String entity) {
      this.entity = entity;
      return this;
    }

    /**
     * Sets a further attribute, such as a tenant.
     *
     * @param scope the scope; null or empty: none
     * @return this
     */
    public Builder scope(String scope) {
      this.scope = scope;
      return this;
    }

    /**
     * Adds a tag. Tags are a set: duplicates merge, order is lost.
     *
     * @param tag the tag; at most 256 of an event
     * @return this
     */
    public Builder tag(String tag) {
      Objects.requireNonNull(tag, "tag");
      if (tags == null) tags = new ArrayList<>(4);
      tags.add(tag);
      return this;
    }

    /**
     * Adds tags.
     *
     * @param tags the tags
     * @return this
     */
    public Builder tags(Iterable<String> tags) {
      for (String tag : tags) tag(tag);
      return this;
    }

    /**
     * Sets the payload.
     *
     * @param data at most 64 MiB. The array is not copied: do not change it before the event is
     *     appended
     * @return this
     */
    public Builder data(byte[] data) {
      this.data = Objects.requireNonNull(data, "data");
      return this;
    }

    /**
     * Sets the payload to a text, as UTF-8.
     *
     * @param text the text
     * @return this
     * @throws SteleException INVALID: half of a surrogate pair
     */
    public Builder data(String text) {
      return data(Utf8.bytes(text));
    }

    /**
     * Adds a pair of metadata. Their order is kept, and keys must differ.
     *
     * @param key 1 to 65,535 bytes of UTF-8 without NUL
     * @param value at most 65,535 bytes; not copied
     * @return this
     */
    public Builder metadata(String key, byte[] value) {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(value, "value");
      if (keys == null) {
        keys = new ArrayList<>(4);
        values = new ArrayList<>(4);
      }
      keys.add(key);
      values.add(value);
      return this;
    }

    /**
     * Adds a pair of metadata whose value is text, as UTF-8.
     *
     * @param key as above
     * @param value the text
     * @return this
     * @throws SteleException INVALID: half of a surrogate pair
     */
    public Builder metadata(String key, String value) {
      return metadata(key, Utf8.bytes(value));
    }

    /**
     * Sets the caller's own time. Without, it is that of the commit.
     *
     * @param time any time within 64 bits of microseconds; parts of a microsecond are dropped.
     *     Null: none
     * @return this
     * @throws SteleException INVALID: it is beyond that
     */
    public Builder time(Instant time) {
      hasTime = time != null;
      this.time = hasTime ? Times.micros(time) : 0;
      return this;
    }

    /**
     * Sets the id of the event, unique in its database. Without, a UUID of version 7 is made.
     *
     * @param id the id; null: one is made
     * @return this
     */
    public Builder id(UUID id) {
      this.id = id;
      return this;
    }

    /**
     * Sets what the event belongs to, with others.
     *
     * @param id the correlation id; null: none
     * @return this
     */
    public Builder correlation(UUID id) {
      correlationId = id;
      return this;
    }

    /**
     * Sets the id of the event that caused this one.
     *
     * @param id the causation id; null: none
     * @return this
     */
    public Builder causation(UUID id) {
      causationId = id;
      return this;
    }

    /**
     * Makes the event.
     *
     * @return it
     * @throws SteleException INVALID (the type, a tag or a key of metadata is empty; half of a
     *     surrogate pair), TOO_LARGE (more data than 64 MiB; what does not even fit into a record)
     */
    public NewEvent build() {
      return new NewEvent(this);
    }
  }
}
