// Appending events, and what is read of them.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace Stele.Tests
{
    public class AppendTests
    {
        private static readonly Guid Id = new Guid("00112233-4455-6677-8899-aabbccddeeff");

        [Fact]
        public void An_event_is_read_as_it_was_given()
        {
            using (SteleDb db = Make.Db())
            {
                NewEvent given = new NewEvent("order.placed")
                {
                    Entity = "order-1",
                    Scope = "tenant-7",
                    Data = new byte[] { 0, 1, 255 },
                    Tags = { "customer:7", "book:dune", "customer:7" },
                    Metadata = { { "trace", new byte[] { 9, 0 } }, { "user", "ada 😀" } },
                    Id = Id,
                    CorrelationId = new Guid("00000000-0000-0000-0000-000000000001"),
                    CausationId = new Guid("00000000-0000-0000-0000-000000000002"),
                    Time = Make.Start.AddYears(-1),
                };
                CommitOutcome outcome = db.Append(given);
                Assert.True(outcome.IsCommitted);
                Assert.Equal(1, outcome.FirstPosition);
                Assert.Equal(1, outcome.LastPosition);
                Assert.Equal(1, outcome.EventCount);
                Assert.Equal(1, outcome.Tsn);
                Assert.False(outcome.Repeated);
                Assert.Equal(-1, outcome.Guard);
                Assert.Null(outcome.Message);

                Event read = db.Get(1);
                Assert.Equal(1, read.Position);
                Assert.Equal(1, read.Tsn);
                Assert.Equal(1, read.Sequence);
                Assert.Equal(Make.Start, read.Recorded);
                Assert.Equal(Make.Start.AddYears(-1), read.Time);
                Assert.Equal("order.placed", read.Type);
                Assert.Equal("order-1", read.Entity);
                Assert.Equal("tenant-7", read.Scope);
                Assert.Equal(new byte[] { 0, 1, 255 }, read.Data.ToArray());
                Assert.Equal(new[] { "book:dune", "customer:7" }, read.Tags);
                Assert.Equal(2, read.Metadata.Count);
                Assert.Equal("trace", read.Metadata[0].Key);
                Assert.Equal(new byte[] { 9, 0 }, read.Metadata[0].Value.ToArray());
                Assert.Equal("ada 😀", read.Metadata[1].Text);
                Assert.Equal(Id, read.Id);
                Assert.Equal(given.CorrelationId, read.CorrelationId);
                Assert.Equal(given.CausationId, read.CausationId);
                Assert.Equal(32, read.Hash.Length);
                Assert.Equal(0, read.KeyId);
                Assert.True(read.HasTag("book:dune"));
                Assert.False(read.HasTag("book"));
                Assert.Equal("1 order.placed", read.ToString());
            }
        }

        [Fact]
        public void What_an_event_is_without_is_null_or_empty()
        {
            using (SteleDb db = Make.Db())
            {
                db.Append(new NewEvent("A") { Entity = "", Tags = null });
                Event read = db.Get(1);
                Assert.Null(read.Entity);
                Assert.Null(read.Scope);
                Assert.Null(read.CorrelationId);
                Assert.Null(read.CausationId);
                Assert.Equal(0, read.Sequence);
                Assert.Equal(0, read.Data.Length);
                Assert.Equal("", read.Text);
                Assert.Empty(read.Tags);
                Assert.Empty(read.Metadata);
                Assert.Equal(read.Recorded, read.Time);
                Assert.NotEqual(Guid.Empty, read.Id);
            }
        }

        [Fact]
        public void An_id_is_in_network_byte_order_in_the_record()
        {
            using (SteleDb db = Make.Db())
            {
                db.Append(new NewEvent("A") { Id = Id });
                byte[] expected = Enumerable.Range(0, 16).Select(i => (byte)(i * 0x11)).ToArray();
                Assert.Equal(expected, db.Get(1).Record.Slice(104, 16).ToArray());
                Assert.Equal(Id, db.Get(1).Id);
                Assert.Equal(1, db.Get(Id).Position);
            }
        }

        [Fact]
        public void Text_is_UTF8_and_neither_replaced_nor_lost()
        {
            using (SteleDb db = Make.Db())
            {
                string text = "ä 漢 😀 e\u0301 \ufffd";
                db.Append(new NewEvent(text) { Entity = text, Text = text, Tags = { text } });
                Event read = db.Get(1);
                Assert.Equal(text, read.Type);
                Assert.Equal(text, read.Entity);
                Assert.Equal(text, read.Text);
                Assert.Equal(text, read.Tags[0]);
                Assert.Equal(Encoding.UTF8.GetBytes(text), read.Data.ToArray());
            }
        }

        [Fact]
        public void Half_of_a_surrogate_pair_is_refused()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                SteleException fault = Make.Fails(
                    Status.Invalid, () => batch.Add(new NewEvent("A") { Tags = { "ok", "x\ud83d" } }));
                Assert.Contains("a tag has half of a surrogate pair at index 1", fault.Message);
                Make.Fails(Status.Invalid, () => batch.Add(new NewEvent("\ude00")));
                Make.Fails(Status.Invalid, () => new NewEvent("A").Text = "\ud83d\ud83d");
                Make.Fails(Status.Invalid, () => Query.All.Tag("\ud83d"));
                Make.Fails(Status.Invalid, () => batch.Key("\ud83d"));
                Make.Fails(Status.Invalid, () => SteleDb.Open("\ud83d"));
                // Nothing of it is in the batch.
                Make.Fails(Status.Invalid, () => batch.Commit());
            }
        }

        [Fact]
        public void What_is_wrong_with_an_event_is_said()
        {
            using (SteleDb db = Make.Db())
            {
                SteleException fault = Make.Fails(Status.Invalid, () => db.Append(new NewEvent("")));
                Assert.Equal("append: the event type is empty", fault.Message);
                fault = Make.Fails(Status.Invalid, () => db.Append(new NewEvent("a\0b")));
                Assert.StartsWith("append: the event type", fault.Message);
                Make.Fails(Status.TooLarge, () => db.Append(new NewEvent(new string('a', 513))));
                Make.Fails(Status.TooLarge, () => db.Append(new NewEvent(new string('a', 70000))));
                Make.Fails(
                    Status.TooLarge,
                    () => db.Append(new NewEvent("A") { Data = new byte[SteleLimits.DataMax + 1] }));
                NewEvent many = new NewEvent("A");
                for (int i = 0; i < 257; ++i) many.Tags.Add("tag-" + i);
                Make.Fails(Status.TooLarge, () => db.Append(many));
                NewEvent twice = new NewEvent("A") { Metadata = { { "k", "1" }, { "k", "2" } } };
                Make.Fails(Status.Invalid, () => db.Append(twice));
                Assert.Throws<ArgumentNullException>(() => db.Append((NewEvent)null));
                Assert.Throws<ArgumentNullException>(() => new NewEvent(null));
                Assert.Equal(0, db.Head);
            }
        }

        [Fact]
        public void Of_several_events_the_one_that_is_refused_is_named_and_none_is_taken()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                NewEvent[] events = { new NewEvent("A"), new NewEvent("B\0"), new NewEvent("C") };
                SteleException fault = Make.Fails(Status.Invalid, () => batch.AddRange(events));
                Assert.Contains("record 1", fault.Message);
                Make.Fails(Status.Invalid, () => db.Append(events));
                Assert.Equal(2, batch.AddRange(new[] { events[0], events[2] }).Commit().EventCount);
                Assert.Equal(2, db.Append(new[] { events[0], events[2] }).EventCount);
            }
        }

        [Fact]
        public void Events_of_a_commit_stand_side_by_side()
        {
            using (SteleDb db = Make.Db())
            {
                CommitOutcome outcome = db.Append(Enumerable.Range(0, 1000).Select(i => Make.Sold("b" + i)));
                Assert.Equal(1000, outcome.EventCount);
                Assert.Equal(1000, outcome.LastPosition);
                Assert.All(db.Read(), read => Assert.Equal(outcome.Tsn, read.Tsn));
            }
        }

        [Fact]
        public void An_id_that_is_there_already_is_an_outcome()
        {
            using (SteleDb db = Make.Db())
            {
                db.Append(new NewEvent("A") { Id = Id }).Require();
                CommitOutcome outcome = db.Append(new NewEvent("B") { Id = Id });
                Assert.Equal(CommitKind.Exists, outcome.Kind);
                Assert.False(outcome.IsCommitted);
                Assert.Equal(1, outcome.Position);
                SteleException fault = Make.Fails(Status.Exists, () => outcome.Require());
                Assert.Equal(1, fault.Position);
                Assert.Equal(outcome.Message, fault.Message);
                // The batch that was used for it is clean.
                Assert.True(db.Append(new NewEvent("C")).IsCommitted);
                Assert.Equal(new[] { "A", "C" }, Make.Types(db.Read()));
            }
        }

        [Fact]
        public void Threads_append_at_once()
        {
            using (SteleDb db = Make.Db())
            {
                List<Work> threads = new List<Work>();
                for (int t = 0; t < 8; ++t)
                {
                    threads.Add(new Work(() =>
                    {
                        for (int i = 0; i < 200; ++i) db.Append(Make.Sold("dune")).Require();
                    }));
                }
                foreach (Work thread in threads) thread.Join();
                Assert.Equal(1600, db.Count(Query.All.Tag("book:dune")));
            }
        }

        [Fact]
        public void A_large_payload_goes_in_and_comes_out()
        {
            using (SteleDb db = Make.Db())
            {
                byte[] data = new byte[3 * 1024 * 1024 + 1];
                new Random(1).NextBytes(data);
                db.Append(new NewEvent("A") { Data = data });
                Make.Append(db, "B");
                Assert.Equal(data, db.Get(1).Data.ToArray());
                List<Event> all = db.Read().ToList();
                Assert.Equal(data, all[0].Data.ToArray());
                Assert.Equal("B", all[1].Type);
            }
        }
    }
}
