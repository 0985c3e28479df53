package stele

import (
	"encoding/binary"
	"runtime"
	"sync"
	"sync/atomic"

	"stele.dev/stele/internal/native"
)

// page is memory that records are read into, and what was read recently.
type page struct {
	memory []byte
	words  words
}

const pageSize = 64 * 1024

var pages = sync.Pool{New: func() any { return &page{memory: make([]byte, pageSize)} }}

// records goes through a page of records. Its memory is given back by who goes through it, never by
// who closes it, which may be another goroutine.
type records struct {
	page    *page
	rest    []byte // What is behind current.
	current []byte // Of page; nil before the first record, and behind the last.
}

// next makes the next record of the page current. Returns false when there is none.
func (r *records) next() bool {
	if len(r.rest) == 0 {
		return false
	}
	size := binary.LittleEndian.Uint32(r.rest)
	r.current, r.rest = r.rest[:size:size], r.rest[size:]
	return true
}

func (r *records) event() Event { return Event{record: r.current, words: &r.page.words} }

// open takes memory to fill.
func (r *records) open() []byte {
	if r.page == nil {
		r.page = pages.Get().(*page)
	}
	r.current = nil
	return r.page.memory
}

// filled makes the records in the first bytes of the memory those to go through.
func (r *records) filled(used uint64) { r.rest = r.page.memory[:used] }

// enlarge makes room for a record that does not fit.
func (r *records) enlarge(size uint64) { r.page.memory = make([]byte, size) }

// done gives the memory back, but for that of a very large record.
func (r *records) done() {
	if r.page != nil && len(r.page.memory) == pageSize {
		pages.Put(r.page)
	}
	*r = records{}
}

// Events goes through the events that were read, as of the moment of the call that returned it:
//
//	events, err := db.Read(query)
//	if err != nil {
//		return err
//	}
//	defer events.Close()
//	for events.Next() {
//		fmt.Println(events.Event().Position())
//	}
//	return events.Err()
//
// Events are fetched many at a time. An Events belongs to one goroutine at a time, but Close may be
// called by any.
type Events struct {
	records
	db     *DB
	native native.SwigcptrNativeCursor
	closed atomic.Bool
	ended  bool
	err    error
}

func newEvents(db *DB, handle uintptr) *Events {
	e := &Events{db: db, native: native.SwigcptrNativeCursor(handle)}
	runtime.SetFinalizer(e, (*Events).Close)
	return e
}

// Next goes to the next event. It returns false when there is none, and when something went wrong,
// which Err tells then.
func (e *Events) Next() bool {
	if e.closed.Load() {
		return e.stop(nil)
	}
	return e.records.next() || e.fetch()
}

// Event returns the event that Next went to: a view that lives until the next call of Next or Close.
// Requires: Next returned true.
func (e *Events) Event() Event { return e.records.event() }

// Err returns what ended the iteration before its end; nil if there was no such thing. After Close it
// is ErrClosed if Next was called once more before the end.
func (e *Events) Err() error { return e.err }

// fetch reads the next events.
func (e *Events) fetch() bool {
	if e.ended {
		return false
	}
	c := begin()
	defer c.end(e)
	for {
		memory := e.records.open()
		switch status := Status(e.native.Next_batch(first(memory), len(memory), c.at())); status {
		case StatusOK:
			e.records.filled(c.values[0])
			return e.records.next()
		case StatusBufferTooSmall:
			e.records.enlarge(c.values[0])
		case StatusEnd:
			return e.stop(nil)
		default:
			return e.stop(c.err())
		}
	}
}

// stop ends the iteration; err is nil at its end, and when it is closed.
func (e *Events) stop(err error) bool {
	if !e.ended {
		e.ended = true
		if err == nil && e.closed.Load() {
			err = failed(StatusClosed, "read: it was closed")
		}
		e.err = err
		e.records.done()
	}
	return false
}

// Snapshot says what an Events reads as of.
type Snapshot struct {
	TSN  uint64 // The last commit that it sees.
	Head uint64 // The position of the last event then: what a guard's after is for a decision.
}

// Snapshot returns what the events are read as of.
func (e *Events) Snapshot() (Snapshot, error) {
	c := begin()
	defer c.end(e)
	var info cursorInfoStruct
	if err := c.check(e.native.Info(memory(&info), size(&info), c.at())); err != nil {
		return Snapshot{}, err
	}
	return Snapshot{TSN: info.tsn, Head: info.storeHead}, nil
}

// Records copies all events that are left, and closes.
func (e *Events) Records() ([]Record, error) {
	defer e.Close()
	var all []Record
	for e.Next() {
		all = append(all, e.Event().Record())
	}
	return all, e.Err()
}

// Close ends the reading. Closing again does nothing. The error is always nil.
func (e *Events) Close() error {
	if !e.closed.Swap(true) {
		runtime.SetFinalizer(e, nil)
		e.native.Close()
	}
	return nil
}
