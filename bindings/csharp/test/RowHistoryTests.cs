// Many rows at once, and the history of one.
using System;
using System.Linq;
using System.Text;
using Xunit;

namespace Stele.Tests
{
    public class RowHistoryTests
    {
        private static byte[] Bytes(string text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        private static string Text(ReadOnlyMemory<byte> bytes)
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

        private static string Versions(Table table, HistoryOptions options = null)
        {
            return string.Join(
                " ",
                table.History(Bytes("k"), options).Select(it => it.IsDeleted ? "none" : Text(it.Value)));
        }

        [Fact]
        public void Many_rows_are_read_as_of_one_moment()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                long first = Put(batch, table, "a", "1");
                Put(batch, table, "b", new string('x', 100000));
                byte[][] keys = { Bytes("b"), Bytes("none"), Bytes("a"), Bytes("a"), null };
                Row[] rows = table.GetMany(keys);
                Assert.Equal(5, rows.Length);
                Assert.Equal(100000, rows[0].Value.Length);
                Assert.Null(rows[1]);
                Assert.Equal("a", Text(rows[2].Key));
                Assert.Equal("1", Text(rows[3].Value));
                Assert.Equal(first, rows[3].Tsn);
                Assert.Null(rows[4]);
                Row[] before = table.GetMany(keys, AsOf.Tsn(first));
                Assert.Null(before[0]);
                Assert.NotNull(before[2]);
                Assert.Empty(table.GetMany(new byte[0][]));
                Make.Fails(Status.TooLarge, () => table.GetMany(new[] { new byte[1025] }));
                Assert.Throws<ArgumentNullException>(() => table.GetMany(null));
                table.Dispose();
                Make.Fails(Status.Closed, () => table.GetMany(keys));
            }
        }

        [Fact]
        public void A_row_has_a_history_in_both_directions()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Batch batch = db.NewBatch())
            {
                long first = Put(batch, table, "k", "1");
                batch.Delete(table, Bytes("k")).Commit().Require();
                string large = new string('x', 100000);
                Put(batch, table, "k", large);
                Put(batch, table, "k", "2");
                Assert.Equal("2 " + large + " none 1", Versions(table));
                Assert.Equal(
                    "1 none " + large + " 2", Versions(table, new HistoryOptions { OldestFirst = true }));
                Assert.Equal("2", Versions(table, new HistoryOptions { Since = AsOf.Now }));
                Assert.Equal(
                    "none 1", Versions(table, new HistoryOptions { Until = AsOf.Tsn(first + 1) }));
                using (RowHistory history =
                    table.History(Bytes("k"), new HistoryOptions { OldestFirst = true }))
                {
                    Assert.Throws<InvalidOperationException>(() => history.Version);
                    Assert.True(history.Next());
                    Assert.Equal(first, history.Version.Tsn);
                    Assert.True(history.Version.RecordedMicroseconds > 0);
                    history.Dispose();
                    Make.Fails(Status.Closed, () => { while (history.Next()) { } });
                }
                Assert.Empty(table.History(Bytes("nobody")));
                Make.Fails(Status.TooLarge, () => table.History(new byte[1025]));
                Make.Fails(Status.Invalid, () => table.History(
                    null, new HistoryOptions { Since = AsOf.Tsn(first + 1), Until = AsOf.Tsn(first) }));
            }
        }
    }
}
