package stele_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"stele.dev/stele"
)

func newBatch(t *testing.T, db *stele.DB) *stele.Batch {
	t.Helper()
	batch, err := db.NewBatch()
	noError(t, err)
	t.Cleanup(func() { noError(t, batch.Close()) })
	return batch
}

func TestABatchIsCommittedAsAWhole(t *testing.T) {
	db := memoryDB(t)
	batch := newBatch(t, db)
	noError(t, batch.Add(stele.NewEvent{Type: "A"}, stele.NewEvent{Type: "B"}))
	noError(t, batch.Add(stele.NewEvent{Type: "C"}))
	isError(t, batch.Add(stele.NewEvent{Type: "D"}, stele.NewEvent{Type: ""}), stele.ErrInvalid)
	commit := must(batch.Commit())
	equal(t, commit.First, 1)
	equal(t, commit.Last, 3)
	equal(t, commit.Count, 3)
	_, err := batch.Commit()
	isError(t, err, stele.ErrInvalid) // It is empty now.
}

func TestAGuardThatDoesNotHoldIsAConflict(t *testing.T) {
	db := memoryDB(t)
	appendOne(t, db, stele.NewEvent{Type: "SeatReserved", Tags: []string{"seat:12A"}})
	batch := newBatch(t, db)
	noError(t, batch.Add(stele.NewEvent{Type: "SeatReserved", Tags: []string{"seat:12A"}}))
	noError(t, batch.Guard(stele.All.Tag("seat:14C"), 0))
	noError(t, batch.Guard(stele.All.Tag("seat:12A"), 0))
	_, err := batch.Commit()
	isError(t, err, stele.ErrConflict)
	var conflict *stele.Error
	equal(t, errors.As(err, &conflict), true)
	equal(t, conflict.Status, stele.StatusConflict)
	equal(t, conflict.Guard, 1)
	equal(t, conflict.Position, 1)
	samePositions(t, positions(t, must(batch.Conflicts(conflict.Guard)), nil), 1)
	samePositions(t, positions(t, must(batch.Conflicts(0)), nil))
	_, err = batch.Conflicts(2)
	isError(t, err, stele.ErrNotFound)
	_, err = batch.Conflicts(stele.NoGuard)
	isError(t, err, stele.ErrNotFound)
	equal(t, must(db.Head()), 1)

	noError(t, batch.Clear())
	noError(t, batch.Add(stele.NewEvent{Type: "SeatReserved", Tags: []string{"seat:12A"}}))
	noError(t, batch.Guard(stele.All.Tag("seat:12A"), 1))
	equal(t, must(batch.Commit()).First, 2)
}

func TestAnExpectedVersionThatIsNotThereIsAConflict(t *testing.T) {
	db := memoryDB(t)
	appendOne(t, db, stele.NewEvent{Type: "A", Entity: "e"})
	batch := newBatch(t, db)
	for _, c := range []struct {
		entity   string
		sequence uint64
		holds    bool
	}{
		{"e", 1, true}, {"e", 2, false}, {"e", stele.SequenceNone, false}, {"e", stele.SequenceSome, true},
		{"f", stele.SequenceNone, true}, {"f", stele.SequenceSome, false},
	} {
		noError(t, batch.Clear())
		noError(t, batch.Add(stele.NewEvent{Type: "A"}))
		noError(t, batch.Expect(c.entity, c.sequence))
		check, err := batch.Check()
		if c.holds {
			noError(t, err)
			equal(t, check, stele.Commit{Count: 1, Recorded: check.Recorded})
			continue
		}
		isError(t, err, stele.ErrConflict)
		var conflict *stele.Error
		errors.As(err, &conflict)
		equal(t, conflict.Guard, 0)
		equal(t, conflict.Sequence, must(db.Count(stele.All.Entity(c.entity))))
	}
	isError(t, batch.Expect("", 1), stele.ErrInvalid)
}

func TestADecisionIsMadeAgainWhenSomebodyWasFaster(t *testing.T) {
	db := memoryDB(t)
	batch := newBatch(t, db)
	decide := func() []uint64 {
		found := positions(t, must(batch.Read(stele.All.Tag("t"), stele.Limit(1))), nil)
		noError(t, batch.Add(stele.NewEvent{Type: "Decided", Tags: []string{"t"}}))
		return found
	}
	samePositions(t, decide())
	appendOne(t, db, stele.NewEvent{Type: "Other", Tags: []string{"t"}})
	_, err := batch.Commit()
	isError(t, err, stele.ErrConflict)
	noError(t, batch.Clear())
	samePositions(t, decide(), 1)
	equal(t, must(batch.Commit()).First, 2)
}

func TestABatchWithAKeyIsCommittedOnce(t *testing.T) {
	db := memoryDB(t)
	batch := newBatch(t, db)
	send := func(eventType string) (stele.Commit, error) {
		noError(t, batch.Clear())
		noError(t, batch.Add(stele.NewEvent{Type: eventType}))
		noError(t, batch.Key("command-1"))
		return batch.Commit()
	}
	first := must(send("A"))
	again := must(send("A"))
	equal(t, again.Repeated, true)
	equal(t, again.First, first.First)
	_, err := send("B")
	isError(t, err, stele.ErrKeyReused)
	isError(t, batch.Key(""), stele.ErrInvalid)
}

func TestAnIDIsThereOnce(t *testing.T) {
	db := memoryDB(t)
	id := stele.UUID{1}
	appendOne(t, db, stele.NewEvent{Type: "A", ID: id})
	_, err := db.Append(stele.NewEvent{Type: "B", ID: id})
	isError(t, err, stele.ErrExists)
	var exists *stele.Error
	errors.As(err, &exists)
	equal(t, exists.Position, 1)
	equal(t, exists.Guard, stele.NoGuard)
}

func TestProgressIsTrackedWithTheCommit(t *testing.T) {
	db := memoryDB(t)
	_, err := db.Tracked("orders")
	isError(t, err, stele.ErrNotFound)
	batch := newBatch(t, db)
	noError(t, batch.Track("orders", stele.PreviousNone, 5))
	_, err = batch.Commit()
	noError(t, err)
	equal(t, must(db.Tracked("orders")), 5)
	noError(t, batch.Track("orders", stele.PreviousNone, 6))
	_, err = batch.Commit()
	isError(t, err, stele.ErrConflict)
	noError(t, batch.Clear())
	noError(t, batch.Track("orders", stele.PreviousAny, 1<<63-1))
	must(batch.Commit())
	equal(t, must(db.Tracked("orders")), 1<<63-1)
	isError(t, batch.Track("orders", 0, 0), stele.ErrInvalid)
}

func TestABatchMayAskForMoreDurability(t *testing.T) {
	db := openDB(t, newPath(t), stele.Options{Durability: stele.DurabilityOS})
	batch := newBatch(t, db)
	noError(t, batch.Add(stele.NewEvent{Type: "A"}))
	noError(t, batch.SetDurability(stele.DurabilitySync))
	commit := must(batch.Commit())
	equal(t, must(db.Stats()).DurableTSN, commit.TSN)
	isError(t, batch.SetDurability(99), stele.ErrInvalid)
}

func TestACommitMayBeWaitedForLater(t *testing.T) {
	db := openDB(t, newPath(t), stele.Options{})
	batch := newBatch(t, db)
	var tickets []*stele.Ticket
	for i := 0; i < 10; i++ {
		noError(t, batch.Add(stele.NewEvent{Type: "A"}))
		tickets = append(tickets, must(batch.CommitAsync()))
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for i, ticket := range tickets {
		commit := must(ticket.Wait(ctx))
		equal(t, commit.First, uint64(i+1))
		equal(t, must(ticket.Wait(ctx)), commit)
	}
	_, err := batch.CommitAsync()
	isError(t, err, stele.ErrInvalid)
}

func TestAnOutcomeIsReturnedWhateverItIs(t *testing.T) {
	db := memoryDB(t)
	appendOne(t, db, stele.NewEvent{Type: "A", Tags: []string{"t"}})
	batch := newBatch(t, db)
	noError(t, batch.Add(stele.NewEvent{Type: "B"}))
	noError(t, batch.Guard(stele.All.Tag("t"), 0))
	ticket := must(batch.CommitAsync())
	for i := 0; i < 2; i++ {
		_, err := ticket.Wait(context.Background())
		isError(t, err, stele.ErrConflict)
	}
	noError(t, batch.Add(stele.NewEvent{Type: "B"}))
	ticket = must(batch.CommitAsync())
	must(ticket.Wait(context.Background()))
	noError(t, db.Close())
	equal(t, must(ticket.Wait(context.Background())).First, 2)
}

func TestManyGoroutinesAppendAtOnce(t *testing.T) {
	db := memoryDB(t)
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for j := 0; j < 100; j++ {
				must(db.Append(stele.NewEvent{Type: "A"}, stele.NewEvent{Type: "B"}))
			}
		}()
	}
	all.Wait()
	equal(t, must(db.Head()), 1600)
	equal(t, must(db.Count(stele.All.Type("B"))), 800)
}

func TestTheTestClockMovesWhenItIsTold(t *testing.T) {
	db := memoryDB(t)
	noError(t, db.SetTestClock(time.UnixMicro(5000)))
	equal(t, appendOne(t, db, stele.NewEvent{Type: "A"}).Recorded.UnixMicro(), 5000)
	isError(t, openDB(t, stele.Memory, stele.Options{}).SetTestClock(time.Now()), stele.ErrInvalid)
}

func TestASeedMakesTheSameIDs(t *testing.T) {
	id := func() stele.UUID {
		db := memoryDB(t)
		appendOne(t, db, stele.NewEvent{Type: "A"})
		return must(db.Get(1)).ID()
	}
	equal(t, id(), id())
}
