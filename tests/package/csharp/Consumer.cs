using System;
using Stele;

// The smallest program that does Stele's job: appends one event and reads it back.
static class Consumer
{
    static void Main(string[] arguments)
    {
        using (var db = SteleDb.Open(arguments[0]))
        {
            var sold = new NewEvent("BookSold") { Text = "{\"copies\":2}" };
            sold.Tags.Add("book:1");
            db.Append(sold);
            foreach (Event read in db.Read())
            {
                Console.WriteLine(
                    "stele " + SteleDb.Version + ": " + read.Type + " at " + read.Position +
                    ", tag " + read.Tags[0] + ", data " + read.Text);
            }
        }
    }
}
