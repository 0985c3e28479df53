import io.stele.Event;
import io.stele.Query;
import io.stele.Status;
import io.stele.Stele;
import io.stele.SubscribeOptions;
import io.stele.Subscription;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Commands of subscriptions and their tokens. */
final class SubscriptionCommands {
  private final ScenarioDriver driver;

  SubscriptionCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    return Map.of("subscribe", this::subscribe, "pull", this::pull, "token", this::token,
        "unsubscribe", this::unsubscribe);
  }

  private Subscription subscription(Words from) {
    return driver.thing("subscription", Subscription.class, from);
  }

  private void subscribe(Words from) {
    Stele db = driver.db(from);
    String name = driver.newName("subscription", from);
    long after = 0;
    byte[] token = null;
    boolean isNewOnly = false;
    while (from.hasNext() && !from.takes("query")) {
      switch (from.choice("after", "token", "new")) {
        case "after" -> after = from.number();
        case "token" -> token = driver.thing("token", byte[].class, from);
        default -> isNewOnly = true;
      }
    }
    Query query = ScenarioDriver.query(from);
    driver.keep(name, db.subscribe(query, new SubscribeOptions(after, token, isNewOnly)));
    driver.out.line(Status.OK);
  }

  private void pull(Words from) {
    Subscription subscription = subscription(from);
    long left = from.number();
    boolean isAny = false;
    for (;;) {
      Optional<Event> event = subscription.next(Duration.ZERO);
      if (event.isEmpty()) break;
      if (left-- == 0) throw from.nonsense("there are more events than the scenario says");
      isAny = true;
      driver.out.event("event", event.get());
    }
    if (isAny) {
      driver.out.line(Status.OK, subscription.through(), subscription.head());
    } else {
      driver.out.line(Status.TIMEOUT);
    }
  }

  private void token(Words from) {
    Subscription subscription = subscription(from);
    String name = driver.newName("token", from);
    byte[] token = subscription.token();
    driver.keep(name, token);
    driver.out.line(Status.OK, "x:" + Output.digits(token));
  }

  private void unsubscribe(Words from) {
    subscription(from).close();
    driver.out.line(Status.OK);
  }
}
