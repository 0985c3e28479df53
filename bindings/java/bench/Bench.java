import io.stele.Cursor;
import io.stele.Durability;
import io.stele.Event;
import io.stele.EventView;
import io.stele.NewEvent;
import io.stele.Options;
import io.stele.Query;
import io.stele.Stele;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.ObjIntConsumer;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What the border costs: the same work as the benches of the other languages.
 *
 * <pre>
 *   Bench read-views N DIR       sums positions and all data bytes, where they lie
 *   Bench read-records N DIR     makes objects of all events, with strings and lists of tags
 *   Bench append-batched N DIR   commits N events, 100 at a time
 *   Bench append-single N DIR    commits N events, each alone
 *   Bench empty-call N           calls a function that does nothing
 * </pre>
 *
 * Prints the name of the work, a tab, and events a second, or nanoseconds of a call. Reads need a
 * database of N events in DIR and make it when there is none; writes need DIR not to be there. The
 * compiler sees the work before it is measured: the last of several reads counts, and events are
 * committed to a database in memory first.
 */
public final class Bench {
  private static final int DATA_SIZE = 256;
  private static final int SAMPLES = 10_000;
  private static final int WARM_UP_EVENTS = 50_000;
  private static final int WARM_UP_READS = 4;

  private Bench() {}

  public static void main(String[] arguments) {
    String name = arguments[0];
    int count = Integer.parseInt(arguments[1]);
    double seconds;
    switch (name) {
      case "read-views":
        seconds = read(count, Path.of(arguments[2]), Bench::sumViews);
        break;
      case "read-records":
        seconds = read(count, Path.of(arguments[2]), Bench::sumRecords);
        break;
      case "append-batched":
        seconds = append(count, Path.of(arguments[2]), Bench::appendBatched);
        break;
      case "append-single":
        seconds = append(count, Path.of(arguments[2]), Bench::appendSingle);
        break;
      case "empty-call":
        seconds = callEmpty(count);
        break;
      default:
        throw new IllegalArgumentException(name);
    }
    boolean isCall = name.equals("empty-call");
    System.out.printf(Locale.ROOT, isCall ? "%s\t%.2f%n" : "%s\t%.0f%n", name,
        isCall ? seconds * 1e9 / count : count / seconds);
  }

  /** The events come from a pool: making their names is not what is measured. */
  private static List<NewEvent> samples() {
    byte[] data = new byte[DATA_SIZE];
    for (int i = 0; i < DATA_SIZE; ++i) data[i] = (byte) i;
    List<NewEvent> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; ++i) {
      samples.add(NewEvent.of("type-" + i % 4).entity("e-" + i % 1000).tag("kind:" + i % 10)
          .tag("customer:" + i).data(data).build());
    }
    return samples;
  }

  private static final Options OS = Options.builder().durability(Durability.OS).build();

  // ---- Reading ---------------------------------------------------------------------------------

  private static double read(int count, Path directory, ToLongFunction<Stele> work) {
    if (!Files.exists(directory)) {
      try (Stele db = Stele.open(directory, OS)) {
        commit(db, count, 1000);
        db.checkpoint();
      }
    }
    try (Stele db = Stele.open(directory, OS)) {
      if (db.head() != count) throw new IllegalStateException("another number of events");
      long sum = 0;
      for (int i = 0; i < WARM_UP_READS; ++i) sum = work.applyAsLong(db);
      long started = System.nanoTime();
      boolean isSame = work.applyAsLong(db) == sum;
      double seconds = (System.nanoTime() - started) * 1e-9;
      if (!isSame) throw new IllegalStateException("two reads differ");
      return seconds;
    }
  }

  private static long sumViews(Stele db) {
    long sum = 0;
    try (Cursor cursor = db.cursor(Query.all())) {
      for (EventView event : cursor) sum += event.position() + sumBytes(event.data());
    }
    return sum;
  }

  /** Adds up bytes, eight at a time: each half of a word has four sums of 16 bits. */
  private static long sumBytes(ByteBuffer data) {
    long lanes = 0;
    int size = data.capacity();
    int at = 0;
    long sum = 0;
    while (at + 8 <= size) {
      // 128 times two bytes fit into 16 bits.
      for (int end = Math.min(size - 7, at + 8 * 128); at < end; at += 8) {
        long word = data.getLong(at);
        lanes += (word & 0x00ff00ff00ff00ffL) + (word >>> 8 & 0x00ff00ff00ff00ffL);
      }
      for (; lanes != 0; lanes >>>= 16) sum += lanes & 0xffff;
    }
    for (; at < size; ++at) sum += data.get(at) & 0xff;
    return sum;
  }

  private static long sumRecords(Stele db) {
    long sum = 0;
    try (Stream<Event> events = db.read()) {
      for (Iterator<Event> all = events.iterator(); all.hasNext();) {
        Event event = all.next();
        sum += event.position() + event.data()[0] + event.type().charAt(0)
            + event.entity().charAt(0) + event.tags().size();
      }
    }
    return sum;
  }

  // ---- Appending -------------------------------------------------------------------------------

  private static double append(int count, Path directory, ObjIntConsumer<Stele> work) {
    if (Files.exists(directory)) throw new IllegalArgumentException(directory + " is there");
    try (Stele db = Stele.inMemory(OS)) {
      work.accept(db, WARM_UP_EVENTS);
    }
    try (Stele db = Stele.open(directory, OS)) {
      long started = System.nanoTime();
      work.accept(db, count);
      return (System.nanoTime() - started) * 1e-9;
    }
  }

  private static void appendBatched(Stele db, int count) {
    commit(db, count, 100);
  }

  private static void commit(Stele db, int count, int batchSize) {
    List<NewEvent> samples = samples();
    for (int i = 0; i < count; i += batchSize) {
      int from = i % SAMPLES;
      int size = Math.min(batchSize, count - i);
      db.append(samples.subList(from, from + size)).orThrow();
    }
  }

  private static void appendSingle(Stele db, int count) {
    List<NewEvent> samples = samples();
    for (int i = 0; i < count; ++i) db.append(samples.get(i % SAMPLES)).orThrow();
  }

  // ---- Calls -----------------------------------------------------------------------------------

  private static double callEmpty(int count) {
    long expected = 0;
    long sum = 0;
    long started = 0;
    // The first half is for the compiler.
    for (int i = 0; i < 2 * count; ++i) {
      if (i == count) started = System.nanoTime();
      sum += Stele.versionNumber();
      expected += 1;
    }
    double seconds = (System.nanoTime() - started) * 1e-9;
    if (sum % expected != 0) throw new IllegalStateException("the version changes");
    return seconds;
  }
}
