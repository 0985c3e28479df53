import io.stele.Batch;
import io.stele.CommitResult;
import io.stele.Cursor;
import io.stele.Guard;
import io.stele.NewEvent;
import io.stele.Query;
import io.stele.ReadOptions;
import io.stele.Status;
import io.stele.Stele;
import io.stele.SteleException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Commands that build batches, and that commit them. */
final class BatchCommands {
  private final ScenarioDriver driver;

  BatchCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    Map<String, ScenarioDriver.Command> all = new HashMap<>();
    all.put("batch", this::batch);
    all.put("event", from -> done(batchOf(from).add(event(from))));
    all.put("append", this::append);
    all.put("guard", this::guard);
    all.put("expect", this::expect);
    all.put("track", this::track);
    all.put("key", from -> done(batchOf(from).key(from.text())));
    all.put("durability",
        from -> done(batchOf(from).durability(DatabaseCommands.durability(from))));
    all.put("clear", from -> done(batchOf(from).clear()));
    all.put("decide", this::decide);
    all.put("conflicts", this::conflicts);
    all.put("commit", from -> driver.out.commit(batchOf(from).commit()));
    all.put("check", from -> driver.out.commit(batchOf(from).check()));
    all.put("begin", this::begin);
    all.put("wait", this::await);
    return all;
  }

  private Batch batchOf(Words from) {
    return driver.thing("batch", Batch.class, from);
  }

  private void done(Batch batch) {
    driver.out.line(Status.OK);
  }

  private void batch(Words from) {
    Stele db = driver.db(from);
    driver.keep(driver.newName("batch", from), db.batch());
    driver.out.line(Status.OK);
  }

  private static NewEvent event(Words from) {
    NewEvent.Builder event = NewEvent.of(from.text()).data(from.bytes());
    while (from.hasNext()) {
      String name = from.name();
      switch (name) {
        case "entity" -> event.entity(from.text());
        case "scope" -> event.scope(from.text());
        case "time" -> event.time(from.time());
        case "id" -> event.id(from.id());
        case "correlation" -> event.correlation(from.id());
        case "causation" -> event.causation(from.id());
        case "tag" -> event.tag(from.text());
        case "meta" -> event.metadata(from.text(), from.bytes());
        default -> throw from.nonsense("no field of an event: " + name);
      }
    }
    return event.build();
  }

  private void append(Words from) {
    Stele db = driver.db(from);
    driver.out.commit(db.append(event(from)));
  }

  private void guard(Words from) {
    Batch batch = batchOf(from);
    long after = from.number();
    done(batch.guard(Guard.noneAfter(ScenarioDriver.query(from), after)));
  }

  private void expect(Words from) {
    Batch batch = batchOf(from);
    String entity = from.text();
    long sequence = from.takes("some") ? Guard.SOME : from.takes("none") ? 0 : from.number();
    done(batch.guard(Guard.version(entity, sequence)));
  }

  private void track(Words from) {
    Batch batch = batchOf(from);
    String source = from.text();
    long previous = from.takes("any") ? Batch.ANY : from.number();
    done(batch.track(source, previous, from.number()));
  }

  private void decide(Words from) {
    Batch batch = batchOf(from);
    ReadOptions options = ScenarioDriver.readOptions(from);
    Query query = ScenarioDriver.query(from);
    ReadCommands.print(driver.out, batch.decide(query, options));
  }

  private void conflicts(Words from) {
    Optional<Cursor> cursor = batchOf(from).conflicts(from.small());
    if (cursor.isPresent()) {
      ReadCommands.print(driver.out, cursor.get());
    } else {
      driver.out.line(Status.NOT_FOUND);
    }
  }

  private void begin(Words from) {
    Batch batch = batchOf(from);
    driver.keep(driver.newName("ticket", from), batch.commitAsync());
    driver.out.line(Status.OK);
  }

  private void await(Words from) {
    CompletableFuture<?> ticket = driver.thing("ticket", CompletableFuture.class, from);
    try {
      driver.out.commit((CommitResult) ticket.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof SteleException it) throw it;
      throw e;
    }
  }
}
