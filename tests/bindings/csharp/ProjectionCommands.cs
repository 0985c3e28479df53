// Commands of projections: taking events, putting rows into their tables, switching them.
using System;
using System.Collections.Generic;

namespace Stele.Scenarios
{
    internal static class ProjectionCommands
    {
        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("project", fields => Open(things, fields));
            player.Add("project-table", fields =>
            {
                Projection projection = things.Projection(fields);
                string kept = fields.Name();
                TableName name = TableCommands.NameOf(fields);
                TableOptions options = TableCommands.OptionsOf(fields);
                things.Make(kept, () => projection.OpenTable(name, options));
                return Output.Ok();
            });
            player.Add("project-take", fields => Take(things.Projection(fields), fields.Number()));
            player.Add("project-commit", fields => Output.Name(things.Projection(fields).Commit()));
            player.Add("project-switch", fields => Output.Name(things.Projection(fields).SwitchOver()));
            player.Add("project-info", fields =>
            {
                ProjectionInfo info = things.Projection(fields).Describe();
                return Output.Ok(info.Applied, info.Head, info.Lag.Ticks / 10);
            });
            player.Add("project-close", fields =>
            {
                things.Projection(fields).Dispose();
                return Output.Ok();
            });
            player.Add("applied", fields =>
            {
                SteleDb db = things.Db(fields);
                string name = fields.Text();
                bool applied = db.WaitApplied(name, fields.Number(), TimeSpan.Zero);
                return applied ? Output.Ok() : Output.Name(Status.Timeout);
            });
            AddChanges(player, things);
        }

        private static void AddChanges(Player player, Things things)
        {
            player.Add("project-put", fields =>
            {
                Projection projection = things.Projection(fields);
                Table table = things.Table(fields);
                byte[] key = fields.Bytes();
                byte[] row = fields.Bytes();
                projection.Put(table, key, row, fields.Number());
                return Output.Ok();
            });
            player.Add("project-delete", fields =>
            {
                Projection projection = things.Projection(fields);
                Table table = things.Table(fields);
                byte[] key = fields.Bytes();
                projection.Delete(table, key, fields.Number());
                return Output.Ok();
            });
            player.Add("project-delete-range", fields =>
            {
                Projection projection = things.Projection(fields);
                Table table = things.Table(fields);
                byte[] low = fields.Bytes();
                byte[] high = TableCommands.HighOf(fields);
                projection.DeleteRange(table, low, high, fields.Number());
                return Output.Ok();
            });
        }

        private static string Open(Things things, Fields fields)
        {
            SteleDb db = things.Db(fields);
            string kept = fields.Name();
            string name = fields.Text();
            ProjectionOptions options = new ProjectionOptions { Rebuild = fields.Take("rebuild") };
            things.Make(kept, () => db.OpenProjection(name, fields.Query(), options));
            return Output.Ok();
        }

        private static string Take(Projection projection, long max)
        {
            List<object> taken = new List<object>();
            while (taken.Count < max)
            {
                Event next = projection.Next(TimeSpan.Zero);
                if (next == null) break;
                taken.Add(next.Position);
            }
            return taken.Count == 0 ? Output.Name(Status.Timeout) : Output.Ok(taken.ToArray());
        }
    }
}
