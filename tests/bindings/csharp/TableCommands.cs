// Commands of tables and their rows.
using System;
using System.Collections.Generic;

namespace Stele.Scenarios
{
    internal static class TableCommands
    {
        public static void AddTo(Player player)
        {
            AddTables(player, player.Things);
            AddChanges(player, player.Things);
            AddGuards(player, player.Things);
            player.Add("row", fields =>
            {
                Table table = player.Things.Table(fields);
                byte[] key = fields.Bytes();
                return Found(table.Get(key, AsOfOf(fields)));
            });
            player.Add("scan", fields =>
            {
                Table table = player.Things.Table(fields);
                return Rows(table.Scan(ScanOptionsOf(fields)));
            });
            player.Add("rows", fields => Many(player.Things.Table(fields), fields));
            player.Add("history", fields => Versions(player.Things.Table(fields), fields));
        }

        private static void AddTables(Player player, Things things)
        {
            player.Add("table-create", fields =>
            {
                SteleDb db = things.Db(fields);
                TableName name = NameOf(fields);
                return db.CreateTable(name, OptionsOf(fields)) ? Output.Ok() : Output.Name(Status.Exists);
            });
            player.Add("table-drop", fields =>
                Output.Of(things.Db(fields).DropTable(NameOf(fields))));
            player.Add("table-rename", fields =>
            {
                SteleDb db = things.Db(fields);
                TableName from = NameOf(fields);
                return Output.Name(db.RenameTable(from, NameOf(fields)));
            });
            player.Add("tables", fields => Tables(things.Db(fields)));
            player.Add("table", fields =>
            {
                SteleDb db = things.Db(fields);
                string kept = fields.Name();
                TableName name = NameOf(fields);
                bool found = false;
                things.Make(kept, () =>
                {
                    Table table = db.OpenTable(name);
                    found = table != null;
                    return table;
                });
                return Output.Of(found);
            });
            player.Add("table-info", fields =>
            {
                TableInfo info = things.Table(fields).Describe();
                return info == null ? Output.Of(false) : Line("OK", info);
            });
            player.Add("batch-create", fields =>
            {
                Batch batch = things.Batch(fields);
                TableName name = NameOf(fields);
                return Done(batch.CreateTable(name, OptionsOf(fields)));
            });
            player.Add("batch-drop", fields =>
                Done(things.Batch(fields).DropTable(things.Table(fields))));
            player.Add("batch-rename", fields =>
            {
                Batch batch = things.Batch(fields);
                Table table = things.Table(fields);
                return Done(batch.RenameTable(table, NameOf(fields)));
            });
        }

        private static void AddChanges(Player player, Things things)
        {
            player.Add("put", fields =>
            {
                Batch batch = things.Batch(fields);
                Table table = things.Table(fields);
                byte[] key = fields.Bytes();
                return Done(batch.Put(table, key, fields.Bytes()));
            });
            player.Add("delete", fields =>
            {
                Batch batch = things.Batch(fields);
                Table table = things.Table(fields);
                return Done(batch.Delete(table, fields.Bytes()));
            });
            player.Add("delete-range", fields =>
            {
                Batch batch = things.Batch(fields);
                Table table = things.Table(fields);
                byte[] low = fields.Bytes();
                return Done(batch.DeleteRange(table, low, HighOf(fields)));
            });
        }

        private static void AddGuards(Player player, Things things)
        {
            player.Add("expect-row", fields =>
            {
                Batch batch = things.Batch(fields);
                Table table = things.Table(fields);
                byte[] key = fields.Bytes();
                return Done(fields.Take("none")
                    ? batch.ExpectAbsent(table, key)
                    : batch.ExpectRow(table, key, fields.Number()));
            });
            player.Add("expect-value", fields =>
            {
                Batch batch = things.Batch(fields);
                Table table = things.Table(fields);
                byte[] key = fields.Bytes();
                return Done(batch.ExpectValue(table, key, fields.Bytes()));
            });
            player.Add("expect-unchanged", fields =>
            {
                Batch batch = things.Batch(fields);
                Table table = things.Table(fields);
                byte[] low = fields.Bytes();
                byte[] high = HighOf(fields);
                return Done(batch.ExpectUnchanged(table, low, high, fields.Number()));
            });
        }

        private static string Done(Batch batch)
        {
            return Output.Ok();
        }

        // A schema of no bytes is the one of names that are given alone.
        public static TableName NameOf(Fields fields)
        {
            string schema = fields.Text();
            return new TableName(schema.Length == 0 ? null : schema, fields.Text());
        }

        public static TableOptions OptionsOf(Fields fields)
        {
            if (fields.Take("all")) return new TableOptions { History = History.All };
            if (fields.Take("commits"))
            {
                return new TableOptions { History = History.Commits, Amount = fields.Number() };
            }
            return fields.Take("time")
                ? new TableOptions { History = History.Time, Amount = fields.Number() }
                : null;
        }

        public static byte[] HighOf(Fields fields)
        {
            return fields.Take("end") ? null : fields.Bytes();
        }

        // The moment of a read: the rest of the line.
        private static AsOf AsOfOf(Fields fields)
        {
            if (fields.AtEnd) return AsOf.Now;
            if (fields.Take("tsn")) return AsOf.Tsn(fields.Number());
            if (fields.Take("position")) return AsOf.Position(fields.Number());
            if (fields.Take("time")) return AsOf.Time(fields.Time());
            throw new NonsenseException("no moment: " + fields.Name());
        }

        private static string Line(string first, TableInfo info)
        {
            return Output.Line(
                first, info.Name.Schema, info.Name.Name, info.Id, (int)info.History, info.Amount,
                info.CreatedTsn);
        }

        private static IEnumerable<string> Tables(SteleDb db)
        {
            foreach (TableInfo info in db.Tables()) yield return Line("table", info);
            yield return Output.Name(Status.End);
        }

        private static IEnumerable<string> Many(Table table, Fields fields)
        {
            List<byte[]> keys = new List<byte[]>();
            for (long count = fields.Number(); count > 0; --count) keys.Add(fields.Bytes());
            foreach (Row row in table.GetMany(keys, AsOfOf(fields)))
            {
                yield return row == null ? "missing" : Output.Line("row", Values(row, true));
            }
            yield return Output.Name(Status.End);
        }

        private static IEnumerable<string> Versions(Table table, Fields fields)
        {
            byte[] key = fields.Bytes();
            HistoryOptions options = new HistoryOptions { OldestFirst = fields.Take("oldest") };
            if (fields.Take("since")) options.Since = AsOfOf(fields);
            if (fields.Take("until")) options.Until = AsOfOf(fields);
            foreach (RowVersion version in table.History(key, options))
            {
                List<object> values =
                    new List<object> { version.Tsn, version.Position, version.RecordedMicroseconds };
                if (!version.IsDeleted) Output.AddData(values, version.Value.Span);
                yield return Output.Line(version.IsDeleted ? "deleted" : "put", values.ToArray());
            }
            yield return Output.Name(Status.End);
        }

        // What says how to scan: the rest of the line.
        public static ScanOptions ScanOptionsOf(Fields fields)
        {
            ScanOptions options = new ScanOptions { Backward = fields.Take("backward") };
            if (fields.Take("low")) options.Low = fields.Bytes();
            if (fields.Take("high")) options.High = fields.Bytes();
            options.AsOf = AsOfOf(fields);
            return options;
        }

        // The line of a row that was looked up.
        public static string Found(Row row)
        {
            return row == null ? Output.Of(false) : Output.Line("OK", Values(row, false));
        }

        // The lines of a scan that has begun.
        public static IEnumerable<string> Rows(Scan scan)
        {
            foreach (Row row in scan) yield return Output.Line("row", Values(row, true));
            yield return Output.Name(Status.End);
        }

        private static object[] Values(Row row, bool withKey)
        {
            List<object> values = new List<object> { row.Tsn, row.Position };
            if (withKey) values.Add("x:" + Output.Hex(row.Key.Span));
            Output.AddData(values, row.Value.Span);
            return values.ToArray();
        }
    }
}
