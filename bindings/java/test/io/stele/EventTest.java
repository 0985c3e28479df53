package io.stele;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes in comes out: texts, bytes, times and ids. */
class EventTest {
  private static final String TEXTS = "Grüße, \u4e16\u754c \ud83c\udf4e \uffff \u0001";

  private final Stele db = Stele.inMemory(Samples.STILL);

  @AfterEach
  void close() {
    db.close();
  }

  private Event roundTrip(NewEvent event) {
    return db.get(db.append(event).orThrow().firstPosition()).orElseThrow();
  }

  @Test
  void anEventSaysEverythingThatItWasGiven() {
    UUID id = UUID.fromString("0190a5a0-1111-7222-8333-444455556666");
    UUID correlation = new UUID(-1, 5);
    UUID causation = new UUID(7, -2);
    Event event = roundTrip(NewEvent.of("order.placed").entity("order-1").scope("tenant")
        .tag("b").tag("a").tag("b").data(new byte[] {0, 1, -1}).metadata("z", new byte[] {9})
        .metadata("a", "text").time(Instant.EPOCH).id(id).correlation(correlation)
        .causation(causation).build());
    assertEquals(1, event.position());
    assertEquals(1, event.tsn());
    assertEquals(1, event.sequence());
    assertEquals(Samples.NOON, event.recorded());
    assertEquals(Instant.EPOCH, event.time());
    assertEquals(id, event.id());
    assertEquals(correlation, event.correlationId());
    assertEquals(causation, event.causationId());
    assertEquals(32, event.hash().length);
    assertEquals(0, event.keyId());
    assertEquals("order.placed", event.type());
    assertEquals("order-1", event.entity());
    assertEquals("tenant", event.scope());
    assertEquals(List.of("a", "b"), event.tags(), "a set, in order");
    assertEquals(List.of("z", "a"), List.copyOf(event.metadata().keySet()), "in its own order");
    assertArrayEquals(new byte[] {9}, event.metadata().get("z"));
    assertArrayEquals(new byte[] {0, 1, -1}, event.data());
  }

  @Test
  void whatAnEventWasNotGivenIsNotThere() {
    Event event = roundTrip(Samples.event("A"));
    assertNull(event.entity());
    assertNull(event.scope());
    assertNull(event.correlationId());
    assertNull(event.causationId());
    assertEquals(0, event.sequence());
    assertEquals(7, event.id().version(), "an id is made");
    assertEquals(event.recorded(), event.time());
    assertEquals(List.of(), event.tags());
    assertTrue(event.metadata().isEmpty());
    assertEquals(0, event.data().length);
  }

  @Test
  void idsAreThereInEachCombination() {
    UUID id = new UUID(3, 4);
    Event first = roundTrip(NewEvent.of("A").entity("e").causation(id).build());
    assertNull(first.correlationId());
    assertEquals(id, first.causationId());
    assertEquals("A", first.type());
    Event second = roundTrip(NewEvent.of("B").entity("e").correlation(id).build());
    assertEquals(id, second.correlationId());
    assertNull(second.causationId());
    assertEquals("e", second.entity());
  }

  @Test
  void textIsUtf8BothWays() {
    Event event = roundTrip(NewEvent.of(TEXTS).entity(TEXTS).scope(TEXTS).tag(TEXTS).data(TEXTS)
        .metadata(TEXTS, TEXTS).build());
    assertEquals(TEXTS, event.type());
    assertEquals(TEXTS, event.entity());
    assertEquals(TEXTS, event.scope());
    assertEquals(List.of(TEXTS), event.tags());
    assertEquals(TEXTS, event.text());
    assertArrayEquals(event.data(), event.metadata().get(TEXTS));
    assertEquals(1, db.count(Query.type(TEXTS).tag(TEXTS).entity(TEXTS).build()));
    assertEquals(TEXTS, db.terms(TermKind.TAG, TEXTS).toList().get(0).text());
    assertEquals(1, db.latest(TEXTS).orElseThrow().position());
  }

  @Test
  void halfASurrogatePairIsRefused() {
    for (String bad : new String[] {"\ud83c", "\udf4e", "a\ud83c", "\ud83cb", "\udf4e\ud83c"}) {
      Samples.expect(Status.INVALID, () -> db.append(NewEvent.of(bad).build()));
      Samples.expect(Status.INVALID, () -> db.append(Samples.event("A", bad)));
      Samples.expect(Status.INVALID, () -> Query.tag(bad));
      Samples.expect(Status.INVALID, () -> db.stream(bad));
      Samples.expect(Status.INVALID, () -> NewEvent.of("A").data(bad));
    }
    SteleException e =
        assertThrows(SteleException.class, () -> db.append(NewEvent.of("ab\ud83c").build()));
    assertTrue(e.getMessage().contains("index 2"), e.getMessage());
    assertEquals(0, db.head());
  }

  @Test
  void everyTimeOf64BitsOfMicrosecondsComesBack() {
    for (long micros : new long[] {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1_000_001, -1_000_000, -1,
        0, 1, 999_999, 1_000_000, Long.MAX_VALUE}) {
      Instant time = Times.instant(micros);
      assertEquals(micros, Times.micros(time));
      assertEquals(time, roundTrip(NewEvent.of("A").time(time).build()).time());
    }
    Instant fine = Instant.ofEpochSecond(-1, 999_999_999);
    assertEquals(Instant.ofEpochSecond(-1, 999_999_000),
        roundTrip(NewEvent.of("A").time(fine).build()).time(), "parts of microseconds are dropped");
    Samples.expect(Status.INVALID, () -> NewEvent.of("A").time(Instant.MAX));
    Samples.expect(Status.INVALID, () -> NewEvent.of("A").time(Instant.MIN));
  }

  @Test
  void aLargePayloadComesBackWhole() {
    byte[] data = new byte[5 * 1024 * 1024 + 3];
    for (int i = 0; i < data.length; ++i) data[i] = (byte) (i * 31 >>> 3);
    Event event = roundTrip(NewEvent.of("Large").data(data).build());
    assertArrayEquals(data, event.data());
    db.append(Samples.event("Small")).orThrow();
    assertEquals(List.of("Large", "Small"), Samples.types(db.read()));
    DataPart part = db.data(1, data.length - 10, 100).orElseThrow();
    assertEquals(data.length, part.total());
    assertArrayEquals(Arrays.copyOfRange(data, data.length - 10, data.length), part.bytes());
    assertEquals(0, db.data(1, data.length, 100).orElseThrow().bytes().length);
    assertTrue(db.data(9, 0, 1).isEmpty());
    assertEquals(1, roundTrip(NewEvent.of("A").data(new byte[1]).build()).data().length);
  }

  @Test
  void noCallTakesMoreThanTwoGigabytes() {
    Samples.expect(Status.TOO_LARGE, () -> Scratch.get().data(1L + Integer.MAX_VALUE));
  }

  @Test
  void recordsAreDecodedWithoutADatabase() {
    Event event = roundTrip(NewEvent.of("A").entity("e").tag("t").tag("u").tag("v").data("data")
        .metadata("k", "v").correlation(new UUID(1, 2)).build());
    byte[] record = db.record(1).orElseThrow();
    assertEquals(event, Event.decode(record));
    assertEquals(event.hashCode(), Event.decode(record).hashCode());
    assertNotEquals(event, roundTrip(Samples.event("A")));
  }

  @Test
  void bytesThatAreNoRecordAreCorrupt() {
    db.append(NewEvent.of("A").entity("e").tag("t").data("data").metadata("k", "v").build());
    byte[] record = db.record(1).orElseThrow();
    Samples.expect(Status.CORRUPT, () -> Event.decode(new byte[0]));
    for (int size = 1; size < record.length; ++size) {
      byte[] part = Arrays.copyOf(record, size);
      assertThrows(SteleException.class, () -> Event.decode(part));
    }
    int refused = 0;
    for (int at = 0; at < record.length; ++at) {
      byte[] damaged = record.clone();
      damaged[at] ^= (byte) 0x80;
      try {
        Event.decode(damaged);
      } catch (SteleException e) {
        assertTrue(e.status() == Status.CORRUPT || e.status() == Status.UNSUPPORTED);
        ++refused;
      }
    }
    assertTrue(refused > 20, "sizes were damaged, too");
  }
}
