package stele_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"stele.dev/stele"
)

func subscribe(t *testing.T, db *stele.DB, query stele.Query, options ...stele.SubscribeOption) *stele.Subscription {
	t.Helper()
	return subscribeWith(t, context.Background(), db, query, options...)
}

func subscribeWith(t *testing.T, ctx context.Context, db *stele.DB, query stele.Query,
	options ...stele.SubscribeOption) *stele.Subscription {
	t.Helper()
	sub, err := db.Subscribe(ctx, query, options...)
	noError(t, err)
	t.Cleanup(func() { noError(t, sub.Close()) })
	return sub
}

// there returns the positions of what can be had without waiting.
func there(t *testing.T, sub *stele.Subscription) []uint64 {
	t.Helper()
	var all []uint64
	for sub.TryNext() {
		all = append(all, sub.Event().Position())
	}
	noError(t, sub.Err())
	return all
}

func appendMany(t *testing.T, db *stele.DB, count int) {
	t.Helper()
	for i := 0; i < count; i++ {
		appendOne(t, db, stele.NewEvent{Type: fmt.Sprintf("t%d", i%2)})
	}
}

// noGoroutineIsLeft says that there are more goroutines than before.
func noGoroutineIsLeft(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	})
}

func TestASubscriptionHandsOutWhatIsThereAndWhatComes(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 4)
	sub := subscribe(t, db, stele.All.Type("t1"))
	samePositions(t, there(t, sub), 2, 4)
	equal(t, sub.Through(), 4)
	equal(t, sub.Head(), 4)
	equal(t, sub.CaughtUp(), true)
	appendMany(t, db, 3)
	samePositions(t, there(t, sub), 6)
	equal(t, sub.Through(), 7) // Over an event that does not match.
	appended := make(chan stele.Commit)
	go func() {
		time.Sleep(5 * time.Millisecond)
		appended <- must(db.Append(stele.NewEvent{Type: "t1"}))
	}()
	equal(t, sub.Next(), true)
	equal(t, (<-appended).First, 8)
	equal(t, sub.Event().Position(), 8)
	equal(t, sub.Event().Type(), "t1")
}

func TestASubscriptionBeginsWhereItIsAskedTo(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 3)
	samePositions(t, there(t, subscribe(t, db, stele.All, stele.After(2))), 3)
	samePositions(t, there(t, subscribe(t, db, stele.All, stele.OnlyNew())))
	samePositions(t, there(t, subscribe(t, db, stele.All, stele.Resume(stele.Token{}))), 1, 2, 3)
	_, err := db.Subscribe(context.Background(), stele.All, stele.After(4))
	isError(t, err, stele.ErrInvalid)
	_, err = db.Subscribe(context.Background(), stele.All, stele.After(1), stele.OnlyNew())
	isError(t, err, stele.ErrInvalid)
}

func TestATokenIsThatOfTheEventHandedOutLast(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 5)
	sub := subscribe(t, db, stele.All)
	for i := uint64(1); i <= 5; i++ {
		equal(t, sub.Next(), true)
		equal(t, sub.Through(), i)
		token := must(sub.Token())
		resumed := subscribe(t, db, stele.All, stele.Resume(token))
		equal(t, len(there(t, resumed)), int(5-i))
		equal(t, must(stele.ParseToken(token.String())), token)
	}
}

func TestATokenOfAnotherDatabaseIsRefused(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 1)
	other := openDB(t, stele.Memory, stele.Options{})
	sub := subscribe(t, db, stele.All)
	there(t, sub)
	_, err := other.Subscribe(context.Background(), stele.All, stele.Resume(must(sub.Token())))
	isError(t, err, stele.ErrInvalid)
	_, err = stele.ParseToken("00")
	isError(t, err, stele.ErrInvalid)
}

func TestASubscriptionGoesThroughLargeEventsAndMany(t *testing.T) {
	db := memoryDB(t)
	appendOne(t, db, stele.NewEvent{Type: "A", Data: make([]byte, 1<<20)})
	for i := 0; i < 20; i++ {
		events := make([]stele.NewEvent, 100)
		for j := range events {
			events[j] = stele.NewEvent{Type: "B", Data: make([]byte, 100)}
		}
		must(db.Append(events...))
	}
	sub := subscribe(t, db, stele.All)
	for i := uint64(1); i <= 2001; i++ {
		equal(t, sub.Next(), true)
		equal(t, sub.Event().Position(), i)
	}
	equal(t, sub.TryNext(), false)
	noError(t, sub.Err())
}

func TestAContextEndsAWait(t *testing.T) {
	noGoroutineIsLeft(t)
	db := memoryDB(t)
	ctx, cancel := context.WithCancel(context.Background())
	sub := subscribeWith(t, ctx, db, stele.All)
	ended := make(chan bool)
	go func() { ended <- sub.Next() }()
	time.Sleep(5 * time.Millisecond)
	cancel()
	equal(t, <-ended, false)
	isError(t, sub.Err(), context.Canceled)
	equal(t, sub.TryNext(), false)
	noError(t, sub.Close())
}

func TestADeadlineEndsAWait(t *testing.T) {
	noGoroutineIsLeft(t)
	db := memoryDB(t)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	sub := subscribeWith(t, ctx, db, stele.All)
	equal(t, sub.Next(), false)
	isError(t, sub.Err(), context.DeadlineExceeded)
}

// However near the end of the context is to the beginning of the wait: the wait ends.
func TestAContextThatEndsAtAnyMomentEndsTheWait(t *testing.T) {
	noGoroutineIsLeft(t)
	db := memoryDB(t)
	for i := 0; i < 500; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		sub := must(db.Subscribe(ctx, stele.All))
		go func() {
			for spin := 0; spin < i*20; spin++ {
				runtime.KeepAlive(spin)
			}
			cancel()
		}()
		equal(t, sub.Next(), false)
		isError(t, sub.Err(), context.Canceled)
		noError(t, sub.Close())
	}
}

func TestAContextThatIsDoneEndsASubscriptionAtOnce(t *testing.T) {
	noGoroutineIsLeft(t)
	db := memoryDB(t)
	appendMany(t, db, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	sub := subscribeWith(t, ctx, db, stele.All)
	equal(t, sub.Next(), false)
	isError(t, sub.Err(), context.Canceled)
}

func TestAWaitForACommitEndsWithItsContextAndGoesOnLater(t *testing.T) {
	noGoroutineIsLeft(t)
	db := openDB(t, newPath(t), stele.Options{})
	batch := newBatch(t, db)
	for i := 0; i < 50; i++ {
		noError(t, batch.Add(stele.NewEvent{Type: "A"}))
		ticket := must(batch.CommitAsync())
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		commit, err := ticket.Wait(ctx)
		if errors.Is(err, context.Canceled) {
			commit, err = ticket.Wait(context.Background())
		}
		noError(t, err)
		equal(t, commit.First, uint64(i+1))
	}
}

func TestASubscriptionDeliversWhatIsDurable(t *testing.T) {
	db := openDB(t, newPath(t), stele.Options{Durability: stele.DurabilityOS})
	sub := subscribe(t, db, stele.All)
	appendMany(t, db, 1)
	noError(t, db.Sync())
	samePositions(t, there(t, sub), 1)
}
