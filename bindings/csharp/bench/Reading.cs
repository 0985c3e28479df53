// Reading a history, in two ways.
using System;
using System.Diagnostics;
using System.IO;

namespace Stele.Bench
{
    internal static class Reading
    {
        private const int MadeAtOnce = 1000;

        // Returns the seconds that `read` takes for all events.
        public static double Measure(int count, string directory, Func<SteleDb, long> read)
        {
            if (!Directory.Exists(directory)) MakeHistory(count, directory);
            SteleOptions options = new SteleOptions { Mode = OpenMode.Existing };
            using (SteleDb db = SteleDb.Open(directory, options))
            {
                if (db.Head != count) throw new InvalidOperationException("it has another number of events");
                long expected = read(db);
                Stopwatch watch = Stopwatch.StartNew();
                long sum = read(db);
                double seconds = watch.Elapsed.TotalSeconds;
                if (sum != expected) throw new InvalidOperationException("two readings differ");
                return seconds;
            }
        }

        public static long Views(SteleDb db)
        {
            long sum = 0;
            using (Cursor cursor = db.Read().Open())
            {
                while (cursor.Next())
                {
                    EventView view = cursor.View;
                    sum += view.Position;
                    foreach (byte part in view.Data) sum += part;
                }
            }
            return sum;
        }

        public static long Records(SteleDb db)
        {
            long sum = 0;
            foreach (Event read in db.Read())
            {
                sum += read.Position + read.Data.Span[0] + read.Type[0] + read.Entity[0];
                sum += read.Tags.Count;
            }
            return sum;
        }

        private static void MakeHistory(int count, string directory)
        {
            SteleOptions options = new SteleOptions { Durability = Durability.Os };
            using (SteleDb db = SteleDb.Open(directory, options))
            using (Batch batch = db.NewBatch())
            {
                for (int i = 0; i < count; ++i)
                {
                    batch.Add(Events.Make(i));
                    if ((i + 1) % MadeAtOnce == 0 || i + 1 == count) batch.Commit().Require();
                }
                db.Checkpoint();
            }
        }
    }
}
