// Tables, their rows, guards over rows, scans and the past.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Xunit;

namespace Stele.Tests
{
    public class TableTests
    {
        private static byte[] Bytes(string text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        private static string Text(ReadOnlySpan<byte> bytes)
        {
            return Encoding.UTF8.GetString(bytes.ToArray());
        }

        private static Table NewTable(SteleDb db)
        {
            Assert.True(db.CreateTable("t", new TableOptions { History = History.All }));
            return db.OpenTable("t");
        }

        private static long Put(Batch batch, Table table, string key, string value)
        {
            return batch.Put(table, Bytes(key), Bytes(value)).Commit().Require().Tsn;
        }

        private static string Rows(Table table, ScanOptions options = null)
        {
            return string.Join(
                " ", table.Scan(options).Select(row => Text(row.Key.Span) + "=" + Text(row.Value.Span)));
        }

        [Fact]
        public void A_row_and_an_event_are_one_commit()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                CommitOutcome outcome = batch.Add(new NewEvent("Deposited"))
                    .Put(table, Bytes("ada"), Bytes("100")).Commit().Require();
                Row row = table.Get(Bytes("ada"));
                Assert.Equal("ada", Text(row.Key.Span));
                Assert.Equal("100", Text(row.Value.Span));
                Assert.Equal(outcome.Tsn, row.Tsn);
                Assert.Equal(outcome.LastPosition, row.Position);
                batch.Delete(table, Bytes("ada")).Commit().Require();
                Assert.Null(table.Get(Bytes("ada")));
                Make.Fails(Status.TooLarge, () => batch.Put(table, new byte[1025], null));
                Make.Fails(Status.TooLarge, () => table.Get(new byte[1025]));
                Assert.Throws<ArgumentNullException>(() => batch.Put(null, null, null));
            }
        }

        [Fact]
        public void A_row_is_copied_into_memory_that_is_there()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                Put(batch, table, "k", "value");
                byte[] large = new byte[100000];
                large[99999] = 7;
                batch.Put(table, Bytes("l"), large).Commit().Require();
                byte[] memory = new byte[16];
                int size;
                Assert.Equal(Status.Ok, table.TryGet(Bytes("k"), memory, out size));
                Assert.Equal("value", Text(memory.AsSpan(0, size)));
                Assert.Equal(Status.BufferTooSmall, table.TryGet(Bytes("l"), memory, out size));
                Assert.Equal(100000, size);
                Assert.Equal(Status.NotFound, table.TryGet(Bytes("m"), memory, out size));
                Assert.Equal(Status.NotYet, table.TryGet(Bytes("k"), memory, out size, AsOf.Tsn(99)));
                Assert.True(table.Get(Bytes("l")).Value.Span.SequenceEqual(large));
            }
        }

        [Fact]
        public void A_scan_reads_a_range_in_both_directions()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                foreach (string key in new[] { "c", "a", "b", "d" }) batch.Put(table, Bytes(key), Bytes("1"));
                batch.Commit().Require();
                Assert.Equal("a=1 b=1 c=1 d=1", Rows(table));
                Assert.Equal("d=1 c=1 b=1 a=1", Rows(table, new ScanOptions { Backward = true }));
                Assert.Equal(
                    "b=1 c=1", Rows(table, new ScanOptions { Low = Bytes("b"), High = Bytes("d") }));
                Assert.Equal("", Rows(table, new ScanOptions { High = new byte[0] }));
                batch.DeleteRange(table, Bytes("c"), null).Commit().Require();
                Assert.Equal("a=1 b=1", Rows(table));
                Make.Fails(Status.Invalid, () => batch.DeleteRange(table, Bytes("b"), Bytes("a")));
                using (Scan scan = table.Scan())
                {
                    Assert.Throws<InvalidOperationException>(() => scan.Row);
                    Assert.True(scan.Next());
                    Assert.Equal("a", Text(scan.Key));
                    Assert.Equal("1", Text(scan.Value));
                    Assert.Equal(scan.Row.Tsn, scan.Tsn);
                    Assert.True(scan.Next());
                    Assert.False(scan.Next());
                    Assert.False(scan.Next());
                }
            }
        }

        [Fact]
        public void A_scan_of_many_rows_sees_what_was_there_at_its_start()
        {
            const int Count = 5000;
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                for (int i = 0; i < Count; ++i)
                {
                    batch.Put(table, Bytes(i.ToString("D5")), new byte[i == 100 ? 100000 : i % 40]);
                }
                batch.Commit().Require();
                Scan scan = table.Scan();
                batch.DeleteRange(table, null, null).Commit().Require();
                Assert.True(db.DropTable("t"));
                int found = 0;
                foreach (Row row in scan)
                {
                    Assert.Equal(found.ToString("D5"), Text(row.Key.Span));
                    Assert.Equal(found == 100 ? 100000 : found % 40, row.Value.Length);
                    ++found;
                }
                Assert.Equal(Count, found);
                Make.Fails(Status.Closed, () => scan.Next());
            }
        }

        [Fact]
        public void A_seat_is_reserved_once()
        {
            byte[] seat = Bytes("12A");
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            using (Batch other = db.NewBatch())
            {
                other.Guard(Query.All.Tag("t"), 0).ExpectAbsent(table, seat)
                    .Put(table, seat, Bytes("yours"));
                long tsn = batch.ExpectAbsent(table, seat).Put(table, seat, Bytes("mine"))
                    .Commit().Require().Tsn;
                CommitOutcome outcome = other.Commit();
                Assert.Equal(CommitKind.Conflict, outcome.Kind);
                Assert.Equal(1, outcome.Guard);
                batch.ExpectRow(table, seat, tsn).ExpectValue(table, seat, Bytes("mine"))
                    .ExpectUnchanged(table, Bytes("1"), Bytes("2"), tsn);
                tsn = Put(batch, table, "12A", "again");
                foreach (Action expect in new Action[]
                {
                    () => other.ExpectRow(table, seat, tsn - 1),
                    () => other.ExpectValue(table, seat, Bytes("mine")),
                    () => other.ExpectUnchanged(table, Bytes("1"), null, tsn - 1),
                })
                {
                    other.Clear();
                    expect();
                    Assert.Equal(CommitKind.Conflict, other.Put(table, seat, seat).Commit().Kind);
                }
            }
        }

        [Fact]
        public void A_history_is_read_as_of_a_moment()
        {
            byte[] key = Bytes("k");
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                batch.Add(new NewEvent("Set"));
                long first = Put(batch, table, "k", "1");
                db.SetTestClock(Make.Start.AddMinutes(1));
                batch.Add(new NewEvent("Set"));
                Put(batch, table, "k", "2");
                Assert.Equal("2", Text(table.Get(key).Value.Span));
                foreach (AsOf asOf in new[]
                {
                    AsOf.Tsn(first), AsOf.Position(1), AsOf.Time(Make.Start.AddSeconds(59)),
                })
                {
                    Assert.Equal("1", Text(table.Get(key, asOf).Value.Span));
                    Assert.Equal("k=1", Rows(table, new ScanOptions { Backward = true, AsOf = asOf }));
                }
                Make.Fails(Status.NotYet, () => table.Get(key, AsOf.Tsn(first + 7)));
                Make.Fails(
                    Status.NotYet, () => table.Scan(new ScanOptions { AsOf = AsOf.Position(9) }));
                Make.Fails(Status.TooOld, () => table.Get(key, AsOf.Tsn(0)));
                Make.Fails(Status.TooOld, () => table.Get(key, AsOf.Time(long.MinValue)));
                Assert.Throws<ArgumentOutOfRangeException>(() => AsOf.Tsn(-1));
            }
        }

        [Fact]
        public void A_table_is_found_by_its_name()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                Assert.False(db.CreateTable("t"));
                Make.Fails(Status.Invalid, () => db.CreateTable(""));
                Make.Fails(
                    Status.Invalid, () => db.CreateTable("x", new TableOptions { History = (History)9 }));
                TableInfo info = table.Describe();
                Assert.True(info.Name == "t");
                Assert.Equal(TableName.Root, info.Name.Schema);
                Assert.Equal(History.All, info.History);
                Assert.Equal(1, info.CreatedTsn);
                TableName moved = new TableName("sales", "\u00fc");
                Assert.Equal(Status.Ok, db.RenameTable("t", moved));
                Assert.Equal(Status.NotFound, db.RenameTable("t", moved));
                Assert.True(db.CreateTable("u"));
                Assert.Equal(Status.Exists, db.RenameTable("u", moved));
                IReadOnlyList<TableInfo> all = db.Tables();
                Assert.Equal(2, all.Count);
                Assert.True(all[0].Name == "u" && all[1].Name == moved && all[1].Name != "u");

                Assert.Equal(CommitKind.Exists, batch.CreateTable("u").Commit().Kind);
                batch.Clear().CreateTable("v").RenameTable(table, "w").Commit().Require();
                Assert.Equal("root.w", table.Describe().ToString());
                batch.DropTable(table).Commit().Require();
                Assert.Null(table.Describe());
                Assert.Null(table.Get(Bytes("k")));
                Assert.Null(db.OpenTable("w"));
                Assert.False(db.DropTable("w"));
                Make.Fails(Status.NotFound, () => table.Scan());
                CommitOutcome outcome = batch.Put(table, Bytes("k"), Bytes("v")).Commit();
                Assert.Equal(CommitKind.NotFound, outcome.Kind);
                Make.Fails(Status.NotFound, () => outcome.Require());
            }
        }

        [Fact]
        public void What_is_closed_says_so()
        {
            SteleDb db = Make.Db();
            Table table = NewTable(db);
            Batch batch = db.NewBatch();
            Put(batch, table, "k", "v");
            Scan scan = table.Scan();
            table.Dispose();
            table.Dispose();
            Assert.True(scan.Next());
            scan.Dispose();
            scan.Dispose();
            Make.Fails(Status.Closed, () => scan.Next());
            Make.Fails(Status.Closed, () => table.Describe());
            Make.Fails(Status.Closed, () => table.Get(Bytes("k")));
            Make.Fails(Status.Closed, () => table.Scan());
            Make.Fails(Status.Closed, () => batch.Put(table, Bytes("k"), Bytes("v")));
            batch.Dispose();
            db.Dispose();
            Make.Fails(Status.Closed, () => db.Tables());
            Make.Fails(Status.Closed, () => db.OpenTable("t"));
        }

        [Fact]
        public void A_scan_may_be_closed_while_another_thread_reads()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                for (int i = 0; i < 3000; ++i) batch.Put(table, Bytes("k" + i), new byte[100]);
                batch.Commit().Require();
                for (int round = 0; round < 200; ++round)
                {
                    Scan scan = table.Scan();
                    int read = 0;
                    Work reader = new Work(() => ReadUntilClosed(scan, ref read));
                    // At another row each time, and at one of those that it has in its memory.
                    while (Volatile.Read(ref read) <= round * 11 % 1500) Thread.Yield();
                    scan.Dispose();
                    // What the scan gave back, if it did, is somebody else's now.
                    byte[] others = ArrayPool<byte>.Shared.Rent(64 * 1024);
                    others.AsSpan().Fill(0xff);
                    ArrayPool<byte>.Shared.Return(others);
                    reader.Join();
                }
            }
        }

        // Rows are whole up to the end, whoever closes the scan meanwhile.
        private static void ReadUntilClosed(Scan scan, ref int read)
        {
            try
            {
                while (scan.Next())
                {
                    Assert.Equal((byte)'k', scan.Key[0]);
                    Assert.Equal(100, scan.Value.Length);
                    Volatile.Write(ref read, read + 1);
                }
            }
            catch (SteleException fault)
            {
                Assert.Equal(Status.Closed, fault.Status);
            }
            finally
            {
                Volatile.Write(ref read, int.MaxValue);
            }
        }

        [Fact]
        public void What_was_dropped_is_closed_when_it_is_collected()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                long before = SteleDb.LiveHandles;
                // In a thread of its own, so that no stack refers to it.
                new Work(() => db.OpenTable("t").Scan().Next()).Join();
                for (int i = 0; i < 1000 && SteleDb.LiveHandles > before; ++i)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    System.Threading.Thread.Sleep(1);
                }
                Assert.Equal(before, SteleDb.LiveHandles);
            }
        }
    }
}
