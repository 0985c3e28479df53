package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commits that go on while the caller does something else. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AsyncTest {
  @TempDir
  Path directory;

  private static void join(List<? extends CompletableFuture<?>> futures) {
    CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0])).join();
  }

  @Test
  void futuresHaveTheResultsInTheOrderOfTheCalls() {
    try (Stele db = Stele.open(directory.resolve("db"))) {
      List<CompletableFuture<CommitResult>> futures = new ArrayList<>();
      for (int i = 0; i < 500; ++i) futures.add(db.appendAsync(Samples.event("A")));
      for (int i = 0; i < 500; ++i) {
        assertEquals(i + 1, futures.get(i).join().orThrow().firstPosition());
      }
    }
  }

  @Test
  void aBatchCanBeFilledAgainAtOnce() {
    try (Stele db = Stele.inMemory(); Batch batch = db.batch()) {
      CompletableFuture<CommitResult> first = batch.add(Samples.event("A")).commitAsync();
      CompletableFuture<CommitResult> next =
          batch.add(Samples.event("B")).guard(Guard.none(Query.all())).commitAsync();
      assertTrue(first.join().isCommitted());
      assertInstanceOf(CommitResult.Conflict.class, next.join());
      Samples.expect(Status.INVALID, batch::commitAsync);
    }
  }

  @Test
  void manyThreadsShareOneDispatcher() throws Exception {
    try (Stele db = Stele.inMemory(Options.builder().durability(Durability.OS).build())) {
      List<CompletableFuture<CommitResult>> futures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; ++i) {
        Thread thread = new Thread(() -> {
          for (int k = 0; k < 300; ++k) {
            CompletableFuture<CommitResult> future = db.appendAsync(Samples.event("A"));
            synchronized (futures) {
              futures.add(future);
            }
          }
        });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) thread.join();
      join(futures);
      assertEquals(1200, db.head());
      assertEquals(1, Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().equals("stele-dispatcher"))
          .filter(thread -> thread.isAlive() && thread.isDaemon()).count());
    }
  }

  @Test
  void whatIsChainedMayAppendAgain() {
    try (Stele db = Stele.inMemory()) {
      CompletableFuture<CommitResult> chain = db.appendAsync(Samples.event("A"));
      for (int i = 0; i < 20; ++i) {
        chain = chain.thenCompose(result -> db.appendAsync(Samples.event("B")));
      }
      assertEquals(21, chain.join().orThrow().lastPosition());
    }
  }

  @Test
  void whatIsChainedMayThrow() {
    try (Stele db = Stele.inMemory()) {
      CompletableFuture<Object> failed = db.appendAsync(Samples.event("A")).thenApply(result -> {
        throw new IllegalStateException("mine");
      });
      assertThrows(CompletionException.class, failed::join);
      assertTrue(db.appendAsync(Samples.event("B")).join().isCommitted());
    }
  }

  @Test
  void outcomesArriveAfterTheDatabaseWasClosed() {
    List<CompletableFuture<CommitResult>> futures = new ArrayList<>();
    try (Stele db = Stele.inMemory()) {
      for (int i = 0; i < 200; ++i) futures.add(db.appendAsync(Samples.event("A")));
    }
    join(futures);
    for (CompletableFuture<CommitResult> future : futures) assertTrue(future.join().isCommitted());
  }

  @Test
  void whatIsWrongAtOnceIsThrownAtOnce() {
    Stele db = Stele.inMemory();
    Samples.expect(Status.INVALID, () -> db.appendAsync(Samples.event("")));
    Samples.expect(Status.INVALID, () -> db.appendAsync(Samples.event("a\0")));
    assertTrue(db.appendAsync(Samples.event("A")).join().isCommitted());
    db.close();
    Samples.expect(Status.CLOSED, () -> db.appendAsync(Samples.event("A")));
  }

  @Test
  void aCommitGoesOnWhenItsFutureIsCancelled() {
    try (Stele db = Stele.inMemory()) {
      db.appendAsync(Samples.event("A")).cancel(true);
      db.appendAsync(Samples.event("B")).join();
      assertEquals(2, db.head());
    }
  }
}
