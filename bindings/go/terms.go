package stele

import (
	"runtime"
	"sync/atomic"

	"stele.dev/stele/internal/native"
)

// TermKind says which terms are listed.
type TermKind int

const (
	TermType     TermKind = 1
	TermTag      TermKind = 2
	TermEntity   TermKind = 3
	TermCategory TermKind = 4 // Of types with a '.'; see Query.Category.
	TermScope    TermKind = 5
)

// Term is a text that events have, and how many.
type Term struct {
	Text  string
	Count uint64 // Events that have it.
	First uint64 // The position of the first of them.
	Last  uint64 // The position of the last.
}

// Terms goes through the terms of a kind, in bytewise order, as Events does through events. It belongs
// to one goroutine at a time, but Close may be called by any.
type Terms struct {
	db     *DB
	native native.SwigcptrNativeTerms
	closed atomic.Bool
	ended  bool
	text   []byte
	term   Term
	err    error
}

// Terms lists the terms of a kind that begin with prefix ("": all), as of now.
//
// Errors: ErrInvalid (the kind, the prefix), ErrClosed.
func (db *DB) Terms(kind TermKind, prefix string) (*Terms, error) {
	begins := []byte(prefix)
	c := begin()
	defer c.end(db)
	handle := db.native.Terms(int(kind), first(begins), len(begins), c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	t := &Terms{db: db, native: native.SwigcptrNativeTerms(handle), text: make([]byte, TermMax)}
	runtime.SetFinalizer(t, (*Terms).Close)
	return t, nil
}

// Next goes to the next term. It returns false when there is none, and when something went wrong,
// which Err tells then.
func (t *Terms) Next() bool {
	if t.ended {
		return false
	}
	c := begin()
	defer c.end(t)
	err := c.check(t.native.Next(first(t.text), len(t.text), c.at()))
	if err != nil {
		t.ended = true
		if !isStatus(err, StatusEnd) {
			t.err = err
		}
		return false
	}
	t.term = Term{
		Text: string(t.text[:c.values[0]]), Count: c.values[1], First: c.values[2], Last: c.values[3],
	}
	return true
}

// Term returns the term that Next went to.
func (t *Terms) Term() Term { return t.term }

// Err returns what ended the listing before its end; nil if there was no such thing.
func (t *Terms) Err() error { return t.err }

// Close ends the listing. Closing again does nothing. The error is always nil.
func (t *Terms) Close() error {
	if !t.closed.Swap(true) {
		runtime.SetFinalizer(t, nil)
		t.native.Close()
	}
	return nil
}
