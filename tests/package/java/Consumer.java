import io.stele.Event;
import io.stele.NewEvent;
import io.stele.Stele;
import java.util.stream.Stream;

/** The smallest program that does Stele's job: appends one event and reads it back. */
class Consumer {
  public static void main(String[] arguments) {
    try (Stele db = Stele.open(arguments[0])) {
      db.append(NewEvent.of("BookSold").tag("book:1").data("{\"copies\":2}").build());
      try (Stream<Event> events = db.read()) {
        events.forEach(event -> System.out.printf("stele %s: %s at %d, tag %s, data %s%n",
            Stele.version(), event.type(), event.position(), event.tags().get(0), event.text()));
      }
    }
  }
}
