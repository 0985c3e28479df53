import io.stele.Query;
import io.stele.ReadOptions;
import io.stele.Stele;
import io.stele.SteleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Plays a scenario through the public API of Java, as README.txt says, and prints what each command
 * answers.
 *
 * <pre>java -cp stele.jar:DIRECTORY ScenarioDriver FILE</pre>
 */
public final class ScenarioDriver {
  /** Takes the fields behind its own and prints. */
  interface Command {
    void play(Words from);
  }

  final Output out = new Output();
  /** What the scenario has made, by kind and name. It stays there when it was closed. */
  private final Map<String, Object> things = new HashMap<>();
  private final Map<String, Command> commands = new HashMap<>();

  private ScenarioDriver() {
    commands.putAll(new DatabaseCommands(this).all());
    commands.putAll(new BatchCommands(this).all());
    commands.putAll(new TableCommands(this).all());
    commands.putAll(new TransactionCommands(this).all());
    commands.putAll(new ReadCommands(this).all());
    commands.putAll(new SubscriptionCommands(this).all());
    commands.putAll(new ProjectionCommands(this).all());
    commands.putAll(new MaintenanceCommands(this).all());
  }

  public static void main(String[] arguments) throws IOException {
    ScenarioDriver driver = new ScenarioDriver();
    int number = 0;
    String text = Files.readString(Path.of(arguments[0]), StandardCharsets.UTF_8);
    try {
      for (String line : text.split("\n", -1)) {
        ++number;
        if (!line.isEmpty() && !line.startsWith("#")) driver.play(new Words(line, number));
      }
    } catch (IllegalArgumentException e) {
      driver.out.flush();
      System.err.println(e.getMessage());
      System.exit(2);
    }
    driver.closeThings();
    driver.out.flush();
  }

  private void play(Words from) {
    String name = from.name();
    Command command = commands.get(name);
    if (command == null) throw from.nonsense("no such command: " + name);
    try {
      command.play(from);
    } catch (SteleException e) {
      out.error(e);
      return;
    }
    from.expectEnd();
  }

  // ---- Things ----------------------------------------------------------------------------------

  /** Takes the name of a thing to be made, and closes what had it before. */
  String newName(String kind, Words from) {
    String name = kind + " " + from.name();
    close(things.get(name));
    things.put(name, null);
    return name;
  }

  void keep(String name, Object thing) {
    things.put(name, thing);
  }

  <T> T thing(String kind, Class<T> type, Words from) {
    String name = kind + " " + from.name();
    if (!things.containsKey(name)) throw from.nonsense("there is no " + name);
    Object found = things.get(name);
    if (found == null) throw from.nonsense(name + " could not be made");
    return type.cast(found);
  }

  Stele db(Words from) {
    return thing("database", Stele.class, from);
  }

  private static void close(Object thing) {
    try {
      if (thing instanceof AutoCloseable it) it.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void closeThings() {
    things.values().forEach(ScenarioDriver::close);
    things.clear();
  }

  // ---- What several commands take --------------------------------------------------------------

  static Query query(Words from) {
    if (!from.hasNext()) return Query.all();
    Query.Builder query = null;
    while (from.hasNext()) {
      String name = from.name();
      if (name.equals("item")) {
        query = query == null ? Query.item() : query.or();
        continue;
      }
      if (query == null) query = Query.item();
      switch (name) {
        case "type" -> query.type(from.text());
        case "tag" -> query.tag(from.text());
        case "entity" -> query.entity(from.text());
        case "prefix" -> query.entityPrefix(from.text());
        case "category" -> query.category(from.text());
        case "scope" -> query.scope(from.text());
        case "correlation" -> query.correlation(from.id());
        case "causation" -> query.causation(from.id());
        case "time" -> query.time(from.time(), from.time());
        case "positions" -> query.positions(from.number(), from.number());
        default -> throw from.nonsense("no field of a query: " + name);
      }
    }
    return query.build();
  }

  static ReadOptions readOptions(Words from) {
    boolean isBackward = false;
    boolean hasStart = false;
    long start = 0;
    long limit = ReadOptions.NO_LIMIT;
    for (;;) {
      if (from.takes("start")) {
        hasStart = true;
        start = from.number();
      } else if (from.takes("limit")) {
        limit = from.number();
      } else if (from.takes("backward")) {
        isBackward = true;
      } else {
        return new ReadOptions(isBackward, hasStart, start, limit);
      }
    }
  }
}
