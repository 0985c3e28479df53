// Reading: sequences, cursors, views, streams, walks.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Xunit;

namespace Stele.Tests
{
    public class ReadTests
    {
        [Fact]
        public void Options_say_where_a_reading_starts_and_ends()
        {
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A", "B", "C", "D");
                Assert.Equal(new[] { "A", "B", "C", "D" }, Make.Types(db.Read()));
                Assert.Equal(new[] { "B", "C" }, Read(db, new ReadOptions { Start = 2, Limit = 2 }));
                Assert.Equal(new[] { "D", "C", "B", "A" }, Read(db, new ReadOptions { Backward = true }));
                Assert.Equal(new[] { "B", "A" }, Read(db, new ReadOptions { Backward = true, Start = 2 }));
                Assert.Empty(Read(db, new ReadOptions { Backward = true, Start = 0 }));
                Assert.Empty(Read(db, new ReadOptions { Start = long.MaxValue }));
                Assert.Empty(Read(db, new ReadOptions { Limit = 0 }));
                Assert.Throws<ArgumentOutOfRangeException>(
                    () => db.Read(null, new ReadOptions { Start = -1 }).Open());
            }
        }

        [Fact]
        public void A_cursor_sees_what_was_there_when_it_was_opened()
        {
            using (SteleDb db = Make.Db())
            {
                Make.Append(db, "A");
                EventSequence all = db.Read();
                using (Cursor cursor = all.Open())
                {
                    Make.Append(db, "B");
                    Assert.Equal(1, cursor.Head);
                    Assert.Equal(1, cursor.Tsn);
                    Assert.Single(cursor);
                }
                // Each foreach reads anew.
                Assert.Equal(2, all.Count());
                Assert.Equal(2, all.Count());
            }
        }

        [Fact]
        public void A_view_shows_an_event_in_place()
        {
            using (SteleDb db = Make.Db())
            {
                Guid id = new Guid("00112233-4455-6677-8899-aabbccddeeff");
                db.Append(new NewEvent("A")
                {
                    Entity = "e-1",
                    Scope = "s",
                    Text = "data",
                    Tags = { "b", "a" },
                    Metadata = { { "k", "v" } },
                    CausationId = id,
                });
                using (Cursor cursor = db.Read().Open())
                {
                    Assert.Throws<InvalidOperationException>(() => cursor.Event);
                    Assert.True(cursor.Next());
                    EventView view = cursor.View;
                    Assert.Equal(1, view.Position);
                    Assert.Equal(1, view.Tsn);
                    Assert.Equal(1, view.Sequence);
                    Assert.Equal(Make.Start, view.Recorded);
                    Assert.Equal(Make.Start, view.Time);
                    Assert.Equal("A", view.Type);
                    Assert.Equal("e-1", view.Entity);
                    Assert.Equal("s", view.Scope);
                    Assert.Equal("e-1", Utf8(view.EntityUtf8));
                    Assert.Equal("s", Utf8(view.ScopeUtf8));
                    Assert.Equal("A", Utf8(view.TypeUtf8));
                    Assert.Equal(2, view.TagCount);
                    List<string> tags = new List<string>();
                    foreach (ReadOnlySpan<byte> tag in view.Tags) tags.Add(Utf8(tag));
                    Assert.Equal(new[] { "a", "b" }, tags);
                    Assert.Equal("data", view.Text);
                    Assert.Equal("data", Utf8(view.Data));
                    Assert.Equal(4, view.DataSize);
                    Assert.Equal(1, view.MetadataCount);
                    Assert.Null(view.CorrelationId);
                    Assert.Equal(id, view.CausationId);
                    Assert.Equal(0, view.KeyId);
                    Assert.Equal(32, view.Hash.Length);
                    Event copy = view.ToEvent();
                    Assert.Equal(copy.Id, view.Id);
                    Assert.False(cursor.Next());
                    Assert.Throws<InvalidOperationException>(() => cursor.Event);
                    // A copy outlives the cursor.
                    Assert.Equal("v", copy.Metadata[0].Text);
                }
            }
        }

        [Fact]
        public void Names_that_are_said_often_are_the_same_strings()
        {
            using (SteleDb db = Make.Db())
            {
                for (int i = 0; i < 500; ++i)
                {
                    NewEvent added = new NewEvent("type-" + i % 3) { Entity = "e" + i, Tags = { "t" } };
                    db.Append(added).Require();
                }
                List<Event> all = db.Read().ToList();
                for (int i = 0; i < all.Count; ++i)
                {
                    Assert.Equal("type-" + i % 3, all[i].Type);
                    Assert.Equal("e" + i, all[i].Entity);
                }
                Assert.Same(all[0].Tags[0], all[1].Tags[0]);
            }
        }

        [Fact]
        public void Names_that_look_alike_are_told_apart()
        {
            using (SteleDb db = Make.Db())
            {
                List<string> names = new List<string>();
                for (char middle = 'a'; middle <= 'z'; ++middle)
                {
                    names.Add("" + middle);
                    names.Add("12345678" + middle);
                    names.Add("12345678" + middle + "1234567");
                    names.Add("12345678" + middle + "12345678");
                    names.Add("12345678" + new string(middle, 60) + "12345678");
                }
                // Twice, so that each is found as it was said before.
                for (int i = 0; i < 2; ++i)
                {
                    db.Append(names.Select(name => new NewEvent(name) { Entity = name })).Require();
                }
                Assert.Equal(names.Concat(names), Make.Types(db.Read()));
                Assert.Equal(names.Concat(names), db.Read().Select(read => read.Entity));
            }
        }

        [Fact]
        public void A_history_longer_than_a_buffer_is_read_in_order()
        {
            using (SteleDb db = Make.Db())
            {
                for (int i = 0; i < 20; ++i)
                {
                    db.Append(Enumerable.Range(0, 100).Select(
                        n => new NewEvent("A") { Data = new byte[n * 10] }));
                }
                long expected = 0;
                foreach (Event read in db.Read())
                {
                    Assert.Equal(++expected, read.Position);
                    Assert.Equal((read.Position - 1) % 100 * 10, read.Data.Length);
                }
                Assert.Equal(2000, expected);
            }
        }

        [Fact]
        public void A_stream_is_the_events_of_an_entity_by_sequence()
        {
            using (SteleDb db = Make.Db())
            {
                db.Append(new NewEvent("A") { Entity = "x" });
                db.Append(new NewEvent("B") { Entity = "y" });
                db.Append(new NewEvent("C") { Entity = "x" });
                Assert.Equal(new[] { "A", "C" }, Make.Types(db.ReadStream("x")));
                Assert.Equal(new[] { "C" }, Make.Types(db.ReadStream("x", new ReadOptions { Start = 2 })));
                Assert.Empty(db.ReadStream("nobody"));
                StreamInfo info = db.GetStream("x");
                Assert.Equal(2, info.Sequence);
                Assert.Equal(1, info.FirstPosition);
                Assert.Equal(3, info.LastPosition);
                Assert.Equal(db.Get(3).Hash.ToArray(), info.Hash.ToArray());
                Assert.Null(db.GetStream("nobody"));
                Make.Fails(Status.Invalid, () => db.GetStream(""));
            }
        }

        [Fact]
        public void Walks_go_along_causes_effects_correlations_and_ancestors()
        {
            using (SteleDb db = Make.Db())
            {
                Guid first = new Guid("00000000-0000-0000-0000-000000000001");
                Guid second = new Guid("00000000-0000-0000-0000-000000000002");
                Guid together = new Guid("00000000-0000-0000-0000-0000000000ff");
                db.Append(new NewEvent("A") { Id = first, CorrelationId = together, Entity = "x" });
                db.Append(new NewEvent("B") { Id = second, CausationId = first, Entity = "x" });
                db.Append(new NewEvent("C") { CausationId = second, CorrelationId = together });
                Assert.Equal(new[] { "C", "B", "A" }, Make.Types(db.Walk(3, WalkKind.Causes)));
                Assert.Equal(new[] { "A", "B", "C" }, Make.Types(db.Walk(1, WalkKind.Effects)));
                Assert.Equal(new[] { "A", "C" }, Make.Types(db.Walk(1, WalkKind.Correlation)));
                Assert.Equal(new[] { "B", "A" }, Make.Types(db.Walk(2, WalkKind.Ancestors)));
                Cursor cursor;
                Assert.False(db.Walk(9, WalkKind.Causes).TryOpen(out cursor));
                Assert.Null(cursor);
                Assert.Empty(db.Walk(9, WalkKind.Causes));
                Make.Fails(Status.NotFound, () => db.Walk(9, WalkKind.Causes).Open());
                Make.Fails(Status.Invalid, () => db.Walk(1, (WalkKind)9).Open());
            }
        }

        [Fact]
        public void Data_is_read_by_range_and_as_a_stream()
        {
            using (SteleDb db = Make.Db())
            {
                byte[] data = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();
                db.Append(new NewEvent("A") { Data = data });
                byte[] buffer = new byte[10];
                int read;
                long total;
                Assert.True(db.TryReadData(1, 995, buffer, out read, out total));
                Assert.Equal(5, read);
                Assert.Equal(1000, total);
                Assert.Equal(data.Skip(995), buffer.Take(5));
                Assert.True(db.TryReadData(1, 5000, buffer, out read, out total));
                Assert.Equal(0, read);
                Assert.False(db.TryReadData(2, 0, buffer, out read, out total));

                Assert.Null(db.OpenData(2));
                using (Stream stream = db.OpenData(1))
                using (MemoryStream copy = new MemoryStream())
                {
                    Assert.Equal(1000, stream.Length);
                    stream.CopyTo(copy, 64);
                    Assert.Equal(data, copy.ToArray());
                    stream.Seek(-1, SeekOrigin.End);
                    Assert.Equal(999, stream.Position);
                    Assert.Equal(data[999], stream.ReadByte());
                    Assert.Equal(-1, stream.ReadByte());
                    stream.Position = 3;
                    Assert.Equal(3, stream.ReadByte());
                    Assert.Throws<IOException>(() => stream.Seek(-1, SeekOrigin.Begin));
                    Assert.Throws<NotSupportedException>(() => stream.WriteByte(1));
                    Assert.False(stream.CanWrite);
                }
            }
        }

        private static List<string> Read(SteleDb db, ReadOptions options)
        {
            return Make.Types(db.Read(Query.All, options));
        }

        private static string Utf8(ReadOnlySpan<byte> bytes)
        {
            return Encoding.UTF8.GetString(bytes.ToArray());
        }
    }
}
