// Closing in any order, twice, by nobody, and while another thread is at work.
using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace Stele.Tests
{
    public class LifetimeTests
    {
        [Fact]
        public void Children_answer_closed_when_the_database_was_closed_first()
        {
            SteleDb db = Make.Db();
            Make.Append(db, "A");
            Batch batch = db.NewBatch();
            Cursor cursor = db.Read().Open();
            Subscription subscription = db.Subscribe();
            VerifyWork work = db.StartVerify();
            db.Dispose();
            Make.Fails(Status.Closed, () => batch.Add(new NewEvent("B")));
            Make.Fails(Status.Closed, () => batch.Guard(Query.All, 0));
            Make.Fails(Status.Closed, () => batch.Commit());
            Make.Fails(Status.Closed, () => cursor.Next());
            Make.Fails(Status.Closed, () => subscription.Next(TimeSpan.Zero));
            Make.Fails(Status.Closed, () => subscription.Token());
            Make.Fails(Status.Closed, () => work.Step());
            foreach (IDisposable child in new IDisposable[] { batch, cursor, subscription, work })
            {
                child.Dispose();
                child.Dispose();
            }
            Assert.Equal(0, LeftOver());
        }

        [Fact]
        public void What_was_disposed_of_answers_closed()
        {
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A");
                Batch batch = db.NewBatch();
                batch.Dispose();
                Make.Fails(Status.Closed, () => batch.Add(new NewEvent("B")));
                Make.Fails(Status.Closed, () => batch.CommitAsync());
                Cursor cursor = db.Read().Open();
                Assert.True(cursor.Next());
                cursor.Dispose();
                Make.Fails(Status.Closed, () => cursor.Next());
                Assert.Throws<InvalidOperationException>(() => cursor.Event);
                Subscription subscription = db.Subscribe();
                subscription.Dispose();
                Make.Fails(Status.Closed, () => subscription.Next());
                Make.Fails(Status.Closed, () => subscription.Interrupt());
                BackupWork backup = db.StartBackup(System.IO.Path.Combine(
                    System.IO.Path.GetTempPath(), "stele-test-" + Guid.NewGuid().ToString("N")));
                backup.Dispose();
                Make.Fails(Status.Closed, () => backup.Step());
            }
            Assert.Equal(0, LeftOver());
        }

        [Fact]
        public void What_was_dropped_is_closed_when_it_is_collected()
        {
            // In a thread of its own, so that no stack refers to it.
            new Work(Drop).Join();
            Assert.Equal(0, LeftOver());
        }

        [Fact]
        public void A_reading_that_is_left_early_is_closed()
        {
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A", "B", "C");
                long before = SteleDb.LiveHandles;
                Assert.Equal("A", db.Read().First().Type);
                Assert.Equal("type", db.Terms(TermKind.Type).Select(term => "type").First());
                foreach (Event read in db.Read()) break;
                Assert.Equal(before, SteleDb.LiveHandles);
            }
            Assert.Equal(0, LeftOver());
        }

        [Fact]
        public void Closing_while_other_threads_are_in_calls_ends_them()
        {
            for (int round = 0; round < 20; ++round)
            {
                SteleDb db = Make.Db();
                Subscription waiting = db.Subscribe();
                Batch batch = db.NewBatch();
                Work[] threads =
                {
                    new Work(() => Make.Fails(Status.Closed, () => { while (waiting.Next()) continue; })),
                    new Work(() => Make.Fails(Status.Closed, () => Repeat(() => Make.Append(db, "A")))),
                    new Work(() => Make.Fails(Status.Closed, () => Repeat(() => db.Read().Count()))),
                    new Work(() => Make.Fails(
                        Status.Closed, () => Repeat(() => batch.Add(new NewEvent("B")).Commit()))),
                    new Work(() => Make.Fails(
                        Status.Closed,
                        () => Repeat(() => Make.Result(db.AppendAsync(new NewEvent("C")))))),
                };
                while (db.Head < 10) Thread.Yield();
                db.Dispose();
                foreach (Work thread in threads) thread.Join();
                waiting.Dispose();
                batch.Dispose();
            }
            Assert.Equal(0, LeftOver());
        }

        [Fact]
        public void Disposing_of_a_subscription_ends_the_wait_in_another_thread()
        {
            using (SteleDb db = Make.Db())
            {
                Subscription subscription = db.Subscribe();
                Work waiting = new Work(() => Make.Fails(Status.Closed, () => subscription.Next()));
                Thread.Yield();
                subscription.Dispose();
                waiting.Join();
            }
            Assert.Equal(0, LeftOver());
        }

        private static void Drop()
        {
            SteleDb db = SteleDb.OpenInMemory();
            Make.Append(db, "A", "B");
            Make.Result(db.AppendAsync(new NewEvent("C")));
            Batch batch = db.NewBatch().Add(new NewEvent("D"));
            Cursor cursor = db.Read().Open();
            Assert.True(cursor.Next());
            Subscription subscription = db.Subscribe();
            Assert.Equal(3, Make.Result(subscription.NextBatchAsync()).Count);
            db.StartVerify().Step();
            db.Read().GetEnumerator().MoveNext();
            GC.KeepAlive(batch);
        }

        private static void Repeat(Action action)
        {
            for (;;) action();
        }

        // How many handles are open when everything that can be collected was collected.
        private static long LeftOver()
        {
            for (int i = 0; i < 200 && SteleDb.LiveHandles > 0; ++i)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Thread.Sleep(i < 5 ? 0 : 10);
            }
            return SteleDb.LiveHandles;
        }
    }
}
