using Stele;

using SteleDb db = SteleDb.Open("shop");
db.Append(new NewEvent("BookSold") { Tags = { "book:dune" }, Text = "{\"price\": 12}" });
foreach (Event sold in db.Read(Query.All.Tag("book:dune")))
    Console.WriteLine($"{sold.Position} {sold.Type} {sold.Text}");
