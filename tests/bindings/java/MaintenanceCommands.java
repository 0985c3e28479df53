import io.stele.BackupProgress;
import io.stele.Lost;
import io.stele.Receipt;
import io.stele.ReceiptInfo;
import io.stele.RepairProgress;
import io.stele.Status;
import io.stele.Stele;
import io.stele.VerifyProgress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Commands that take a database as a whole, and receipts. */
final class MaintenanceCommands {
  private final ScenarioDriver driver;

  MaintenanceCommands(ScenarioDriver driver) {
    this.driver = driver;
  }

  Map<String, ScenarioDriver.Command> all() {
    Map<String, ScenarioDriver.Command> all = new HashMap<>();
    all.put("verify", this::verify);
    all.put("backup", this::backup);
    all.put("compact", this::compact);
    all.put("repair", this::repair);
    all.put("inspect", this::inspect);
    all.put("receipt", this::receipt);
    all.put("receipt-info", this::receiptInfo);
    all.put("receipt-check", this::receiptCheck);
    all.put("receipt-verify", this::receiptVerify);
    return all;
  }

  private void verify(Words from) {
    VerifyProgress done = driver.db(from).verify().run();
    driver.out.line(Status.OK, done.commits(), done.events(), Output.digits(done.root()));
  }

  private void backup(Words from) {
    BackupProgress done = driver.db(from).backup(Path.of(from.text())).run();
    driver.out.line(Status.OK, done.tsn(), done.head());
  }

  private void compact(Words from) {
    driver.db(from).compact().run();
    driver.out.line(Status.OK);
  }

  private void repair(Words from) {
    Path damaged = Path.of(from.text());
    Path repaired = Path.of(from.text());
    Lost lost = Lost.valueOf(from.choice("refuse", "cut", "replace").toUpperCase());
    RepairProgress done = Stele.repair(damaged, repaired, lost).run();
    driver.out.line(Status.OK, done.commits(), done.events());
  }

  private void inspect(Words from) {
    Optional<String> drawing = driver.db(from).inspect(from.text());
    driver.out.line(drawing.isPresent() ? Status.OK : Status.NOT_FOUND);
  }

  // ---- Receipts --------------------------------------------------------------------------------

  private Receipt receiptOf(Words from) {
    return driver.thing("receipt", Receipt.class, from);
  }

  private void receipt(Words from) {
    Stele db = driver.db(from);
    long position = from.number();
    String name = driver.newName("receipt", from);
    Optional<Receipt> receipt = db.receipt(position);
    if (receipt.isPresent()) {
      driver.keep(name, receipt.get());
      driver.out.line(Status.OK, receipt.get().bytes().length);
    } else {
      // A receipt is missing for one of two reasons.
      driver.out.line(db.get(position).isPresent() ? Status.NOT_YET : Status.NOT_FOUND);
    }
  }

  private void receiptInfo(Words from) {
    ReceiptInfo it = receiptOf(from).verify();
    driver.out.line(Status.OK, it.tsn(), it.position(), Output.micros(it.recorded()),
        Output.digits(it.eventHash()), Output.digits(it.chainedRoot()),
        Output.digits(it.database()));
  }

  private void receiptCheck(Words from) {
    Stele db = driver.db(from);
    driver.out.line(db.check(receiptOf(from)) ? Status.OK : Status.NOT_FOUND);
  }

  private void receiptVerify(Words from) {
    Receipt receipt = receiptOf(from);
    Optional<byte[]> record = driver.db(from).record(from.number());
    if (record.isPresent()) {
      receipt.verify(record.get());
      driver.out.line(Status.OK);
    } else {
      driver.out.line(Status.NOT_FOUND);
    }
  }
}
