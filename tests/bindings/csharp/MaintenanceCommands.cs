// Commands that take a database as a whole, and receipts.
using System.Collections.Generic;

namespace Stele.Scenarios
{
    internal static class MaintenanceCommands
    {
        private static readonly Dictionary<string, Lost> Choices = new Dictionary<string, Lost>
        {
            { "refuse", Lost.Refuse },
            { "cut", Lost.Cut },
            { "replace", Lost.Replace },
        };

        public static void AddTo(Player player)
        {
            Things things = player.Things;
            player.Add("verify", fields =>
            {
                VerifyProgress done = things.Db(fields).Verify();
                return Output.Ok(done.Commits, done.Events, Output.Hex(done.Root.Span));
            });
            player.Add("backup", fields =>
            {
                BackupProgress done = things.Db(fields).Backup(fields.Text());
                return Output.Ok(done.Tsn, done.Head);
            });
            player.Add("compact", fields =>
            {
                things.Db(fields).Compact();
                return Output.Ok();
            });
            player.Add("repair", fields =>
            {
                string from = fields.Text();
                string to = fields.Text();
                RepairProgress done = SteleDb.Repair(from, to, fields.Choice(Choices));
                return Output.Ok(done.Commits, done.Events);
            });
            player.Add("inspect", fields => Output.Of(things.Db(fields).Inspect(fields.Text()) != null));
            player.Add("receipt", fields => GetReceipt(things, fields));
            player.Add("receipt-info", fields =>
            {
                ReceiptInfo info = things.Receipt(fields).Verify();
                return Output.Ok(
                    info.Tsn, info.Position, info.RecordedMicroseconds, Output.Hex(info.EventHash.Span),
                    Output.Hex(info.ChainedRoot.Span), Output.Id(info.Uuid));
            });
            player.Add("receipt-check", fields =>
                Output.Of(things.Db(fields).CheckReceipt(things.Receipt(fields))));
            player.Add("receipt-verify", fields =>
            {
                Receipt receipt = things.Receipt(fields);
                Event of = things.Db(fields).Get(fields.Number());
                if (of != null) receipt.Verify(of);
                return Output.Of(of != null);
            });
        }

        private static string GetReceipt(Things things, Fields fields)
        {
            SteleDb db = things.Db(fields);
            Receipt receipt;
            Status status = db.TryGetReceipt(fields.Number(), out receipt);
            things.Keep(fields.Name(), receipt);
            return status == Status.Ok ? Output.Ok(receipt.Bytes.Length) : Output.Name(status);
        }
    }
}
