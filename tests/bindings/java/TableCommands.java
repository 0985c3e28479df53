import io.stele.AsOf;
import io.stele.Batch;
import io.stele.History;
import io.stele.HistoryOptions;
import io.stele.Row;
import io.stele.RowVersion;
import io.stele.ScanOptions;
import io.stele.Status;
import io.stele.Stele;
import io.stele.Table;
import io.stele.TableInfo;
import io.stele.TableName;
import io.stele.TableOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Commands of tables and their rows. */
final class TableCommands {
  private final ScenarioDriver driver;

  TableCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    Map<String, ScenarioDriver.Command> all = new HashMap<>();
    all.put("table-create", this::create);
    all.put("table-drop", this::drop);
    all.put("table-rename", this::rename);
    all.put("tables", this::tables);
    all.put("table", this::open);
    all.put("table-info", this::info);
    all.put("batch-create", this::batchCreate);
    all.put("batch-drop", from -> done(batchOf(from).dropTable(tableOf(from))));
    all.put("batch-rename", from -> done(batchOf(from).renameTable(tableOf(from), name(from))));
    all.put("put", from -> done(batchOf(from).put(tableOf(from), from.bytes(), from.bytes())));
    all.put("delete", from -> done(batchOf(from).delete(tableOf(from), from.bytes())));
    all.put("delete-range",
        from -> done(batchOf(from).deleteRange(tableOf(from), from.bytes(), high(from))));
    all.put("expect-row", this::expectRow);
    all.put("expect-value",
        from -> done(batchOf(from).expectValue(tableOf(from), from.bytes(), from.bytes())));
    all.put("expect-unchanged", from -> done(batchOf(from).expectUnchanged(tableOf(from),
        from.bytes(), high(from), from.number())));
    all.put("row", this::row);
    all.put("rows", this::rows);
    all.put("scan", this::scan);
    all.put("history", this::history);
    return all;
  }

  private Batch batchOf(Words from) {
    return driver.thing("batch", Batch.class, from);
  }

  private Table tableOf(Words from) {
    return driver.thing("table", Table.class, from);
  }

  private void done(Batch batch) {
    driver.out.line(Status.OK);
  }

  /** A schema of no bytes is the one of names that are given alone. */
  static TableName name(Words from) {
    String schema = from.text();
    String name = from.text();
    return schema.isEmpty() ? TableName.of(name) : new TableName(schema, name);
  }

  static TableOptions options(Words from) {
    if (from.takes("all")) return TableOptions.withHistory();
    if (from.takes("commits")) return TableOptions.withHistoryOfCommits(from.number());
    if (from.takes("time")) return new TableOptions(History.TIME, from.number());
    return TableOptions.defaults();
  }

  static byte[] high(Words from) {
    return from.takes("end") ? null : from.bytes();
  }

  /** Takes the moment of a read, which is the rest of the line. */
  private static AsOf asOf(Words from) {
    if (!from.hasNext()) return AsOf.now();
    return switch (from.choice("tsn", "position", "time")) {
      case "tsn" -> AsOf.tsn(from.number());
      case "position" -> AsOf.position(from.number());
      default -> AsOf.time(from.time());
    };
  }

  // ---- Tables ----------------------------------------------------------------------------------

  private void create(Words from) {
    boolean isNew = driver.db(from).createTable(name(from), options(from));
    driver.out.line(isNew ? Status.OK : Status.EXISTS);
  }

  private void drop(Words from) {
    driver.out.line(driver.db(from).dropTable(name(from)) ? Status.OK : Status.NOT_FOUND);
  }

  private void rename(Words from) {
    driver.out.line(driver.db(from).renameTable(name(from), name(from)));
  }

  private void line(Object first, TableInfo info) {
    driver.out.line(first, info.name().schema(), info.name().name(), info.id(),
        info.history().ordinal(), info.amount(), info.createdTsn());
  }

  private void tables(Words from) {
    driver.db(from).tables().forEach(info -> line("table", info));
    driver.out.line(Status.END);
  }

  private void open(Words from) {
    Stele db = driver.db(from);
    String kept = driver.newName("table", from);
    Optional<Table> table = db.table(name(from));
    table.ifPresent(it -> driver.keep(kept, it));
    driver.out.line(table.isPresent() ? Status.OK : Status.NOT_FOUND);
  }

  private void info(Words from) {
    tableOf(from).describe().ifPresentOrElse(info -> line(Status.OK, info),
        () -> driver.out.line(Status.NOT_FOUND));
  }

  private void batchCreate(Words from) {
    done(batchOf(from).createTable(name(from), options(from)));
  }

  // ---- Rows ------------------------------------------------------------------------------------

  private void expectRow(Words from) {
    Batch batch = batchOf(from);
    Table table = tableOf(from);
    byte[] key = from.bytes();
    boolean isNone = from.takes("none");
    done(isNone ? batch.expectAbsent(table, key) : batch.expectRow(table, key, from.number()));
  }

  private void row(Words from) {
    driver.out.found(tableOf(from).get(from.bytes(), asOf(from)));
  }

  private void rows(Words from) {
    Table table = tableOf(from);
    List<byte[]> keys = new ArrayList<>();
    for (long count = from.number(); count > 0; --count) keys.add(from.bytes());
    for (Optional<Row> found : table.getMany(keys, asOf(from))) {
      found.ifPresentOrElse(driver.out::listed, () -> driver.out.line("missing"));
    }
    driver.out.line(Status.END);
  }

  private void history(Words from) {
    Table table = tableOf(from);
    byte[] key = from.bytes();
    HistoryOptions options =
        from.takes("oldest") ? HistoryOptions.oldestFirst() : HistoryOptions.newestFirst();
    if (from.takes("since")) options = options.since(asOf(from));
    if (from.takes("until")) options = options.until(asOf(from));
    try (Stream<RowVersion> versions = table.history(key, options).stream()) {
      versions.forEach(driver.out::version);
    }
    driver.out.line(Status.END);
  }

  private void scan(Words from) {
    driver.out.rows(tableOf(from).scan(scanOptions(from)));
  }

  /** Takes what says how to scan: the rest of the line. */
  static ScanOptions scanOptions(Words from) {
    ScanOptions options =
        from.takes("backward") ? ScanOptions.backward() : ScanOptions.forward();
    if (from.takes("low")) options = options.low(from.bytes());
    if (from.takes("high")) options = options.high(from.bytes());
    return options.asOf(asOf(from));
  }
}
