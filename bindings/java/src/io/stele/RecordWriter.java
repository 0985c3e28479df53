package io.stele;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Encodes new events as records, straight into the memory from which the library reads them. What
 * the commit fills in stays as it is, for nobody looks at it.
 */
final class RecordWriter {
  private static final int U16_MAX = 65_535;

  private RecordWriter() {}

  /**
   * The most bytes that the record of an event takes.
   *
   * @throws SteleException TOO_LARGE: it has more data than is allowed, which is not worth the
   *     memory
   */
  static long bound(NewEvent event) {
    if (event.data.length > Limits.DATA_MAX) {
      throw SteleException.tooLarge("append: the data has " + event.data.length + " bytes, at most "
          + Limits.DATA_MAX + " are allowed");
    }
    long size = RecordLayout.HEAD_SIZE + 2 * RecordLayout.ID_SIZE + 8;
    size += Utf8.bound(event.type) + event.data.length;
    if (event.entity != null) size += Utf8.bound(event.entity);
    if (event.scope != null) size += Utf8.bound(event.scope);
    for (String tag : event.tags) size += 2 + Utf8.bound(tag);
    for (int i = 0; i < event.metadataKeys.length; ++i) {
      size += 4 + Utf8.bound(event.metadataKeys[i]) + event.metadataValues[i].length;
    }
    return size;
  }

  /**
   * Writes the record of an event at `start`. Requires: bound(event) bytes of room. Returns where
   * it ends.
   *
   * @throws SteleException INVALID, TOO_LARGE: what cannot even be written as a record, or looks
   *     like another one
   */
  static int put(ByteBuffer to, int start, NewEvent event) {
    int at = start + RecordLayout.HEAD_SIZE;
    int flags = event.hasTime ? 0 : RecordLayout.HAS_NO_TIME;
    if (event.correlationId != null) {
      flags |= RecordLayout.HAS_CORRELATION;
      at = putId(to, at, event.correlationId);
    }
    if (event.causationId != null) {
      flags |= RecordLayout.HAS_CAUSATION;
      at = putId(to, at, event.causationId);
    }
    int typeSize = Utf8.put(to, at, event.type);
    if (typeSize == 0) throw SteleException.invalid("append: the event type is empty");
    at += typeSize;
    int entitySize = event.entity == null ? 0 : Utf8.put(to, at, event.entity);
    at += entitySize;
    int scopeSize = event.scope == null ? 0 : Utf8.put(to, at, event.scope);
    at += scopeSize;
    at = putTags(to, at, event.tags);
    int payload = at;
    to.put(at, event.data);
    at += event.data.length;
    int metadata = at;
    at = putMetadata(to, at, event);

    // One word for four fields.
    to.putLong(start + RecordLayout.VERSION, 1 | flags << 8 | (long) fit(typeSize, "type") << 16
        | (long) fit(entitySize, "entity") << 32 | (long) fit(scopeSize, "scope") << 48);
    to.putInt(start + RecordLayout.TAGS,
        fit(event.tags.length, "tags") | fit(event.metadataKeys.length, "metadata") << 16);
    to.putInt(start + RecordLayout.DATA_SIZE, event.data.length);
    to.putInt(start + RecordLayout.METADATA_SIZE, at - metadata);
    to.putInt(start + RecordLayout.KEY_ID, 0);
    to.putLong(start + RecordLayout.TIME, event.time);
    putOptionalId(to, start + RecordLayout.ID, event.id);
    while ((at - start & 7) != 0) to.put(at++, (byte) 0);
    to.putInt(start + RecordLayout.SIZE, at - start);
    to.putInt(start + RecordLayout.PAYLOAD, payload - start);
    return at;
  }

  private static int putTags(ByteBuffer to, int start, String[] tags) {
    int at = start;
    for (String tag : tags) {
      int size = Utf8.put(to, at + 2, tag);
      if (size == 0) throw SteleException.invalid("append: a tag is empty");
      to.putShort(at, (short) fit(size, "tag"));
      at += 2 + size;
    }
    return at;
  }

  private static int putMetadata(ByteBuffer to, int start, NewEvent event) {
    int at = start;
    for (int i = 0; i < event.metadataKeys.length; ++i) {
      byte[] value = event.metadataValues[i];
      int size = Utf8.put(to, at + 4, event.metadataKeys[i]);
      if (size == 0) throw SteleException.invalid("append: a metadata key is empty");
      to.putShort(at, (short) fit(size, "metadata key"));
      to.putShort(at + 2, (short) fit(value.length, "metadata value"));
      to.put(at + 4 + size, value);
      at += 4 + size + value.length;
    }
    return at;
  }

  /** The library says what is beyond its limits; this is about what no record can say. */
  private static int fit(int size, String what) {
    if (size > U16_MAX) {
      throw SteleException.tooLarge("append: " + what + ": " + size + ", more than " + U16_MAX);
    }
    return size;
  }

  private static void putOptionalId(ByteBuffer to, int at, UUID id) {
    if (id != null) {
      putId(to, at, id);
    } else {
      to.putLong(at, 0);
      to.putLong(at + 8, 0);
    }
  }

  /** Ids are in network byte order, unlike numbers. Returns where it ends. */
  static int putId(ByteBuffer to, int at, UUID id) {
    to.putLong(at, Long.reverseBytes(id.getMostSignificantBits()));
    to.putLong(at + 8, Long.reverseBytes(id.getLeastSignificantBits()));
    return at + RecordLayout.ID_SIZE;
  }

  static UUID id(ByteBuffer from, int at) {
    return new UUID(Long.reverseBytes(from.getLong(at)), Long.reverseBytes(from.getLong(at + 8)));
  }
}
