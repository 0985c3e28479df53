import io.stele.Cursor;
import io.stele.DataPart;
import io.stele.Event;
import io.stele.EventView;
import io.stele.Query;
import io.stele.ReadOptions;
import io.stele.Status;
import io.stele.Stele;
import io.stele.StreamInfo;
import io.stele.Term;
import io.stele.TermKind;
import io.stele.WalkKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Commands that read: lists of events and terms, single events, numbers. */
final class ReadCommands {
  private final ScenarioDriver driver;

  ReadCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    Map<String, ScenarioDriver.Command> all = new HashMap<>();
    all.put("read", this::read);
    all.put("positions", this::positions);
    all.put("stream", this::stream);
    all.put("stream-info", this::streamInfo);
    all.put("walk", this::walk);
    all.put("terms", this::terms);
    all.put("get", from -> single(driver.db(from).get(from.number())));
    all.put("id", from -> single(driver.db(from).get(from.id())));
    all.put("latest", from -> single(driver.db(from).latest(from.text())));
    all.put("data", this::data);
    all.put("exists", this::exists);
    all.put("count", this::count);
    all.put("last", this::last);
    all.put("at", from -> driver.out.line(Status.OK, driver.db(from).positionAt(from.time())));
    all.put("tracked", this::tracked);
    return all;
  }

  // ---- Lists -----------------------------------------------------------------------------------

  /** Prints what the cursor has, line by line, and then END; closes it. */
  static void print(Output out, Cursor cursor) {
    try (Stream<Event> events = cursor.stream()) {
      events.forEach(event -> out.event("event", event));
    }
    out.line(Status.END);
  }

  private void read(Words from) {
    Stele db = driver.db(from);
    ReadOptions options = ScenarioDriver.readOptions(from);
    print(driver.out, db.cursor(ScenarioDriver.query(from), options));
  }

  private void positions(Words from) {
    Stele db = driver.db(from);
    ReadOptions options = ScenarioDriver.readOptions(from);
    List<Object> fields = new ArrayList<>();
    fields.add("positions");
    try (Cursor cursor = db.cursor(ScenarioDriver.query(from), options)) {
      for (EventView event : cursor) fields.add(event.position());
    }
    driver.out.line(fields.toArray());
    driver.out.line(Status.END);
  }

  private void stream(Words from) {
    Stele db = driver.db(from);
    String entity = from.text();
    print(driver.out, db.streamCursor(entity, ScenarioDriver.readOptions(from)));
  }

  private void streamInfo(Words from) {
    Optional<StreamInfo> found = driver.db(from).stream(from.text());
    if (found.isEmpty()) {
      driver.out.line(Status.NOT_FOUND);
      return;
    }
    StreamInfo it = found.get();
    driver.out.line(Status.OK, it.sequence(), it.firstPosition(), it.lastPosition(),
        Output.digits(it.hash()));
  }

  private void walk(Words from) {
    Stele db = driver.db(from);
    long position = from.number();
    String kind = from.choice("ancestors", "causes", "effects", "correlation");
    Optional<Cursor> cursor = db.walk(position, WalkKind.valueOf(kind.toUpperCase()));
    if (cursor.isPresent()) {
      print(driver.out, cursor.get());
    } else {
      driver.out.line(Status.NOT_FOUND);
    }
  }

  private void terms(Words from) {
    Stele db = driver.db(from);
    String kind = from.choice("type", "tag", "entity", "category", "scope");
    String prefix = from.hasNext() ? from.text() : "";
    try (Stream<Term> terms = db.terms(TermKind.valueOf(kind.toUpperCase()), prefix)) {
      terms.forEach(term -> driver.out.line("term", term.text(), term.count(),
          term.firstPosition(), term.lastPosition()));
    }
    driver.out.line(Status.END);
  }

  // ---- Single answers --------------------------------------------------------------------------

  private void single(Optional<Event> event) {
    if (event.isPresent()) {
      driver.out.event("OK", event.get());
    } else {
      driver.out.line(Status.NOT_FOUND);
    }
  }

  private void data(Words from) {
    Optional<DataPart> part = driver.db(from).data(from.number(), from.number(), from.small());
    if (part.isPresent()) {
      driver.out.line(Status.OK, part.get().total(), "x:" + Output.digits(part.get().bytes()));
    } else {
      driver.out.line(Status.NOT_FOUND);
    }
  }

  private void exists(Words from) {
    Stele db = driver.db(from);
    driver.out.line(db.exists(ScenarioDriver.query(from)) ? Status.OK : Status.NOT_FOUND);
  }

  private void count(Words from) {
    Stele db = driver.db(from);
    driver.out.line(Status.OK, db.count(ScenarioDriver.query(from)));
  }

  private void last(Words from) {
    Stele db = driver.db(from);
    Query query = ScenarioDriver.query(from);
    List<Object> fields = new ArrayList<>();
    fields.add(Status.OK);
    for (long position : db.last(query)) fields.add(position);
    driver.out.line(fields.toArray());
  }

  private void tracked(Words from) {
    OptionalLong position = driver.db(from).tracked(from.text());
    if (position.isPresent()) {
      driver.out.line(Status.OK, position.getAsLong());
    } else {
      driver.out.line(Status.NOT_FOUND);
    }
  }
}
