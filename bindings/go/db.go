package stele

import (
	"runtime"
	"sync/atomic"
	"time"

	"stele.dev/stele/internal/native"
)

// DB is an open database. It may be used by any number of goroutines at once.
//
// Close it when it is no longer needed. Everything that was made from it, an iterator or a
// subscription, answers ErrClosed then. A DB that is forgotten is closed when the garbage collector
// finds it, which may be late: until then nobody else can open the database.
type DB struct {
	native native.SwigcptrNativeDb
	closed atomic.Bool
	spare  appenders
}

// Memory is the path of a database that lives in memory and is gone when it is closed.
const Memory = ":memory:"

// Open opens the database in the directory path, or makes it, with the default options. See
// OpenOptions.
func Open(path string) (*DB, error) { return OpenOptions(path, Options{}) }

// OpenMemory opens a new database in memory: for tests. With options, it is
// OpenOptions(stele.Memory, options).
func OpenMemory() (*DB, error) { return OpenOptions(Memory, Options{}) }

// OpenOptions opens the database in the directory path, whose parent must exist, and becomes its one
// writer: a second open, by this or another process, is ErrBusy until the DB is closed. With
// OpenReadOnly the DB shows the database as it is now and never writes; several may at once, but not
// beside a writer.
//
// What an interrupted process left behind is repaired first: every commit that was acknowledged is
// there again.
//
// Errors: ErrNotFound (no database, modes OpenExisting and OpenReadOnly), ErrExists (mode OpenNew),
// ErrInvalid (the path is a file, the directory holds something else, a bad option), ErrBusy,
// ErrCorrupt, ErrUnsupported (written by a newer version; a library that does not fit this package),
// ErrIO, ErrFull, ErrNoMemory.
func OpenOptions(path string, options Options) (*DB, error) {
	if err := checkLibrary(); err != nil {
		return nil, err
	}
	encoded, err := options.encode()
	if err != nil {
		return nil, err
	}
	name := []byte(path)
	c := begin()
	defer c.end(nil)
	handle := native.Open_database(first(name), len(name), memory(encoded), size(encoded), c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	db := &DB{native: native.SwigcptrNativeDb(handle)}
	runtime.SetFinalizer(db, (*DB).forgotten)
	return db, nil
}

// forgotten closes a DB that nobody can reach any more. That may take as long as writing does, and
// the goroutine of the finalizers must not wait.
func (db *DB) forgotten() { go db.Close() }

// Close waits for calls in progress, ends those that wait for events, and closes the database. The
// DB is closed even when an error is returned. Closing it again does nothing.
//
// Errors: ErrIO, ErrFull (the log's end could not be marked; nothing acknowledged is lost).
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	runtime.SetFinalizer(db, nil)
	c := begin()
	defer c.end(db)
	err := c.check(db.native.Close(c.at()))
	db.spare.close()
	return err
}

// Sync brings every commit that was made so far to stable storage, whatever its durability.
//
// Errors: ErrReadOnly (after a failed write), ErrIO (what was not durable yet may be lost, and the DB
// writes nothing any more), ErrClosed.
func (db *DB) Sync() error {
	c := begin()
	defer c.end(db)
	return c.check(db.native.Sync(c.at()))
}

// Checkpoint brings every commit that was made so far into the trees of the database and recycles
// the part of the log that nobody needs then. That happens in the background all the time; this is
// for who wants the next open to be quick, or the files to be small, now.
//
// Errors: ErrReadOnly, ErrIO, ErrFull, ErrCorrupt (names file and page), ErrClosed.
func (db *DB) Checkpoint() error {
	c := begin()
	defer c.end(db)
	return c.check(db.native.Checkpoint(c.at()))
}

// Head returns the position of the last event: 0 in an empty database. Its one error is ErrClosed.
func (db *DB) Head() (uint64, error) {
	c := begin()
	defer c.end(db)
	if err := c.check(db.native.Head(c.at())); err != nil {
		return 0, err
	}
	return c.values[0], nil
}

// SetTestClock moves the clock of a database that was opened with Options.TestTime; ErrInvalid for
// any other.
func (db *DB) SetTestClock(t time.Time) error {
	micros, err := microsOf(t)
	if err != nil {
		return err
	}
	c := begin()
	defer c.end(db)
	return c.check(db.native.Test_clock_set(micros, c.at()))
}
