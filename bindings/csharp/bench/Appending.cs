// Appending to a new database, in batches and one by one.
using System.Diagnostics;

namespace Stele.Bench
{
    internal static class Appending
    {
        private const int BatchSize = 100;
        private const int WarmUp = 50000;

        // Returns the seconds that `count` events take in batches.
        public static double Batched(int count, string directory)
        {
            using (SteleDb db = SteleDb.OpenInMemory()) AppendBatches(db, WarmUp);
            using (SteleDb db = OpenNew(directory))
            {
                Stopwatch watch = Stopwatch.StartNew();
                AppendBatches(db, count);
                return watch.Elapsed.TotalSeconds;
            }
        }

        // Returns the seconds that `count` events take, each in a commit of its own.
        public static double Single(int count, string directory)
        {
            using (SteleDb db = SteleDb.OpenInMemory()) AppendEach(db, WarmUp);
            using (SteleDb db = OpenNew(directory))
            {
                Stopwatch watch = Stopwatch.StartNew();
                AppendEach(db, count);
                return watch.Elapsed.TotalSeconds;
            }
        }

        private static void AppendBatches(SteleDb db, int count)
        {
            using (Batch batch = db.NewBatch())
            {
                for (int i = 0; i < count; ++i)
                {
                    batch.Add(Events.Make(i));
                    if ((i + 1) % BatchSize == 0 || i + 1 == count) batch.Commit().Require();
                }
            }
        }

        private static void AppendEach(SteleDb db, int count)
        {
            for (int i = 0; i < count; ++i) db.Append(Events.Make(i)).Require();
        }

        private static SteleDb OpenNew(string directory)
        {
            return SteleDb.Open(
                directory, new SteleOptions { Mode = OpenMode.New, Durability = Durability.Os });
        }
    }
}
