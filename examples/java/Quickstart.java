import io.stele.NewEvent;
import io.stele.Query;
import io.stele.Stele;

public final class Quickstart {
  public static void main(String[] arguments) {
    try (Stele shop = Stele.open("shop")) {
      shop.append(NewEvent.of("BookSold").tag("book:dune").data("{\"price\": 12}").build());
      shop.read(Query.tag("book:dune").build())
          .forEach(sale -> System.out.println(sale.position() + " " + sale.text()));
    }
  }
}
