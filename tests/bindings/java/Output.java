import io.stele.CommitResult;
import io.stele.Event;
import io.stele.Row;
import io.stele.RowVersion;
import io.stele.Scan;
import io.stele.Status;
import io.stele.SteleException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Prints what commands answer: lines of UTF-8 that end with '\n', and fields between tabs. */
final class Output {
  private static final HexFormat HEX = HexFormat.of();

  private final PrintStream out = new PrintStream(
      new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false,
      StandardCharsets.UTF_8);

  void flush() {
    out.flush();
  }

  void line(Object... fields) {
    for (int i = 0; i < fields.length; ++i) {
      if (i > 0) out.print('\t');
      out.print(fields[i]);
    }
    out.print('\n');
  }

  // ---- Statuses --------------------------------------------------------------------------------

  void error(SteleException e) {
    switch (e.status()) {
      case CONFLICT -> line(e.status(), e.guard(), e.position(), e.sequence(), e.getMessage());
      case EXISTS, KEY_REUSED -> line(e.status(), e.position(), e.getMessage());
      case NOT_FOUND, END, TIMEOUT, NOT_YET, CLOSED, TOO_LARGE -> line(e.status());
      default -> line(e.status(), e.getMessage());
    }
  }

  void commit(CommitResult result) {
    if (result instanceof CommitResult.Conflict it) {
      line(Status.CONFLICT, it.guard(), it.position(), it.sequence(), it.message());
    } else if (result instanceof CommitResult.Exists it) {
      line(Status.EXISTS, it.position(), it.message());
    } else if (result instanceof CommitResult.NotFound) {
      line(Status.NOT_FOUND);
    } else if (result instanceof CommitResult.KeyReused it) {
      line(Status.KEY_REUSED, it.position(), it.message());
    } else {
      CommitResult.Committed it = result.orThrow();
      line(Status.OK, it.tsn(), it.firstPosition(), it.lastPosition(), it.eventCount(),
          micros(it.recorded()), it.repeated() ? 1 : 0);
    }
  }

  // ---- Events ----------------------------------------------------------------------------------

  /** Prints an event's fields behind `first`. */
  void event(String first, Event event) {
    StringBuilder line = new StringBuilder(first);
    add(line, event.position(), event.tsn(), micros(event.recorded()), micros(event.time()),
        event.sequence(), digits(event.id()), digits(event.correlationId()),
        digits(event.causationId()), digits(event.hash()), event.keyId(), event.type(),
        orDash(event.entity()), orDash(event.scope()), event.tags().size());
    event.tags().forEach(tag -> add(line, tag));
    add(line, event.metadata().size());
    event.metadata().forEach((key, value) -> add(line, key, "x:" + digits(value)));
    addData(line, event.data());
    line(line);
  }

  /** Prints the line of a row that was looked up. */
  void found(Optional<Row> found) {
    found.ifPresentOrElse(row -> row("OK\t" + row.tsn() + "\t" + row.position(), row),
        () -> line(Status.NOT_FOUND));
  }

  /** Prints the rows that the scan has, line by line, and then END; closes it. */
  void rows(Scan scan) {
    try (Stream<Row> rows = scan.stream()) {
      rows.forEach(this::listed);
    }
    line(Status.END);
  }

  /** Prints the line of a row that is one of several. */
  void listed(Row row) {
    row("row\t" + row.tsn() + "\t" + row.position() + "\tx:" + digits(row.key()), row);
  }

  /** Prints what a row holds behind `first`. */
  private void row(String first, Row row) {
    StringBuilder line = new StringBuilder(first);
    addData(line, row.value());
    line(line);
  }

  void version(RowVersion version) {
    StringBuilder line = new StringBuilder(version.isDeleted() ? "deleted" : "put");
    add(line, version.tsn(), version.position(), micros(version.recorded()));
    if (!version.isDeleted()) addData(line, version.value());
    line(line);
  }

  private static void addData(StringBuilder line, byte[] data) {
    add(line, data.length, String.format("%016x", fnv(data)),
        "x:" + HEX.formatHex(data, 0, Math.min(32, data.length)));
  }

  private static void add(StringBuilder line, Object... fields) {
    for (Object field : fields) line.append('\t').append(field);
  }

  private static String orDash(String text) {
    return text == null ? "-" : text;
  }

  static String digits(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  static String digits(UUID id) {
    return id == null ? "-" : id.toString().replace("-", "");
  }

  static long micros(Instant time) {
    // Not seconds times a million: that overflows below the least time that has a fitting second.
    long seconds = time.getEpochSecond();
    long rest = time.getNano() / 1000;
    if (seconds >= 0) return seconds * 1_000_000 + rest;
    return (seconds + 1) * 1_000_000 + (rest - 1_000_000);
  }

  private static long fnv(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : bytes) hash = (hash ^ each & 0xff) * 0x100000001b3L;
    return hash;
  }
}
