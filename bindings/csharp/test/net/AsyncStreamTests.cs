// Subscriptions as asynchronous streams.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Stele.Tests
{
    public class AsyncStreamTests
    {
        [Fact]
        public async Task Events_come_one_by_one_and_the_stream_can_be_left_and_taken_up_again()
        {
            using SteleDb db = Make.Db();
            using Subscription all = db.Subscribe();
            Make.Append(db, "A", "B", "C");
            await foreach (Event read in all)
            {
                Assert.Equal(read.Position, all.Through);
                if (read.Type == "B") break;
            }
            byte[] token = all.Token();
            Task later = Task.Run(() => Make.Append(db, "D"));
            List<string> rest = new List<string>();
            await foreach (Event read in all)
            {
                rest.Add(read.Type);
                if (read.Type == "D") break;
            }
            await later;
            Assert.Equal(new[] { "C", "D" }, rest);
            using Subscription resumed = db.Subscribe(null, new SubscribeOptions { Token = token });
            Assert.Equal(new[] { "C", "D" }, Make.Types(resumed.NextBatch(TimeSpan.Zero)));
        }

        [Fact]
        public async Task A_stream_ends_when_it_is_cancelled()
        {
            using SteleDb db = Make.Db();
            using Subscription all = db.Subscribe();
            using CancellationTokenSource source = new CancellationTokenSource();
            Make.Append(db, "A");
            int seen = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (Event read in all.WithCancellation(source.Token))
                {
                    ++seen;
                    source.CancelAfter(1);
                }
            });
            Assert.Equal(1, seen);
            Make.Append(db, "B");
            Assert.Equal(new[] { "B" }, Make.Types(await all.NextBatchAsync()));
        }

        [Fact]
        public async Task Hundreds_of_streams_wait_in_one_thread()
        {
            using SteleDb db = Make.Db();
            const int Count = 300;
            int before = ThreadPool.ThreadCount;
            Task<long>[] followers = Enumerable.Range(0, Count).Select(i => Follow(db, i)).ToArray();
            for (int i = 0; i < 10; ++i) Make.Append(db, "type-" + i);
            long[] sums = await Task.WhenAll(followers).WaitAsync(Make.Long);
            Assert.All(sums, sum => Assert.Equal(55, sum));
            Assert.True(ThreadPool.ThreadCount < before + Count / 2);
        }

        [Fact]
        public async Task A_closed_database_ends_a_stream()
        {
            SteleDb db = Make.Db();
            using Subscription all = db.Subscribe();
            Task following = Task.Run(async () =>
            {
                await foreach (Event read in all) continue;
            });
            Make.Append(db, "A");
            db.Dispose();
            SteleException fault = await Assert.ThrowsAsync<SteleException>(
                () => following.WaitAsync(Make.Long));
            Assert.Equal(Status.Closed, fault.Status);
        }

        // The sum of the first ten positions.
        private static async Task<long> Follow(SteleDb db, int number)
        {
            using Subscription all = db.Subscribe();
            long sum = 0;
            await foreach (Event read in all)
            {
                sum += read.Position;
                if (read.Position == 10) return sum;
                if (number % 7 == 0) await Task.Yield();
            }
            return sum;
        }
    }
}
