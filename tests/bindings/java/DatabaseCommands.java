import io.stele.Durability;
import io.stele.OpenMode;
import io.stele.Options;
import io.stele.Stats;
import io.stele.Status;
import io.stele.Stele;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Commands of a whole database: open and close, clock and figures. */
final class DatabaseCommands {
  private static final Map<String, OpenMode> MODES = Map.of("create", OpenMode.CREATE, "existing",
      OpenMode.EXISTING, "new", OpenMode.NEW, "read-only", OpenMode.READ_ONLY);
  /** What is a duration has another name in Java than its number of microseconds in C. */
  private static final Map<String, String> DURATIONS = Map.of("sync_us", "syncTime", "sync_us_max",
      "syncTimeMax", "clock_behind_us", "clockBehind", "checkpoint_us", "checkpointTime",
      "checkpoint_us_max", "checkpointTimeMax", "reader_age_us", "readerAge");

  private final ScenarioDriver driver;

  DatabaseCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    return Map.of("open", this::open, "close", this::close, "clock", this::clock, "sync",
        this::sync, "checkpoint", this::checkpoint, "head", this::head, "stats", this::stats,
        "live", this::live);
  }

  static Durability durability(Words from) {
    return Durability.valueOf(from.choice("os", "interval", "sync").toUpperCase());
  }

  private void open(Words from) {
    String name = driver.newName("database", from);
    String path = from.text();
    Options.Builder options = Options.builder()
        .mode(MODES.get(from.choice("create", "existing", "new", "read-only")));
    while (from.hasNext()) option(from, options);
    driver.keep(name, Stele.open(path, options.build()));
    driver.out.line(Status.OK);
  }

  private static void option(Words from, Options.Builder to) {
    String name = from.name();
    switch (name) {
      case "durability" -> to.durability(durability(from));
      case "interval_ms" -> to.interval(Duration.ofMillis(from.number()));
      case "segment_size" -> to.segmentSize(from.number());
      case "buffer_max" -> to.bufferMax(from.number());
      case "tail_max" -> to.tailMax(from.number());
      case "max_clock_jump" -> to.maxClockJump(Duration.of(from.number(), ChronoUnit.MICROS));
      case "keep_wal" -> to.keepWal(from.number() != 0);
      case "test_time" -> to.testClock(from.time());
      case "test_seed" -> to.testSeed(from.number());
      case "strict_after" -> to.strictAfter(from.number() != 0);
      case "memory_budget" -> to.memoryBudget(from.number());
      case "checkpoint_log" -> to.checkpointLog(from.number());
      case "max_reader_age" -> to.maxReaderAge(Duration.ofMillis(from.number()));
      default -> throw from.nonsense("no such option: " + name);
    }
  }

  private void close(Words from) {
    driver.db(from).close();
    driver.out.line(Status.OK);
  }

  private void clock(Words from) {
    driver.db(from).setTestClock(from.time());
    driver.out.line(Status.OK);
  }

  private void sync(Words from) {
    driver.db(from).sync();
    driver.out.line(Status.OK);
  }

  private void checkpoint(Words from) {
    driver.db(from).checkpoint();
    driver.out.line(Status.OK);
  }

  private void head(Words from) {
    driver.out.line(Status.OK, driver.db(from).head());
  }

  private void live(Words from) {
    driver.closeThings();
    driver.out.line(Status.OK, Stele.liveHandles());
  }

  private void stats(Words from) {
    Stats stats = driver.db(from).stats();
    List<Object> fields = new ArrayList<>();
    fields.add(Status.OK);
    while (from.hasNext()) fields.add(figure(stats, from));
    driver.out.line(fields.toArray());
  }

  private static Object figure(Stats stats, Words from) {
    String name = from.name();
    String inJava = DURATIONS.getOrDefault(name, camelCase(name));
    for (RecordComponent component : Stats.class.getRecordComponents()) {
      if (component.getName().equals(inJava)) return print(component, stats);
    }
    throw from.nonsense("no such figure: " + name);
  }

  private static Object print(RecordComponent component, Stats stats) {
    Object value;
    try {
      value = component.getAccessor().invoke(stats);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    if (value == null) return 0;
    if (value instanceof UUID it) return Output.digits(it);
    if (value instanceof Instant it) return Output.micros(it);
    if (value instanceof Duration it) return it.dividedBy(Duration.of(1, ChronoUnit.MICROS));
    return value;
  }

  private static String camelCase(String name) {
    StringBuilder made = new StringBuilder();
    for (String word : name.split("_")) {
      String first = word.substring(0, 1);
      made.append(made.isEmpty() ? first : first.toUpperCase()).append(word.substring(1));
    }
    return made.toString();
  }
}
