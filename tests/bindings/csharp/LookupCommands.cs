// Commands that ask for one thing: an event, a part of its data, a number.
using System;
using System.Collections.Generic;

namespace Stele.Scenarios
{
    internal static class LookupCommands
    {
        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("get", fields => Found(things.Db(fields).Get(fields.Number())));
            player.Add("id", fields => Found(things.Db(fields).Get(fields.Id())));
            player.Add("latest", fields => Found(things.Db(fields).Latest(fields.Text())));
            player.Add("data", fields => Data(things.Db(fields), fields));
            player.Add("exists", fields => Output.Of(things.Db(fields).Exists(fields.Query())));
            player.Add("count", fields => Output.Ok(things.Db(fields).Count(fields.Query())));
            player.Add("last", fields =>
            {
                List<object> positions = new List<object>();
                SteleDb db = things.Db(fields);
                foreach (long position in db.LastOfEach(fields.Query())) positions.Add(position);
                return Output.Ok(positions.ToArray());
            });
            player.Add("at", fields => Output.Ok(things.Db(fields).PositionAt(fields.Time())));
            player.Add("tracked", fields =>
            {
                long? position = things.Db(fields).Tracked(fields.Text());
                return position.HasValue ? Output.Ok(position.Value) : Output.Of(false);
            });
        }

        private static string Found(Event found)
        {
            return found == null ? Output.Of(false) : Output.Ok(Output.Values(found));
        }

        private static string Data(SteleDb db, Fields fields)
        {
            long position = fields.Number();
            long offset = fields.Number();
            byte[] buffer = new byte[fields.Number()];
            int read;
            long total;
            if (!db.TryReadData(position, offset, buffer, out read, out total)) return Output.Of(false);
            return Output.Ok(total, "x:" + Output.Hex(buffer.AsSpan(0, read)));
        }
    }
}
