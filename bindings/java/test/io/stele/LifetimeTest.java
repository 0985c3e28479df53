package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects may be closed twice, in any order, by any thread, or not at all. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LifetimeTest {
  @TempDir
  Path directory;

  @BeforeEach
  void startWithNone() throws InterruptedException {
    Samples.expectLive(0);
  }

  /** One of everything that is to be closed. */
  private record Family(Stele db, Batch batch, Cursor cursor, Subscription subscription,
      Work<VerifyProgress> verify, Work<BackupProgress> backup, Work<CompactProgress> compact,
      Stream<Term> terms, Iterator<Event> iterator) {
    static Family make(Path directory) {
      Stele db = Stele.open(directory.resolve("db"));
      db.append(List.of(Samples.event("A", "t"), Samples.event("B"))).orThrow();
      Cursor cursor = db.cursor(Query.all());
      assertTrue(cursor.next());
      Iterator<Event> iterator = db.read().iterator();
      iterator.next();
      return new Family(db, db.batch(), cursor, db.subscribe(Query.all()), db.verify(),
          db.backup(directory.resolve("copy")), db.compact(), db.terms(TermKind.TAG, ""),
          iterator);
    }

    void closeChildren() {
      batch.close();
      cursor.close();
      subscription.close();
      verify.close();
      backup.close();
      compact.close();
      terms.close();
    }
  }

  @Test
  void theParentMayBeClosedFirst() throws InterruptedException {
    Family family = Family.make(directory);
    family.db.close();
    expectClosed(family);
    family.closeChildren();
    family = null;
    Samples.expectLive(0);
  }

  @Test
  void closingTwiceIsAsGoodAsOnce() throws InterruptedException {
    Family family = Family.make(directory);
    family.closeChildren();
    family.closeChildren();
    family.db.close();
    family.db.close();
    family.closeChildren();
    family = null;
    Samples.expectLive(0);
  }

  @Test
  void whatIsClosedSaysSo() throws InterruptedException {
    Family family = Family.make(directory);
    family.closeChildren();
    Samples.expect(Status.CLOSED, () -> family.batch.add(Samples.event("A")));
    Samples.expect(Status.CLOSED, family.batch::commit);
    Samples.expect(Status.CLOSED, () -> family.subscription.pull(Duration.ZERO));
    Samples.expect(Status.CLOSED, family.subscription::token);
    Samples.expect(Status.CLOSED, family.cursor::next);
    Samples.expect(Status.CLOSED, family.cursor::info);
    assertThrows(IndexOutOfBoundsException.class, () -> family.cursor.view().position());
    family.db.close();
    expectClosed(family);
  }

  private static void expectClosed(Family family) {
    Stele db = family.db;
    Samples.expect(Status.CLOSED, () -> db.append(Samples.event("A")));
    Samples.expect(Status.CLOSED, () -> db.append(List.of(Samples.event("A"))));
    Samples.expect(Status.CLOSED, () -> db.appendAsync(Samples.event("A")));
    Samples.expect(Status.CLOSED, db::batch);
    Samples.expect(Status.CLOSED, db::head);
    Samples.expect(Status.CLOSED, db::read);
    Samples.expect(Status.CLOSED, db::stats);
    Samples.expect(Status.CLOSED, db::sync);
    Samples.expect(Status.CLOSED, db::checkpoint);
    Samples.expect(Status.CLOSED, db::verify);
    Samples.expect(Status.CLOSED, () -> db.get(1));
    Samples.expect(Status.CLOSED, () -> db.latest("e"));
    Samples.expect(Status.CLOSED, () -> db.subscribe(Query.all()));
    Samples.expect(Status.CLOSED, () -> db.terms(TermKind.TAG, ""));
    Samples.expect(Status.CLOSED, () -> family.batch.add(Samples.event("A")).commit());
    Samples.expect(Status.CLOSED, () -> family.cursor.nextBatch());
    Samples.expect(Status.CLOSED, () -> family.subscription.pull(Duration.ZERO));
    Samples.expect(Status.CLOSED, () -> family.verify.step());
    Samples.expect(Status.CLOSED, () -> family.backup.step());
  }

  @Test
  void whatIsDroppedIsClosed() throws InterruptedException {
    dropOneOfEach();
    Samples.expectLive(0);
    try (Stele db = Stele.open(directory.resolve("db"))) {
      assertEquals(2, db.head(), "nobody has it open any more");
    }
  }

  /** In a method of its own, so that no variable of the test refers to it. */
  private void dropOneOfEach() {
    Family.make(directory);
    assertTrue(Stele.liveHandles() >= 9);
  }

  @Test
  void manyThatAreDroppedAreClosed() throws InterruptedException {
    for (int i = 0; i < 100; ++i) {
      Stele db = Stele.inMemory();
      db.append(Samples.event("A"));
      db.cursor(Query.all()).next();
      db.appendAsync(Samples.event("B"));
      if (i % 3 == 0) db.close();
    }
    Samples.expectLive(0);
  }

  @Test
  void childrenKeepTheirParent() throws InterruptedException {
    Cursor cursor = openAndForget().cursor(Query.all());
    for (int i = 0; i < 5; ++i) {
      System.gc();
      Thread.sleep(10);
    }
    assertTrue(cursor.next(), "the database was not collected before its cursor");
    assertEquals("A", cursor.view().type());
    cursor.close();
  }

  @Test
  void nothingIsCollectedDuringACallOnIt() throws Exception {
    CountDownLatch isDone = new CountDownLatch(1);
    Thread collector = new Thread(() -> {
      while (isDone.getCount() > 0) System.gc();
    });
    collector.start();
    try {
      for (int i = 0; i < 20; ++i) {
        // Nobody refers to these objects while the library works for them.
        assertEquals(1, openAndForget().append(Samples.event("B")).orThrow().eventCount());
        assertEquals(1, openAndForget().count(Query.all()));
        assertEquals("A", openAndForget().read().toList().get(0).type());
        assertTrue(openAndForget().batch().add(Samples.event("B")).commit().isCommitted());
        assertTrue(openAndForget().cursor(Query.all()).next());
        assertTrue(openAndForget().subscribe(Query.all()).next(Duration.ZERO).isPresent());
        assertEquals(1, openAndForget().verify().run().events());
      }
    } finally {
      isDone.countDown();
      collector.join();
    }
    Samples.expectLive(0);
  }

  private static Stele openAndForget() {
    Stele db = Stele.inMemory();
    db.append(Samples.event("A")).orThrow();
    return db;
  }

  @Test
  void droppedAfterAnAsynchronousCommitItIsClosed() throws Exception {
    CompletableFuture<CommitResult> future = Stele.inMemory().appendAsync(Samples.event("A"));
    assertTrue(future.get(60, TimeUnit.SECONDS).isCommitted());
    Samples.expectLive(0);
    long end = System.nanoTime() + 60_000_000_000L;
    while (hasDispatcher() && System.nanoTime() < end) Thread.sleep(5);
    assertTrue(!hasDispatcher(), "its thread has ended, too");
  }

  private static boolean hasDispatcher() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("stele-dispatcher"));
  }

  // ---- Closing during a call -------------------------------------------------------------------

  private static CompletableFuture<Throwable> catching(Runnable work) throws InterruptedException {
    CompletableFuture<Throwable> caught = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    Thread thread = new Thread(() -> {
      begun.countDown();
      try {
        work.run();
        caught.complete(null);
      } catch (Throwable e) {
        caught.complete(e);
      }
    });
    thread.setDaemon(true);
    thread.start();
    begun.await();
    Thread.sleep(10);
    return caught;
  }

  private static void assertClosed(CompletableFuture<Throwable> caught) throws Exception {
    SteleException e =
        assertInstanceOf(SteleException.class, caught.get(60, TimeUnit.SECONDS));
    assertEquals(Status.CLOSED, e.status(), e.getMessage());
  }

  @Test
  void closingWakesWhoWaits() throws Exception {
    Stele db = Stele.inMemory();
    Subscription first = db.subscribe(Query.all());
    first.pull(Duration.ZERO);  // It says once that it has caught up.
    CompletableFuture<Throwable> waiting = catching(() -> first.pull(Subscription.FOREVER));
    first.close();
    assertClosed(waiting);
    Subscription second = db.subscribe(Query.all());
    waiting = catching(() -> second.next(Subscription.FOREVER));
    db.close();
    assertClosed(waiting);
    second.close();
    Samples.expectLive(0);
  }

  @Test
  void aDatabaseMayBeClosedUnderThreadsThatUseIt() throws Exception {
    for (int round = 0; round < 5; ++round) {
      Stele db = Stele.inMemory(Options.builder().durability(Durability.OS).build());
      db.append(Samples.event("A")).orThrow();
      List<CompletableFuture<Throwable>> users = new ArrayList<>();
      users.add(catching(() -> forEver(() -> db.append(Samples.event("B")))));
      users.add(catching(() -> forEver(() -> db.appendAsync(Samples.event("C")))));
      users.add(catching(() -> forEver(() -> db.get(1))));
      users.add(catching(() -> forEver(() -> {
        try (Cursor cursor = db.cursor(Query.all())) {
          while (cursor.next()) cursor.view().type();
        }
      })));
      Thread.sleep(20);
      db.close();
      for (CompletableFuture<Throwable> user : users) assertClosed(user);
    }
    Samples.expectLive(0);
  }

  private static void forEver(Runnable work) {
    for (;;) work.run();
  }

  @Test
  void aCursorMayBeClosedUnderTheThreadThatReads() throws Exception {
    try (Stele db = Stele.inMemory()) {
      List<NewEvent> events = new ArrayList<>();
      for (int i = 0; i < 1000; ++i) events.add(Samples.event("A", "n:" + i));
      db.append(events).orThrow();
      for (int round = 0; round < 30; ++round) {
        Cursor cursor = db.cursor(Query.all());
        CompletableFuture<Throwable> reading = catching(() -> {
          while (cursor.next()) {
            // What is read while it is closed is of no interest, but it must be of that event.
            if (!cursor.view().type().equals("A")) throw new IllegalStateException();
          }
        });
        cursor.close();
        Throwable caught = reading.get(60, TimeUnit.SECONDS);
        if (caught instanceof SteleException e) {
          assertEquals(Status.CLOSED, e.status());
        } else if (caught != null) {
          assertInstanceOf(IndexOutOfBoundsException.class, caught);
        }
      }
    }
  }
}
