package io.stele;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening with options, and what is done with a database as a whole. */
class MaintenanceTest {
  @TempDir
  Path directory;

  private Path path(String name) {
    return directory.resolve(name);
  }

  @Test
  void modesSayWhatThereHasToBe() {
    Options existing = Options.builder().mode(OpenMode.EXISTING).build();
    Options fresh = Options.builder().mode(OpenMode.NEW).build();
    Options readOnly = Options.builder().mode(OpenMode.READ_ONLY).build();
    Samples.expect(Status.NOT_FOUND, () -> Stele.open(path("db"), existing));
    try (Stele db = Stele.open(path("db"), fresh)) {
      db.append(Samples.event("A")).orThrow();
      Samples.expect(Status.BUSY, () -> Stele.open(path("db")));
    }
    Samples.expect(Status.EXISTS, () -> Stele.open(path("db"), fresh));
    try (Stele db = Stele.open(path("db"), readOnly)) {
      assertEquals(1, db.head());
      Samples.expect(Status.READ_ONLY, () -> db.append(Samples.event("B")));
    }
    try (Stele db = Stele.open(path("db").toString(), existing)) {
      assertEquals(2, db.append(Samples.event("B")).orThrow().firstPosition());
    }
  }

  @Test
  void optionsReachTheLibrary() {
    Samples.expect(Status.INVALID,
        () -> Stele.inMemory(Options.builder().segmentSize(5).build()));
    Samples.expect(Status.INVALID, () -> Options.builder().interval(Duration.ofDays(60)));
    Samples.expect(Status.INVALID, () -> Options.builder().interval(Duration.ofMillis(-1)));
    Samples.expect(Status.INVALID, () -> Options.builder().maxClockJump(Duration.ofMillis(-1)));
    Options all = Options.builder().durability(Durability.INTERVAL)
        .interval(Duration.ofMillis(50)).segmentSize(1 << 20).bufferMax(1 << 20).tailMax(1 << 26)
        .maxClockJump(Duration.ofHours(1)).anyClockJump().keepWal(true).strictAfter(true)
        .memoryBudget(8 << 20).checkpointLog(1 << 20).maxReaderAge(Duration.ofMinutes(1))
        .testSeed(3).build();
    try (Stele db = Stele.inMemory(all); Batch batch = db.batch()) {
      batch.add(Samples.event("A")).guard(Guard.noneAfter(Query.all(), 5));
      SteleException e = assertThrows(SteleException.class, batch::commit);
      assertEquals(Status.INVALID, e.status());
      assertEquals(0, e.guard());
      Samples.expect(Status.INVALID, () -> db.setTestClock(Samples.NOON));
    }
  }

  @Test
  void aPathIsUtf8() {
    String name = directory + "/gr\u00fc\u00dfe-\ud83c\udf4e";
    try (Stele db = Stele.open(name)) {
      db.append(Samples.event("A")).orThrow();
      assertEquals("Stele[" + name + "]", db.toString());
    }
    try (Stele db = Stele.open(name, Options.builder().mode(OpenMode.EXISTING).build())) {
      assertEquals(1, db.head());
    }
  }

  @Test
  void statsAreFilled() {
    try (Stele db = Stele.inMemory(Samples.STILL)) {
      assertNull(db.stats().lastRecorded());
      db.append(List.of(Samples.event("A", "t"), Samples.event("B"))).orThrow();
      Stats stats = db.stats();
      assertEquals(1, stats.formatVersion());
      assertEquals(1, stats.tsn());
      assertEquals(2, stats.head());
      assertEquals(2, stats.tailEvents());
      assertEquals(1, stats.commits());
      assertEquals(Samples.NOON, stats.lastRecorded());
      assertTrue(stats.commitBytes() > 200);
      assertFalse(stats.syncTime().isNegative());
    }
  }

  @Test
  void verifyChecksEverythingInSteps() {
    try (Stele db = Stele.inMemory()) {
      fill(db, 5000);
      List<VerifyProgress> seen = new ArrayList<>();
      VerifyProgress done = db.verify().run(seen::add);
      assertEquals(5000, done.events());
      assertEquals(done.bytesTotal(), done.bytesDone());
      assertTrue(seen.size() > 1, "in more than one step");
      assertEquals(done, seen.get(seen.size() - 1));
      try (Work<VerifyProgress> work = db.verify()) {
        assertEquals(0, work.progress().events());
        assertTrue(work.step());
        assertTrue(work.progress().bytesDone() > 0);
      }
    }
  }

  private static void fill(Stele db, int count) {
    for (int i = 0; i < count; i += 100) {
      List<NewEvent> batch = new ArrayList<>();
      for (int k = 0; k < 100; ++k) {
        batch.add(NewEvent.of("Filled").tag("n:" + i).data(new byte[500]).build());
      }
      db.append(batch).orThrow();
    }
  }

  @Test
  void aBackupIsADatabase() {
    try (Stele db = Stele.inMemory()) {
      fill(db, 1000);
      BackupProgress done = db.backup(path("copy")).run();
      assertEquals(1000, done.head());
      assertEquals(10, done.tsn());
      Samples.expect(Status.EXISTS, () -> db.backup(path("copy")));
      Work<BackupProgress> given = db.backup(path("given up"));
      given.step();
      given.close();
    }
    try (Stele copy = Stele.open(path("copy"))) {
      assertEquals(1000, copy.head());
      copy.verify().run();
    }
    Samples.expect(Status.INVALID, () -> Stele.open(path("given up")));
  }

  @Test
  void compactAndCheckpointAndInspectWorkTogether() {
    try (Stele db = Stele.open(path("db"))) {
      assertTrue(db.inspect("").isEmpty(), "before the first checkpoint there are no pages");
      fill(db, 500);
      db.sync();
      db.checkpoint();
      assertEquals(1, db.stats().checkpoints());
      assertTrue(db.inspect("").orElseThrow().contains("events"));
      assertTrue(db.inspect("page 1").isPresent());
      Samples.expect(Status.INVALID, () -> db.inspect("nonsense"));
      CompactProgress done = db.compact().run();
      assertTrue(done.bytesNow() <= done.bytesBefore());
    }
  }

  @Test
  void aRepairNamesTheTablesThatItLeavesOut() throws IOException {
    try (Stele db = Stele.open(path("db"))) {
      db.createTable("first");
      db.createTable("second");
      fill(db, 1);
      fill(db, 1);
    }
    // The third commit is lost, which may have written to both.
    Path log = path("db").resolve("wal/00000001.wal");
    byte[] bytes = Files.readAllBytes(log);
    ByteBuffer frames = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int frame = 4096;
    for (int i = 0; i < 2; ++i) frame += (frames.getInt(frame + 8) + 7) / 8 * 8;
    bytes[frame + 60] ^= 1;
    Files.write(log, bytes);
    RepairProgress done = Stele.repair(path("db"), path("new"), Lost.REPLACE).run();
    assertEquals(List.of(TableName.of("first"), TableName.of("second")),
        done.leftOut().stream().map(TableInfo::name).toList());
  }

  @Test
  void aRepairSavesWhatIsLeft() throws IOException {
    try (Stele db = Stele.open(path("db"))) {
      fill(db, 300);
      db.checkpoint();
    }
    Files.write(path("db").resolve("stele.meta"), new byte[100]);
    assertThrows(SteleException.class, () -> Stele.open(path("db")));
    RepairProgress done = Stele.repair(path("db"), path("new"), Lost.REFUSE).run();
    assertEquals(300, done.events());
    assertEquals(0, done.eventsLost());
    try (Stele db = Stele.open(path("new"))) {
      assertEquals(300, db.head());
    }
    Samples.expect(Status.EXISTS, () -> Stele.repair(path("db"), path("new"), Lost.CUT));
    Samples.expect(Status.NOT_FOUND,
        () -> Stele.repair(path("nothing"), path("other"), Lost.REPLACE));
  }

  @Test
  void damageIsNamed() throws IOException {
    try (Stele db = Stele.open(path("db"))) {
      fill(db, 300);
    }
    Path log = path("db").resolve("wal/00000001.wal");
    byte[] bytes = Files.readAllBytes(log);
    bytes[20_000] ^= 1;
    Files.write(log, bytes);
    SteleException e = assertThrows(SteleException.class, () -> {
      try (Stele db = Stele.open(path("db"))) {
        db.verify().run();
      }
    });
    assertEquals(Status.CORRUPT, e.status());
    assertTrue(e.offset() > 0, e.getMessage());
  }

  @Test
  void receiptsProveWithoutTheDatabase() {
    byte[] record;
    Receipt receipt;
    try (Stele db = Stele.inMemory()) {
      db.append(List.of(Samples.event("A"), Samples.event("B"), Samples.event("C"))).orThrow();
      receipt = db.receipt(2).orElseThrow();
      record = db.record(2).orElseThrow();
      assertTrue(db.receipt(9).isEmpty());
      assertTrue(db.check(receipt));
      assertArrayEquals(db.verify().run().root(), receipt.verify().chainedRoot());
      try (Stele other = Stele.inMemory()) {
        Samples.expect(Status.INVALID, () -> other.check(receipt));
      }
    }
    assertTrue(receipt.bytes().length <= Limits.RECEIPT_MAX);
    ReceiptInfo info = Receipt.of(receipt.bytes()).verify(record);
    assertEquals(2, info.position());
    assertEquals(1, info.tsn());
    assertArrayEquals(Event.decode(record).hash(), info.eventHash());
    assertEquals(receipt, Receipt.of(receipt.bytes()));

    byte[] changed = record.clone();
    changed[RecordLayout.ID] ^= 1;
    Samples.expect(Status.CORRUPT, () -> receipt.verify(changed));
    Samples.expect(Status.CORRUPT, () -> receipt.verify(new byte[0]));
    Samples.expect(Status.CORRUPT, () -> Receipt.of(new byte[10]).verify());
  }
}
