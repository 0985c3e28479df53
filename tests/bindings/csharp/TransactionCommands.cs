// Commands of transactions.
using System.Collections.Generic;

namespace Stele.Scenarios
{
    internal static class TransactionCommands
    {
        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("txn-begin", fields =>
            {
                SteleDb db = things.Db(fields);
                string kept = fields.Name();
                Isolation isolation =
                    fields.Take("snapshot") ? Isolation.Snapshot : Isolation.Serializable;
                things.Make(kept, () => db.Begin(isolation));
                return Output.Ok();
            });
            player.Add("txn-batch", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                things.Make(fields.Name(), () => transaction.Batch);
                return Output.Ok();
            });
            player.Add("txn-commit", fields => Output.Of(things.Transaction(fields).Commit()));
            player.Add("txn-close", fields =>
            {
                things.Transaction(fields).Dispose();
                return Output.Ok();
            });
            AddChanges(player, things);
            AddReads(player, things);
        }

        private static void AddChanges(Player player, Things things)
        {
            player.Add("txn-put", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                Table table = things.Table(fields);
                byte[] key = fields.Bytes();
                return Done(transaction.Put(table, key, fields.Bytes()));
            });
            player.Add("txn-delete", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                Table table = things.Table(fields);
                return Done(transaction.Delete(table, fields.Bytes()));
            });
            player.Add("txn-delete-range", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                Table table = things.Table(fields);
                byte[] low = fields.Bytes();
                return Done(transaction.DeleteRange(table, low, TableCommands.HighOf(fields)));
            });
        }

        private static void AddReads(Player player, Things things)
        {
            player.Add("txn-get", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                Table table = things.Table(fields);
                return TableCommands.Found(transaction.Get(table, fields.Bytes()));
            });
            player.Add("txn-scan", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                Table table = things.Table(fields);
                return TableCommands.Rows(transaction.Scan(table, TableCommands.ScanOptionsOf(fields)));
            });
            player.Add("txn-scan-open", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                string kept = fields.Name();
                Table table = things.Table(fields);
                ScanOptions options = TableCommands.ScanOptionsOf(fields);
                things.Make(kept, () => transaction.Scan(table, options));
                return Output.Ok();
            });
            player.Add("scan-rest", fields => TableCommands.Rows(things.Scan(fields)));
            player.Add("txn-read", fields =>
            {
                Transaction transaction = things.Transaction(fields);
                ReadOptions options = fields.ReadOptions();
                return Output.Events(transaction.Read(fields.Query(), options));
            });
        }

        private static string Done(Transaction transaction)
        {
            return Output.Ok();
        }
    }
}
