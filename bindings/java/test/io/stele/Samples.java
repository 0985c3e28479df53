package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;

/** What tests share: small events, and what they expect of errors and handles. */
final class Samples {
  static final Instant NOON = Instant.parse("2024-05-01T12:00:00.123456Z");
  static final Options STILL = Options.builder().testClock(NOON).testSeed(7).build();

  private Samples() {}

  static NewEvent event(String type, String... tags) {
    return NewEvent.of(type).tags(List.of(tags)).build();
  }

  static NewEvent of(String entity, String type) {
    return NewEvent.of(type).entity(entity).build();
  }

  static Query tag(String tag) {
    return Query.tag(tag).build();
  }

  static List<String> types(Stream<Event> events) {
    try (events) {
      return events.map(Event::type).toList();
    }
  }

  static void expect(Status status, Executable call) {
    SteleException e = assertThrows(SteleException.class, call);
    assertEquals(status, e.status(), e.getMessage());
  }

  /** Collects garbage until `handles` are open: cleaning takes a moment, on a busy machine many. */
  static void expectLive(long handles) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (Stele.liveHandles() != handles && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(5);
    }
    assertEquals(handles, Stele.liveHandles(), "handles that are open");
  }
}
