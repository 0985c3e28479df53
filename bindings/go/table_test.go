package stele_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"stele.dev/stele"
)

var tableT = stele.TableName{Name: "t"}

// newTable makes the table "t" and opens it.
func newTable(t *testing.T, db *stele.DB, options stele.TableOptions) *stele.Table {
	t.Helper()
	noError(t, db.CreateTable(tableT, options))
	table, err := db.Table(tableT)
	noError(t, err)
	t.Cleanup(func() { table.Close() })
	return table
}

// put commits a row.
func put(t *testing.T, batch *stele.Batch, table *stele.Table, key, value string) uint64 {
	t.Helper()
	noError(t, batch.Put(table, []byte(key), []byte(value)))
	commit, err := batch.Commit()
	noError(t, err)
	return commit.TSN
}

// rowsOf reads all rows of a scan, as "key=value" one behind the other.
func rowsOf(t *testing.T, table *stele.Table, options stele.ScanOptions) string {
	t.Helper()
	scan, err := table.Scan(options)
	noError(t, err)
	rows, err := scan.Rows()
	noError(t, err)
	text := ""
	for _, row := range rows {
		text += fmt.Sprintf("%s=%s ", row.Key, row.Value)
	}
	return text
}

func TestARowAndAnEventAreOneCommit(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	noError(t, batch.Add(stele.NewEvent{Type: "Deposited"}))
	noError(t, batch.Put(table, []byte("ada"), []byte("100")))
	commit := must(batch.Commit())
	row := must(table.Get([]byte("ada")))
	equal(t, string(row.Value), "100")
	equal(t, row.TSN, commit.TSN)
	equal(t, row.Position, commit.Last)
	noError(t, batch.Delete(table, []byte("ada")))
	must(batch.Commit())
	_, err := table.Get([]byte("ada"))
	isError(t, err, stele.ErrNotFound)
}

func TestAValueTakesThePlaceOfTheBuffer(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	large := bytes.Repeat([]byte("x"), 200_000)
	put(t, batch, table, "k", "value")
	put(t, batch, table, "l", string(large))
	put(t, batch, table, "none", "")
	buffer := make([]byte, 0, 16)
	row := must(table.GetInto(buffer, []byte("k"), stele.AsOf{}))
	equal(t, &row.Value[0], &buffer[:1][0])
	row = must(table.GetInto(buffer, []byte("l"), stele.AsOf{}))
	equal(t, bytes.Equal(row.Value, large), true)
	again := must(table.GetInto(row.Value, []byte("l"), stele.AsOf{}))
	equal(t, &again.Value[0], &row.Value[0])
	equal(t, len(must(table.Get([]byte("none"))).Value), 0)
}

func TestAScanReadsARangeInBothDirections(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	for _, key := range []string{"c", "a", "b", "d"} {
		noError(t, batch.Put(table, []byte(key), []byte(key)))
	}
	must(batch.Commit())
	equal(t, rowsOf(t, table, stele.ScanOptions{}), "a=a b=b c=c d=d ")
	equal(t, rowsOf(t, table, stele.ScanOptions{Backward: true}), "d=d c=c b=b a=a ")
	equal(t, rowsOf(t, table, stele.ScanOptions{Low: []byte("b"), High: []byte("d")}), "b=b c=c ")
	equal(t, rowsOf(t, table, stele.ScanOptions{High: []byte{}}), "")
	noError(t, batch.DeleteRange(table, []byte("c"), nil))
	must(batch.Commit())
	equal(t, rowsOf(t, table, stele.ScanOptions{}), "a=a b=b ")
	isError(t, batch.DeleteRange(table, []byte("b"), []byte("a")), stele.ErrInvalid)
}

func TestAScanOfManyRowsSeesWhatWasThereAtItsStart(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	const count = 5000
	for i := 0; i < count; i++ {
		value := fmt.Sprint(i)
		if i == 100 {
			value = string(bytes.Repeat([]byte("y"), 100_000))
		}
		noError(t, batch.Put(table, []byte(fmt.Sprintf("%05d", i)), []byte(value)))
	}
	must(batch.Commit())
	scan := must(table.Scan(stele.ScanOptions{}))
	defer scan.Close()
	equal(t, scan.Next(), true)
	noError(t, batch.DeleteRange(table, nil, nil))
	must(batch.Commit())
	noError(t, db.DropTable(tableT))
	found := 1
	for ; scan.Next(); found++ {
		equal(t, string(scan.Row().Key), fmt.Sprintf("%05d", found))
	}
	noError(t, scan.Err())
	equal(t, found, count)
	equal(t, scan.Next(), false)
}

func TestASeatIsReservedOnce(t *testing.T) {
	db := memoryDB(t)
	seats := newTable(t, db, stele.TableOptions{})
	first, second := newBatch(t, db), newBatch(t, db)
	seat := []byte("12A")
	for _, batch := range []*stele.Batch{first, second} {
		noError(t, batch.ExpectAbsent(seats, seat))
		noError(t, batch.Put(seats, seat, []byte("mine")))
	}
	tsn := must(first.Commit()).TSN
	_, err := second.Commit()
	isError(t, err, stele.ErrConflict)
	noError(t, second.Clear())

	noError(t, second.ExpectRow(seats, seat, tsn))
	noError(t, second.ExpectValue(seats, seat, []byte("mine")))
	noError(t, second.ExpectUnchanged(seats, []byte("1"), []byte("2"), tsn))
	tsn = put(t, second, seats, "12A", "yours")
	for i, expect := range []func() error{
		func() error { return second.ExpectRow(seats, seat, tsn-1) },
		func() error { return second.ExpectValue(seats, seat, []byte("mine")) },
		func() error { return second.ExpectUnchanged(seats, []byte("1"), nil, tsn-1) },
	} {
		noError(t, expect())
		noError(t, second.Put(seats, seat, nil))
		if _, err := second.Commit(); err == nil {
			t.Errorf("guard %d holds", i)
		}
		noError(t, second.Clear())
	}
}

func TestAHistoryIsReadAsOfAMoment(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{History: stele.HistoryAll}), newBatch(t, db)
	noError(t, batch.Add(stele.NewEvent{Type: "Set"}))
	first := put(t, batch, table, "k", "1")
	noError(t, db.SetTestClock(time.UnixMicro(5000)))
	noError(t, batch.Add(stele.NewEvent{Type: "Set"}))
	put(t, batch, table, "k", "2")
	key := []byte("k")
	equal(t, string(must(table.Get(key)).Value), "2")
	for _, asOf := range []stele.AsOf{
		stele.AsOfTSN(first), stele.AsOfPosition(1), stele.AsOfTime(time.UnixMicro(4999)),
	} {
		equal(t, string(must(table.GetAsOf(key, asOf)).Value), "1")
		equal(t, rowsOf(t, table, stele.ScanOptions{AsOf: asOf}), "k=1 ")
	}
	equal(t, string(must(table.GetAsOf(key, stele.AsOfTime(time.Unix(1<<50, 0)))).Value), "2")
	_, err := table.GetAsOf(key, stele.AsOfTSN(first+7))
	isError(t, err, stele.ErrNotYet)
	_, err = table.Scan(stele.ScanOptions{AsOf: stele.AsOfPosition(99)})
	isError(t, err, stele.ErrNotYet)
	_, err = table.GetAsOf(key, stele.AsOfTSN(0))
	isError(t, err, stele.ErrTooOld)
	_, err = table.GetAsOf(key, stele.AsOfTime(time.Unix(-1<<50, 0)))
	isError(t, err, stele.ErrTooOld)
}

func TestATableIsFoundByItsName(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{History: stele.HistoryAll}), newBatch(t, db)
	isError(t, db.CreateTable(tableT, stele.TableOptions{}), stele.ErrExists)
	isError(t, db.CreateTable(stele.TableName{}, stele.TableOptions{}), stele.ErrInvalid)
	isError(t, db.CreateTable(stele.TableName{Name: "x"}, stele.TableOptions{History: 9}), stele.ErrInvalid)
	info := must(table.Info())
	equal(t, info, stele.TableInfo{
		Name: stele.TableName{Schema: "root", Name: "t"}, ID: info.ID, History: stele.HistoryAll, CreatedTSN: 1,
	})
	moved := stele.TableName{Schema: "sales", Name: "\u00fc"}
	noError(t, db.RenameTable(tableT, moved))
	isError(t, db.RenameTable(tableT, moved), stele.ErrNotFound)
	equal(t, must(table.Info()).Name, moved)

	noError(t, batch.CreateTable(stele.TableName{Name: "u"}, stele.TableOptions{}))
	noError(t, batch.RenameTable(table, stele.TableName{Name: "v"}))
	must(batch.Commit())
	all := must(db.Tables())
	equal(t, len(all), 2)
	equal(t, all[0].Name, stele.TableName{Schema: "root", Name: "u"})
	equal(t, all[1].Name, stele.TableName{Schema: "root", Name: "v"})

	noError(t, batch.DropTable(table))
	must(batch.Commit())
	_, err := table.Info()
	isError(t, err, stele.ErrNotFound)
	_, err = table.Scan(stele.ScanOptions{})
	isError(t, err, stele.ErrNotFound)
	_, err = db.Table(stele.TableName{Name: "v"})
	isError(t, err, stele.ErrNotFound)
	isError(t, db.DropTable(stele.TableName{Name: "v"}), stele.ErrNotFound)
	noError(t, batch.Put(table, []byte("k"), nil))
	_, err = batch.Commit()
	isError(t, err, stele.ErrNotFound)
}

func TestAClosedTableIsClosedToEveryCall(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	put(t, batch, table, "k", "v")
	scan := must(table.Scan(stele.ScanOptions{}))
	noError(t, table.Close())
	noError(t, table.Close())
	equal(t, scan.Next(), true) // It goes on without the Table.
	noError(t, scan.Close())
	noError(t, scan.Close())
	equal(t, scan.Next(), false)
	isError(t, scan.Err(), stele.ErrClosed)
	_, infoErr := table.Info()
	_, getErr := table.Get([]byte("k"))
	_, scanErr := table.Scan(stele.ScanOptions{})
	for _, err := range []error{
		infoErr, getErr, scanErr, batch.Put(table, nil, nil), batch.Delete(table, nil),
		batch.DeleteRange(table, nil, nil), batch.DropTable(table), batch.RenameTable(table, tableT),
		batch.ExpectRow(table, nil, 1), batch.ExpectValue(table, nil, nil),
		batch.ExpectUnchanged(table, nil, nil, 0),
	} {
		isError(t, err, stele.ErrClosed)
	}
}

func TestAScanMayBeClosedWhileAnotherGoroutineReads(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{}), newBatch(t, db)
	for i := 0; i < 3000; i++ {
		noError(t, batch.Put(table, []byte(fmt.Sprint(i)), make([]byte, 100)))
	}
	must(batch.Commit())
	for round := 0; round < 50; round++ {
		scan := must(table.Scan(stele.ScanOptions{}))
		ended := make(chan error)
		go func() {
			for scan.Next() {
				if len(scan.Row().Value) != 100 {
					panic("another row")
				}
			}
			ended <- scan.Err()
		}()
		noError(t, scan.Close())
		if err := <-ended; err != nil {
			isError(t, err, stele.ErrClosed)
		}
	}
}

func TestAForgottenScanIsClosed(t *testing.T) {
	before := stele.LiveHandles()
	db := memoryDB(t)
	func() {
		noError(t, db.CreateTable(tableT, stele.TableOptions{}))
		must(must(db.Table(tableT)).Scan(stele.ScanOptions{}))
	}()
	eventually(t, "the scan and its table are closed", func() bool {
		return stele.LiveHandles() == before+1
	})
}
