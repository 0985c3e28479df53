package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Projections: events in, rows out, two instances, rebuilds. */
class ProjectionTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private Stele db;

  @BeforeEach
  void open() throws InterruptedException {
    Samples.expectLive(0);
    db = Stele.inMemory(Samples.STILL);
    db.append(List.of(Samples.event("A"), Samples.event("B"), Samples.event("A"))).orThrow();
  }

  @AfterEach
  void close() throws InterruptedException {
    db.close();
    Samples.expectLive(0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Projection projection() {
    return db.projection("p", Query.all());
  }

  private static Table table(Projection projection) {
    return projection.table(TableName.of("t"), TableOptions.withHistory());
  }

  /** Puts a row for each event that is there: its type, with `mark` and its position. */
  private static long work(Projection projection, Table table, String mark) {
    long last = 0;
    do {
      for (EventView event : projection.pull(Duration.ZERO)) {
        last = event.position();
        projection.put(table, bytes(event.type()), bytes(mark + last), last);
      }
    } while (!projection.isCaughtUp());
    return last;
  }

  private static String rows(Table table, AsOf asOf) {
    try (Stream<Row> rows = table.scan(ScanOptions.forward().asOf(asOf)).stream()) {
      return rows.map(row -> new String(row.key(), StandardCharsets.UTF_8) + "="
          + new String(row.value(), StandardCharsets.UTF_8)).collect(Collectors.joining(" "));
    }
  }

  private static String rows(Table table) {
    return rows(table, AsOf.now());
  }

  @Test
  void projectionsAreListedAndDropped() {
    try (Projection projection = projection(); Table table = table(projection)) {
      work(projection, table, "");
      assertEquals(Status.OK, projection.commit());
      assertEquals("p", table.describe().orElseThrow().projection());
      assertEquals(List.of(new ProjectionState("p", 1, new ProjectionInfo(3, 3, Duration.ZERO))),
          db.projections());
      assertEquals(Status.OK, db.dropProjection("p"));
      assertEquals(Status.NOT_FOUND, db.dropProjection("p"));
      assertEquals(List.of(), db.projections());
      assertTrue(table.describe().isEmpty());
    }
  }

  @Test
  void anInterruptEndsTheWaitOrTheNextOne() throws Exception {
    try (Projection projection = projection(); Table table = table(projection);
        Subscription never = db.subscribe(Query.type("never").build(),
            SubscribeOptions.fromStart())) {
      assertEquals(Optional.of(projection),
          Following.waitForAny(List.of(never, projection), LONG));
      work(projection, table, "");
      assertEquals(Optional.empty(),
          Following.waitForAny(List.of(never, projection), Duration.ofMillis(1)));
      projection.interrupt();
      assertEquals(Optional.empty(), Following.waitForAny(List.of(never, projection), LONG));
      projection.interrupt();
      assertEquals(Optional.empty(), projection.next(LONG));
      CompletableFuture<Optional<Event>> waiting =
          CompletableFuture.supplyAsync(() -> projection.next(LONG));
      projection.interrupt();
      assertEquals(Optional.empty(), waiting.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void eachEventIsInItsTablesOnce() {
    try (Projection projection = projection(); Table table = table(projection)) {
      Samples.expect(Status.NOT_YET, () -> table.get(bytes("A"), AsOf.position(1)));
      assertEquals(new ProjectionInfo(0, 3, Duration.ZERO), projection.describe());
      assertEquals(3, work(projection, table, ""));
      assertEquals("", rows(table));
      assertEquals(Status.OK, projection.commit());
      assertEquals("A=3 B=2", rows(table));
      assertEquals("A=1", rows(table, AsOf.position(1)));
      assertEquals(2, table.get(bytes("B")).orElseThrow().position());
      Samples.expect(Status.NOT_YET, () -> table.get(bytes("A"), AsOf.position(4)));
      assertEquals(new ProjectionInfo(3, 3, Duration.ZERO), projection.describe());
      assertEquals(Status.OK, projection.commit());
      Samples.expect(Status.INVALID, () -> projection.put(table, bytes("k"), new byte[0], 3));
      db.append(List.of(Samples.event("C"), Samples.event("D"))).orThrow();
      assertEquals(2, projection.pull(Duration.ZERO).count());
      projection.delete(table, bytes("A"), 4).deleteRange(table, bytes("B"), null, 5);
      assertEquals(Status.OK, projection.commit());
      assertEquals("", rows(table));
      assertEquals("B=2", rows(table, AsOf.position(4)));
    }
  }

  @Test
  void ofTwoInstancesOneConflictsAndGoesOn() {
    try (Projection one = projection(); Table first = table(one);
        Projection two = projection(); Table second = table(two)) {
      work(one, first, "one");
      work(two, second, "two");
      assertEquals(Status.OK, one.commit());
      assertEquals(Status.CONFLICT, two.commit());
      db.append(Samples.event("A")).orThrow();
      Event event = two.next(LONG).orElseThrow();
      assertEquals(4, event.position());
      two.put(second, bytes("A"), bytes("two4"), 4);
      assertEquals(Status.OK, two.commit());
      work(one, first, "one");
      assertEquals(Status.CONFLICT, one.commit());
      assertEquals("A=two4 B=one2", rows(first));
    }
  }

  @Test
  void aRebuildTakesOverWhenItHasCaughtUp() {
    try (Projection old = projection(); Table oldTable = table(old);
        Projection rebuild = db.projection("p", Query.all(), ProjectionOptions.rebuild());
        Table table = table(rebuild)) {
      work(old, oldTable, "old");
      assertEquals(Status.OK, old.commit());
      Samples.expect(Status.INVALID, old::switchOver);
      for (long position = 1; position <= 2; ++position) {
        Event event = rebuild.next(Duration.ZERO).orElseThrow();
        assertEquals(position, event.position());
        rebuild.put(table, bytes(event.type()), bytes("new" + position), position);
        assertEquals(Status.NOT_YET, rebuild.switchOver());
      }
      assertEquals("A=old3 B=old2", rows(oldTable));
      assertEquals(3, work(rebuild, table, "new"));
      assertEquals(Status.OK, rebuild.switchOver());
      assertEquals(Optional.empty(), oldTable.get(bytes("A")));
      assertEquals("t", table.describe().orElseThrow().name().name());
      assertEquals("A=new3 B=new2", rows(table));
      Samples.expect(Status.INVALID, rebuild::switchOver);
      // The projection goes on where it was, with the new table.
      db.append(Samples.event("A")).orThrow();
      try (Table again = table(old)) {
        work(old, again, "old");
        assertEquals(Status.OK, old.commit());
        assertEquals("A=old4 B=new2", rows(again));
      }
    }
  }

  @Test
  void itWaitsForEventsAndIsWaitedFor() throws Exception {
    try (Projection projection = db.projection("p", Query.type("C").build());
        Table table = table(projection)) {
      assertTrue(projection.pull(LONG).isEmpty(), "it has caught up");
      assertTrue(projection.isCaughtUp());
      CompletableFuture<Status> committed = CompletableFuture.supplyAsync(() -> {
        long position = projection.next(LONG).orElseThrow().position();
        return projection.put(table, bytes("C"), new byte[0], position).commit();
      });
      assertFalse(db.waitApplied("p", 4, Duration.ofMillis(1)));
      db.append(Samples.event("C")).orThrow();
      assertTrue(db.waitApplied("p", 4, LONG));
      assertEquals(Status.OK, committed.get(60, TimeUnit.SECONDS));
      assertTrue(db.waitApplied("p", 4, Duration.ZERO));
      assertFalse(projection.next(Duration.ofMillis(1)).isPresent());
      Samples.expect(Status.INVALID, () -> db.waitApplied("", 4, LONG));
    }
  }

  @Test
  void aWaitEndsWhenTheThreadIsInterruptedOrTheProjectionClosed() throws Exception {
    Projection projection = projection();
    assertEquals(3, projection.pull(LONG).count());
    Thread.currentThread().interrupt();
    try {
      assertTrue(projection.next(LONG).isEmpty());
    } finally {
      assertTrue(Thread.interrupted(), "its status stays set");
    }
    CompletableFuture<Void> waiting = CompletableFuture.runAsync(
        () -> Samples.expect(Status.CLOSED, () -> projection.next(LONG)));
    Thread.sleep(5);
    projection.close();
    projection.close();
    waiting.get(60, TimeUnit.SECONDS);
    Samples.expect(Status.CLOSED, projection::commit);
    Samples.expect(Status.CLOSED, projection::describe);
  }

  @Test
  void whatIsNotItsOwnIsRefused() {
    db.createTable("t");
    Samples.expect(Status.INVALID, () -> db.projection("", Query.all()));
    try (Projection projection = projection(); Table table = db.table("t").orElseThrow()) {
      Samples.expect(Status.EXISTS, () -> projection.table("t"));
      projection.pull(LONG);
      Samples.expect(Status.INVALID, () -> projection.put(table, bytes("k"), new byte[0], 1));
    }
  }
}
