// Queries, and questions that have a number or a name as their answer.
using System;
using System.Linq;
using Xunit;

namespace Stele.Tests
{
    public class QueryTests
    {
        private static readonly Guid Together = new Guid("00000000-0000-0000-0000-0000000000ff");

        [Fact]
        public void Every_field_of_a_query_selects()
        {
            using (SteleDb db = Filled())
            {
                Assert.Equal(new long[] { 1, 2 }, Of(db, Query.All.Type("order.placed", "order.paid")));
                Assert.Equal(new long[] { 1 }, Of(db, Query.All.Tag("a", "b")));
                Assert.Equal(new long[] { 1, 2 }, Of(db, Query.All.Tag("b")));
                Assert.Equal(new long[] { 2 }, Of(db, Query.All.Entity("order-2")));
                Assert.Equal(new long[] { 1, 2 }, Of(db, Query.All.EntityPrefix("order-")));
                Assert.Equal(new long[] { 1, 2 }, Of(db, Query.All.Category("order")));
                Assert.Equal(new long[] { 3 }, Of(db, Query.All.Scope("s")));
                Assert.Equal(new long[] { 3 }, Of(db, Query.All.Correlation(Together)));
                Assert.Equal(new long[] { 2 }, Of(db, Query.All.Causation(Together)));
                Assert.Equal(new long[] { 2, 3 }, Of(db, Query.All.Positions(2, long.MaxValue)));
                Assert.Equal(new long[] { 2 }, Of(db, Query.All.Positions(1, 2).Positions(2, 3)));
                Assert.Equal(new long[] { 1, 2, 3 }, Of(db, Query.All));
            }
        }

        [Fact]
        public void Items_are_alternatives_and_an_empty_one_matches_everything()
        {
            using (SteleDb db = Filled())
            {
                Query either = Query.All.Type("order.placed").Tag("a").Or().Scope("s");
                Assert.Equal(new long[] { 1, 3 }, Of(db, either));
                Assert.Equal(new long[] { 1, 2, 3 }, Of(db, Query.All.Type("order.placed").Or()));
                Assert.Equal(new long[] { 1, 2, 3 }, Of(db, Query.All.Or().Or()));
                Assert.Equal(new long[] { 1 }, Of(db, Query.All.Or().Type("order.placed")));
            }
        }

        [Fact]
        public void A_query_does_not_change()
        {
            using (SteleDb db = Filled())
            {
                Query orders = Query.All.Category("order");
                orders.Tag("a");
                orders.Or();
                Assert.Equal(new long[] { 1, 2 }, Of(db, orders));
                Assert.Equal(new long[] { 1, 2, 3 }, Of(db, Query.All));
            }
        }

        [Fact]
        public void A_range_of_time_counts_what_lies_between_microseconds_rightly()
        {
            using (SteleDb db = Make.Db())
            {
                for (int i = 0; i < 3; ++i)
                {
                    db.Append(new NewEvent("A") { Time = Make.Start.AddTicks(10 * i) });
                }
                Assert.Equal(new long[] { 2, 3 }, Of(db, Query.All.Time(Ticks(10), Ticks(21))));
                Assert.Equal(new long[] { 2 }, Of(db, Query.All.Time(Ticks(1), Ticks(20))));
                Assert.Equal(new long[] { 3 }, Of(db, Query.All.Time(Ticks(11), Ticks(100))));
                Query all = Query.All.TimeMicroseconds(long.MinValue, long.MaxValue);
                Assert.Equal(new long[] { 1, 2, 3 }, Of(db, all));
            }
        }

        [Fact]
        public void What_is_wrong_with_a_query_is_said_where_it_is_used()
        {
            using (SteleDb db = Make.Db())
            {
                Make.Fails(Status.Invalid, () => db.Count(Query.All.Tag("")));
                Make.Fails(Status.Invalid, () => db.Count(Query.All.Tag("a\0")));
                Make.Fails(Status.Invalid, () => db.Count(Query.All.Tag(new string('a', 513))));
                Make.Fails(Status.Invalid, () => Query.All.Tag(new string('a', 70000)));
                Make.Fails(Status.Invalid, () => db.Read(Query.All.Positions(2, 1)).Open());
                string[] many = Enumerable.Range(0, 1025).Select(i => "t" + i).ToArray();
                Make.Fails(Status.TooLarge, () => db.Exists(Query.All.Tag(many)));
                Assert.Throws<ArgumentNullException>(() => Query.All.Tag((string)null));
                Assert.Throws<ArgumentOutOfRangeException>(() => Query.All.Positions(-1, 1));
            }
        }

        [Fact]
        public void Questions_are_answered()
        {
            using (SteleDb db = Filled())
            {
                Assert.True(db.Exists());
                Assert.True(db.Exists(Query.All.Tag("a")));
                Assert.False(db.Exists(Query.All.Tag("nobody")));
                Assert.Equal(3, db.Count());
                Assert.Equal(2, db.Count(Query.All.Tag("b")));
                Assert.Equal(3, db.Last());
                Assert.Equal(2, db.Last(Query.All.Tag("b")));
                Query items = Query.All.Tag("b").Or().Tag("nobody").Or().Scope("s");
                Assert.Equal(new long[] { 2, 0, 3 }, db.LastOfEach(items));
                Assert.Equal(3, db.Last(items));
                Assert.Equal(new long[] { 3 }, db.LastOfEach(Query.All));
                Assert.Equal(3, db.PositionAt(DateTimeOffset.MaxValue));
                Assert.Equal(0, db.PositionAt(long.MinValue));
                Assert.Equal(1, db.PositionAt(Make.Start));
            }
        }

        [Fact]
        public void Single_events_are_found_or_null()
        {
            using (SteleDb db = Filled())
            {
                Assert.Equal("order.paid", db.Get(2).Type);
                Assert.Null(db.Get(0));
                Assert.Null(db.Get(4));
                Assert.Equal(2, db.Get(db.Get(2).Id).Position);
                Assert.Null(db.Get(Guid.NewGuid()));
                Assert.Equal(1, db.Latest("order-1").Position);
                Assert.Null(db.Latest("nobody"));
                Assert.Throws<ArgumentOutOfRangeException>(() => db.Get(-1));
            }
        }

        [Fact]
        public void Terms_are_listed_in_order_with_their_counts()
        {
            using (SteleDb db = Filled())
            {
                Term[] tags = db.Terms(TermKind.Tag).ToArray();
                Assert.Equal(new[] { "a", "b" }, tags.Select(term => term.Text));
                Assert.Equal(2, tags[1].Count);
                Assert.Equal(1, tags[1].FirstPosition);
                Assert.Equal(2, tags[1].LastPosition);
                Assert.Equal("b", tags[1].ToString());
                Assert.Equal(new[] { "order-1", "order-2" }, Texts(db, TermKind.Entity, "order-"));
                Assert.Equal(new[] { "order" }, Texts(db, TermKind.Category, null));
                Assert.Equal(new[] { "s" }, Texts(db, TermKind.Scope, ""));
                Assert.Empty(db.Terms(TermKind.Type, "x"));
                Make.Fails(Status.Invalid, () => db.Terms((TermKind)9).ToList());
            }
        }

        [Fact]
        public void Figures_are_of_this_database()
        {
            using (SteleDb db = Filled())
            {
                SteleStats stats = db.GetStats();
                Assert.Equal(3, stats.Head);
                Assert.Equal(3, stats.Tsn);
                Assert.Equal(3, stats.Commits);
                Assert.Equal(3, stats.TailEvents);
                Assert.Equal(1, stats.FormatVersion);
                Assert.NotEqual(Guid.Empty, stats.Uuid);
                Assert.Equal(db.Get(3).Recorded, stats.LastRecorded);
                Assert.True(stats.CommitBytes > 0);
                Assert.True(stats.SyncTime >= TimeSpan.Zero);
            }
        }

        private static SteleDb Filled()
        {
            SteleDb db = Make.Db();
            db.Append(new NewEvent("order.placed") { Entity = "order-1", Tags = { "a", "b" } });
            db.Append(new NewEvent("order.paid")
            {
                Entity = "order-2",
                Tags = { "b" },
                CausationId = Together,
            });
            db.Append(new NewEvent("Shipped") { Scope = "s", CorrelationId = Together });
            return db;
        }

        private static DateTimeOffset Ticks(long ticks)
        {
            return Make.Start.AddTicks(ticks);
        }

        private static long[] Of(SteleDb db, Query query)
        {
            return db.Read(query).Select(read => read.Position).ToArray();
        }

        private static string[] Texts(SteleDb db, TermKind kind, string prefix)
        {
            return db.Terms(kind, prefix).Select(term => term.Text).ToArray();
        }
    }
}
