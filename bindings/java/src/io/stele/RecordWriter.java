package io.stele;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;

/**
 * Encodes events as records. The texts become UTF-8 once, when the event is made: the front of its
 * record, all that stands before the data, and its metadata. An append copies these and the data
 * straight to where the library reads them.
 */
final class RecordWriter {
  private static final int U16_MAX = 65_535;
  private static final byte[] NOTHING = {};
  private static final List<String> NO_TEXTS = List.of();

  private static final VarHandle SHORT = view(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = view(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = view(long[].class, ByteOrder.LITTLE_ENDIAN);
  /** Ids are in network byte order, unlike numbers. */
  private static final VarHandle ID_HALF = view(long[].class, ByteOrder.BIG_ENDIAN);

  private RecordWriter() {}

  private static VarHandle view(Class<?> type, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(type, order);
  }

  // ---- When an event is made -------------------------------------------------------------------

  /**
   * Returns the metadata of an event, encoded.
   *
   * @throws SteleException INVALID, TOO_LARGE
   */
  static byte[] metadata(List<String> keys, List<byte[]> values) {
    if (keys == null) return NOTHING;
    byte[][] texts = new byte[keys.size()][];
    long size = 0;
    for (int i = 0; i < texts.length; ++i) {
      texts[i] = Utf8.bytes(keys.get(i));
      if (texts[i].length == 0) throw SteleException.invalid("append: a metadata key is empty");
      size += 4L + fit(texts[i].length, "a metadata key") + fit(values.get(i).length,
          "a metadata value");
    }
    if (size > Limits.DATA_MAX) throw tooLarge("the metadata", size, Limits.DATA_MAX);
    byte[] to = new byte[(int) size];
    int at = 0;
    for (int i = 0; i < texts.length; ++i) {
      byte[] value = values.get(i);
      SHORT.set(to, at, (short) texts[i].length);
      SHORT.set(to, at + 2, (short) value.length);
      System.arraycopy(texts[i], 0, to, at + 4, texts[i].length);
      at += 4 + texts[i].length;
      System.arraycopy(value, 0, to, at, value.length);
      at += value.length;
    }
    return to;
  }

  /**
   * Returns the front of an event's record. What the commit fills in is zero.
   *
   * @throws SteleException INVALID, TOO_LARGE: what no record can say, or what says something else
   */
  static byte[] front(NewEvent.Builder event, int metadataSize) {
    if (event.data.length > Limits.DATA_MAX) {
      throw tooLarge("the data", event.data.length, Limits.DATA_MAX);
    }
    byte[] front = tryFront(event, false, metadataSize);
    return front != null ? front : tryFront(event, true, metadataSize);
  }

  /** Null: a text is not ASCII, although `isWide` has not said so, and there is no room for it. */
  private static byte[] tryFront(NewEvent.Builder event, boolean isWide, int metadataSize) {
    List<String> tags = event.tags == null ? NO_TEXTS : event.tags;
    int flags = (event.hasTime ? 0 : RecordLayout.HAS_NO_TIME)
        | (event.correlationId == null ? 0 : RecordLayout.HAS_CORRELATION)
        | (event.causationId == null ? 0 : RecordLayout.HAS_CAUSATION);
    int typeSize = fit(size(event.type, isWide), "the event type");
    int entitySize = fit(size(event.entity, isWide), "the entity");
    int scopeSize = fit(size(event.scope, isWide), "the scope");
    long tagsSize = 0;
    for (String tag : tags) tagsSize += 2 + fit(size(tag, isWide), "a tag");
    if (tagsSize > Limits.DATA_MAX) throw tooLarge("the tags", tagsSize, Limits.DATA_MAX);
    if (typeSize == 0) throw SteleException.invalid("append: the event type is empty");

    int texts = RecordLayout.HEAD_SIZE + RecordLayout.idsSize(flags);
    int payload = texts + typeSize + entitySize + scopeSize + (int) tagsSize;
    byte[] to = new byte[payload];
    INT.set(to, RecordLayout.SIZE, rounded(payload + event.data.length + metadataSize));
    INT.set(to, RecordLayout.PAYLOAD, payload);
    to[RecordLayout.VERSION] = 1;
    to[RecordLayout.FLAGS] = (byte) flags;
    SHORT.set(to, RecordLayout.TYPE_SIZE, (short) typeSize);
    SHORT.set(to, RecordLayout.ENTITY_SIZE, (short) entitySize);
    SHORT.set(to, RecordLayout.SCOPE_SIZE, (short) scopeSize);
    SHORT.set(to, RecordLayout.TAGS, (short) fit(tags.size(), "the number of tags"));
    int pairs = event.keys == null ? 0 : event.keys.size();
    SHORT.set(to, RecordLayout.METADATA, (short) fit(pairs, "the number of metadata"));
    INT.set(to, RecordLayout.DATA_SIZE, event.data.length);
    INT.set(to, RecordLayout.METADATA_SIZE, metadataSize);
    LONG.set(to, RecordLayout.TIME, event.time);
    putIds(to, event);

    int at = put(to, texts, event.type, isWide);
    if (at >= 0 && entitySize > 0) at = put(to, at, event.entity, isWide);
    if (at >= 0 && scopeSize > 0) at = put(to, at, event.scope, isWide);
    for (String tag : tags) {
      if (at < 0) return null;
      int end = put(to, at + 2, tag, isWide);
      if (end == at + 2) throw SteleException.invalid("append: a tag is empty");
      SHORT.set(to, at, (short) (end - at - 2));
      at = end;
    }
    return at < 0 ? null : to;
  }

  private static void putIds(byte[] to, NewEvent.Builder event) {
    if (event.id != null) putId(to, RecordLayout.ID, event.id);
    int at = RecordLayout.HEAD_SIZE;
    if (event.correlationId != null) {
      putId(to, at, event.correlationId);
      at += RecordLayout.ID_SIZE;
    }
    if (event.causationId != null) putId(to, at, event.causationId);
  }

  private static int size(String text, boolean isWide) {
    if (text == null) return 0;
    return isWide ? Utf8.bytes(text).length : text.length();
  }

  /** Returns where the text ends; -1 of one that is not ASCII. */
  private static int put(byte[] to, int at, String text, boolean isWide) {
    if (isWide) {
      byte[] bytes = Utf8.bytes(text);
      System.arraycopy(bytes, 0, to, at, bytes.length);
      return at + bytes.length;
    }
    int size = text.length();
    for (int i = 0; i < size; ++i) {
      char unit = text.charAt(i);
      if (unit >= 0x80) return -1;
      to[at + i] = (byte) unit;
    }
    return at + size;
  }

  /** The library says what is beyond its limits; this is about what no record can say. */
  private static int fit(int size, String what) {
    if (size > U16_MAX) throw tooLarge(what, size, U16_MAX);
    return size;
  }

  private static SteleException tooLarge(String what, long size, int max) {
    return SteleException.tooLarge(
        "append: " + what + ": " + size + ", at most " + max + " are allowed");
  }

  private static int rounded(int size) {
    return size + 7 & ~7;
  }

  // ---- When it is appended ---------------------------------------------------------------------

  /** Returns how many bytes the record of an event takes. */
  static int size(NewEvent event) {
    return rounded(event.front.length + event.data.length + event.metadata.length);
  }

  /** Writes the record at `at`. Requires: size(event) bytes of room. Returns where it ends. */
  static int put(ByteBuffer to, int at, NewEvent event) {
    int end = at + size(event);
    // The padding, and perhaps a bit of what is written over it.
    to.putLong(end - 8, 0);
    to.put(at, event.front);
    int data = at + event.front.length;
    to.put(data, event.data);
    if (event.metadata.length > 0) to.put(data + event.data.length, event.metadata);
    return end;
  }

  // ---- Ids -------------------------------------------------------------------------------------

  static void putId(byte[] to, int at, UUID id) {
    ID_HALF.set(to, at, id.getMostSignificantBits());
    ID_HALF.set(to, at + 8, id.getLeastSignificantBits());
  }

  static UUID id(ByteBuffer from, int at) {
    return new UUID(Long.reverseBytes(from.getLong(at)), Long.reverseBytes(from.getLong(at + 8)));
  }
}
