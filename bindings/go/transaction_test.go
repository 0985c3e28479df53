package stele_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"stele.dev/stele"
)

// begin begins a transaction that the test's end closes.
func begin(t *testing.T, db *stele.DB, options ...stele.TransactionOption) *stele.Transaction {
	t.Helper()
	txn, err := db.Begin(options...)
	noError(t, err)
	t.Cleanup(func() { txn.Close() })
	return txn
}

// valueIn is what a transaction reads of a row, "none" if there is none.
func valueIn(t *testing.T, txn *stele.Transaction, table *stele.Table, key string) string {
	t.Helper()
	row, err := txn.Get(table, []byte(key))
	if errors.Is(err, stele.ErrNotFound) {
		return "none"
	}
	noError(t, err)
	return string(row.Value)
}

func TestATransactionReadsItsOwnRowsAndThoseOfItsBeginning(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	put(t, batch, table, "a", "1")
	put(t, batch, table, "b", "2")
	txn := begin(t, db)
	put(t, batch, table, "a", "later")
	noError(t, txn.Put(table, []byte("c"), []byte("3")))
	noError(t, txn.Delete(table, []byte("b")))
	equal(t, valueIn(t, txn, table, "a"), "1")
	equal(t, valueIn(t, txn, table, "b"), "none")
	scan := must(txn.Scan(table, stele.ScanOptions{Backward: true}))
	rows := must(scan.Rows())
	equal(t, len(rows), 2)
	equal(t, string(rows[0].Value), "3")
	equal(t, rows[0].TSN, 0)
	noError(t, txn.DeleteRange(table, nil, nil))
	equal(t, valueIn(t, txn, table, "c"), "none")
	_, err := txn.Scan(table, stele.ScanOptions{AsOf: stele.AsOfTSN(1)})
	isError(t, err, stele.ErrInvalid)
}

func TestALargeRowOfATransactionIsCopiedIntoABuffer(t *testing.T) {
	db := memoryDB(t)
	table := newTable(t, db, stele.TableOptions{})
	txn := begin(t, db)
	large := make([]byte, 200_000)
	noError(t, txn.Put(table, []byte("k"), large))
	equal(t, len(must(txn.Get(table, []byte("k"))).Value), len(large))
	buffer := make([]byte, 300_000)
	row := must(txn.GetInto(buffer, table, []byte("k")))
	equal(t, &row.Value[0], &buffer[0])
}

func TestRowsAndEventsOfATransactionAreOneCommit(t *testing.T) {
	db := memoryDB(t)
	table := newTable(t, db, stele.TableOptions{})
	txn := begin(t, db)
	noError(t, txn.Put(table, []byte("a"), []byte("1")))
	batch := must(txn.Batch())
	noError(t, batch.Add(stele.NewEvent{Type: "Put"}))
	commit := must(txn.Commit())
	equal(t, must(table.Get([]byte("a"))).Position, commit.Last)
	isError(t, txn.Put(table, []byte("a"), nil), stele.ErrInvalid)
	_, err := txn.Commit()
	isError(t, err, stele.ErrInvalid)
	isError(t, batch.Put(table, []byte("a"), nil), stele.ErrClosed)
	noError(t, txn.Close())
	noError(t, txn.Close())
	_, err = txn.Get(table, []byte("a"))
	isError(t, err, stele.ErrClosed)
}

func TestWhatATransactionReadMustBeUnchangedUnlessItIsASnapshot(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	for _, snapshot := range []bool{false, true} {
		var options []stele.TransactionOption
		if snapshot {
			options = append(options, stele.SnapshotIsolation())
		}
		txn := begin(t, db, options...)
		valueIn(t, txn, table, "a")
		put(t, batch, table, "a", "1")
		noError(t, txn.Put(table, []byte("b"), nil))
		_, err := txn.Commit()
		equal(t, errors.Is(err, stele.ErrConflict), !snapshot)
		var conflict *stele.Error
		if errors.As(err, &conflict) {
			equal(t, conflict.Guard, stele.NoGuard)
		}
	}
}

func TestEventsThatATransactionReadAreGuarded(t *testing.T) {
	db := memoryDB(t)
	txn := begin(t, db)
	events, err := txn.Read(stele.All.Type("A"))
	equal(t, len(positions(t, events, err)), 0)
	appendOne(t, db, stele.NewEvent{Type: "A"})
	noError(t, must(txn.Batch()).Add(stele.NewEvent{Type: "First"}))
	_, err = txn.Commit()
	var conflict *stele.Error
	if !errors.As(err, &conflict) || conflict.Guard != 0 || conflict.Position != 1 {
		t.Fatalf("the error is %v", err)
	}
}

func TestTheBatchOfATransactionIsItsOwn(t *testing.T) {
	db := memoryDB(t)
	table := newTable(t, db, stele.TableOptions{})
	txn := begin(t, db)
	batch := must(txn.Batch())
	noError(t, batch.Put(table, []byte("a"), []byte("1")))
	_, err := batch.Commit()
	isError(t, err, stele.ErrInvalid)
	_, err = batch.Check()
	isError(t, err, stele.ErrInvalid)
	_, err = batch.CommitAsync()
	isError(t, err, stele.ErrInvalid)
	isError(t, batch.Clear(), stele.ErrInvalid)
	noError(t, batch.Close())
	equal(t, must(txn.Batch()), batch)
	equal(t, valueIn(t, txn, table, "a"), "1")
	must(txn.Commit())
}

func TestAScanIsOverWithItsTransaction(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	put(t, batch, table, "a", "1")
	txn := begin(t, db)
	scan := must(txn.Scan(table, stele.ScanOptions{}))
	defer scan.Close()
	noError(t, txn.Close())
	equal(t, scan.Next(), false)
	isError(t, scan.Err(), stele.ErrInvalid)
}

// A batch or a scan alone keeps its transaction, and all of them are closed when they are dropped.
func TestATransactionLivesAsLongAsWhatIsMadeOfIt(t *testing.T) {
	db := memoryDB(t)
	table, other := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	put(t, other, table, "a", "1")
	live := stele.LiveHandles()
	func() {
		batch := must(must(db.Begin()).Batch())
		scan := must(must(db.Begin()).Scan(table, stele.ScanOptions{}))
		for i := 0; i < 5; i++ {
			runtime.GC()
			time.Sleep(time.Millisecond)
			noError(t, batch.Put(table, []byte{byte(i)}, nil))
		}
		equal(t, len(must(scan.Rows())), 1)
	}()
	for i := 0; stele.LiveHandles() > live; i++ {
		if i == 5000 {
			t.Fatal("handles of what was dropped are left")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func TestTransactBeginsAgainUntilNobodyIsInTheWay(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	put(t, batch, table, "a", "0")
	runs := 0
	must(db.Transact(func(txn *stele.Transaction) error {
		before := valueIn(t, txn, table, "a")
		if runs++; runs < 20 {
			put(t, batch, table, "a", strconv.Itoa(runs))
		}
		return txn.Put(table, []byte("a"), []byte(before+"!"))
	}))
	equal(t, runs, 20)
	equal(t, string(must(table.Get([]byte("a"))).Value), "19!")
}

func TestTransactGivesTheConflictBackWhenItsTriesAreOver(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	for _, tries := range []int{3, 1, 0} {
		runs := 0
		_, err := db.Transact(func(txn *stele.Transaction) error {
			runs++
			put(t, batch, table, "a", "theirs")
			return txn.Put(table, []byte("a"), []byte("mine"))
		}, stele.Tries(tries), stele.SnapshotIsolation())
		isError(t, err, stele.ErrConflict)
		if tries == 0 {
			tries = 1
		}
		equal(t, runs, tries)
	}
}

func TestAnErrorOfTheBodyEndsTheTransaction(t *testing.T) {
	db := memoryDB(t)
	table := newTable(t, db, stele.TableOptions{})
	no := errors.New("no")
	runs := 0
	for _, wish := range []error{no, stele.ErrConflict} {
		_, err := db.Transact(func(txn *stele.Transaction) error {
			runs++
			noError(t, txn.Put(table, []byte("a"), nil))
			return wish
		})
		if err != wish {
			t.Fatalf("the error is %v, not %v itself", err, wish)
		}
	}
	equal(t, runs, 2)
	_, err := table.Get([]byte("a"))
	isError(t, err, stele.ErrNotFound)
	func() {
		defer func() { recover() }()
		db.Transact(func(txn *stele.Transaction) error { panic(no) })
	}()
}

// Goroutines take from one row and give to the other: no transfer is lost, and nobody sees half of one.
func TestTransfersOfManyGoroutinesKeepTheSum(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	put(t, batch, table, "a", "1000")
	put(t, batch, table, "b", "1000")
	names := []string{"a", "b"}
	var all sync.WaitGroup
	for i := 0; i < 4; i++ {
		from, to := names[i%2], names[1-i%2]
		all.Add(1)
		go func() {
			defer all.Done()
			for k := 0; k < 50; k++ {
				_, err := db.Transact(func(txn *stele.Transaction) error {
					has := must(strconv.Atoi(string(must(txn.Get(table, []byte(from))).Value)))
					gets := must(strconv.Atoi(string(must(txn.Get(table, []byte(to))).Value)))
					if has+gets != 2000 {
						t.Errorf("the sum is %d", has+gets)
					}
					err := txn.Put(table, []byte(from), []byte(strconv.Itoa(has-1)))
					if err != nil {
						return err
					}
					return txn.Put(table, []byte(to), []byte(strconv.Itoa(gets+1)))
				}, stele.Tries(100_000))
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	equal(t, string(must(table.Get([]byte("a"))).Value), "1000")
	must(must(db.Verify()).Run(context.Background(), nil))
}
