// A consumer whose state is elsewhere, here in a file: it stores the subscription's token together
// with the state, in one step, and resumes there after a restart. No event is counted twice or left
// out, wherever the consumer is killed.
//   follow_with_token [DIRECTORY]    without one, in "follow.db"; the state is in DIRECTORY.state
using Stele;

string path = args.Length > 0 ? args[0] : "follow.db";
string file = path + ".state";
foreach (int copies in new[] { 3, 2, 0 })
{
    // Each round is a restart.
    using SteleDb db = SteleDb.Open(path);
    Task counting = CountSales(db);
    foreach (int copy in Enumerable.Range(0, copies)) await db.AppendAsync(new NewEvent("BookSold"));
    db.Append(new NewEvent("ShopCleaned"));
    db.Append(new NewEvent("ShopClosed"));
    await counting;
}

// Counts the sales that are new since the last time, until the shop closes. While it awaits the next
// event, no thread waits.
async Task CountSales(SteleDb db)
{
    State now = Load();
    int fresh = 0;
    SubscribeOptions from = new SubscribeOptions { Token = now.Token };
    using Subscription news = db.Subscribe(Query.All.Type("BookSold", "ShopClosed"), from);
    await foreach (Event read in news)
    {
        bool closed = read.Type == "ShopClosed";
        if (!closed) ++fresh;
        now = new State(news.Token(), now.Sold + (closed ? 0 : 1));
        Save(now);  // The state and the token, in one step.
        if (closed) break;
    }
    Console.WriteLine($"{fresh} new, {now.Sold} sold");
}

State Load()
{
    if (!File.Exists(file)) return new State(null, 0);  // The first start.
    string[] lines = File.ReadAllLines(file);
    return new State(Convert.FromBase64String(lines[0]), int.Parse(lines[1]));
}

// Writes a new file and puts it in the old one's place: it is there as a whole or not at all.
void Save(State now)
{
    string fresh = file + ".new";
    using (FileStream stream = File.Create(fresh))
    {
        using StreamWriter writer = new StreamWriter(stream, leaveOpen: true);
        writer.WriteLine(Convert.ToBase64String(now.Token));
        writer.WriteLine(now.Sold);
        writer.Flush();
        stream.Flush(flushToDisk: true);
    }
    File.Move(fresh, file, overwrite: true);
}

// The consumer's state, as it is in the file.
record State(byte[] Token, int Sold);
