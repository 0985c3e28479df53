// Projections: events in, rows out, two instances, rebuilds.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Stele.Tests
{
    public class ProjectionTests
    {
        private static byte[] Bytes(string text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        private static string Text(ReadOnlySpan<byte> bytes)
        {
            return Encoding.UTF8.GetString(bytes.ToArray());
        }

        private static Table TableOf(Projection projection)
        {
            return projection.OpenTable("t", new TableOptions { History = History.All });
        }

        // Puts a row for each event that is there: its type, with `mark` and its position.
        private static long Work(Projection projection, Table table, string mark)
        {
            long last = 0;
            IReadOnlyList<Event> events;
            while ((events = projection.NextBatch(TimeSpan.Zero)) != null)
            {
                foreach (Event each in events)
                {
                    last = each.Position;
                    projection.Put(table, Bytes(each.Type), Bytes(mark + last), last);
                }
            }
            return last;
        }

        private static string Rows(Table table, AsOf asOf = default(AsOf))
        {
            return string.Join(
                " ",
                table.Scan(new ScanOptions { AsOf = asOf })
                    .Select(row => Text(row.Key.Span) + "=" + Text(row.Value.Span)));
        }

        [Fact]
        public void Projections_are_listed_and_dropped()
        {
            using (SteleDb db = Make.Db())
            using (Projection projection = db.OpenProjection("p"))
            using (Table table = TableOf(projection))
            {
                Make.Append(db, "A", "B", "A");
                Work(projection, table, "");
                Assert.Equal(Status.Ok, projection.Commit());
                Assert.Equal("p", table.Describe().Projection);
                ProjectionState state = Assert.Single(db.Projections());
                Assert.Equal("p", state.ToString());
                Assert.Equal(1, state.Tables);
                Assert.Equal(3, state.Progress.Applied);
                Assert.Equal(3, state.Progress.Head);
                Assert.Equal(TimeSpan.Zero, state.Progress.Lag);
                Assert.Equal(Status.Ok, db.DropProjection("p"));
                Assert.Equal(Status.NotFound, db.DropProjection("p"));
                Assert.Empty(db.Projections());
                Assert.Null(table.Describe());
            }
        }

        [Fact]
        public void An_interrupt_ends_a_wait()
        {
            using (SteleDb db = Make.Db())
            using (Projection projection = db.OpenProjection("p"))
            {
                projection.Interrupt();
                Assert.Null(projection.Next(Timeout.InfiniteTimeSpan));
                projection.Interrupt();
                projection.NextBatch(TimeSpan.Zero);
                Task<Event> waiting = Task.Run(() => projection.Next(Timeout.InfiniteTimeSpan));
                projection.Interrupt();
                Assert.Null(waiting.Result);
            }
        }

        [Fact]
        public void Each_event_is_in_its_tables_once()
        {
            using (SteleDb db = Make.Db())
            using (Projection projection = db.OpenProjection("p"))
            using (Table table = TableOf(projection))
            {
                Make.Append(db, "A", "B", "A");
                Make.Fails(Status.NotYet, () => table.Get(Bytes("A"), AsOf.Position(1)));
                Assert.Equal(0, projection.Describe().Applied);
                Assert.Equal(3, projection.Describe().Head);
                Assert.Equal(3, Work(projection, table, ""));
                Assert.True(projection.CaughtUp);
                Assert.Equal("", Rows(table));
                Assert.Equal(Status.Ok, projection.Commit());
                Assert.Equal("A=3 B=2", Rows(table));
                Assert.Equal("A=1", Rows(table, AsOf.Position(1)));
                Assert.Equal(2, table.Get(Bytes("B")).Position);
                Make.Fails(Status.NotYet, () => table.Get(Bytes("A"), AsOf.Position(4)));
                Assert.Equal(3, projection.Describe().Applied);
                Assert.Equal(TimeSpan.Zero, projection.Describe().Lag);
                Assert.Equal(Status.Ok, projection.Commit());
                Make.Fails(Status.Invalid, () => projection.Put(table, Bytes("k"), null, 3));
                Make.Append(db, "C", "D");
                Assert.Equal(2, projection.NextBatch(TimeSpan.Zero).Count);
                projection.Delete(table, Bytes("A"), 4).DeleteRange(table, Bytes("B"), null, 5);
                Assert.Equal(Status.Ok, projection.Commit());
                Assert.Equal("", Rows(table));
                Assert.Equal("B=2", Rows(table, AsOf.Position(4)));
                Assert.Throws<ArgumentNullException>(() => projection.Put(null, null, null, 1));
                Assert.Throws<ArgumentOutOfRangeException>(() => projection.Put(table, null, null, -1));
            }
        }

        [Fact]
        public void Of_two_instances_one_conflicts_and_goes_on()
        {
            using (SteleDb db = Make.Db())
            using (Projection one = db.OpenProjection("p"))
            using (Projection two = db.OpenProjection("p"))
            using (Table first = TableOf(one))
            using (Table second = TableOf(two))
            {
                Make.Append(db, "A", "B", "A");
                Work(one, first, "one");
                Work(two, second, "two");
                Assert.Equal(Status.Ok, one.Commit());
                Assert.Equal(Status.Conflict, two.Commit());
                Make.Append(db, "A");
                Assert.Equal(4, two.Next(Make.Long).Position);
                two.Put(second, Bytes("A"), Bytes("two4"), 4);
                Assert.Equal(Status.Ok, two.Commit());
                Work(one, first, "one");
                Assert.Equal(Status.Conflict, one.Commit());
                Assert.Equal("A=two4 B=one2", Rows(first));
            }
        }

        [Fact]
        public void A_rebuild_takes_over_when_it_has_caught_up()
        {
            using (SteleDb db = Make.Db())
            using (Projection old = db.OpenProjection("p"))
            using (Projection rebuild =
                db.OpenProjection("p", null, new ProjectionOptions { Rebuild = true }))
            using (Table oldTable = TableOf(old))
            using (Table table = TableOf(rebuild))
            {
                Make.Append(db, "A", "B", "A");
                Work(old, oldTable, "old");
                Assert.Equal(Status.Ok, old.Commit());
                Make.Fails(Status.Invalid, () => old.SwitchOver());
                for (long position = 1; position <= 2; ++position)
                {
                    Event each = rebuild.Next(TimeSpan.Zero);
                    Assert.Equal(position, each.Position);
                    rebuild.Put(table, Bytes(each.Type), Bytes("new" + position), position);
                    Assert.Equal(Status.NotYet, rebuild.SwitchOver());
                }
                Assert.Equal("A=old3 B=old2", Rows(oldTable));
                Assert.Equal(3, Work(rebuild, table, "new"));
                Assert.Equal(Status.Ok, rebuild.SwitchOver());
                Assert.Null(oldTable.Get(Bytes("A")));
                Assert.Equal("t", table.Describe().Name.Name);
                Assert.Equal("A=new3 B=new2", Rows(table));
                Make.Fails(Status.Invalid, () => rebuild.SwitchOver());
                // The projection goes on where it was, with the new table.
                Make.Append(db, "A");
                using (Table again = TableOf(old))
                {
                    Work(old, again, "old");
                    Assert.Equal(Status.Ok, old.Commit());
                    Assert.Equal("A=old4 B=new2", Rows(again));
                }
            }
        }

        [Fact]
        public void It_waits_for_events_and_is_waited_for()
        {
            using (SteleDb db = Make.Db())
            using (Projection projection = db.OpenProjection("p", Query.All.Type("C")))
            using (Table table = TableOf(projection))
            {
                Make.Append(db, "A", "B");
                Work committing = new Work(() =>
                {
                    long position = projection.Next(Make.Long).Position;
                    projection.Put(table, Bytes("C"), null, position);
                    Assert.Equal(Status.Ok, projection.Commit());
                });
                Assert.False(db.WaitApplied("p", 3, TimeSpan.FromMilliseconds(1)));
                Make.Append(db, "C");
                Assert.True(db.WaitApplied("p", 3, Make.Long));
                committing.Join();
                Assert.True(db.WaitApplied("p", 3, TimeSpan.Zero));
                Assert.Null(projection.Next(TimeSpan.FromMilliseconds(1)));
                Make.Fails(Status.Invalid, () => db.WaitApplied("", 3, Make.Long));
                using (CancellationTokenSource source = new CancellationTokenSource(5))
                {
                    Assert.Throws<OperationCanceledException>(
                        () => db.WaitApplied("p", 4, Timeout.InfiniteTimeSpan, source.Token));
                    Assert.Throws<OperationCanceledException>(
                        () => projection.Next(Timeout.InfiniteTimeSpan, source.Token));
                }
            }
        }

        [Fact]
        public void Events_are_awaited_without_a_thread()
        {
            using (SteleDb db = Make.Db())
            {
                Projection projection = db.OpenProjection("p", Query.All.Type("C"));
                Make.Append(db, "A");
                Assert.Empty(Make.Result(projection.NextBatchAsync()));
                Task<IReadOnlyList<Event>> waiting = projection.NextBatchAsync();
                Make.Append(db, "B", "C");
                Assert.Equal(3, Make.Result(waiting).Single().Position);
                Assert.Equal(Status.Ok, projection.Commit());
                using (CancellationTokenSource source = new CancellationTokenSource())
                {
                    waiting = projection.NextBatchAsync(source.Token);
                    source.Cancel();
                    Assert.ThrowsAny<OperationCanceledException>(() => Make.Result(waiting));
                }
                waiting = projection.NextBatchAsync();
                projection.Dispose();
                projection.Dispose();
                Make.Fails(Status.Closed, () => Make.Result(waiting));
                Make.Fails(Status.Closed, () => projection.Commit());
                Make.Fails(Status.Closed, () => projection.Describe());
            }
        }

        [Fact]
        public void Events_of_every_size_come_alone()
        {
            using (SteleDb db = Make.Db())
            using (Projection projection = db.OpenProjection("p"))
            {
                foreach (int size in new[] { 10, 200000, 10 })
                {
                    db.Append(new NewEvent("A") { Data = new byte[size] }).Require();
                }
                for (long position = 1; position <= 3; ++position)
                {
                    Assert.Equal(position, projection.Next(TimeSpan.Zero).Position);
                    Assert.Equal(Status.Ok, projection.Commit());
                    Assert.Equal(position, projection.Describe().Applied);
                }
            }
        }

        [Fact]
        public void What_is_not_its_own_is_refused()
        {
            using (SteleDb db = Make.Db())
            {
                db.CreateTable("t");
                Make.Append(db, "A");
                Make.Fails(Status.Invalid, () => db.OpenProjection(""));
                using (Projection projection = db.OpenProjection("p"))
                using (Table table = db.OpenTable("t"))
                {
                    Make.Fails(Status.Exists, () => projection.OpenTable("t"));
                    projection.NextBatch(Make.Long);
                    Make.Fails(Status.Invalid, () => projection.Put(table, Bytes("k"), null, 1));
                }
            }
        }
    }
}
