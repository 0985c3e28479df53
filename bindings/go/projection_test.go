package stele_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"stele.dev/stele"
)

// project opens the projection "p".
func project(t *testing.T, db *stele.DB, options stele.ProjectionOptions) *stele.Projection {
	t.Helper()
	p, err := db.Projection(context.Background(), "p", stele.All, options)
	noError(t, err)
	t.Cleanup(func() { noError(t, p.Close()) })
	return p
}

// ownTable opens the table "t" of a projection, which keeps its history.
func ownTable(t *testing.T, p *stele.Projection) *stele.Table {
	t.Helper()
	table, err := p.Table(tableT, stele.TableOptions{History: stele.HistoryAll})
	noError(t, err)
	t.Cleanup(func() { table.Close() })
	return table
}

// work puts a row for each event that is there, with the position as its value, and returns the last.
func work(t *testing.T, p *stele.Projection, table *stele.Table, mark string) uint64 {
	t.Helper()
	last := uint64(0)
	for p.TryPull() {
		last = workPulled(t, p, table, mark)
	}
	noError(t, p.Err())
	return last
}

func workPulled(t *testing.T, p *stele.Projection, table *stele.Table, mark string) uint64 {
	t.Helper()
	last := uint64(0)
	for p.Next() {
		last = p.Event().Position()
		noError(t, p.Put(table, []byte(p.Event().Type()), []byte(fmt.Sprint(mark, last)), last))
	}
	return last
}

func TestProjectionsAreListedAndDropped(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 3)
	p := project(t, db, stele.ProjectionOptions{})
	table := ownTable(t, p)
	equal(t, work(t, p, table, ""), 3)
	noError(t, p.Commit())
	rebuild := project(t, db, stele.ProjectionOptions{Rebuild: true})
	ownTable(t, rebuild)
	all := must(db.Projections())
	equal(t, len(all), 2)
	equal(t, all[0], stele.ProjectionState{
		Name: "p", Tables: 1, ProjectionInfo: stele.ProjectionInfo{Applied: 3, Head: 3}})
	equal(t, all[1], stele.ProjectionState{
		Name: "p~1", Tables: 1, ProjectionInfo: stele.ProjectionInfo{Head: 3}})
	equal(t, must(table.Info()).Projection, "p")
	noError(t, db.DropProjection("p~1"))
	equal(t, len(must(db.Projections())), 1)
	noError(t, db.DropProjection("p"))
	isError(t, db.DropProjection("p"), stele.ErrNotFound)
	equal(t, len(must(db.Projections())), 0)
	_, err := db.Tracked("p")
	isError(t, err, stele.ErrNotFound)
	_, err = table.Info()
	isError(t, err, stele.ErrNotFound)
}

func TestAProjectionPutsEachEventIntoItsTablesOnce(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 3)
	p := project(t, db, stele.ProjectionOptions{})
	table := ownTable(t, p)
	_, err := table.GetAsOf([]byte("t0"), stele.AsOfPosition(1))
	isError(t, err, stele.ErrNotYet)
	equal(t, must(p.Info()), stele.ProjectionInfo{Applied: 0, Head: 3, Lag: 0}) // The clock stands still.
	equal(t, work(t, p, table, ""), 3)
	equal(t, p.CaughtUp(), true)
	equal(t, rowsOf(t, table, stele.ScanOptions{}), "")
	noError(t, p.Commit())
	equal(t, rowsOf(t, table, stele.ScanOptions{}), "t0=3 t1=2 ")
	equal(t, rowsOf(t, table, stele.ScanOptions{AsOf: stele.AsOfPosition(1)}), "t0=1 ")
	equal(t, must(table.Get([]byte("t1"))).Position, 2)
	_, err = table.GetAsOf([]byte("t0"), stele.AsOfPosition(4))
	isError(t, err, stele.ErrNotYet)
	equal(t, must(db.Tracked("p")), 3)
	equal(t, p.TryPull(), false)
	noError(t, p.Err())
	// Only the projection writes to its tables, and what follows from events that it was handed out.
	isError(t, p.Put(table, []byte("k"), nil, 3), stele.ErrInvalid)
	appendMany(t, db, 2)
	equal(t, p.Pull(), true)
	equal(t, p.Next(), true)
	isError(t, p.Commit(), stele.ErrInvalid) // An event is left.
	equal(t, p.Next(), true)
	noError(t, p.Delete(table, []byte("t0"), 4))
	noError(t, p.DeleteRange(table, []byte("t1"), nil, 5))
	noError(t, p.Commit())
	equal(t, rowsOf(t, table, stele.ScanOptions{}), "")
	equal(t, rowsOf(t, table, stele.ScanOptions{AsOf: stele.AsOfPosition(4)}), "t1=2 ")
}

func TestOfTwoInstancesOneConflictsAndGoesOn(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 3)
	one, two := project(t, db, stele.ProjectionOptions{}), project(t, db, stele.ProjectionOptions{})
	first, second := ownTable(t, one), ownTable(t, two)
	work(t, one, first, "one")
	work(t, two, second, "two")
	noError(t, one.Commit())
	isError(t, two.Commit(), stele.ErrConflict)
	appendMany(t, db, 1)
	equal(t, two.Pull(), true)
	equal(t, two.Next(), true)
	equal(t, two.Event().Position(), 4)
	noError(t, two.Put(second, []byte("t0"), []byte("two4"), 4))
	noError(t, two.Commit())
	work(t, one, first, "one")
	isError(t, one.Commit(), stele.ErrConflict)
	equal(t, rowsOf(t, first, stele.ScanOptions{}), "t0=two4 t1=one2 ")
}

func TestARebuildTakesOverWhenItHasCaughtUp(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 3)
	old := project(t, db, stele.ProjectionOptions{})
	oldTable := ownTable(t, old)
	work(t, old, oldTable, "old")
	noError(t, old.Commit())
	isError(t, old.Switch(), stele.ErrInvalid) // It is no rebuild.
	rebuild := project(t, db, stele.ProjectionOptions{Rebuild: true, BatchBytes: 1})
	table := ownTable(t, rebuild)
	for position := uint64(1); position <= 2; position++ {
		equal(t, rebuild.Pull(), true)
		equal(t, workPulled(t, rebuild, table, "new"), position) // One event at a time.
		isError(t, rebuild.Switch(), stele.ErrNotYet)
	}
	equal(t, rowsOf(t, oldTable, stele.ScanOptions{}), "t0=old3 t1=old2 ")
	equal(t, work(t, rebuild, table, "new"), 3)
	noError(t, rebuild.Switch())
	_, err := oldTable.Get([]byte("t0"))
	isError(t, err, stele.ErrNotFound)
	equal(t, must(table.Info()).Name.Name, "t")
	equal(t, rowsOf(t, table, stele.ScanOptions{}), "t0=new3 t1=new2 ")
	isError(t, rebuild.Switch(), stele.ErrInvalid)
	// The projection goes on where it was, with the new table.
	appendMany(t, db, 1)
	again := ownTable(t, old)
	work(t, old, again, "old")
	noError(t, old.Commit())
	equal(t, rowsOf(t, again, stele.ScanOptions{}), "t0=old4 t1=new2 ")
}

func TestAProjectionWaitsForEventsAndIsWaitedFor(t *testing.T) {
	noGoroutineIsLeft(t)
	db := memoryDB(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p, err := db.Projection(ctx, "p", stele.All.Type("t1"), stele.ProjectionOptions{})
	noError(t, err)
	defer p.Close()
	table := ownTable(t, p)
	ended := make(chan error)
	go func() {
		for p.Pull() {
			workPulled(t, p, table, "")
			if err := p.Commit(); err != nil {
				break
			}
		}
		ended <- p.Err()
	}()
	brief, done := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer done()
	isError(t, db.WaitApplied(brief, "p", 2), context.DeadlineExceeded)
	isError(t, db.WaitApplied(brief, "", 2), context.DeadlineExceeded)
	isError(t, db.WaitApplied(context.Background(), "", 2), stele.ErrInvalid)
	appendMany(t, db, 2)
	patient, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	noError(t, db.WaitApplied(patient, "p", 2))
	equal(t, rowsOf(t, table, stele.ScanOptions{}), "t1=2 ")
	cancel()
	isError(t, <-ended, context.Canceled)
	isError(t, p.Commit(), context.Canceled)
	isError(t, p.Put(table, nil, nil, 2), context.Canceled)
	equal(t, p.Pull(), false)
}

func TestAProjectionHandsOutLargeEvents(t *testing.T) {
	db := memoryDB(t)
	for _, size := range []int{10, 200_000, 10} {
		appendOne(t, db, stele.NewEvent{Type: "t0", Data: make([]byte, size)})
	}
	p := project(t, db, stele.ProjectionOptions{BatchBytes: 100})
	table := ownTable(t, p)
	for position := uint64(1); position <= 3; position++ {
		equal(t, p.Pull(), true)
		equal(t, workPulled(t, p, table, ""), position)
		noError(t, p.Commit())
	}
	equal(t, p.TryPull(), false)
	equal(t, must(p.Info()).Applied, 3)
}

func TestAProjectionIsRefusedAndClosed(t *testing.T) {
	db := memoryDB(t)
	appendMany(t, db, 1)
	newTable(t, db, stele.TableOptions{})
	_, err := db.Projection(context.Background(), "", stele.All, stele.ProjectionOptions{})
	isError(t, err, stele.ErrInvalid)
	_, err = db.Projection(context.Background(), "p", stele.All, stele.ProjectionOptions{BatchBytes: -1})
	isError(t, err, stele.ErrInvalid)
	p := project(t, db, stele.ProjectionOptions{})
	_, err = p.Table(tableT, stele.TableOptions{})
	isError(t, err, stele.ErrExists)
	equal(t, p.Pull(), true)
	equal(t, p.Pull(), false) // An event of the first was not gone to.
	isError(t, p.Err(), stele.ErrInvalid)
	noError(t, p.Close())
	noError(t, p.Close())
	equal(t, p.TryPull(), false)
	isError(t, p.Commit(), stele.ErrClosed)
	_, err = p.Info()
	isError(t, err, stele.ErrClosed)
	_, err = p.Table(tableT, stele.TableOptions{})
	isError(t, err, stele.ErrClosed)
}

func TestAForgottenProjectionIsClosed(t *testing.T) {
	noGoroutineIsLeft(t)
	before := stele.LiveHandles()
	db := memoryDB(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	func() {
		p := must(db.Projection(ctx, "p", stele.All, stele.ProjectionOptions{}))
		must(p.Table(tableT, stele.TableOptions{}))
	}()
	eventually(t, "the projection and its table are closed", func() bool {
		return stele.LiveHandles() == before+1
	})
}
