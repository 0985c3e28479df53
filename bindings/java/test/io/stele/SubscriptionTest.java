package io.stele;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Following events, waiting for them, and going on where one was. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SubscriptionTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Stele db = Stele.inMemory();

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void eventsThatAreThereComeFirstAndThenThoseThatCome() {
    db.append(List.of(Samples.event("A", "t"), Samples.event("B"), Samples.event("C", "t")))
        .orThrow();
    try (Subscription subscription = db.subscribe(Samples.tag("t"))) {
      EventBatch batch = subscription.pull(LONG);
      assertEquals(List.of("A", "C"), Samples.types(batch.toList().stream()));
      assertEquals(3, subscription.through());
      assertEquals(3, subscription.head());
      assertTrue(subscription.isCaughtUp());
      assertTrue(subscription.pull(Duration.ZERO).isEmpty());
      CompletableFuture<Void> appender =
          CompletableFuture.runAsync(() -> db.append(Samples.event("D", "t")));
      assertEquals("D", subscription.next(LONG).orElseThrow().type());
      appender.join();
    }
  }

  @Test
  void nextTakesOneEventAndTheTokenIsBehindIt() {
    db.append(List.of(Samples.event("A"), Samples.event("B"), Samples.event("C"))).orThrow();
    byte[] token;
    try (Subscription subscription = db.subscribe(Query.all())) {
      assertEquals("A", subscription.next(LONG).orElseThrow().type());
      token = subscription.token();
      assertEquals(Limits.TOKEN_SIZE, token.length);
      assertEquals("B", subscription.next(LONG).orElseThrow().type());
    }
    SubscribeOptions there = SubscribeOptions.fromStart().token(token);
    try (Subscription subscription = db.subscribe(Query.all(), there)) {
      assertEquals(List.of("B", "C"), Samples.types(subscription.pull(LONG).toList().stream()));
      assertTrue(subscription.next(Duration.ofMillis(1)).isEmpty());
    }
  }

  @Test
  void aSubscriptionBeginsWhereItIsTold() {
    db.append(List.of(Samples.event("A"), Samples.event("B"))).orThrow();
    SubscribeOptions behindA = SubscribeOptions.fromStart().after(1);
    try (Subscription behind = db.subscribe(Query.all(), behindA);
        Subscription news = db.subscribe(Query.all(), SubscribeOptions.newEvents())) {
      assertEquals("B", behind.next(LONG).orElseThrow().type());
      db.append(Samples.event("C")).orThrow();
      assertEquals("C", news.next(LONG).orElseThrow().type());
    }
    Samples.expect(Status.INVALID,
        () -> db.subscribe(Query.all(), SubscribeOptions.fromStart().after(99)));
    Samples.expect(Status.INVALID,
        () -> db.subscribe(Query.all(), SubscribeOptions.fromStart().token(new byte[32])));
    Samples.expect(Status.INVALID,
        () -> db.subscribe(Query.all(), SubscribeOptions.newEvents().after(1)));
  }

  @Test
  void largeEventsComeOneByOneToo() {
    byte[] data = new byte[300_000];
    data[299_999] = 7;
    db.append(List.of(Samples.event("A"), NewEvent.of("B").data(data).build(),
        Samples.event("C"))).orThrow();
    try (Subscription subscription = db.subscribe(Query.all())) {
      assertEquals("A", subscription.next(LONG).orElseThrow().type());
      assertArrayEquals(data, subscription.next(LONG).orElseThrow().data());
      assertEquals("C", subscription.next(LONG).orElseThrow().type());
    }
  }

  /** Starts `work` in a thread and returns when it has begun to. */
  private static <T> CompletableFuture<T> start(Callable<T> work)
      throws InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    Thread thread = new Thread(() -> {
      begun.countDown();
      try {
        result.complete(work.call());
      } catch (Throwable e) {
        result.completeExceptionally(e);
      }
    });
    thread.setDaemon(true);
    thread.start();
    begun.await();
    return result;
  }

  @Test
  void anInterruptEndsTheWaitOrTheNextOne() throws Exception {
    try (Subscription subscription = db.subscribe(Query.all())) {
      assertTrue(subscription.pull(LONG).isEmpty(), "it says once that it has caught up");
      assertTrue(subscription.isCaughtUp());
      subscription.interrupt();
      assertTrue(subscription.pull(Subscription.FOREVER).isEmpty(), "it came before the wait");
      CompletableFuture<Boolean> waiting =
          start(() -> subscription.next(Subscription.FOREVER).isEmpty());
      Thread.sleep(20);
      subscription.interrupt();
      assertTrue(waiting.get(60, TimeUnit.SECONDS));
      db.append(Samples.event("A")).orThrow();
      assertTrue(subscription.next(LONG).isPresent(), "it goes on afterwards");
    }
  }

  @Test
  void anInterruptedThreadWaitsNoLonger() throws Exception {
    try (Subscription subscription = db.subscribe(Query.all())) {
      subscription.pull(Duration.ZERO);
      CompletableFuture<Thread> waiter = new CompletableFuture<>();
      CompletableFuture<Boolean> waiting = start(() -> {
        waiter.complete(Thread.currentThread());
        return subscription.pull(Subscription.FOREVER).isEmpty()
            && Thread.currentThread().isInterrupted();
      });
      waiter.get().interrupt();
      assertTrue(waiting.get(60, TimeUnit.SECONDS), "its status stays set");
    }
  }

  @Test
  void aLoopOverASubscriptionEndsWhenItIsClosed() throws Exception {
    db.append(List.of(Samples.event("A"), Samples.event("B"))).orThrow();
    Subscription subscription = db.subscribe(Query.all());
    CountDownLatch seen = new CountDownLatch(2);
    CompletableFuture<List<String>> loop = start(() -> {
      List<String> types = new ArrayList<>();
      for (Event event : subscription) {
        types.add(event.type());
        seen.countDown();
      }
      return types;
    });
    seen.await();
    subscription.close();
    assertEquals(List.of("A", "B"), loop.get(60, TimeUnit.SECONDS));
  }

  @Test
  void aLoopGoesOnAfterAnInterrupt() {
    db.append(Samples.event("A")).orThrow();
    try (Subscription subscription = db.subscribe(Query.all())) {
      Iterator<Event> events = subscription.iterator();
      assertEquals("A", events.next().type());
      subscription.interrupt();
      assertFalse(events.hasNext());
      db.append(Samples.event("B")).orThrow();
      assertTrue(events.hasNext());
      assertEquals("B", events.next().type());
    }
  }

  @Test
  void aShortTimeoutEnds() {
    try (Subscription subscription = db.subscribe(Query.all())) {
      subscription.pull(Duration.ZERO);
      assertTrue(subscription.pull(Duration.ofMillis(450)).isEmpty(), "longer than a slice");
      assertTrue(subscription.pull(Duration.ofNanos(1)).isEmpty());
      assertTrue(subscription.pull(Duration.ofSeconds(-5)).isEmpty());
    }
  }

  @Test
  void oneThreadCanWaitForSeveral() throws Exception {
    try (Stele other = Stele.inMemory();
        Subscription first = db.subscribe(Samples.tag("t"));
        Subscription second = other.subscribe(Query.all())) {
      List<Subscription> both = List.of(first, second);
      first.pull(Duration.ZERO);
      second.pull(Duration.ZERO);
      assertTrue(Subscription.waitForAny(both, Duration.ofMillis(1)).isEmpty());
      CompletableFuture<Subscription> waiting =
          start(() -> Subscription.waitForAny(both, Subscription.FOREVER).orElseThrow());
      other.append(Samples.event("A")).orThrow();
      assertSame(second, waiting.get(60, TimeUnit.SECONDS));
      assertEquals("A", second.next(LONG).orElseThrow().type());
      first.interrupt();
      assertTrue(Subscription.waitForAny(both, Subscription.FOREVER).isEmpty());
      Samples.expect(Status.INVALID, () -> Subscription.waitForAny(List.of(), LONG));
      Subscription closed = db.subscribe(Query.all());
      closed.close();
      Samples.expect(Status.CLOSED,
          () -> Subscription.waitForAny(List.of(first, closed), LONG));
    }
  }
}
