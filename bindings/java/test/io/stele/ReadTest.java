package io.stele;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queries, cursors, views, and the ways to find single things. */
class ReadTest {
  private static final UUID ORDER = new UUID(5, 6);

  private final Stele db = Stele.inMemory(Samples.STILL);

  @BeforeEach
  void fill() {
    UUID first = new UUID(1, 1);
    db.append(NewEvent.of("order.placed").entity("order-1").tag("customer:7").scope("north")
        .id(first).correlation(ORDER).data("one").build()).orThrow();
    db.append(NewEvent.of("order.paid").entity("order-1").tag("customer:7").causation(first)
        .correlation(ORDER).data("two").build()).orThrow();
    db.setTestClock(Samples.NOON.plusSeconds(60));
    db.append(NewEvent.of("order.placed").entity("order-2").tag("customer:8")
        .time(Instant.EPOCH).build()).orThrow();
  }

  @AfterEach
  void close() {
    db.close();
  }

  private List<Long> positions(Query query) {
    try (Stream<Event> events = db.read(query)) {
      return events.map(Event::position).toList();
    }
  }

  @Test
  void aQueryAsksForEachField() {
    assertEquals(List.of(1L, 2L, 3L), positions(Query.all()));
    assertEquals(List.of(1L, 2L, 3L), positions(Query.item().build()));
    assertEquals(List.of(1L, 3L), positions(Query.type("order.placed").build()));
    assertEquals(List.of(1L, 2L, 3L), positions(Query.item().category("order").build()));
    assertEquals(List.of(3L), positions(Samples.tag("customer:8")));
    assertEquals(List.of(1L, 2L), positions(Query.entity("order-1").build()));
    assertEquals(List.of(1L, 2L, 3L), positions(Query.item().entityPrefix("order-").build()));
    assertEquals(List.of(1L), positions(Query.item().scope("north").build()));
    assertEquals(List.of(1L, 2L), positions(Query.item().correlation(ORDER).build()));
    assertEquals(List.of(2L), positions(Query.item().causation(new UUID(1, 1)).build()));
    assertEquals(List.of(3L), positions(
        Query.item().time(Instant.EPOCH, Instant.EPOCH.plusMillis(1)).build()));
    assertEquals(List.of(2L), positions(Query.item().positions(2, 3).build()));
    assertEquals(List.of(2L, 3L), positions(
        Query.type("order.paid").tag("customer:7").or().entity("order-2").build()));
  }

  @Test
  void queriesAreValues() {
    Query query = Query.type("A").tag("t").or().scope("s").build();
    assertEquals(query, Query.type("A").tag("t").or().scope("s").build());
    assertEquals(query.hashCode(), Query.decode(query.encode()).hashCode());
    assertEquals(query, Query.decode(query.encode()));
    assertNotEquals(query, Query.all());
    assertEquals(Query.all(), Query.decode(Query.all().encode()));
    Samples.expect(Status.INVALID, () -> Query.decode(new byte[3]));
    byte[] lies = Query.tag("customer:8").build().encode();
    lies[4] = 9;
    Samples.expect(Status.INVALID, () -> db.count(Query.decode(lies)));
    Samples.expect(Status.INVALID, () -> db.last(Query.decode(lies)));
    Samples.expect(Status.INVALID, () -> db.read(Samples.tag("")));
    Samples.expect(Status.INVALID, () -> db.read(Query.item().positions(3, 2).build()));
    Samples.expect(Status.TOO_LARGE, () -> Query.tag("x".repeat(70_000)));
  }

  @Test
  void optionsSayWhereToStartAndHowFarToGo() {
    assertEquals(List.of("order.paid", "order.placed"),
        Samples.types(db.read(Query.all(), ReadOptions.forward().from(2))));
    assertEquals(List.of("order.placed", "order.paid"),
        Samples.types(db.read(Query.all(), ReadOptions.backward().limit(2))));
    assertEquals(List.of("order.paid", "order.placed"),
        Samples.types(db.read(Query.all(), ReadOptions.backward().from(2))));
    assertEquals(List.of(), Samples.types(db.read(Query.all(), ReadOptions.backward().from(0))));
    assertEquals(List.of(), Samples.types(db.read(Query.all(), ReadOptions.forward().limit(0))));
  }

  @Test
  void aReadIsAsOfItsBeginning() {
    try (Cursor cursor = db.cursor(Query.all())) {
      assertEquals(3, cursor.head());
      db.append(Samples.event("later"));
      int count = 0;
      while (cursor.next()) ++count;
      assertEquals(3, count);
      assertFalse(cursor.next(), "the end stays the end");
      assertEquals(new CursorInfo(3, 3, 3), cursor.info());
    }
  }

  @Test
  void oneViewMovesFromEventToEvent() {
    try (Cursor cursor = db.cursor(Query.all())) {
      EventView view = cursor.view();
      assertThrows(IndexOutOfBoundsException.class, view::position);
      List<String> texts = new ArrayList<>();
      for (EventView event : cursor) {
        assertSame(view, event);
        texts.add(event.position() + " " + event.type() + " " + event.text());
      }
      assertEquals(List.of("1 order.placed one", "2 order.paid two", "3 order.placed "), texts);
      assertThrows(NoSuchElementException.class, () -> cursor.iterator().next());
      assertThrows(IndexOutOfBoundsException.class, view::type);
    }
  }

  @Test
  void aViewSaysWhatTheWholeEventSays() {
    try (Cursor cursor = db.cursor(Query.all())) {
      while (cursor.next()) {
        EventView view = cursor.view();
        Event event = view.toEvent();
        assertEquals(event, Event.decode(view.record()));
        assertEquals(event.tsn(), view.tsn());
        assertEquals(event.time(), view.time());
        assertEquals(event.recorded(), view.recorded());
        assertEquals(event.sequence(), view.sequence());
        assertEquals(event.id(), view.id());
        assertEquals(event.entity(), view.entity());
        assertEquals(event.scope(), view.scope());
        assertEquals(event.tags(), view.tags());
        assertEquals(event.tags().size(), view.tagCount());
        assertTrue(view.hasTag(event.tags().get(0)));
        assertFalse(view.hasTag("customer"));
        assertArrayEquals(event.hash(), view.hash());
        assertEquals(event.data().length, view.dataSize());
        assertArrayEquals(event.data(), view.dataBytes());
        byte[] copy = new byte[10];
        assertEquals(event.data().length, view.copyData(copy, 1));
        byte[] viewed = new byte[view.dataSize()];
        view.data().get(viewed);
        assertArrayEquals(event.data(), viewed);
        assertTrue(view.data().isReadOnly());
      }
    }
  }

  @Test
  void eventsComeInBatchesFromTheLibrary() {
    List<NewEvent> many = new ArrayList<>();
    for (int i = 0; i < 3000; ++i) many.add(Samples.event("many", "n:" + i));
    db.append(many).orThrow();
    long calls = 0;
    long events = 0;
    try (Cursor cursor = db.cursor(Query.all())) {
      for (EventBatch batch = cursor.nextBatch(); !batch.isEmpty(); batch = cursor.nextBatch()) {
        ++calls;
        events += batch.toList().size();
        assertEquals(batch.count(), batch.toList().size(), "a batch can be looked at again");
      }
    }
    assertEquals(3003, events);
    assertTrue(calls < 100, calls + " calls");
    try (Stream<Event> all = db.read()) {
      assertEquals(3003L * 3004 / 2, all.mapToLong(Event::position).sum());
    }
  }

  @Test
  void aStreamThatIsNotReadToItsEndIsClosed() {
    long before = Stele.liveHandles();
    try (Stream<Event> events = db.read()) {
      Iterator<Event> iterator = events.iterator();
      assertEquals(1, iterator.next().position());
      assertEquals(before + 1, Stele.liveHandles());
    }
    assertEquals(before, Stele.liveHandles());
    assertEquals(2, db.read().filter(event -> event.type().equals("order.placed")).count());
    assertEquals(before, Stele.liveHandles(), "at its end it closes itself");
  }

  @Test
  void singleEventsAreFound() {
    assertEquals("order.paid", db.get(2).orElseThrow().type());
    assertTrue(db.get(4).isEmpty());
    assertTrue(db.get(0).isEmpty());
    assertEquals(1, db.get(new UUID(1, 1)).orElseThrow().position());
    assertTrue(db.get(new UUID(9, 9)).isEmpty());
    assertEquals(2, db.latest("order-1").orElseThrow().position());
    assertTrue(db.latest("order-9").isEmpty());
    assertTrue(db.record(9).isEmpty());
  }

  @Test
  void streamsAreNumberedBySequence() {
    StreamInfo info = db.stream("order-1").orElseThrow();
    assertEquals(2, info.sequence());
    assertEquals(1, info.firstPosition());
    assertEquals(2, info.lastPosition());
    assertArrayEquals(db.get(2).orElseThrow().hash(), info.hash());
    assertTrue(db.stream("nobody").isEmpty());
    assertEquals(List.of("order.placed", "order.paid"), Samples.types(db.readStream("order-1")));
    try (Cursor cursor = db.streamCursor("order-1", ReadOptions.forward().from(2))) {
      assertTrue(cursor.next());
      assertEquals(2, cursor.view().sequence());
    }
    assertEquals(List.of(), Samples.types(db.readStream("nobody")));
  }

  @Test
  void walksGoFromCauseToEffectAndBack() {
    assertEquals(List.of("order.paid", "order.placed"), walk(2, WalkKind.CAUSES));
    assertEquals(List.of("order.paid", "order.placed"), walk(2, WalkKind.ANCESTORS));
    assertEquals(List.of("order.placed", "order.paid"), walk(1, WalkKind.EFFECTS));
    assertEquals(List.of("order.placed", "order.paid"), walk(1, WalkKind.CORRELATION));
    assertTrue(db.walk(9, WalkKind.CAUSES).isEmpty());
  }

  private List<String> walk(long position, WalkKind kind) {
    return Samples.types(db.walk(position, kind).orElseThrow().stream());
  }

  @Test
  void questionsHaveNumbers() {
    assertEquals(3, db.head());
    assertTrue(db.exists(Samples.tag("customer:8")));
    assertFalse(db.exists(Samples.tag("customer:9")));
    assertEquals(2, db.count(Samples.tag("customer:7")));
    assertArrayEquals(new long[] {2, 3, 0}, db.last(
        Query.tag("customer:7").or().tag("customer:8").or().tag("customer:9").build()));
    assertArrayEquals(new long[] {3}, db.last(Query.all()));
    assertEquals(2, db.positionAt(Samples.NOON.plusSeconds(1)));
    assertEquals(0, db.positionAt(Instant.EPOCH));
  }

  @Test
  void termsAreListed() {
    assertEquals(List.of(new Term("customer:7", 2, 1, 2), new Term("customer:8", 1, 3, 3)),
        db.terms(TermKind.TAG, "customer:").toList());
    assertEquals(List.of("order.paid", "order.placed"),
        db.terms(TermKind.TYPE, "").map(Term::text).toList());
    assertEquals(List.of(), db.terms(TermKind.ENTITY, "invoice").toList());
    assertEquals(1, db.terms(TermKind.CATEGORY, "").count());
    assertEquals(1, db.terms(TermKind.SCOPE, "").count());
  }
}
