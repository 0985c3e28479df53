// Commands of databases: opening, closing, what is done with one as a whole.
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Stele.Scenarios
{
    internal static class DatabaseCommands
    {
        // In ticks.
        private const long Millisecond = TimeSpan.TicksPerMillisecond;
        private const long Microsecond = Millisecond / 1000;

        public static readonly Dictionary<string, Durability> Levels = new Dictionary<string, Durability>
        {
            { "os", Durability.Os },
            { "interval", Durability.Interval },
            { "sync", Durability.Sync },
        };

        private static readonly Dictionary<string, OpenMode> Modes = new Dictionary<string, OpenMode>
        {
            { "create", OpenMode.Create },
            { "existing", OpenMode.Existing },
            { "new", OpenMode.New },
            { "read-only", OpenMode.ReadOnly },
        };

        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("open", fields => Open(things, fields));
            player.Add("close", fields =>
            {
                things.Db(fields).Close();
                return Output.Ok();
            });
            player.Add("clock", fields =>
            {
                things.Db(fields).SetTestClock(fields.Time());
                return Output.Ok();
            });
            player.Add("sync", fields =>
            {
                things.Db(fields).Sync();
                return Output.Ok();
            });
            player.Add("checkpoint", fields =>
            {
                things.Db(fields).Checkpoint();
                return Output.Ok();
            });
            player.Add("head", fields => Output.Ok(things.Db(fields).Head));
            player.Add("stats", fields => Stats(things, fields));
            player.Add("live", fields =>
            {
                things.Close();
                return Output.Ok(SteleDb.LiveHandles);
            });
        }

        private static string Open(Things things, Fields fields)
        {
            string name = fields.Name();
            string path = fields.Text();
            SteleOptions options = new SteleOptions { Mode = fields.Choice(Modes) };
            while (!fields.AtEnd) SetOption(options, fields);
            things.Make(name, () => SteleDb.Open(path, options));
            return Output.Ok();
        }

        private static void SetOption(SteleOptions options, Fields fields)
        {
            string name = fields.Name();
            switch (name)
            {
                case "durability": options.Durability = fields.Choice(Levels); break;
                case "interval_ms": options.Interval = Time(fields, Millisecond); break;
                case "segment_size": options.SegmentSize = fields.Number(); break;
                case "buffer_max": options.BufferMax = fields.Number(); break;
                case "tail_max": options.TailMax = fields.Number(); break;
                case "max_clock_jump": options.MaxClockJump = Time(fields, Microsecond); break;
                case "keep_wal": options.KeepWal = fields.Number() != 0; break;
                case "test_time": options.TestMicroseconds = fields.Time(); break;
                case "test_seed": options.TestSeed = fields.Number(); break;
                case "strict_after": options.StrictAfter = fields.Number() != 0; break;
                case "memory_budget": options.MemoryBudget = fields.Number(); break;
                case "checkpoint_log": options.CheckpointLog = fields.Number(); break;
                case "max_reader_age": options.MaxReaderAge = Time(fields, Millisecond); break;
                default: throw new NonsenseException("no option: " + name);
            }
        }

        // 0 is the default, and what no TimeSpan can hold is the longest that there is.
        private static TimeSpan? Time(Fields fields, long ticks)
        {
            long number = fields.Number();
            if (number == 0) return null;
            return number > TimeSpan.MaxValue.Ticks / ticks
                ? TimeSpan.MaxValue
                : new TimeSpan(number * ticks);
        }

        private static string Stats(Things things, Fields fields)
        {
            SteleStats stats = things.Db(fields).GetStats();
            List<object> values = new List<object>();
            while (!fields.AtEnd) values.Add(Figure(stats, fields.Name()));
            return Output.Ok(values.ToArray());
        }

        // A figure under its name in the C header: "tail_bytes" is TailBytes, "sync_us" SyncTime.
        private static object Figure(SteleStats stats, string name)
        {
            if (name == "last_recorded") return stats.LastRecordedMicroseconds;
            string property = "";
            foreach (string word in name.Split('_'))
            {
                if (word.Length == 0) throw new NonsenseException("no figure: " + name);
                property += char.ToUpperInvariant(word[0]) + word.Substring(1);
            }
            switch (name)
            {
                case "clock_behind_us": property = "ClockBehind"; break;
                case "reader_age_us": property = "ReaderAge"; break;
                default: property = property.Replace("Us", "Time"); break;
            }
            System.Reflection.PropertyInfo found = typeof(SteleStats).GetProperty(property);
            if (found == null) throw new NonsenseException("no figure: " + name);
            object value = found.GetValue(stats, null);
            if (value is Guid) return Output.Id((Guid)value);
            if (value is TimeSpan) return ((TimeSpan)value).Ticks / Microsecond;
            return value;
        }
    }
}
