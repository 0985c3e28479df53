// Transactions: what they read, their batch, their end, and bodies that are run again.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using Xunit;

namespace Stele.Tests
{
    public class TransactionTests
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
            Assert.True(db.CreateTable("t"));
            return db.OpenTable("t");
        }

        private static void Put(SteleDb db, Table table, string key, string row)
        {
            using (Batch batch = db.NewBatch()) batch.Put(table, Bytes(key), Bytes(row)).Commit().Require();
        }

        private static string Value(Row row)
        {
            return row == null ? "none" : Text(row.Value.Span);
        }

        private static string Value(Transaction t, Table table, string key)
        {
            return Value(t.Get(table, Bytes(key)));
        }

        private static string Rows(Scan scan)
        {
            return string.Join(
                " ", scan.Select(row => Text(row.Key.Span) + "=" + Text(row.Value.Span)));
        }

        [Fact]
        public void It_reads_its_own_rows_and_those_of_its_beginning()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                Put(db, table, "a", "1");
                Put(db, table, "b", "2");
                Put(db, table, "c", "3");
                using (Transaction t = db.Begin())
                {
                    Put(db, table, "a", "later");
                    t.Put(table, Bytes("d"), Bytes("4")).Delete(table, Bytes("b"));
                    Assert.Equal("1", Value(t, table, "a"));
                    Assert.Equal("none", Value(t, table, "b"));
                    Assert.Equal(0L, t.Get(table, Bytes("d")).Tsn);
                    Assert.Equal("a=1 c=3 d=4", Rows(t.Scan(table)));
                    Assert.Equal(
                        "c=3 a=1",
                        Rows(t.Scan(table, new ScanOptions { Backward = true, High = Bytes("d") })));
                    t.DeleteRange(table, Bytes("b"), Bytes("d"));
                    Assert.Equal("a=1 d=4", Rows(t.Scan(table)));
                    t.DeleteRange(table, null, null);
                    Assert.Equal("", Rows(t.Scan(table)));
                    Assert.Null(table.Get(Bytes("d")));
                    Make.Fails(
                        Status.Invalid,
                        () => t.Scan(table, new ScanOptions { AsOf = AsOf.Tsn(1) }));
                    Assert.Throws<ArgumentNullException>(() => t.Get(null, Bytes("a")));
                    Assert.Throws<ArgumentNullException>(() => t.Read(null));
                }
            }
        }

        [Fact]
        public void A_row_is_copied_into_memory_that_is_there()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Transaction t = db.Begin())
            {
                int size;
                byte[] memory = new byte[200000];
                Assert.Equal(Status.NotFound, t.TryGet(table, Bytes("k"), memory, out size));
                t.Put(table, Bytes("k"), new byte[150000]);
                Assert.Equal(Status.Ok, t.TryGet(table, Bytes("k"), memory, out size));
                Assert.Equal(150000, size);
                Assert.Equal(
                    Status.BufferTooSmall, t.TryGet(table, Bytes("k"), memory.AsSpan(0, 10), out size));
                Assert.Equal(150000, size);
                Assert.Equal(150000, t.Get(table, Bytes("k")).Value.Length);
            }
        }

        [Fact]
        public void It_commits_rows_and_events_in_one_piece_and_is_over_then()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                Transaction t = db.Begin();
                Batch batch = t.Put(table, Bytes("a"), Bytes("1")).Batch;
                batch.Add(new NewEvent("Put"));
                CommitOutcome outcome = t.Commit().Require();
                Assert.Equal(outcome.LastPosition, table.Get(Bytes("a")).Position);
                Make.Fails(Status.Invalid, () => t.Put(table, Bytes("a"), Bytes("2")));
                Make.Fails(Status.Invalid, () => t.Get(table, Bytes("a")));
                Make.Fails(Status.Invalid, () => t.Commit());
                Make.Fails(Status.Closed, () => batch.Put(table, Bytes("a"), Bytes("2")));
                t.Dispose();
                t.Dispose();
                Make.Fails(Status.Closed, () => t.Commit());
            }
        }

        [Fact]
        public void What_it_read_must_be_unchanged_unless_it_is_a_snapshot()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                foreach (Isolation isolation in new[] { Isolation.Serializable, Isolation.Snapshot })
                {
                    using (Transaction t = db.Begin(isolation))
                    {
                        Value(t, table, "a");
                        Put(db, table, "a", "changed");
                        CommitOutcome outcome = t.Put(table, Bytes("b"), Bytes("2")).Commit();
                        Assert.Equal(isolation == Isolation.Snapshot, outcome.IsCommitted);
                        Assert.Equal(-1, outcome.Guard);
                    }
                }
            }
        }

        [Fact]
        public void Events_that_it_read_are_guarded()
        {
            using (SteleDb db = Make.Db())
            using (Transaction t = db.Begin())
            {
                Assert.Empty(Make.Types(t.Read(Query.All.Type("A"))));
                Make.Append(db, "A");
                t.Batch.Add(new NewEvent("First"));
                CommitOutcome outcome = t.Commit();
                Assert.Equal(CommitKind.Conflict, outcome.Kind);
                Assert.Equal(0, outcome.Guard);
                Assert.Equal(1L, outcome.Position);
            }
        }

        [Fact]
        public void Its_batch_is_not_for_others_to_commit_or_clear_or_dispose_of()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            using (Transaction t = db.Begin())
            {
                Batch batch = t.Batch;
                batch.Put(table, Bytes("a"), Bytes("1"));
                Make.Fails(Status.Invalid, () => batch.Commit());
                Make.Fails(Status.Invalid, () => batch.Check());
                Make.Fails(Status.Invalid, () => batch.CommitAsync());
                Make.Fails(Status.Invalid, () => batch.Clear());
                batch.Dispose();
                Assert.Same(batch, t.Batch);
                Assert.Equal("1", Value(t, table, "a"));
                t.Commit().Require();
                Assert.Equal("1", Value(table.Get(Bytes("a"))));
            }
        }

        [Fact]
        public void A_scan_is_over_with_its_transaction()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                Put(db, table, "a", "1");
                Transaction t = db.Begin();
                using (Scan scan = t.Scan(table))
                {
                    t.Dispose();
                    Make.Fails(Status.Invalid, () => scan.Next());
                }
            }
        }

        // A batch or a scan alone keeps its transaction, and all of them are closed when they are dropped.
        [Fact]
        public void It_lives_as_long_as_what_is_made_of_it()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                Put(db, table, "a", "1");
                long live = SteleDb.LiveHandles;
                UseWithoutKeeping(db, table);
                for (int i = 0; i < 2000 && SteleDb.LiveHandles > live; ++i)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    Thread.Sleep(i < 5 ? 0 : 10);
                }
                Assert.Equal(live, SteleDb.LiveHandles);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void UseWithoutKeeping(SteleDb db, Table table)
        {
            Batch batch = db.Begin().Batch;
            Scan scan = db.Begin().Scan(table);
            for (int i = 0; i < 5; ++i)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                batch.Put(table, Bytes("k" + i), Bytes(""));
            }
            Assert.Equal("a=1", Rows(scan));
        }

        [Fact]
        public void Transact_begins_again_until_nobody_is_in_the_way()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                Put(db, table, "a", "0");
                int runs = 0;
                db.Transact(t =>
                {
                    string before = Value(t, table, "a");
                    if (++runs < 20) Put(db, table, "a", runs.ToString());
                    t.Put(table, Bytes("a"), Bytes(before + "!"));
                }).Require();
                Assert.Equal(20, runs);
                Assert.Equal("19!", Value(table.Get(Bytes("a"))));
            }
        }

        [Fact]
        public void Transact_gives_the_conflict_back_when_its_tries_are_over()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                int runs = 0;
                CommitOutcome outcome = db.Transact(
                    t =>
                    {
                        Put(db, table, "a", "theirs" + ++runs);
                        t.Put(table, Bytes("a"), Bytes("mine"));
                    },
                    new TransactionOptions { Isolation = Isolation.Snapshot, Tries = 3 });
                Assert.Equal(CommitKind.Conflict, outcome.Kind);
                Assert.Equal(3, runs);
                Assert.Throws<ArgumentOutOfRangeException>(
                    () => new TransactionOptions { Tries = 0 });
                Assert.Throws<ArgumentNullException>(() => db.Transact(null));
            }
        }

        [Fact]
        public void What_the_body_throws_ends_the_transaction()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                long live = SteleDb.LiveHandles;
                Assert.Throws<InvalidOperationException>(() => db.Transact(t =>
                {
                    t.Put(table, Bytes("a"), Bytes("1"));
                    throw new InvalidOperationException("no");
                }));
                Assert.Null(table.Get(Bytes("a")));
                Assert.Equal(live, SteleDb.LiveHandles);
            }
        }

        // Threads take from one row and give to the other: nothing is lost, nobody sees half of it.
        [Fact]
        public void Transfers_of_many_threads_keep_the_sum()
        {
            using (SteleDb db = Make.Db())
            using (Table table = NewTable(db))
            {
                Put(db, table, "a", "1000");
                Put(db, table, "b", "1000");
                List<Work> threads = new List<Work>();
                for (int i = 0; i < 4; ++i)
                {
                    string from = i % 2 == 0 ? "a" : "b";
                    string to = i % 2 == 0 ? "b" : "a";
                    threads.Add(new Work(() =>
                    {
                        for (int k = 0; k < 50; ++k) Transfer(db, table, from, to);
                    }));
                }
                foreach (Work thread in threads) thread.Join();
                Assert.Equal("1000", Value(table.Get(Bytes("a"))));
                Assert.Equal("1000", Value(table.Get(Bytes("b"))));
                db.Verify();
            }
        }

        private static void Transfer(SteleDb db, Table table, string from, string to)
        {
            TransactionOptions options = new TransactionOptions { Tries = 100000 };
            db.Transact(
                t =>
                {
                    int has = int.Parse(Value(t, table, from));
                    int gets = int.Parse(Value(t, table, to));
                    Assert.Equal(2000, has + gets);
                    t.Put(table, Bytes(from), Bytes((has - 1).ToString()))
                        .Put(table, Bytes(to), Bytes((gets + 1).ToString()));
                },
                options).Require();
        }
    }
}
