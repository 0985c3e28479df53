// Batches: guards, keys, tracking, durability, checks.
using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Stele.Tests
{
    public class BatchTests
    {
        private static readonly Query Seat = Query.All.Tag("seat:12A");

        private static NewEvent Reserved()
        {
            return new NewEvent("SeatReserved") { Tags = { "seat:12A" } };
        }

        [Fact]
        public void A_guard_that_does_not_hold_is_a_conflict_that_names_what_is_in_the_way()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                batch.Add(Reserved()).Guard(Seat, 0).Commit().Require();
                batch.Add(Reserved()).Guard(Query.All.Type("Other"), 0).Guard(Seat, 0);
                CommitOutcome outcome = batch.Commit();
                Assert.Equal(CommitKind.Conflict, outcome.Kind);
                Assert.Equal(1, outcome.Guard);
                Assert.Equal(1, outcome.Position);
                Assert.Equal(0, outcome.Tsn);
                Assert.Equal(outcome.Message, outcome.ToString());
                SteleException fault = Make.Fails(Status.Conflict, () => outcome.Require());
                Assert.Equal(1, fault.Guard);

                using (Cursor cursor = batch.Conflicts(1)) Assert.Equal(1, cursor.Single().Position);
                Assert.Null(batch.Conflicts(7));

                // It is as it was: what it lacks is that nobody is in the way.
                Assert.Equal(CommitKind.Conflict, batch.Commit().Kind);
                batch.Clear().Add(Reserved()).Guard(Seat, 1).Commit().Require();
            }
        }

        [Fact]
        public void A_guard_beyond_the_head_holds_up_to_the_last_position()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                batch.Add(Reserved()).Guard(Seat, long.MaxValue).Commit().Require();
                Assert.Throws<ArgumentOutOfRangeException>(() => batch.Guard(Seat, -1));
                Assert.Throws<ArgumentNullException>(() => batch.Guard(null, 0));
            }
        }

        [Fact]
        public void An_expected_sequence_must_be_the_one_that_the_entity_has()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                NewEvent opened = new NewEvent("Opened") { Entity = "account-7" };
                batch.Add(opened).ExpectSome("account-7");
                Assert.Equal(CommitKind.Conflict, batch.Commit().Kind);
                batch.Clear().Add(opened).Expect("account-7", 0).Commit().Require();
                batch.Add(opened).ExpectSome("account-7").Commit().Require();
                CommitOutcome outcome = batch.Add(opened).Expect("account-7", 1).Commit();
                Assert.Equal(CommitKind.Conflict, outcome.Kind);
                Assert.Equal(2, outcome.Position);
                Assert.Equal(2, outcome.Sequence);
                Make.Fails(Status.Invalid, () => batch.Expect("", 0));
                Assert.Throws<ArgumentOutOfRangeException>(() => batch.Expect("account-7", -1));
            }
        }

        [Fact]
        public void A_decision_is_refused_when_somebody_was_faster()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                Assert.Empty(batch.Decide(Seat));
                db.Append(Reserved()).Require();
                Assert.Equal(CommitKind.Conflict, batch.Add(Reserved()).Commit().Kind);
                batch.Clear();
                Assert.Single(batch.Decide(Seat));
                Assert.True(batch.Add(Reserved()).Commit().IsCommitted);
            }
        }

        [Fact]
        public void A_decision_may_read_less_than_it_rests_on()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                Make.Append(db, "A", "B", "C");
                ReadOptions newest = new ReadOptions { Backward = true, Limit = 1 };
                using (Cursor cursor = batch.Decide(Query.All, newest))
                {
                    Assert.Equal(3, cursor.Head);
                    Assert.Equal("C", cursor.Single().Type);
                }
                Make.Append(db, "D");
                CommitOutcome outcome = batch.Add(new NewEvent("E")).Commit();
                Assert.Equal(CommitKind.Conflict, outcome.Kind);
                Assert.Equal(4, outcome.Position);
            }
        }

        [Fact]
        public void A_key_commits_once_and_refuses_other_content()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                CommitOutcome first = batch.Add(Reserved()).Key("command-1").Commit();
                Assert.False(first.Repeated);
                CommitOutcome again = batch.Add(Reserved()).Key("command-1").Commit();
                Assert.True(again.IsCommitted);
                Assert.True(again.Repeated);
                Assert.Equal(first.Tsn, again.Tsn);
                Assert.Equal(first.FirstPosition, again.FirstPosition);
                CommitOutcome other = batch.Add(new NewEvent("Other")).Key("command-1").Commit();
                Assert.Equal(CommitKind.KeyReused, other.Kind);
                Assert.Equal(1, other.Position);
                Make.Fails(Status.KeyReused, () => other.Require());
                Assert.Equal(1, db.Head);
            }
        }

        [Fact]
        public void Tracking_records_progress_with_the_commit()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                Assert.Null(db.Tracked("orders"));
                batch.Add(new NewEvent("A")).Track("orders", 5, 0).Commit().Require();
                Assert.Equal(5, db.Tracked("orders"));
                CommitOutcome behind = batch.Add(new NewEvent("B")).Track("orders", 5).Commit();
                Assert.Equal(CommitKind.Conflict, behind.Kind);
                Assert.Equal(5, behind.Position);
                batch.Clear().Track("orders", long.MaxValue).Commit().Require();
                Assert.Equal(long.MaxValue, db.Tracked("orders"));
                Make.Fails(Status.Invalid, () => batch.Track("orders", 0));
            }
        }

        [Fact]
        public void A_check_tells_what_a_commit_would_answer_and_changes_nothing()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                batch.Add(Reserved()).Guard(Seat, 0);
                CommitOutcome outcome = batch.Check();
                Assert.True(outcome.IsCommitted);
                Assert.Equal(1, outcome.EventCount);
                Assert.Equal(0, outcome.Tsn);
                Assert.Equal(0, db.Head);
                db.Append(Reserved());
                Assert.Equal(CommitKind.Conflict, batch.Check().Kind);
            }
        }

        [Fact]
        public void A_batch_may_ask_for_more_durability_than_its_database()
        {
            using (Scratch scratch = new Scratch())
            using (SteleDb db = SteleDb.Open(
                scratch["shop"], new SteleOptions { Durability = Durability.Os }))
            using (Batch batch = db.NewBatch())
            {
                batch.Add(new NewEvent("A")).Durability(Durability.Sync).Commit().Require();
                Assert.Equal(1, db.GetStats().DurableTsn);
                db.Append(new NewEvent("B"));
                db.Sync();
                Assert.Equal(2, db.GetStats().DurableTsn);
                Make.Fails(Status.Invalid, () => batch.Durability((Durability)9));
            }
        }

        [Fact]
        public void An_empty_batch_is_invalid()
        {
            using (SteleDb db = Make.Db())
            using (Batch batch = db.NewBatch())
            {
                Make.Fails(Status.Invalid, () => batch.Commit());
                Make.Fails(Status.Invalid, () => batch.CommitAsync());
                Make.Fails(Status.Invalid, () => db.Append(new NewEvent[0]));
            }
        }

        [Fact]
        public void Many_commits_are_under_way_at_once_in_the_order_of_the_calls()
        {
            using (Scratch scratch = new Scratch())
            using (SteleDb db = SteleDb.Open(scratch["shop"]))
            using (Batch batch = db.NewBatch())
            {
                Task<CommitOutcome>[] commits = Enumerable.Range(0, 300)
                    .Select(i => batch.Add(new NewEvent("E" + i)).CommitAsync())
                    .ToArray();
                for (int i = 0; i < commits.Length; ++i)
                {
                    Assert.Equal(i + 1, Make.Result(commits[i]).FirstPosition);
                }
                Assert.Equal(commits.Length, db.Head);
            }
        }

        [Fact]
        public void An_asynchronous_commit_has_every_outcome_and_every_error()
        {
            using (Scratch scratch = new Scratch())
            {
                SteleDb db = SteleDb.Open(scratch["shop"]);
                Assert.True(Make.Result(db.AppendAsync(Reserved())).IsCommitted);
                using (Batch batch = db.NewBatch())
                {
                    batch.Add(Reserved()).Guard(Seat, 0);
                    CommitOutcome outcome = Make.Result(batch.CommitAsync());
                    Assert.Equal(CommitKind.Conflict, outcome.Kind);
                    Assert.Equal(0, outcome.Guard);
                    Assert.Equal(1, outcome.Position);
                }
                Make.Fails(Status.Invalid, () => db.AppendAsync(new NewEvent("")));
                Assert.Equal(3, Make.Result(db.AppendAsync(new[] { Reserved(), Reserved() })).LastPosition);
                db.Dispose();
                Make.Fails(Status.Closed, () => db.AppendAsync(Reserved()));

                SteleOptions reading = new SteleOptions { Mode = OpenMode.ReadOnly };
                using (SteleDb closed = SteleDb.Open(scratch["shop"], reading))
                {
                    Task<CommitOutcome> refused = closed.AppendAsync(Reserved());
                    Make.Fails(Status.ReadOnly, () => Make.Result(refused));
                }
            }
        }

        [Fact]
        public void A_commit_that_has_begun_is_carried_out_when_the_database_is_closed()
        {
            using (Scratch scratch = new Scratch())
            {
                Task<CommitOutcome>[] commits;
                using (SteleDb db = SteleDb.Open(scratch["shop"]))
                {
                    commits = Enumerable.Range(0, 50).Select(i => db.AppendAsync(Reserved())).ToArray();
                }
                foreach (Task<CommitOutcome> commit in commits) Make.Result(commit).Require();
                using (SteleDb db = SteleDb.Open(scratch["shop"])) Assert.Equal(50, db.Head);
            }
        }
    }
}
