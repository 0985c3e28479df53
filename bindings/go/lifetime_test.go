package stele_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"stele.dev/stele"
)

// things are one of each thing that is made of a database.
type things struct {
	batch   *stele.Batch
	events  *stele.Events
	terms   *stele.Terms
	ticket  *stele.Ticket
	sub     *stele.Subscription
	verify  *stele.Verify
	backup  *stele.Backup
	compact *stele.Compact
}

func makeThings(t *testing.T, ctx context.Context, db *stele.DB) things {
	t.Helper()
	appendOne(t, db, stele.NewEvent{Type: "A", Tags: []string{"t"}})
	made := things{
		batch:   must(db.NewBatch()),
		events:  must(db.Read(stele.All)),
		terms:   must(db.Terms(stele.TermTag, "")),
		sub:     must(db.Subscribe(ctx, stele.All)),
		verify:  must(db.Verify()),
		backup:  must(db.Backup(newPath(t))),
		compact: must(db.Compact()),
	}
	noError(t, made.batch.Add(stele.NewEvent{Type: "B"}))
	made.ticket = must(made.batch.CommitAsync())
	return made
}

func (m things) close() error {
	for _, err := range []error{
		m.batch.Close(), m.events.Close(), m.terms.Close(), m.ticket.Close(), m.sub.Close(),
		m.verify.Close(), m.backup.Close(), m.compact.Close(),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// use calls something of each and returns the errors.
func (m things) use() map[string]error {
	_, commitErr := m.batch.Commit()
	_, readErr := m.batch.Read(stele.All)
	_, asyncErr := m.batch.CommitAsync()
	_, conflictsErr := m.batch.Conflicts(0)
	_, checkErr := m.batch.Check()
	_, tokenErr := m.sub.Token()
	_, snapshotErr := m.events.Snapshot()
	m.events.Next()
	m.terms.Next()
	m.sub.Next()
	m.verify.Step()
	m.backup.Step()
	m.compact.Step()
	return map[string]error{
		"Batch.Add": m.batch.Add(stele.NewEvent{Type: "C"}), "Batch.Guard": m.batch.Guard(stele.All, 0),
		"Batch.Expect": m.batch.Expect("e", 0), "Batch.Track": m.batch.Track("s", 0, 1),
		"Batch.Key": m.batch.Key("k"), "Batch.SetDurability": m.batch.SetDurability(stele.DurabilityOS),
		"Batch.Clear": m.batch.Clear(), "Batch.Commit": commitErr, "Batch.Read": readErr,
		"Batch.CommitAsync": asyncErr, "Batch.Conflicts": conflictsErr, "Batch.Check": checkErr,
		"Subscription.Token": tokenErr, "Subscription.Next": m.sub.Err(),
		"Events.Snapshot": snapshotErr, "Events.Next": m.events.Err(), "Terms.Next": m.terms.Err(),
		"Verify.Step": m.verify.Err(), "Backup.Step": m.backup.Err(), "Compact.Step": m.compact.Err(),
	}
}

func TestWhatIsMadeOfADatabaseThatIsClosedIsClosed(t *testing.T) {
	noGoroutineIsLeft(t)
	before := stele.LiveHandles()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db := must(stele.Open(newPath(t)))
	made := makeThings(t, ctx, db)
	noError(t, db.Close())
	for name, err := range made.use() {
		if !errors.Is(err, stele.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	equal(t, must(made.ticket.Wait(ctx)).First, 2) // An outcome stays.
	noError(t, made.close())
	noError(t, made.close())
	equal(t, stele.LiveHandles(), before)
}

func TestWhatIsClosedIsClosedToEveryCall(t *testing.T) {
	noGoroutineIsLeft(t)
	before := stele.LiveHandles()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db := must(stele.Open(newPath(t)))
	made := makeThings(t, ctx, db)
	noError(t, made.close())
	noError(t, made.close())
	for name, err := range made.use() {
		if !errors.Is(err, stele.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := made.ticket.Wait(ctx)
	isError(t, err, stele.ErrClosed)
	noError(t, db.Close())
	equal(t, stele.LiveHandles(), before)
}

func TestAClosedDatabaseIsClosedToEveryCall(t *testing.T) {
	db := must(stele.OpenMemory())
	appendOne(t, db, stele.NewEvent{Type: "A"})
	noError(t, db.Close())
	noError(t, db.Close())
	errs := map[string]error{
		"SetTestClock": db.SetTestClock(time.UnixMicro(1)), "Sync": db.Sync(),
		"Checkpoint": db.Checkpoint(), "CheckReceipt": db.CheckReceipt([]byte{1}),
	}
	_, errs["Append"] = db.Append(stele.NewEvent{Type: "A"})
	_, errs["NewBatch"] = db.NewBatch()
	_, errs["Read"] = db.Read(stele.All)
	_, errs["ReadStream"] = db.ReadStream("e")
	_, errs["Walk"] = db.Walk(1, stele.WalkCauses)
	_, errs["Get"] = db.Get(1)
	_, errs["ByID"] = db.ByID(stele.UUID{1})
	_, errs["Latest"] = db.Latest("e")
	_, errs["Data"] = db.Data(1)
	_, errs["Exists"] = db.Exists(stele.All)
	_, errs["Count"] = db.Count(stele.All)
	_, errs["Last"] = db.Last(stele.All)
	_, errs["PositionAt"] = db.PositionAt(time.UnixMicro(1))
	_, errs["Stream"] = db.Stream("e")
	_, errs["Terms"] = db.Terms(stele.TermTag, "")
	_, errs["Tracked"] = db.Tracked("s")
	_, errs["Head"] = db.Head()
	_, errs["Stats"] = db.Stats()
	_, errs["Subscribe"] = db.Subscribe(context.Background(), stele.All)
	_, errs["Verify"] = db.Verify()
	_, errs["Backup"] = db.Backup("nowhere")
	_, errs["Compact"] = db.Compact()
	_, errs["Receipt"] = db.Receipt(1)
	_, errs["Inspect"] = db.Inspect("")
	for name, err := range errs {
		if !errors.Is(err, stele.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsForgottenIsClosedByTheCollector(t *testing.T) {
	before, goroutines := stele.LiveHandles(), runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for i := 0; i < 10; i++ {
		makeThings(t, ctx, must(stele.Open(newPath(t))))
	}
	// A database that is forgotten is closed by a goroutine of its own.
	eventually(t, "handles are closed", func() bool {
		return stele.LiveHandles() == before && runtime.NumGoroutine() <= goroutines
	})
}

// A thing that is still there keeps its database open.
func TestTheCollectorClosesNothingThatIsInUse(t *testing.T) {
	before := stele.LiveHandles()
	func() {
		events := must(must(filled(t)).Read(stele.All))
		count := 0
		for events.Next() {
			if count++; count%1000 == 0 {
				collect()
			}
		}
		noError(t, events.Err())
		equal(t, count, 5000)
	}()
	eventually(t, "handles are closed", func() bool { return stele.LiveHandles() == before })
}

func filled(t *testing.T) (*stele.DB, error) {
	db, err := stele.OpenMemory()
	noError(t, err)
	events := make([]stele.NewEvent, 5000)
	for i := range events {
		events[i] = stele.NewEvent{Type: "A", Data: make([]byte, 200)}
	}
	_, err = db.Append(events...)
	return db, err
}

// whileClosing calls work in four goroutines until it answers that all is closed, and close meanwhile.
func whileClosing(t *testing.T, work func() error, close func() error) {
	t.Helper()
	var all, begun sync.WaitGroup
	wrong := make(chan error, 4)
	for i := 0; i < 4; i++ {
		all.Add(1)
		begun.Add(1)
		go func() {
			defer all.Done()
			err := work()
			for begun.Done(); err == nil; err = work() {
			}
			if !errors.Is(err, stele.ErrClosed) {
				wrong <- err
			}
		}()
	}
	begun.Wait()
	noError(t, close())
	all.Wait()
	select {
	case err := <-wrong:
		t.Fatal(err)
	default:
	}
}

func TestADatabaseMayBeClosedDuringCallsInOtherGoroutines(t *testing.T) {
	before := stele.LiveHandles()
	for name, work := range map[string]func(db *stele.DB) error{
		"append": func(db *stele.DB) error {
			_, err := db.Append(stele.NewEvent{Type: "A"})
			return err
		},
		"read": func(db *stele.DB) error {
			events, err := db.Read(stele.All)
			if err != nil {
				return err
			}
			_, err = events.Records()
			return err
		},
		"get": func(db *stele.DB) error {
			_, err := db.Get(1)
			return err
		},
		"stats": func(db *stele.DB) error {
			_, err := db.Stats()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := must(stele.OpenMemory())
			appendOne(t, db, stele.NewEvent{Type: "A"})
			whileClosing(t, func() error { return work(db) }, db.Close)
		})
	}
	equal(t, stele.LiveHandles(), before)
}

func TestASubscriptionThatWaitsEndsWhenItOrItsDatabaseIsClosed(t *testing.T) {
	noGoroutineIsLeft(t)
	before := stele.LiveHandles()
	for i := 0; i < 20; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		db := must(stele.OpenMemory())
		one, two := must(db.Subscribe(ctx, stele.All)), must(db.Subscribe(context.Background(), stele.All))
		ended := make(chan error)
		for _, sub := range []*stele.Subscription{one, two} {
			sub := sub
			go func() {
				sub.Next()
				ended <- sub.Err()
			}()
		}
		noError(t, one.Close())
		isError(t, <-ended, stele.ErrClosed)
		noError(t, db.Close())
		isError(t, <-ended, stele.ErrClosed)
		noError(t, two.Close())
		cancel()
	}
	equal(t, stele.LiveHandles(), before)
}

func TestAnIteratorMayBeClosedByAnotherGoroutine(t *testing.T) {
	db := must(filled(t))
	defer db.Close()
	for i := 0; i < 20; i++ {
		events := must(db.Read(stele.All))
		ended := make(chan error)
		go func() {
			var err error
			for events.Next() {
				if found := events.Event().Type(); found != "A" {
					err = errors.New("the type is " + found)
				}
			}
			if err == nil {
				err = events.Err()
			}
			ended <- err
		}()
		noError(t, events.Close())
		if err := <-ended; err != nil {
			isError(t, err, stele.ErrClosed)
		}
	}
}

func TestATicketThatIsWaitedForMayBeClosed(t *testing.T) {
	noGoroutineIsLeft(t)
	db := openDB(t, newPath(t), stele.Options{})
	batch := newBatch(t, db)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for i := 0; i < 20; i++ {
		noError(t, batch.Add(stele.NewEvent{Type: "A"}))
		ticket := must(batch.CommitAsync())
		ended := make(chan error)
		go func() {
			_, err := ticket.Wait(ctx)
			ended <- err
		}()
		noError(t, ticket.Close())
		if err := <-ended; err != nil {
			isError(t, err, stele.ErrClosed)
		}
	}
}
