// Commands of batches and commits.
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Stele.Scenarios
{
    internal static class BatchCommands
    {
        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("batch", fields =>
            {
                SteleDb db = things.Db(fields);
                things.Make(fields.Name(), db.NewBatch);
                return Output.Ok();
            });
            player.Add("event", fields => Done(things.Batch(fields).Add(fields.NewEvent())));
            player.Add("guard", fields =>
            {
                Batch batch = things.Batch(fields);
                long after = fields.Number();
                return Done(batch.Guard(fields.Query(), after));
            });
            player.Add("expect", fields => Done(Expect(things.Batch(fields), fields)));
            player.Add("track", fields => Done(Track(things.Batch(fields), fields)));
            player.Add("key", fields => Done(things.Batch(fields).Key(fields.Text())));
            player.Add("durability", fields =>
                Done(things.Batch(fields).Durability(fields.Choice(DatabaseCommands.Levels))));
            player.Add("clear", fields => Done(things.Batch(fields).Clear()));
            player.Add("decide", fields =>
            {
                Batch batch = things.Batch(fields);
                ReadOptions options = fields.ReadOptions();
                return Output.Events(batch.Decide(fields.Query(), options));
            });
            player.Add("commit", fields => Output.Of(things.Batch(fields).Commit()));
            player.Add("check", fields => Output.Of(things.Batch(fields).Check()));
            player.Add("begin", fields =>
            {
                Task<CommitOutcome> ticket = things.Batch(fields).CommitAsync();
                things.Keep(fields.Name(), ticket);
                return Output.Ok();
            });
            player.Add("wait", fields => Output.Of(things.Ticket(fields).GetAwaiter().GetResult()));
            player.Add("append", fields => Output.Of(things.Db(fields).Append(fields.NewEvent())));
            player.Add("conflicts", fields => Conflicts(things.Batch(fields), fields));
        }

        private static string Done(Batch batch)
        {
            return Output.Ok();
        }

        private static Batch Expect(Batch batch, Fields fields)
        {
            string entity = fields.Text();
            if (fields.Take("none")) return batch.Expect(entity, 0);
            return fields.Take("some") ? batch.ExpectSome(entity) : batch.Expect(entity, fields.Number());
        }

        private static Batch Track(Batch batch, Fields fields)
        {
            string source = fields.Text();
            long? previous = fields.Take("any") ? (long?)null : fields.Number();
            return batch.Track(source, fields.Number(), previous);
        }

        private static IEnumerable<string> Conflicts(Batch batch, Fields fields)
        {
            Cursor cursor = batch.Conflicts((int)fields.Number());
            return cursor == null ? new[] { Output.Of(false) } : Output.Events(cursor);
        }
    }
}
