import io.stele.Batch;
import io.stele.Isolation;
import io.stele.Query;
import io.stele.ReadOptions;
import io.stele.Scan;
import io.stele.Status;
import io.stele.Stele;
import io.stele.Table;
import io.stele.Transaction;
import java.util.HashMap;
import java.util.Map;

/** Commands of transactions. */
final class TransactionCommands {
  private final ScenarioDriver driver;

  TransactionCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    Map<String, ScenarioDriver.Command> all = new HashMap<>();
    all.put("txn-begin", this::begin);
    all.put("txn-batch", this::batch);
    all.put("txn-put", from -> done(txn(from).put(table(from), from.bytes(), from.bytes())));
    all.put("txn-delete", from -> done(txn(from).delete(table(from), from.bytes())));
    all.put("txn-delete-range", from -> done(
        txn(from).deleteRange(table(from), from.bytes(), TableCommands.high(from))));
    all.put("txn-get", from -> driver.out.found(txn(from).get(table(from), from.bytes())));
    all.put("txn-scan", from -> driver.out.rows(
        txn(from).scan(table(from), TableCommands.scanOptions(from))));
    all.put("txn-scan-open", this::openScan);
    all.put("scan-rest", from -> driver.out.rows(driver.thing("scan", Scan.class, from)));
    all.put("txn-read", this::read);
    all.put("txn-commit", from -> driver.out.commit(txn(from).commit()));
    all.put("txn-close", this::close);
    return all;
  }

  private Transaction txn(Words from) {
    return driver.thing("transaction", Transaction.class, from);
  }

  private Table table(Words from) {
    return driver.thing("table", Table.class, from);
  }

  private void done(Transaction transaction) {
    driver.out.line(Status.OK);
  }

  private void begin(Words from) {
    Stele db = driver.db(from);
    String kept = driver.newName("transaction", from);
    driver.keep(kept, db.begin(
        from.takes("snapshot") ? Isolation.SNAPSHOT : Isolation.SERIALIZABLE));
    driver.out.line(Status.OK);
  }

  private void batch(Words from) {
    Transaction txn = txn(from);
    String kept = driver.newName("batch", from);
    Batch batch = txn.batch();
    driver.keep(kept, batch);
    driver.out.line(Status.OK);
  }

  private void openScan(Words from) {
    Transaction txn = txn(from);
    String kept = driver.newName("scan", from);
    driver.keep(kept, txn.scan(table(from), TableCommands.scanOptions(from)));
    driver.out.line(Status.OK);
  }

  private void read(Words from) {
    Transaction txn = txn(from);
    ReadOptions options = ScenarioDriver.readOptions(from);
    Query query = ScenarioDriver.query(from);
    ReadCommands.print(driver.out, txn.read(query, options));
  }

  private void close(Words from) {
    txn(from).close();
    driver.out.line(Status.OK);
  }
}
