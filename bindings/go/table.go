package stele

import (
	"runtime"
	"sync/atomic"
	"time"

	"stele.dev/stele/internal/native"
)

// RowMax is the bytes that no row is longer than.
const RowMax = 16 * 1024 * 1024

// TableName is what a table is found by: both are 1 to 255 bytes of UTF-8 without NUL. A schema is
// there while it has tables.
type TableName struct {
	Schema string // "": "root".
	Name   string
}

// History says what a table keeps of rows that were replaced or deleted.
type History int32

const (
	HistoryNone History = 0 // Nothing but what scans that are open can see.
	HistoryAll  History = 1 // Everything, for ever.
	// What was there behind the last TableOptions.Amount commits, ...
	HistoryCommits History = 2
	// ... or in the last TableOptions.Amount microseconds.
	HistoryTime History = 3
)

// TableOptions say how a table is made. What is zero has its default.
type TableOptions struct {
	History History
	Amount  int64 // Of HistoryCommits and HistoryTime, above 0.
}

// TableInfo is what there is to say of a table.
type TableInfo struct {
	Name       TableName
	ID         uint32 // Never given again, also when the table is dropped.
	History    History
	Amount     int64  // Of HistoryCommits and HistoryTime.
	CreatedTSN uint64 // The commit that created it.
	Projection string // Whose table it is; empty: no projection's.
}

// AsOf is the moment that a read is of. The zero AsOf is now.
type AsOf struct {
	kind int
	at   int64
}

// What the C library knows as stele_as_of_kind.
const (
	asOfNow      = 0
	asOfTSN      = 1
	asOfPosition = 2
	asOfTime     = 3
)

// AsOfTSN is the moment behind a commit.
func AsOfTSN(tsn uint64) AsOf { return AsOf{asOfTSN, int64(tsn)} }

// AsOfPosition is the moment when all that follows from events up to a position was done.
func AsOfPosition(position uint64) AsOf { return AsOf{asOfPosition, int64(position)} }

// AsOfTime is the moment behind the last commit that was recorded at t or before. A time that no 64
// bits of microseconds can say is the first or the last that they can.
func AsOfTime(t time.Time) AsOf {
	micros, err := microsOf(t)
	if err != nil && t.Before(timeMin) {
		micros = timeMin.UnixMicro()
	} else if err != nil {
		micros = timeMax.UnixMicro()
	}
	return AsOf{asOfTime, micros}
}

// Row is a row that was read.
type Row struct {
	Key      []byte
	Value    []byte
	TSN      uint64 // The commit that wrote it.
	Position uint64 // The event that it follows from: the last one of that commit, or before it.
}

// Clone returns a copy that lives by itself.
func (r Row) Clone() Row {
	r.Key, r.Value = append([]byte{}, r.Key...), append([]byte{}, r.Value...)
	return r
}

// CreateTable creates a table, in a commit of its own. Batch.CreateTable does it in a larger one.
//
// Errors: ErrExists (there is a table of that name), ErrInvalid (the name, an option), and those of
// Batch.Commit.
func (db *DB) CreateTable(name TableName, options TableOptions) error {
	schema, table := []byte(name.Schema), []byte(name.Name)
	c := begin()
	defer c.end(db)
	return c.check(db.native.Create_table(
		first(schema), len(schema), first(table), len(table), int(options.History), options.Amount, c.at()))
}

// DropTable drops a table with all its rows, in a commit of its own. Scans that are open go on;
// everything else on its Tables is ErrNotFound from then on.
//
// Errors: ErrNotFound, and those of Batch.Commit.
func (db *DB) DropTable(name TableName) error {
	schema, table := []byte(name.Schema), []byte(name.Name)
	c := begin()
	defer c.end(db)
	return c.check(db.native.Drop_table(first(schema), len(schema), first(table), len(table), c.at()))
}

// RenameTable gives a table another name, in whichever schema, in a commit of its own.
//
// Errors: ErrNotFound, ErrExists (the new name is not free), ErrInvalid, and those of Batch.Commit.
func (db *DB) RenameTable(from, to TableName) error {
	names := []byte(from.Schema + from.Name + to.Schema + to.Name)
	c := begin()
	defer c.end(db)
	return c.check(db.native.Rename_table(
		first(names), len(names), len(from.Schema), len(from.Name), len(to.Schema), c.at()))
}

// Tables lists the tables that there are, by schema and name in bytewise order. Those that are created
// or renamed meanwhile may be missing or be there twice.
//
// Errors: ErrClosed, ErrCorrupt, ErrIO.
func (db *DB) Tables() ([]TableInfo, error) {
	c := begin()
	defer c.end(db)
	var all []TableInfo
	var info tableInfoStruct
	for {
		schema, name := []byte(textOf(info.schema[:])), []byte(textOf(info.name[:]))
		err := c.check(db.native.Next_table(
			first(schema), len(schema), first(name), len(name), memory(&info), size(&info), c.at()))
		if isStatus(err, StatusEnd) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, info.info())
	}
}

func (s *tableInfoStruct) info() TableInfo {
	return TableInfo{
		Name:       TableName{Schema: textOf(s.schema[:]), Name: textOf(s.name[:])},
		ID:         s.id,
		History:    History(s.history),
		Amount:     int64(s.historyAmount),
		CreatedTSN: s.createdTsn,
		Projection: textOf(s.projection[:]),
	}
}

// Table maps keys to rows: both are bytes, keys of up to TableKeyMax in the order of bytes.Compare, rows
// of up to RowMax. Rows are changed in batches, in the same commits as events: Batch.Put and so on.
// EncodeKey makes keys of several values that sort as the values do.
//
//	seats, err := db.Table(stele.TableName{Name: "seats"})
//	if err != nil {
//		return err
//	}
//	defer seats.Close()
//	row, err := seats.Get([]byte("12A"))
//	if errors.Is(err, stele.ErrNotFound) {
//		fmt.Println("it is free")
//	}
//
// A Table stays with the table, whatever that is called. It may be used by any number of goroutines at
// once.
type Table struct {
	db     *DB
	native native.NativeTable
	closed atomic.Bool
}

// Table opens a table by its name.
//
// Errors: ErrNotFound, ErrInvalid (the name), ErrCorrupt, ErrClosed.
func (db *DB) Table(name TableName) (*Table, error) {
	schema, table := []byte(name.Schema), []byte(name.Name)
	c := begin()
	defer c.end(db)
	made := db.native.Table(first(schema), len(schema), first(table), len(table), c.at())
	if err := c.handle(made.Swigcptr()); err != nil {
		return nil, err
	}
	return newTable(db, made), nil
}

func newTable(db *DB, made native.NativeTable) *Table {
	t := &Table{db: db, native: made}
	runtime.SetFinalizer(t, (*Table).Close)
	return t
}

// Info returns what the table is now: it may have been renamed.
//
// Errors: ErrNotFound (it was dropped), ErrClosed.
func (t *Table) Info() (TableInfo, error) {
	c := begin()
	defer c.end(t)
	var info tableInfoStruct
	if err := c.check(t.native.Describe(memory(&info), size(&info), c.at())); err != nil {
		return TableInfo{}, err
	}
	return info.info(), nil
}

// Get returns the row of a key, as of now. The Row lives by itself.
//
// Errors: as GetAsOf.
func (t *Table) Get(key []byte) (Row, error) { return t.GetInto(nil, key, AsOf{}) }

// GetAsOf returns the row of a key as of a moment. The Row lives by itself.
//
// Errors: ErrNotFound (there is no such row, or was none at that moment; the table was dropped),
// ErrNotYet (that moment is not there yet, or the table's projection has not come to that position),
// ErrTooOld (the table keeps no history, or was not there at that TSN or time), ErrTooLarge (the key),
// ErrInvalid, ErrClosed.
func (t *Table) GetAsOf(key []byte, asOf AsOf) (Row, error) { return t.GetInto(nil, key, asOf) }

// GetInto is GetAsOf for who reads many rows: where the capacity of the buffer is enough, the value
// takes its place, from its start on; otherwise it has memory of its own, which may be the next buffer.
// The row's Key is key.
func (t *Table) GetInto(buffer, key []byte, asOf AsOf) (Row, error) {
	from := ours(key)
	c := begin()
	defer c.end(t)
	return c.row(buffer, key, func(into []byte) int {
		return t.native.Get(asOf.kind, asOf.at, first(from), len(from), first(into), len(into), c.at())
	})
}

// row makes a Row of what a call copies into memory; the buffer is as GetInto has it.
func (c *call) row(buffer, key []byte, get func(into []byte) int) (Row, error) {
	p := pages.Get().(*page)
	defer pages.Put(p)
	into := p.memory
	status := get(into)
	for ; status == int(StatusBufferTooSmall); status = get(into) {
		into = make([]byte, c.values[0])
	}
	if err := c.check(status); err != nil {
		return Row{}, err
	}
	row := Row{Key: key, Value: into[:c.values[0]], TSN: c.values[1], Position: c.values[2]}
	if len(into) == len(p.memory) || len(row.Value) <= cap(buffer) {
		row.Value = append(buffer[:0], row.Value...)
	}
	return row, nil
}

// Close closes the Table; the table stays. Closing again does nothing. The error is always nil.
func (t *Table) Close() error {
	if !t.closed.Swap(true) {
		runtime.SetFinalizer(t, nil)
		t.native.Close()
	}
	return nil
}
