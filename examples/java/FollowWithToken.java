import io.stele.Event;
import io.stele.NewEvent;
import io.stele.Query;
import io.stele.Stele;
import io.stele.SubscribeOptions;
import io.stele.Subscription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * A consumer whose state is elsewhere, here in a file: it stores the subscription's token together
 * with the state, in one step, and resumes there after a restart. No event is counted twice or left
 * out, wherever the consumer is killed.
 *
 * <pre>FollowWithToken DIRECTORY COPIES [KILL_AFTER]</pre>
 *
 * Sells COPIES of a book, then counts what was sold since the last time. With KILL_AFTER it is
 * killed when it has counted so many, before it could store the last of them. The state is in
 * DIRECTORY.state.
 */
public final class FollowWithToken {
  private static final int TOKEN_SIZE = 32;

  private final Path file;
  private byte[] token;  // Null: the first start.
  private long sold;

  private FollowWithToken(Path file) throws IOException {
    this.file = file;
    if (!Files.exists(file)) return;
    ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(file));
    token = new byte[TOKEN_SIZE];
    stored.get(token);
    sold = stored.getLong();
  }

  /** Writes a new file and puts it in the old one's place: it is there as a whole or not at all. */
  private void save() throws IOException {
    Path fresh = Path.of(file + ".new");
    try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.allocate(TOKEN_SIZE + 8).put(token).putLong(sold).flip());
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Counts the sales that are new. A consumer that runs for ever would loop over the subscription
   * itself, which waits, where this one looks only.
   */
  private void countSales(Stele db, int killAfter) throws IOException {
    int fresh = 0;
    SubscribeOptions here = SubscribeOptions.fromStart().token(token);
    try (Subscription sales = db.subscribe(Query.type("BookSold").build(), here)) {
      for (;;) {
        Optional<Event> sale = sales.next(Duration.ZERO);
        if (sale.isEmpty()) break;
        ++fresh;
        ++sold;
        token = sales.token();
        if (fresh == killAfter) Runtime.getRuntime().halt(1);
        save();  // The state and the token, in one step.
        System.out.println("event " + sale.get().position() + ": counted");
      }
    }
    System.out.println(fresh + " new, " + sold + " sold");
  }

  private static void sell(Stele db, int copies) {
    for (int i = 0; i < copies; ++i) db.append(NewEvent.of("BookSold").build());
    db.append(NewEvent.of("ShopCleaned").build());
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    try (Stele db = Stele.open(directory)) {
      sell(db, Integer.parseInt(arguments[1]));
      int killAfter = arguments.length > 2 ? Integer.parseInt(arguments[2]) : -1;
      new FollowWithToken(Path.of(directory + ".state")).countSales(db, killAfter);
    }
  }
}
