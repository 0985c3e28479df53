package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Appending, batches, guards, keys and tracking. */
class AppendTest {
  private final Stele db = Stele.inMemory(Samples.STILL);

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void anAppendSaysWhereTheEventIs() {
    CommitResult.Committed first = db.append(Samples.event("A")).orThrow();
    assertEquals(new CommitResult.Committed(1, 1, 1, 1, Samples.NOON, false), first);
    CommitResult.Committed next =
        db.append(List.of(Samples.event("B"), Samples.event("C"))).orThrow();
    assertEquals(2, next.tsn());
    assertEquals(2, next.firstPosition());
    assertEquals(3, next.lastPosition());
    assertEquals(2, next.eventCount());
    assertTrue(next.recorded().isAfter(Samples.NOON), "times increase, even when the clock stands");
    assertEquals(List.of("A", "B", "C"), Samples.types(db.read()));
  }

  @Test
  void nothingToAppendIsInvalid() {
    Samples.expect(Status.INVALID, () -> db.append(List.of()));
    try (Batch batch = db.batch()) {
      Samples.expect(Status.INVALID, batch::commit);
    }
  }

  @Test
  void aConflictIsAResultThatNamesTheGuardAndWhatIsInTheWay() {
    db.append(Samples.event("SeatReserved", "seat:12A")).orThrow();
    Guard isFree = Guard.none(Samples.tag("seat:12A"));
    CommitResult result =
        db.append(Samples.event("SeatReserved", "seat:12A"), Guard.none(Samples.tag("x")), isFree);
    CommitResult.Conflict conflict = assertInstanceOf(CommitResult.Conflict.class, result);
    assertEquals(1, conflict.guard());
    assertEquals(1, conflict.position());
    assertFalse(result.isCommitted());
    assertEquals(Status.CONFLICT, result.status());
    assertEquals(1, db.head());

    SteleException e = assertThrows(SteleException.class, result::orThrow);
    assertEquals(Status.CONFLICT, e.status());
    assertEquals(1, e.guard());
    assertEquals(1, e.position());
    assertTrue(db.append(Samples.event("X"), Guard.noneAfter(Samples.tag("seat:12A"), 1))
        .isCommitted());
  }

  @Test
  void anExpectedVersionIsComparedWithThatOfTheEntity() {
    assertTrue(db.append(Samples.of("e", "A"), Guard.version("e", 0)).isCommitted());
    CommitResult.Conflict conflict = assertInstanceOf(CommitResult.Conflict.class,
        db.append(Samples.of("e", "B"), Guard.version("e", 0)));
    assertEquals(1, conflict.sequence());
    assertTrue(db.append(Samples.of("e", "B"), Guard.version("e", Guard.SOME)).isCommitted());
    assertEquals(Status.CONFLICT,
        db.append(Samples.of("f", "B"), Guard.version("f", Guard.SOME)).status());
  }

  @Test
  void anIdExistsOnce() {
    NewEvent event = NewEvent.of("A").id(new UUID(1, 2)).build();
    db.append(event).orThrow();
    CommitResult.Exists exists =
        assertInstanceOf(CommitResult.Exists.class, db.append(event));
    assertEquals(1, exists.position());
    SteleException e = assertThrows(SteleException.class, exists::orThrow);
    assertEquals(Status.EXISTS, e.status());
    assertTrue(db.append(Samples.event("B")).isCommitted(), "the next one is not hindered");
  }

  @Test
  void aKeyIsCommittedOnce() {
    try (Batch batch = db.batch()) {
      batch.add(Samples.event("A")).key("command-1");
      assertFalse(batch.commit().orThrow().repeated());
      batch.add(Samples.event("A")).key("command-1");
      CommitResult.Committed again = batch.commit().orThrow();
      assertTrue(again.repeated());
      assertEquals(1, again.firstPosition());
      batch.add(Samples.event("B")).key("command-1");
      CommitResult.KeyReused reused =
          assertInstanceOf(CommitResult.KeyReused.class, batch.commit());
      assertEquals(1, reused.position());
      assertEquals(Status.KEY_REUSED, reused.status());
      assertThrows(SteleException.class, reused::orThrow);
    }
    assertEquals(1, db.head());
  }

  @Test
  void aBatchThatWasRefusedCanBeCommittedAgain() {
    db.append(Samples.event("A", "t"));
    try (Batch batch = db.batch()) {
      batch.add(Samples.event("B")).guard(Guard.none(Samples.tag("t")));
      assertEquals(Status.CONFLICT, batch.check().status());
      assertEquals(Status.CONFLICT, batch.commit().status());
      assertEquals(Status.CONFLICT, batch.commit().status());
      batch.clear().add(Samples.event("C")).durability(Durability.SYNC);
      assertEquals(1, batch.check().orThrow().eventCount());
      assertEquals(2, batch.commit().orThrow().firstPosition());
    }
  }

  @Test
  void aDecisionIsGuardedByWhatItRead() {
    db.append(List.of(Samples.of("a", "Deposited"), Samples.of("a", "Deposited"))).orThrow();
    Query account = Query.entity("a").build();
    try (Batch batch = db.batch()) {
      int deposits = 0;
      try (Cursor history = batch.decide(account)) {
        while (history.next()) ++deposits;
      }
      assertEquals(2, deposits);
      batch.add(Samples.of("a", "Withdrawn"));
      db.append(Samples.of("a", "Deposited"));
      CommitResult.Conflict conflict =
          assertInstanceOf(CommitResult.Conflict.class, batch.commit());
      try (Cursor inTheWay = batch.conflicts(conflict.guard()).orElseThrow()) {
        assertTrue(inTheWay.next());
        assertEquals(3, inTheWay.view().position());
        assertFalse(inTheWay.next());
      }
      assertTrue(batch.conflicts(5).isEmpty(), "there is no such guard");
      batch.clear();
      batch.decide(account, ReadOptions.backward().limit(1)).close();
      assertTrue(batch.add(Samples.of("a", "Withdrawn")).commit().isCommitted());
    }
  }

  @Test
  void trackingIsPartOfTheCommit() {
    assertEquals(OptionalLong.empty(), db.tracked("mails"));
    try (Batch batch = db.batch()) {
      batch.add(Samples.event("MailSent")).track("mails", 0, 10).commit().orThrow();
      assertEquals(OptionalLong.of(10), db.tracked("mails"));
      batch.track("mails", 7);
      CommitResult.Conflict conflict =
          assertInstanceOf(CommitResult.Conflict.class, batch.commit());
      assertEquals(10, conflict.position());
      batch.clear().track("mails", 10, Long.MAX_VALUE);
      CommitResult.Committed alone = batch.commit().orThrow();
      assertEquals(0, alone.eventCount());
      assertEquals(0, alone.firstPosition());
      assertEquals(OptionalLong.of(Long.MAX_VALUE), db.tracked("mails"));
    }
  }

  @Test
  void addAllTakesAllOrNone() {
    try (Batch batch = db.batch()) {
      batch.add(Samples.event("A"));
      Samples.expect(Status.INVALID,
          () -> batch.addAll(List.of(Samples.event("B"), Samples.event("a\0b"))));
      batch.addAll(List.of(Samples.event("C"), Samples.event("D"))).commit().orThrow();
    }
    assertEquals(List.of("A", "C", "D"), Samples.types(db.read()));
  }

  @Test
  void recordsOfAnotherDatabaseCanBeAdded() {
    db.append(List.of(Samples.event("A", "t"), Samples.of("e", "B"))).orThrow();
    try (Stele copy = Stele.inMemory(); Batch batch = copy.batch();
        Cursor cursor = db.cursor(Query.all())) {
      for (EventView event : cursor) batch.addRecords(event.record());
      batch.commit().orThrow();
      assertEquals(db.get(1).orElseThrow().id(), copy.get(1).orElseThrow().id());
      assertEquals(List.of("A", "B"), Samples.types(copy.read()));
    }
  }

  @Test
  void whatIsWrongWithAnEventIsSaid() {
    SteleException e =
        assertThrows(SteleException.class, () -> db.append(NewEvent.of("").build()));
    assertEquals("append: the event type is empty", e.getMessage());
    Samples.expect(Status.INVALID, () -> db.append(Samples.event("A", "")));
    Samples.expect(Status.INVALID, () -> db.append(
        NewEvent.of("A").metadata("k", "1").metadata("k", "2").build()));
    e = assertThrows(SteleException.class, () -> db.append(Samples.event("x".repeat(513))));
    assertEquals(Status.TOO_LARGE, e.status());
    assertFalse(e.getMessage().contains("record 0"), e.getMessage());
    Samples.expect(Status.TOO_LARGE, () -> db.append(Samples.event("x".repeat(70_000))));
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < 257; ++i) tags.add("t" + i);
    Samples.expect(Status.TOO_LARGE, () -> db.append(NewEvent.of("A").tags(tags).build()));
    assertTrue(db.append(NewEvent.of("A").tags(tags.subList(0, 256)).build()).isCommitted());
    assertEquals(1, db.head());
  }

  @Test
  void whatIsWrongWithAGuardIsSaid() {
    try (Batch batch = db.batch()) {
      Samples.expect(Status.INVALID, () -> batch.guard(Guard.version("", 1)));
      Samples.expect(Status.INVALID, () -> batch.guard(Guard.none(Samples.tag(""))));
      Samples.expect(Status.INVALID, () -> batch.key(""));
      Samples.expect(Status.INVALID, () -> batch.track("s", 0));
    }
    assertThrows(NullPointerException.class, () -> Guard.none(null));
  }
}
