package io.stele;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables, their rows, guards over rows, scans and the past. */
class TableTest {
  private Stele db;
  private Batch batch;
  private Table table;

  @BeforeEach
  void open() throws InterruptedException {
    Samples.expectLive(0);
    db = Stele.inMemory(Samples.STILL);
    batch = db.batch();
    assertTrue(db.createTable(TableName.of("t"), TableOptions.withHistory()));
    table = db.table("t").orElseThrow();
  }

  @AfterEach
  void close() throws InterruptedException {
    table.close();
    batch.close();
    db.close();
    Samples.expectLive(0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private long put(String key, String value) {
    return batch.put(table, bytes(key), bytes(value)).commit().orThrow().tsn();
  }

  private String value(String key, AsOf asOf) {
    return table.get(bytes(key), asOf).map(row -> text(row.value())).orElse("none");
  }

  private String rows(ScanOptions options) {
    try (Stream<Row> rows = table.scan(options).stream()) {
      return rows.map(row -> text(row.key()) + "=" + text(row.value()))
          .collect(Collectors.joining(" "));
    }
  }

  @Test
  void aRowAndAnEventAreOneCommit() {
    CommitResult.Committed commit = batch.add(Samples.event("Deposited"))
        .put(table, bytes("ada"), bytes("100")).commit().orThrow();
    Row row = table.get(bytes("ada")).orElseThrow();
    assertEquals("ada", text(row.key()));
    assertEquals("100", text(row.value()));
    assertEquals(commit.tsn(), row.tsn());
    assertEquals(commit.lastPosition(), row.position());
    batch.delete(table, bytes("ada")).commit().orThrow();
    assertTrue(table.get(bytes("ada")).isEmpty());
    Samples.expect(Status.TOO_LARGE, () -> batch.put(table, new byte[1025], new byte[0]));
    Samples.expect(Status.TOO_LARGE, () -> table.get(new byte[1025]));
    Samples.expect(Status.TOO_LARGE, () -> batch.put(table, bytes("k"), new byte[Limits.ROW_MAX + 1]));
  }

  @Test
  void aRowIsCopiedIntoABuffer() {
    put("k", "value");
    byte[] large = new byte[100_000];
    large[99_999] = 7;
    batch.put(table, bytes("l"), large).commit().orThrow();
    ByteBuffer into = ByteBuffer.allocate(16);
    assertEquals(5, table.get(bytes("k"), into));
    assertEquals(5, into.position());
    assertEquals("value", text(java.util.Arrays.copyOf(into.array(), 5)));
    assertEquals(100_000, table.get(bytes("l"), into));
    assertEquals(5, into.position());
    assertEquals(-1, table.get(bytes("m"), into));
    assertArrayEquals(large, table.get(bytes("l")).orElseThrow().value());
  }

  @Test
  void aScanReadsARangeInBothDirections() {
    for (String key : List.of("c", "a", "b", "d")) batch.put(table, bytes(key), bytes("1"));
    batch.commit().orThrow();
    assertEquals("a=1 b=1 c=1 d=1", rows(ScanOptions.forward()));
    assertEquals("d=1 c=1 b=1 a=1", rows(ScanOptions.backward()));
    assertEquals("b=1 c=1", rows(ScanOptions.forward().low(bytes("b")).high(bytes("d"))));
    assertEquals("", rows(ScanOptions.forward().high(new byte[0])));
    batch.deleteRange(table, bytes("c"), null).commit().orThrow();
    assertEquals("a=1 b=1", rows(ScanOptions.forward()));
    Samples.expect(Status.INVALID, () -> batch.deleteRange(table, bytes("b"), bytes("a")));
    try (Scan scan = table.scan()) {
      assertThrows(IllegalStateException.class, scan::row);
      Iterator<Row> rows = scan.iterator();
      assertEquals("a", text(rows.next().key()));
      assertEquals("b", text(rows.next().key()));
      assertFalse(rows.hasNext());
      assertThrows(NoSuchElementException.class, rows::next);
      assertFalse(scan.next());
    }
  }

  @Test
  void aScanOfManyRowsSeesWhatWasThereAtItsStart() {
    int count = 5000;
    for (int i = 0; i < count; ++i) {
      batch.put(table, bytes(String.format("%05d", i)), new byte[i == 100 ? 100_000 : i % 40]);
    }
    batch.commit().orThrow();
    try (Scan scan = table.scan()) {
      assertTrue(scan.next());
      batch.deleteRange(table, new byte[0], null).commit().orThrow();
      assertTrue(db.dropTable("t"));
      int found = 1;
      for (Row row : scan) {
        assertEquals(String.format("%05d", found), text(row.key()));
        assertEquals(found == 100 ? 100_000 : found % 40, row.value().length);
        ++found;
      }
      assertEquals(count, found);
    }
  }

  @Test
  void aSeatIsReservedOnce() {
    byte[] seat = bytes("12A");
    try (Batch other = db.batch()) {
      batch.expectAbsent(table, seat).put(table, seat, bytes("mine"));
      other.guard(Guard.none(Samples.tag("t"))).expectAbsent(table, seat)
          .put(table, seat, bytes("yours"));
      long tsn = batch.commit().orThrow().tsn();
      CommitResult.Conflict conflict =
          assertInstanceOf(CommitResult.Conflict.class, other.commit());
      assertEquals(1, conflict.guard());
      batch.expectRow(table, seat, tsn).expectValue(table, seat, bytes("mine"))
          .expectUnchanged(table, bytes("1"), bytes("2"), tsn);
      tsn = put("12A", "again");
      for (Batch stale : List.of(batch.expectRow(table, seat, tsn - 1),
          other.clear().expectValue(table, seat, bytes("mine")))) {
        stale.put(table, seat, bytes("late"));
        assertEquals(Status.CONFLICT, stale.commit().status());
      }
      other.clear().expectUnchanged(table, bytes("1"), null, tsn - 1).put(table, seat, seat);
      assertEquals(Status.CONFLICT, other.commit().status());
    }
  }

  @Test
  void aHistoryIsReadAsOfAMoment() {
    batch.add(Samples.event("Set"));
    long first = put("k", "1");
    db.setTestClock(Samples.NOON.plusSeconds(60));
    batch.add(Samples.event("Set"));
    put("k", "2");
    assertEquals("2", value("k", AsOf.now()));
    for (AsOf asOf : List.of(AsOf.tsn(first), AsOf.position(1),
        AsOf.time(Samples.NOON.plusSeconds(59)))) {
      assertEquals("1", value("k", asOf), asOf.toString());
      assertEquals("k=1", rows(ScanOptions.backward().asOf(asOf)));
    }
    Samples.expect(Status.NOT_YET, () -> table.get(bytes("k"), AsOf.tsn(first + 7)));
    Samples.expect(Status.NOT_YET, () -> table.scan(ScanOptions.forward().asOf(AsOf.position(9))));
    Samples.expect(Status.TOO_OLD, () -> table.get(bytes("k"), AsOf.tsn(0)));
    Samples.expect(Status.INVALID, () -> table.get(bytes("k"), AsOf.tsn(-1)));
    Samples.expect(Status.INVALID, () -> AsOf.time(Instant.MAX));
    assertEquals(AsOf.tsn(3), AsOf.tsn(3));
    assertEquals(AsOf.tsn(3).hashCode(), AsOf.tsn(3).hashCode());
  }

  @Test
  void aTableIsFoundByItsName() {
    assertFalse(db.createTable("t"));
    Samples.expect(Status.INVALID, () -> db.createTable(""));
    TableInfo info = table.describe().orElseThrow();
    assertEquals(new TableInfo(TableName.of("t"), info.id(), History.ALL, 0, 1, ""), info);
    TableName moved = new TableName("sales", "\u00fc");
    assertEquals(Status.OK, db.renameTable(TableName.of("t"), moved));
    assertEquals(Status.NOT_FOUND, db.renameTable(TableName.of("t"), moved));
    assertTrue(db.createTable("u"));
    assertEquals(Status.EXISTS, db.renameTable(TableName.of("u"), moved));
    assertEquals(List.of(TableName.of("u"), moved),
        db.tables().stream().map(TableInfo::name).toList());

    batch.createTable(TableName.of("u"), TableOptions.defaults());
    assertInstanceOf(CommitResult.Exists.class, batch.commit());
    batch.clear().createTable(TableName.of("v"), TableOptions.defaults())
        .renameTable(table, TableName.of("w")).commit().orThrow();
    assertEquals(TableName.of("w"), table.describe().orElseThrow().name());
    batch.dropTable(table).commit().orThrow();
    assertTrue(table.describe().isEmpty());
    assertTrue(table.get(bytes("k")).isEmpty());
    assertTrue(db.table("w").isEmpty());
    assertFalse(db.dropTable("w"));
    Samples.expect(Status.NOT_FOUND, table::scan);
    CommitResult result = batch.put(table, bytes("k"), bytes("v")).commit();
    assertInstanceOf(CommitResult.NotFound.class, result);
    assertEquals(Status.NOT_FOUND, result.status());
    Samples.expect(Status.NOT_FOUND, result::orThrow);
  }

  @Test
  void manyRowsAreReadAsOfOneMoment() {
    long first = put("a", "1");
    put("b", "x".repeat(100_000));
    List<byte[]> keys = List.of(bytes("b"), bytes("none"), bytes("a"), bytes("a"), new byte[0]);
    List<Optional<Row>> rows = table.getMany(keys);
    assertEquals(5, rows.size());
    assertEquals(100_000, rows.get(0).orElseThrow().value().length);
    assertTrue(rows.get(1).isEmpty());
    assertEquals("a", text(rows.get(2).orElseThrow().key()));
    assertEquals("1", text(rows.get(3).orElseThrow().value()));
    assertEquals(first, rows.get(3).orElseThrow().tsn());
    assertTrue(rows.get(4).isEmpty());
    List<Optional<Row>> before = table.getMany(keys, AsOf.tsn(first));
    assertTrue(before.get(0).isEmpty());
    assertTrue(before.get(2).isPresent());
    assertEquals(List.of(), table.getMany(List.of()));
    Samples.expect(Status.NOT_YET, () -> table.getMany(keys, AsOf.tsn(first + 7)));
    Samples.expect(Status.TOO_LARGE, () -> table.getMany(List.of(new byte[1025])));
    table.close();
    Samples.expect(Status.CLOSED, () -> table.getMany(keys));
  }

  private String history(HistoryOptions options) {
    return table.history(bytes("k"), options).stream()
        .map(it -> it.isDeleted() ? "none" : text(it.value())).collect(Collectors.joining(" "));
  }

  @Test
  void aRowHasAHistoryInBothDirections() {
    long first = put("k", "1");
    batch.delete(table, bytes("k")).commit().orThrow();
    put("k", "x".repeat(100_000));
    put("k", "2");
    String large = "x".repeat(100_000);
    assertEquals("2 " + large + " none 1", history(HistoryOptions.newestFirst()));
    assertEquals("1 none " + large + " 2", history(HistoryOptions.oldestFirst()));
    assertEquals("2", history(HistoryOptions.oldestFirst().since(AsOf.now())));
    assertEquals("none 1", history(HistoryOptions.newestFirst().until(AsOf.tsn(first + 1))));
    RowHistory history = table.history(bytes("k"), HistoryOptions.oldestFirst());
    assertThrows(IllegalStateException.class, history::version);
    assertTrue(history.next());
    RowVersion version = history.version();
    assertEquals(first, version.tsn());
    assertEquals("1", value("k", AsOf.time(version.recorded())));
    Iterator<RowVersion> rest = history.iterator();
    assertTrue(rest.next().isDeleted());
    rest.next();
    rest.next();
    assertThrows(NoSuchElementException.class, rest::next);
    history.close();
    history.close();
    Samples.expect(Status.CLOSED, history::next);
    try (RowHistory none = table.history(bytes("nobody"))) {
      assertFalse(none.next());
    }
    HistoryOptions reversed =
        HistoryOptions.newestFirst().since(AsOf.tsn(first + 1)).until(AsOf.tsn(first));
    Samples.expect(Status.INVALID, () -> table.history(bytes("k"), reversed));
    Samples.expect(Status.TOO_LARGE, () -> table.history(new byte[1025]));
  }

  @Test
  void whatIsClosedSaysSo() {
    put("k", "v");
    Scan scan = table.scan();
    table.close();
    table.close();
    assertTrue(scan.next(), "it goes on without the object");
    scan.close();
    scan.close();
    Samples.expect(Status.CLOSED, scan::next);
    Samples.expect(Status.CLOSED, table::describe);
    Samples.expect(Status.CLOSED, table::scan);
    Samples.expect(Status.CLOSED, () -> table.get(bytes("k")));
    Samples.expect(Status.CLOSED, () -> batch.put(table, bytes("k"), bytes("v")));
    Samples.expect(Status.CLOSED, () -> batch.dropTable(table));
    db.close();
    Samples.expect(Status.CLOSED, db::tables);
    Samples.expect(Status.CLOSED, () -> db.table("t"));
    Samples.expect(Status.CLOSED, () -> db.createTable("u"));
  }

  @Test
  void aScanMayBeClosedWhileAnotherThreadReads() throws InterruptedException {
    for (int i = 0; i < 3000; ++i) batch.put(table, bytes("k" + i), new byte[100]);
    batch.commit().orThrow();
    for (int round = 0; round < 50; ++round) {
      Scan scan = table.scan();
      java.util.concurrent.atomic.AtomicReference<Throwable> wrong =
          new java.util.concurrent.atomic.AtomicReference<>();
      Thread reader = new Thread(() -> {
        try {
          while (scan.next()) assertEquals(100, scan.row().value().length);
        } catch (IllegalStateException e) {
          // It was closed between next() and row().
        } catch (SteleException e) {
          if (e.status() != Status.CLOSED) wrong.set(e);
        } catch (Throwable e) {
          wrong.set(e);
        }
      });
      reader.start();
      scan.close();
      reader.join();
      assertEquals(null, wrong.get());
    }
  }

  @Test
  void whatIsDroppedIsClosed() throws InterruptedException {
    long before = Stele.liveHandles();
    drop();
    Samples.expectLive(before);
  }

  /** In a method of its own, so that no variable of the test refers to it. */
  private void drop() {
    put("k", "v");
    assertTrue(db.table("t").orElseThrow().scan().next());
    table.scan().iterator().next();
  }
}
