import io.stele.AsOf;
import io.stele.CommitResult;
import io.stele.NewEvent;
import io.stele.Row;
import io.stele.Scan;
import io.stele.ScanOptions;
import io.stele.Stele;
import io.stele.Table;
import io.stele.TableName;
import io.stele.TableOptions;
import io.stele.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bank balances: a deposit or a withdrawal is an event, and the account's row with the balance behind
 * it is in the same commit. A transaction reads the row and writes it, and is begun again if the row
 * has changed since it was read; the table keeps history, so that there is a statement as of any
 * moment.
 *
 * <pre>Balances [DIRECTORY]    without one, the database is in memory</pre>
 */
public final class Balances {
  private final Stele db;
  /** From the name to the balance, as text. */
  private final Table accounts;

  private Balances(Stele db, Table accounts) {
    this.db = db;
    this.accounts = accounts;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Adds the event and the new balance to a transaction. False: there is too little. */
  private boolean add(Transaction t, String name, long amount) {
    long balance = amount + t.get(accounts, bytes(name))
        .map(row -> Long.parseLong(text(row.value()))).orElse(0L);
    if (balance < 0) return false;
    t.batch().add(NewEvent.of(amount < 0 ? "Withdrawn" : "Deposited").entity(name)
        .data(Long.toString(Math.abs(amount))).build());
    t.put(accounts, bytes(name), bytes(Long.toString(balance)));
    return true;
  }

  /** Deposits, or withdraws what is below 0, and returns what the commit was. */
  private CommitResult.Committed change(String name, long amount) {
    AtomicBoolean isEnough = new AtomicBoolean();
    CommitResult result = db.transact(t -> isEnough.set(add(t, name, amount)));
    System.out.printf("%s %+d: %s%n", name, amount, isEnough.get() ? "done" : "too little");
    return result.orThrow();
  }

  /** Two clerks read the same account; the second one to commit has to look again. */
  private void twoClerks(String name, long amount) {
    try (Transaction one = db.begin(); Transaction two = db.begin()) {
      add(one, name, amount);
      add(two, name, amount);
      System.out.println("first clerk: " + one.commit().status());
      System.out.println("second clerk: " + two.commit().status());
    }
  }

  /** Prints all balances as they were at a moment. */
  private void statement(String moment, AsOf asOf) {
    StringBuilder line = new StringBuilder(moment).append(':');
    try (Scan scan = accounts.scan(ScanOptions.forward().asOf(asOf))) {
      for (Row row : scan) {
        line.append(' ').append(text(row.key())).append(' ').append(text(row.value()))
            .append(" since event ").append(row.position()).append(';');
      }
    }
    System.out.println(line);
  }

  private void run() {
    change("ada", 100);
    CommitResult.Committed second = change("bob", 50);
    CommitResult.Committed third = change("ada", -30);
    change("bob", -80);
    twoClerks("bob", -50);
    change("bob", -50);

    statement("event 1", AsOf.position(1));
    statement("second commit", AsOf.tsn(second.tsn()));
    statement("time of the third", AsOf.time(third.recorded()));
    statement("right before", AsOf.time(third.recorded().minus(1, ChronoUnit.MICROS)));
    statement("now", AsOf.now());
  }

  public static void main(String[] arguments) {
    try (Stele db = arguments.length > 0 ? Stele.open(arguments[0]) : Stele.inMemory()) {
      db.createTable(TableName.of("accounts"), TableOptions.withHistory());  // Or there is one.
      try (Table accounts = db.table("accounts").orElseThrow()) {
        new Balances(db, accounts).run();
      }
    }
  }
}
