import io.stele.Event;
import io.stele.Projection;
import io.stele.ProjectionInfo;
import io.stele.ProjectionOptions;
import io.stele.Query;
import io.stele.Status;
import io.stele.Stele;
import io.stele.Table;
import io.stele.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Commands of projections: taking events, putting rows into their tables, switching them. */
final class ProjectionCommands {
  private final ScenarioDriver driver;

  ProjectionCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    Map<String, ScenarioDriver.Command> all = new HashMap<>();
    all.put("project", this::open);
    all.put("project-table", this::table);
    all.put("project-take", this::take);
    all.put("project-put", from -> done(
        projection(from).put(tableOf(from), from.bytes(), from.bytes(), from.number())));
    all.put("project-delete",
        from -> done(projection(from).delete(tableOf(from), from.bytes(), from.number())));
    all.put("project-delete-range", from -> done(projection(from).deleteRange(tableOf(from),
        from.bytes(), TableCommands.high(from), from.number())));
    all.put("project-commit", from -> driver.out.line(projection(from).commit()));
    all.put("project-switch", from -> driver.out.line(projection(from).switchOver()));
    all.put("project-info", this::info);
    all.put("project-close", this::close);
    all.put("applied", this::applied);
    return all;
  }

  private Projection projection(Words from) {
    return driver.thing("projection", Projection.class, from);
  }

  private Table tableOf(Words from) {
    return driver.thing("table", Table.class, from);
  }

  private void done(Projection projection) {
    driver.out.line(Status.OK);
  }

  private void open(Words from) {
    Stele db = driver.db(from);
    String kept = driver.newName("projection", from);
    String name = from.text();
    ProjectionOptions options =
        from.takes("rebuild") ? ProjectionOptions.rebuild() : ProjectionOptions.defaults();
    Query query = ScenarioDriver.query(from);
    driver.keep(kept, db.projection(name, query, options));
    driver.out.line(Status.OK);
  }

  private void table(Words from) {
    Projection projection = projection(from);
    String kept = driver.newName("table", from);
    TableName name = TableCommands.name(from);
    driver.keep(kept, projection.table(name, TableCommands.options(from)));
    driver.out.line(Status.OK);
  }

  private void take(Words from) {
    Projection projection = projection(from);
    List<Object> taken = new ArrayList<>(List.of(Status.OK));
    for (long left = from.number(); left > 0; --left) {
      Optional<Event> event = projection.next(Duration.ZERO);
      if (event.isEmpty()) break;
      taken.add(event.get().position());
    }
    driver.out.line(taken.size() == 1 ? new Object[] {Status.TIMEOUT} : taken.toArray());
  }

  private void info(Words from) {
    ProjectionInfo info = projection(from).describe();
    driver.out.line(Status.OK, info.applied(), info.head(), info.lag().toNanos() / 1000);
  }

  private void close(Words from) {
    projection(from).close();
    driver.out.line(Status.OK);
  }

  private void applied(Words from) {
    boolean isApplied = driver.db(from).waitApplied(from.text(), from.number(), Duration.ZERO);
    driver.out.line(isApplied ? Status.OK : Status.TIMEOUT);
  }
}
