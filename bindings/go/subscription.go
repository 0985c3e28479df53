package stele

import (
	"context"
	"encoding/hex"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"stele.dev/stele/internal/native"
)

// Token is where a subscription is: it names the database, a position and the history up to there.
// Store it as its bytes, or as text. The zero Token is the beginning.
type Token [32]byte

// ParseToken reads what Token.String has written.
func ParseToken(text string) (Token, error) {
	var token Token
	if len(text) != 2*len(token) {
		return Token{}, failed(StatusInvalid, fmt.Sprintf("token: %q is none", text))
	}
	if _, err := hex.Decode(token[:], []byte(text)); err != nil {
		return Token{}, failed(StatusInvalid, fmt.Sprintf("token: %q is none", text))
	}
	return token, nil
}

// String returns 64 hexadecimal digits.
func (t Token) String() string { return hex.EncodeToString(t[:]) }

// SubscribeOption says where a subscription begins: After, Resume, OnlyNew; at most one of them.
// Without one it begins with the first event.
type SubscribeOption struct {
	flags int
	after uint64
	token Token
}

const subscribeNew = 1

// After begins behind this position; 0: with the first event.
func After(position uint64) SubscribeOption { return SubscribeOption{after: position} }

// Resume begins behind what an earlier subscription had handed out when it gave this token. The zero
// Token begins with the first event.
func Resume(token Token) SubscribeOption { return SubscribeOption{token: token} }

// OnlyNew begins behind the last durable event.
func OnlyNew() SubscribeOption { return SubscribeOption{flags: subscribeNew} }

// Subscription hands out the events that match a query, first those that are there and then those
// that come, in the order of their positions, each once, none left out. It delivers durable commits
// only. Events are fetched many at a time.
//
//	sub, err := db.Subscribe(ctx, query, stele.Resume(token))
//	if err != nil {
//		return err
//	}
//	defer sub.Close()
//	for sub.Next() {
//		workOff(sub.Event())
//		token, err := sub.Token()
//		...
//		save(token) // With what workOff has changed.
//	}
//	return sub.Err() // Of ctx, when that has ended it.
//
// It belongs to one goroutine at a time, but Close may be called by any.
type Subscription struct {
	records
	db      *DB
	native  native.SwigcptrNativeSubscription
	ctx     context.Context
	query   Query
	closed  atomic.Bool
	watcher *watcher

	delivered uint64 // Everything up to here has been handed out, ...
	through   uint64 // ... or is, when the page has been gone through.
	head      uint64
	caughtUp  bool
	err       error
}

// Subscribe starts a subscription that ctx ends.
//
// Errors: ErrInvalid: the query; the token is of another database, or of a history that this one does
// not have (it was restored from an older backup); the position of After is beyond the last durable
// event; more than one place to begin at. ErrTooLarge, ErrClosed.
func (db *DB) Subscribe(ctx context.Context, query Query, options ...SubscribeOption) (*Subscription, error) {
	encoded, err := query.encode()
	if err != nil {
		return nil, err
	}
	var flags int
	var after uint64
	var token []byte
	for _, option := range options {
		flags |= option.flags
		if option.after != 0 {
			after = option.after
		}
		if option.token != (Token{}) {
			token = append([]byte(nil), option.token[:]...)
		}
	}
	c := begin()
	defer c.end(db)
	handle := db.native.Subscribe(
		first(encoded), len(encoded), flags, after, first(token), len(token), c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	made := native.SwigcptrNativeSubscription(handle)
	s := &Subscription{db: db, native: made, ctx: ctx, query: query, delivered: after}
	s.watcher = watch(ctx, func() {
		c := begin()
		defer c.end(nil)
		made.Interrupt(c.at())
	})
	runtime.SetFinalizer(s, (*Subscription).Close)
	return s, nil
}

// watcher ends a wait when a context is done. It does not refer to the Subscription or Projection that
// waits, so that one that is forgotten is found.
type watcher struct {
	stop chan struct{}
	once sync.Once
	gone chan struct{}
}

func watch(ctx context.Context, end func()) *watcher {
	if ctx.Done() == nil {
		return nil
	}
	w := &watcher{stop: make(chan struct{}), gone: make(chan struct{})}
	go func() {
		defer close(w.gone)
		select {
		case <-ctx.Done():
			end()
		case <-w.stop:
		}
	}()
	return w
}

// end returns when the goroutine has ended.
func (w *watcher) end() {
	if w != nil {
		w.once.Do(func() { close(w.stop) })
		<-w.gone
	}
}

// Next goes to the next event, and waits for one that matches if there is none. It returns false when
// the context is done, when the subscription or its database is closed, and when something went wrong;
// Err tells which.
func (s *Subscription) Next() bool { return s.advance(true) }

// TryNext goes to the next event that is there already. It returns false, and Err nil, when there is
// none: the subscription has caught up.
func (s *Subscription) TryNext() bool { return s.advance(false) }

func (s *Subscription) advance(wait bool) bool {
	for s.open() {
		if s.records.next() {
			s.delivered = s.records.event().Position()
			return true
		}
		if !s.fetch() {
			// A look without waiting uses an interruption up, so that the context is asked again.
			if s.err != nil || !wait || !s.open() {
				return false
			}
			// That it is closed, fetch tells better.
			err := waitOne(s, s.native.Number())
			if err != nil && !isStatus(err, StatusClosed) {
				return s.stop(err)
			}
		}
	}
	return false
}

// open says whether the subscription goes on.
func (s *Subscription) open() bool {
	if s.err != nil {
		return false
	}
	if s.closed.Load() {
		return s.stop(failed(StatusClosed, "subscription: it was closed"))
	}
	select {
	case <-s.ctx.Done():
		return s.stop(s.ctx.Err())
	default:
		return true
	}
}

// stop remembers why the subscription has ended.
func (s *Subscription) stop(err error) bool {
	s.err = err
	s.records.done()
	return false
}

// fetch reads the events that are there. Returns false when there are none. Memory is held only while
// there are: a subscription that waits takes none.
func (s *Subscription) fetch() bool {
	c := begin()
	defer c.end(s)
	for {
		memory := s.records.open()
		status := Status(s.native.Next_batch(0, first(memory), len(memory), c.at()))
		switch status {
		case StatusBufferTooSmall:
			s.records.enlarge(c.values[0])
			continue
		case StatusOK, StatusTimeout:
			s.through, s.head, s.caughtUp = c.values[2], c.values[3], c.values[4] != 0
			if status == StatusOK && c.values[1] > 0 {
				s.records.filled(c.values[0])
				return true
			}
			s.delivered = s.through
			s.records.done()
		default:
			s.stop(c.err())
		}
		return false
	}
}

// Event returns the event that Next went to: a view that lives until the next call of Next, TryNext
// or Close. Requires: that returned true.
func (s *Subscription) Event() Event { return s.records.event() }

// Err returns why the subscription has ended: the error of its context, ErrClosed or what went wrong;
// nil while it goes on.
func (s *Subscription) Err() error { return s.err }

// Through returns the position up to which every match has been handed out. It moves on over events
// that do not match. A subscription that began elsewhere than After says 0 until it has fetched events.
func (s *Subscription) Through() uint64 {
	if len(s.rest) == 0 && s.through > s.delivered {
		return s.through
	}
	return s.delivered
}

// Head returns the position of the last durable event when events were fetched last: Head - Through is
// the lag in events.
func (s *Subscription) Head() uint64 { return s.head }

// CaughtUp reports whether nothing durable was behind Through when events were fetched last.
func (s *Subscription) CaughtUp() bool { return s.caughtUp && len(s.rest) == 0 }

// Token returns a token from which a later subscription resumes behind everything that this one has
// handed out: the event that Next went to last is the last of it.
//
// Errors: ErrClosed, ErrIO, ErrCorrupt.
func (s *Subscription) Token() (Token, error) {
	c := begin()
	defer c.end(s)
	of := s.native
	if len(s.rest) > 0 {
		// The C library has handed out the whole page. What begins where we are gives our token.
		here := s.db.native.Subscribe(nil, 0, 0, s.delivered, nil, 0, c.at())
		if err := c.handle(here.Swigcptr()); err != nil {
			return Token{}, err
		}
		defer here.Close()
		of = native.SwigcptrNativeSubscription(here.Swigcptr())
	}
	memory := make([]byte, len(Token{}))
	if err := c.check(of.Token(first(memory), len(memory), c.at())); err != nil {
		return Token{}, err
	}
	var token Token
	copy(token[:], memory)
	return token, nil
}

// Close ends the subscription: a Next that waits in another goroutine returns false. Closing again
// does nothing. The error is always nil.
func (s *Subscription) Close() error {
	if !s.closed.Swap(true) {
		runtime.SetFinalizer(s, nil)
		s.native.Close()
		s.watcher.end()
	}
	return nil
}
