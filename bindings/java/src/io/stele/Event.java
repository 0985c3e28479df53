package io.stele;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * An event as it was read, whole: it owns everything that it says. Two are equal when all of it is.
 * Arrays are not copied again; do not change them. {@link EventView} is the same without the
 * copies.
 *
 * @param position its place in the global order: 1, 2, 3 ... without gaps
 * @param tsn the commit it came with
 * @param recorded when it was committed; strictly increasing from commit to commit
 * @param time the caller's time, or `recorded` when none was given
 * @param sequence its place in the stream of its entity: 1, 2, 3 ...; 0 without an entity
 * @param id its id
 * @param correlationId what it belongs to; null: nothing
 * @param causationId the id of the event that caused it; null: none
 * @param hash 32 bytes that bind the event and the one before it of its entity
 * @param keyId 0: the data is not encrypted
 * @param type what happened
 * @param entity whose stream it belongs to; null: nobody's
 * @param scope a further attribute, such as a tenant; null: none
 * @param tags in bytewise order, each once; cannot be changed
 * @param metadata in the caller's order; cannot be changed
 * @param data the payload
 */
public record Event(long position, long tsn, Instant recorded, Instant time, long sequence, UUID id,
    UUID correlationId, UUID causationId, byte[] hash, int keyId, String type, String entity,
    String scope, List<String> tags, Map<String, byte[]> metadata, byte[] data) {

  /**
   * Returns the payload as text.
   *
   * @return the data, decoded as UTF-8
   */
  public String text() {
    return new String(data, StandardCharsets.UTF_8);
  }

  /**
   * Decodes the record of an event, as {@link Stele#record(long)} and
   * {@link EventView#record()} give it: for who keeps records, or got one from elsewhere.
   *
   * @param record its bytes
   * @return the event
   * @throws SteleException CORRUPT: these bytes are no record; UNSUPPORTED: one of a newer version
   */
  public static Event decode(byte[] record) {
    ByteBuffer memory = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    EventView view = new EventView(new StringCache());
    try {
      RecordLayout.check(memory);
      view.stand(memory, 0);
      return view.toEvent();
    } catch (IndexOutOfBoundsException e) {
      throw new SteleException(Status.CORRUPT, "event record: its sizes do not fit each other");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Event it && position == it.position && tsn == it.tsn
        && recorded.equals(it.recorded) && time.equals(it.time) && sequence == it.sequence
        && id.equals(it.id) && Objects.equals(correlationId, it.correlationId)
        && Objects.equals(causationId, it.causationId) && Arrays.equals(hash, it.hash)
        && keyId == it.keyId && type.equals(it.type) && Objects.equals(entity, it.entity)
        && Objects.equals(scope, it.scope) && tags.equals(it.tags)
        && isSame(metadata, it.metadata) && Arrays.equals(data, it.data);
  }

  private static boolean isSame(Map<String, byte[]> left, Map<String, byte[]> right) {
    if (!List.copyOf(left.keySet()).equals(List.copyOf(right.keySet()))) return false;
    return left.entrySet().stream()
        .allMatch(pair -> Arrays.equals(pair.getValue(), right.get(pair.getKey())));
  }

  /** The id alone: no two events of a database share one. */
  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    String place = entity == null ? "" : ", " + entity + " " + sequence;
    return "Event[" + position + ", " + type + place + ", " + tags + ", " + data.length + " bytes]";
  }
}
