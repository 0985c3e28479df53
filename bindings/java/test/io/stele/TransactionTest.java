package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions: what they read, their batch, their end, and bodies that are run again. */
class TransactionTest {
  private Stele db;
  private Table table;

  @BeforeEach
  void open() throws InterruptedException {
    Samples.expectLive(0);
    db = Stele.inMemory(Samples.STILL);
    db.createTable("t");
    table = db.table("t").orElseThrow();
  }

  @AfterEach
  void close() throws InterruptedException {
    db.verify().run();
    table.close();
    db.close();
    Samples.expectLive(0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Row row) {
    return new String(row.value(), StandardCharsets.UTF_8);
  }

  private void put(String key, String row) {
    try (Batch batch = db.batch()) {
      batch.put(table, bytes(key), bytes(row)).commit().orThrow();
    }
  }

  private String value(String key) {
    return table.get(bytes(key)).map(TransactionTest::text).orElse("none");
  }

  private String value(Transaction in, String key) {
    return in.get(table, bytes(key)).map(TransactionTest::text).orElse("none");
  }

  private static String rows(Scan scan) {
    try (Stream<Row> rows = scan.stream()) {
      return rows.map(row -> new String(row.key(), StandardCharsets.UTF_8) + "=" + text(row))
          .collect(Collectors.joining(" "));
    }
  }

  @Test
  void readsItsOwnRowsAndThoseOfItsBeginning() {
    put("a", "1");
    put("b", "2");
    put("c", "3");
    try (Transaction t = db.begin()) {
      put("a", "later");
      t.put(table, bytes("d"), bytes("4")).delete(table, bytes("b"));
      assertEquals("1", value(t, "a"));
      assertEquals("none", value(t, "b"));
      assertEquals(0, t.get(table, bytes("d")).orElseThrow().tsn());
      assertEquals("a=1 c=3 d=4", rows(t.scan(table)));
      assertEquals("c=3 a=1", rows(t.scan(table, ScanOptions.backward().high(bytes("d")))));
      t.deleteRange(table, bytes("b"), bytes("d"));
      assertEquals("a=1 d=4", rows(t.scan(table)));
      t.deleteRange(table, new byte[0], null);
      assertEquals("", rows(t.scan(table)));
      assertEquals("none", value("d"));
      Samples.expect(Status.INVALID,
          () -> t.scan(table, ScanOptions.forward().asOf(AsOf.tsn(1))));
    }
  }

  @Test
  void aLargeRowIsRead() {
    try (Transaction t = db.begin()) {
      t.put(table, bytes("k"), new byte[300_000]);
      assertEquals(300_000, t.get(table, bytes("k")).orElseThrow().value().length);
    }
  }

  @Test
  void commitsRowsAndEventsInOnePieceAndIsOverThen() {
    Transaction t = db.begin();
    Batch batch = t.put(table, bytes("a"), bytes("1")).batch();
    batch.add(Samples.event("Put"));
    CommitResult.Committed done = t.commit().orThrow();
    assertEquals(done.lastPosition(), table.get(bytes("a")).orElseThrow().position());
    Samples.expect(Status.INVALID, () -> t.put(table, bytes("a"), bytes("2")));
    Samples.expect(Status.INVALID, () -> t.get(table, bytes("a")));
    Samples.expect(Status.INVALID, t::commit);
    Samples.expect(Status.CLOSED, () -> batch.put(table, bytes("a"), bytes("2")));
    t.close();
    t.close();
    Samples.expect(Status.CLOSED, t::commit);
  }

  @Test
  void whatItReadMustBeUnchangedUnlessItIsASnapshot() {
    put("a", "1");
    for (Isolation isolation : Isolation.values()) {
      try (Transaction t = db.begin(isolation)) {
        value(t, "a");
        put("a", "changed");
        CommitResult result = t.put(table, bytes("b"), bytes("2")).commit();
        assertEquals(isolation == Isolation.SNAPSHOT, result.isCommitted());
        if (result instanceof CommitResult.Conflict conflict) {
          assertEquals(SteleException.NO_GUARD, conflict.guard());
          assertTrue(conflict.message().contains("\"a\""), conflict.message());
        }
      }
    }
  }

  @Test
  void eventsThatItReadAreGuarded() {
    try (Transaction t = db.begin()) {
      assertEquals(List.of(), Samples.types(t.read(Query.type("A").build()).stream()));
      db.append(Samples.event("A")).orThrow();
      t.batch().add(Samples.event("First"));
      CommitResult.Conflict conflict = assertInstanceOf(CommitResult.Conflict.class, t.commit());
      assertEquals(0, conflict.guard());
      assertEquals(1, conflict.position());
    }
  }

  @Test
  void itsBatchIsNotForOthersToCommitOrClearOrClose() {
    try (Transaction t = db.begin()) {
      Batch batch = t.batch();
      batch.put(table, bytes("a"), bytes("1"));
      Samples.expect(Status.INVALID, batch::commit);
      Samples.expect(Status.INVALID, batch::check);
      Samples.expect(Status.INVALID, batch::commitAsync);
      Samples.expect(Status.INVALID, batch::clear);
      batch.close();
      assertSame(batch, t.batch());
      assertEquals("1", value(t, "a"));
      t.commit().orThrow();
    }
    assertEquals("1", value("a"));
  }

  @Test
  void aScanIsOverWithItsTransaction() {
    put("a", "1");
    Transaction t = db.begin();
    try (Scan scan = t.scan(table)) {
      t.close();
      Samples.expect(Status.INVALID, scan::next);
    }
  }

  /** A batch or a scan alone keeps its transaction, and all of them are closed when dropped. */
  @Test
  void livesAsLongAsWhatIsMadeOfIt() throws InterruptedException {
    put("a", "1");
    long live = Stele.liveHandles();
    useWithoutKeeping();
    Samples.expectLive(live);
  }

  private void useWithoutKeeping() throws InterruptedException {
    Batch batch = db.begin().batch();
    Scan scan = db.begin().scan(table);
    for (int i = 0; i < 5; ++i) {
      System.gc();
      Thread.sleep(5);
      batch.put(table, bytes("k" + i), bytes(""));
    }
    assertEquals("a=1", rows(scan));
  }

  @Test
  void transactBeginsAgainUntilNobodyIsInTheWay() {
    put("a", "0");
    AtomicInteger runs = new AtomicInteger();
    db.transact(t -> {
      String before = value(t, "a");
      if (runs.incrementAndGet() < 20) put("a", runs.toString());
      t.put(table, bytes("a"), bytes(before + "!"));
    }).orThrow();
    assertEquals(20, runs.get());
    assertEquals("19!", value("a"));
  }

  @Test
  void transactGivesTheConflictBackWhenItsTriesAreOver() {
    AtomicInteger runs = new AtomicInteger();
    TransactionBody<RuntimeException> body = t -> {
      put("a", runs.incrementAndGet() + "");
      t.put(table, bytes("a"), bytes("mine"));
    };
    assertEquals(Status.CONFLICT,
        db.transact(TransactionOptions.snapshot().tries(3), body).status());
    assertEquals(3, runs.get());
    Thread.currentThread().interrupt();
    assertFalse(db.transact(body).isCommitted());
    assertTrue(Thread.interrupted(), "the status stays");
    assertEquals(4, runs.get());
    assertThrows(IllegalArgumentException.class, () -> TransactionOptions.serializable().tries(0));
  }

  @Test
  void whatTheBodyThrowsEndsTheTransaction() {
    long live = Stele.liveHandles();
    assertThrows(IOException.class, () -> db.transact(t -> {
      t.put(table, bytes("a"), bytes("1"));
      throw new IOException("no");
    }));
    assertEquals("none", value("a"));
    assertEquals(live, Stele.liveHandles());
  }

  /** Threads take from one row and give to the other: nothing is lost, nobody sees half of it. */
  @Test
  void transfersOfManyThreadsKeepTheSum() throws InterruptedException {
    put("a", "1000");
    put("b", "1000");
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; ++i) {
      String from = i % 2 == 0 ? "a" : "b";
      String to = i % 2 == 0 ? "b" : "a";
      threads.add(new Thread(() -> {
        for (int k = 0; k < 50; ++k) {
          boolean done = db.transact(TransactionOptions.serializable().tries(100_000), t -> {
            int has = Integer.parseInt(value(t, from));
            int gets = Integer.parseInt(value(t, to));
            if (has + gets != 2000) wrong.incrementAndGet();
            t.put(table, bytes(from), bytes(has - 1 + ""))
                .put(table, bytes(to), bytes(gets + 1 + ""));
          }).isCommitted();
          if (!done) wrong.incrementAndGet();
        }
      }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) thread.join();
    assertEquals(0, wrong.get());
    assertEquals("1000", value("a"));
    assertEquals("1000", value("b"));
  }
}
