// Bank balances: a deposit or a withdrawal is an event, and the account's row with the balance behind it
// is in the same commit. A transaction reads the row and writes it, and is begun again if the row has
// changed since it was read; the table keeps history, so that there is a statement as of any moment.
//   balances [DIRECTORY]    without one, the database is in memory
using System.Globalization;
using System.Text;
using Stele;

using SteleDb db = args.Length > 0 ? SteleDb.Open(args[0]) : SteleDb.OpenInMemory();
db.CreateTable("accounts", new TableOptions { History = History.All });  // Or there is one.
using Table accounts = db.OpenTable("accounts");                         // From name to balance, as text.
Change("ada", 100);
CommitOutcome second = Change("bob", 50);
CommitOutcome third = Change("ada", -30);
Change("bob", -80);

// Two clerks read the same account; the second one to commit has to look again.
using (Transaction one = db.Begin())
using (Transaction two = db.Begin())
{
    Add(one, "bob", -50);
    Add(two, "bob", -50);
    Console.WriteLine($"first clerk: {NameOf(one.Commit())}");
    Console.WriteLine($"second clerk: {NameOf(two.Commit())}");
}
Change("bob", -50);

Statement("event 1", AsOf.Position(1));
Statement("second commit", AsOf.Tsn(second.Tsn));
Statement("time of the third", AsOf.Time(third.RecordedMicroseconds));
Statement("right before", AsOf.Time(third.RecordedMicroseconds - 1));
Statement("now", AsOf.Now);

// Adds the event and the new balance to a transaction. False: there is too little.
bool Add(Transaction t, string name, long amount)
{
    byte[] key = Encoding.UTF8.GetBytes(name);
    Row row = t.Get(accounts, key);
    long balance = amount + (row == null ? 0 : long.Parse(Text(row.Value)));
    if (balance < 0) return false;
    t.Batch.Add(new NewEvent(amount < 0 ? "Withdrawn" : "Deposited")
    {
        Entity = name,
        Data = Encoding.UTF8.GetBytes(Math.Abs(amount).ToString(CultureInfo.InvariantCulture)),
    });
    t.Put(accounts, key, Encoding.UTF8.GetBytes(balance.ToString(CultureInfo.InvariantCulture)));
    return true;
}

// Deposits, or withdraws what is below 0, and returns what the commit was.
CommitOutcome Change(string name, long amount)
{
    bool enough = false;
    CommitOutcome outcome = db.Transact(t => enough = Add(t, name, amount)).Require();
    Console.WriteLine($"{name} {amount:+0;-0}: {(enough ? "done" : "too little")}");
    return outcome;
}

// Prints all balances as they were at a moment.
void Statement(string moment, AsOf asOf)
{
    StringBuilder line = new StringBuilder(moment).Append(':');
    foreach (Row row in accounts.Scan(new ScanOptions { AsOf = asOf }))
        line.Append($" {Text(row.Key)} {Text(row.Value)} since event {row.Position};");
    Console.WriteLine(line);
}

string NameOf(CommitOutcome outcome) => outcome.IsCommitted ? "OK" : outcome.Kind.ToString().ToUpperInvariant();

string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
