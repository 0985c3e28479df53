// Following events as they come.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Stele.Tests
{
    public class SubscriptionTests
    {
        [Fact]
        public void What_is_there_comes_first_and_then_what_comes()
        {
            using (SteleDb db = Make.Db())
            using (Subscription all = db.Subscribe())
            {
                Make.Append(db, "A", "B");
                Assert.True(all.Next(TimeSpan.Zero));
                Assert.Equal("A", all.Event.Type);
                Assert.Equal(1, all.Through);
                Assert.False(all.CaughtUp);
                Assert.True(all.Next(TimeSpan.Zero));
                Assert.Equal(2, all.View.Position);
                Assert.True(all.CaughtUp);
                Assert.False(all.Next(TimeSpan.Zero));
                Assert.False(all.Next(TimeSpan.FromMilliseconds(1)));
                Work later = new Work(() => Make.Append(db, "C"));
                Assert.True(all.Next(Make.Long));
                Assert.Equal("C", all.Event.Type);
                Assert.Equal(3, all.Head);
                later.Join();
            }
        }

        [Fact]
        public void Only_matches_come_but_the_place_moves_on()
        {
            using (SteleDb db = Make.Db())
            using (Subscription sales = db.Subscribe(Query.All.Type("Sold")))
            {
                Make.Append(db, "Sold", "Other", "Other");
                Assert.True(sales.Next(TimeSpan.Zero));
                Assert.False(sales.Next(TimeSpan.Zero));
                Assert.Equal(3, sales.Through);
                Assert.Equal(3, sales.Head);
            }
        }

        [Fact]
        public void A_subscription_begins_where_it_is_told_to()
        {
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A", "B", "C");
                using (Subscription after = db.Subscribe(null, new SubscribeOptions { After = 2 }))
                {
                    Assert.Equal(new[] { "C" }, Make.Types(after.NextBatch(TimeSpan.Zero)));
                }
                using (Subscription fresh = db.Subscribe(null, new SubscribeOptions { NewOnly = true }))
                {
                    Assert.Empty(fresh.NextBatch(TimeSpan.Zero));
                    Assert.Null(fresh.NextBatch(TimeSpan.Zero));
                    Make.Append(db, "D");
                    Assert.Equal(new[] { "D" }, Make.Types(fresh.NextBatch(Make.Long)));
                }
                Make.Fails(
                    Status.Invalid, () => db.Subscribe(null, new SubscribeOptions { After = 99 }));
                Make.Fails(
                    Status.Invalid,
                    () => db.Subscribe(null, new SubscribeOptions { After = 1, NewOnly = true }));
                Make.Fails(
                    Status.Invalid, () => db.Subscribe(null, new SubscribeOptions { Token = new byte[3] }));
            }
        }

        [Fact]
        public void A_token_resumes_behind_each_event_of_a_batch()
        {
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A", "B", "C", "D");
                List<byte[]> tokens = new List<byte[]>();
                using (Subscription all = db.Subscribe())
                {
                    tokens.Add(all.Token());
                    while (all.Next(TimeSpan.Zero)) tokens.Add(all.Token());
                }
                Assert.Equal(5, tokens.Count);
                for (int seen = 0; seen < tokens.Count; ++seen)
                {
                    SubscribeOptions from = new SubscribeOptions { Token = tokens[seen] };
                    using (Subscription rest = db.Subscribe(null, from))
                    {
                        Assert.Equal(4 - seen, rest.NextBatch(TimeSpan.Zero).Count);
                    }
                }
                using (SteleDb other = SteleDb.OpenInMemory())
                {
                    SubscribeOptions from = new SubscribeOptions { Token = tokens[0] };
                    Make.Fails(Status.Invalid, () => other.Subscribe(null, from));
                }
            }
        }

        [Fact]
        public void An_event_larger_than_the_buffer_comes_whole()
        {
            using (SteleDb db = Make.Db())
            using (Subscription all = db.Subscribe())
            {
                db.Append(new NewEvent("A") { Data = new byte[1000000] });
                Make.Append(db, "B");
                Assert.True(all.Next(TimeSpan.Zero));
                Assert.Equal(1000000, all.View.DataSize);
                Assert.True(all.Next(TimeSpan.Zero));
                Assert.Equal("B", all.Event.Type);
            }
        }

        [Fact]
        public void An_interrupt_ends_a_wait()
        {
            using (SteleDb db = Make.Db())
            using (Subscription all = db.Subscribe())
            {
                Work waiting = new Work(() => Assert.False(all.Next()));
                all.Interrupt();
                waiting.Join();
                // Also of the next wait, when none is under way.
                all.Interrupt();
                Assert.Null(all.NextBatch(Make.Long));
            }
        }

        [Fact]
        public void Batches_are_awaited_without_a_thread_of_the_pool()
        {
            using (SteleDb db = Make.Db())
            {
                // More than there are threads in the pool, or it would take very long.
                List<Subscription> subscriptions = Enumerable.Range(0, 200)
                    .Select(i => db.Subscribe(null, new SubscribeOptions { NewOnly = true })).ToList();
                List<Task<IReadOnlyList<Event>>> waiting = new List<Task<IReadOnlyList<Event>>>();
                foreach (Subscription one in subscriptions)
                {
                    Assert.Empty(Make.Result(one.NextBatchAsync()));
                    waiting.Add(one.NextBatchAsync());
                }
                Assert.DoesNotContain(waiting, task => task.IsCompleted);
                Make.Append(db, "A");
                foreach (Task<IReadOnlyList<Event>> task in waiting)
                {
                    Assert.Equal("A", Make.Result(task).Single().Type);
                }
                foreach (Subscription one in subscriptions) one.Dispose();
            }
        }

        [Fact]
        public void A_cancelled_wait_loses_nothing()
        {
            using (SteleDb db = Make.Db())
            using (Subscription all = db.Subscribe())
            {
                Assert.Empty(Make.Result(all.NextBatchAsync()));
                for (int i = 0; i < 20; ++i)
                {
                    CancellationTokenSource source = new CancellationTokenSource();
                    Task<IReadOnlyList<Event>> waiting = all.NextBatchAsync(source.Token);
                    source.Cancel();
                    Assert.ThrowsAny<OperationCanceledException>(() => Make.Result(waiting));
                }
                Make.Append(db, "A");
                Assert.Equal("A", Make.Result(all.NextBatchAsync()).Single().Type);
                // What the thread was woken by is no interrupt of a wait that comes later.
                Work later = new Work(() => Make.Append(db, "B"));
                Assert.True(all.Next(Make.Long));
                later.Join();
                CancellationTokenSource cancelled = new CancellationTokenSource();
                cancelled.Cancel();
                Assert.ThrowsAny<OperationCanceledException>(
                    () => Make.Result(all.NextBatchAsync(cancelled.Token)));
            }
        }

        [Fact]
        public void Commits_and_subscriptions_are_awaited_together()
        {
            using (SteleDb db = Make.Db())
            using (Subscription all = db.Subscribe())
            {
                Task<int> seen = CountAsync(all, 500);
                Task<CommitOutcome>[] commits = Enumerable.Range(0, 500)
                    .Select(i => db.AppendAsync(new NewEvent("A"))).ToArray();
                Assert.Equal(500, Make.Result(seen));
                foreach (Task<CommitOutcome> commit in commits) Make.Result(commit).Require();
            }
        }

        [Fact]
        public void Closing_ends_every_wait()
        {
            SteleDb db = Make.Db();
            Subscription one = db.Subscribe();
            Subscription two = db.Subscribe();
            Subscription three = db.Subscribe();
            foreach (Subscription each in new[] { one, two, three }) each.NextBatch(TimeSpan.Zero);
            Task<IReadOnlyList<Event>> first = one.NextBatchAsync();
            Task<IReadOnlyList<Event>> second = two.NextBatchAsync();
            Work third = new Work(() => Make.Fails(Status.Closed, () => three.Next()));
            one.Dispose();
            Make.Fails(Status.Closed, () => Make.Result(first));
            Assert.False(second.IsCompleted);
            db.Dispose();
            Make.Fails(Status.Closed, () => Make.Result(second));
            third.Join();
            two.Dispose();
            three.Dispose();
        }

        private static async Task<int> CountAsync(Subscription subscription, int expected)
        {
            int seen = 0;
            while (seen < expected) seen += (await subscription.NextBatchAsync()).Count;
            return seen;
        }
    }
}
