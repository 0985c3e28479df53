package io.stele;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * An event, read where it lies: each field is decoded when it is asked for, and nothing else is.
 * One view stands on one event after the other; what it says is that of the event it stands on now.
 * {@link #toEvent()} makes an event to keep. What methods return may be kept, but for
 * {@link #data()}.
 *
 * <p>A view that stands on no event (behind the last, or after its cursor was closed) throws
 * IndexOutOfBoundsException. Belongs to one thread at a time.
 */
public final class EventView {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

  private final StringCache strings;
  private ByteBuffer memory = NOTHING;
  private int at;
  /** The texts of the event, from behind its fixed fields up to its data. */
  private byte[] texts = new byte[256];
  private boolean hasTexts;

  EventView(StringCache strings) {
    this.strings = strings;
  }

  /** Stands on the record at `offset`. */
  void stand(ByteBuffer where, int offset) {
    memory = where;
    at = offset;
    hasTexts = false;
  }

  void standNowhere() {
    stand(NOTHING, 0);
  }

  /** Where the next record begins. */
  int end() {
    return at + memory.getInt(at + RecordLayout.SIZE);
  }

  // ---- Numbers and ids -------------------------------------------------------------------------

  /**
   * Returns its place in the global order.
   *
   * @return 1, 2, 3 ... without gaps
   */
  public long position() {
    return memory.getLong(at + RecordLayout.POSITION);
  }

  /**
   * Returns the commit it came with.
   *
   * @return the commit's number
   */
  public long tsn() {
    return memory.getLong(at + RecordLayout.TSN);
  }

  /**
   * Returns when it was committed.
   *
   * @return a time that increases strictly from commit to commit
   */
  public Instant recorded() {
    return Times.instant(memory.getLong(at + RecordLayout.RECORDED));
  }

  /**
   * Returns the caller's time.
   *
   * @return the time, or {@link #recorded()} when none was given
   */
  public Instant time() {
    return Times.instant(memory.getLong(at + RecordLayout.TIME));
  }

  /**
   * Returns its place in the stream of its entity.
   *
   * @return 1, 2, 3 ...; 0 without an entity
   */
  public long sequence() {
    return memory.getLong(at + RecordLayout.SEQUENCE);
  }

  /**
   * Returns its id.
   *
   * @return the id
   */
  public UUID id() {
    return RecordWriter.id(memory, at + RecordLayout.ID);
  }

  /**
   * Returns what it belongs to.
   *
   * @return the correlation id; null: none
   */
  public UUID correlationId() {
    if ((flags() & RecordLayout.HAS_CORRELATION) == 0) return null;
    return RecordWriter.id(memory, at + RecordLayout.HEAD_SIZE);
  }

  /**
   * Returns the id of the event that caused it.
   *
   * @return the causation id; null: none
   */
  public UUID causationId() {
    if ((flags() & RecordLayout.HAS_CAUSATION) == 0) return null;
    int before = RecordLayout.idsSize(flags() & RecordLayout.HAS_CORRELATION);
    return RecordWriter.id(memory, at + RecordLayout.HEAD_SIZE + before);
  }

  /**
   * Returns what binds the event and the one before it of its entity.
   *
   * @return 32 bytes
   */
  public byte[] hash() {
    return bytes(at + RecordLayout.HASH, RecordLayout.HASH_SIZE);
  }

  /**
   * Returns the key that the data is encrypted with.
   *
   * @return 0: it is not encrypted
   */
  public int keyId() {
    return memory.getInt(at + RecordLayout.KEY_ID);
  }

  // ---- Texts -----------------------------------------------------------------------------------

  /**
   * Returns what happened.
   *
   * @return the type
   */
  public String type() {
    readTexts();
    return strings.get(texts, idsSize(), typeSize());
  }

  /**
   * Returns whose stream it belongs to.
   *
   * @return the entity; null: nobody's
   */
  public String entity() {
    int size = entitySize();
    if (size == 0) return null;
    readTexts();
    return strings.get(texts, idsSize() + typeSize(), size);
  }

  /**
   * Returns its further attribute, such as a tenant.
   *
   * @return the scope; null: none
   */
  public String scope() {
    int size = scopeSize();
    if (size == 0) return null;
    readTexts();
    return strings.get(texts, idsSize() + typeSize() + entitySize(), size);
  }

  /**
   * Returns how many tags it has.
   *
   * @return 0 to 256
   */
  public int tagCount() {
    return RecordLayout.u16(memory, at + RecordLayout.TAGS);
  }

  /**
   * Returns its tags.
   *
   * @return the tags in bytewise order, each once; cannot be changed
   */
  public List<String> tags() {
    int count = tagCount();
    if (count == 0) return List.of();
    readTexts();
    int from = tagsStart();
    int size = textSize(from);
    String first = strings.get(texts, from + 2, size);
    if (count == 1) return List.of(first);
    from += 2 + size;
    size = textSize(from);
    String second = strings.get(texts, from + 2, size);
    if (count == 2) return List.of(first, second);
    String[] all = new String[count];
    all[0] = first;
    all[1] = second;
    for (int i = 2; i < count; ++i) {
      from += 2 + size;
      size = textSize(from);
      all[i] = strings.get(texts, from + 2, size);
    }
    return Collections.unmodifiableList(Arrays.asList(all));
  }

  /**
   * Tells whether it has a tag.
   *
   * @param tag the tag
   * @return true: it has
   */
  public boolean hasTag(String tag) {
    readTexts();
    int from = tagsStart();
    for (int i = tagCount(); i > 0; --i) {
      int size = textSize(from);
      if (strings.get(texts, from + 2, size).equals(tag)) return true;
      from += 2 + size;
    }
    return false;
  }

  // ---- Data and metadata -----------------------------------------------------------------------

  /**
   * Returns the size of the data.
   *
   * @return bytes
   */
  public int dataSize() {
    return memory.getInt(at + RecordLayout.DATA_SIZE);
  }

  /**
   * Returns the data without a copy.
   *
   * @return a buffer that cannot be written, in big-endian order, from 0 to the size of the data.
   *     It is good until the view moves on or its cursor is closed; what is read from it later is
   *     anything
   */
  public ByteBuffer data() {
    return memory.slice(payload(), dataSize()).asReadOnlyBuffer();
  }

  /**
   * Returns the data, copied.
   *
   * @return the bytes
   */
  public byte[] dataBytes() {
    return bytes(payload(), dataSize());
  }

  /**
   * Returns the data as text.
   *
   * @return the data, decoded as UTF-8
   */
  public String text() {
    return new String(dataBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /**
   * Copies the data into an array.
   *
   * @param target where to
   * @param from the index of the first byte there
   * @return how many bytes that were
   * @throws IndexOutOfBoundsException it has no room for all of them
   */
  public int copyData(byte[] target, int from) {
    int size = dataSize();
    memory.get(payload(), target, from, size);
    return size;
  }

  /**
   * Returns its metadata.
   *
   * @return values by key, in the caller's order; cannot be changed
   */
  public Map<String, byte[]> metadata() {
    int count = RecordLayout.u16(memory, at + RecordLayout.METADATA);
    if (count == 0) return Map.of();
    Map<String, byte[]> all = new LinkedHashMap<>(2 * count);
    int from = payload() + dataSize();
    for (; count > 0; --count) {
      int keySize = RecordLayout.u16(memory, from);
      int valueSize = RecordLayout.u16(memory, from + 2);
      String key = strings.get(bytes(from + 4, keySize), 0, keySize);
      all.put(key, bytes(from + 4 + keySize, valueSize));
      from += 4 + keySize + valueSize;
    }
    return Collections.unmodifiableMap(all);
  }

  // ---- The whole -------------------------------------------------------------------------------

  /**
   * Returns the event as it is encoded, for {@link Receipt#verify(byte[])},
   * {@link Event#decode(byte[])} and {@link Batch#addRecords(byte[])}.
   *
   * @return the record, copied
   */
  public byte[] record() {
    return bytes(at, memory.getInt(at + RecordLayout.SIZE));
  }

  /**
   * Returns the event to keep.
   *
   * @return a copy of all of it
   */
  public Event toEvent() {
    Instant recorded = recorded();
    boolean hasTime = (flags() & RecordLayout.HAS_NO_TIME) == 0;
    return new Event(position(), tsn(), recorded, hasTime ? time() : recorded, sequence(), id(),
        correlationId(), causationId(), hash(), keyId(), type(), entity(), scope(), tags(),
        metadata(), dataBytes());
  }

  // ---- Where things are ------------------------------------------------------------------------

  private int flags() {
    return memory.get(at + RecordLayout.FLAGS);
  }

  private int idsSize() {
    return RecordLayout.idsSize(flags());
  }

  private int typeSize() {
    return RecordLayout.u16(memory, at + RecordLayout.TYPE_SIZE);
  }

  private int entitySize() {
    return RecordLayout.u16(memory, at + RecordLayout.ENTITY_SIZE);
  }

  private int scopeSize() {
    return RecordLayout.u16(memory, at + RecordLayout.SCOPE_SIZE);
  }

  private int payload() {
    return at + memory.getInt(at + RecordLayout.PAYLOAD);
  }

  private int tagsStart() {
    return idsSize() + typeSize() + entitySize() + scopeSize();
  }

  private int textSize(int from) {
    return texts[from] & 0xff | (texts[from + 1] & 0xff) << 8;
  }

  /** Copies all texts at once: one by one, the calls for it would cost more than the bytes. */
  private void readTexts() {
    if (hasTexts) return;
    int size = memory.getInt(at + RecordLayout.PAYLOAD) - RecordLayout.HEAD_SIZE;
    if (size > texts.length) texts = new byte[Math.max(size, 2 * texts.length)];
    memory.get(at + RecordLayout.HEAD_SIZE, texts, 0, size);
    hasTexts = true;
  }

  private byte[] bytes(int from, int size) {
    byte[] made = new byte[size];
    memory.get(from, made);
    return made;
  }
}
