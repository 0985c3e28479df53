package stele

import (
	"runtime"
	"sync/atomic"

	"stele.dev/stele/internal/native"
)

// Batch is a commit that is being put together: events, the guards under which they are appended, and
// what else belongs to it. It can be used again after each commit, and keeps its memory for that.
//
//	batch, err := db.NewBatch()
//	if err != nil {
//		return err
//	}
//	defer batch.Close()
//	// Unless somebody has.
//	if err := batch.Guard(stele.All.Tag("seat:12A"), 0); err != nil {
//		return err
//	}
//	err = batch.Add(stele.NewEvent{Type: "SeatReserved", Tags: []string{"seat:12A"}})
//	if err != nil {
//		return err
//	}
//	if _, err = batch.Commit(); errors.Is(err, stele.ErrConflict) {
//		return errTaken
//	}
//
// Guards are numbered in the order of the calls, from 0, and a conflict names the first that does not
// hold. At most 1,024 are allowed. They see the database before the batch, never its own events.
//
// A method that returns an error has left the batch as it was. A Batch belongs to one goroutine at a
// time, but Close may be called by any.
type Batch struct {
	db      *DB
	native  native.NativeBatch // As it was made: another form would cost memory for each Commit.
	closed  atomic.Bool
	encoded []byte

	// Of a transaction's batch: it must not be collected before the batch, and closes it.
	transaction *txnHandle
}

// NewBatch makes an empty batch for commits to this database. Errors: ErrClosed, ErrNoMemory.
func (db *DB) NewBatch() (*Batch, error) {
	c := begin()
	defer c.end(db)
	made := db.native.Batch(c.at())
	if err := c.handle(made.Swigcptr()); err != nil {
		return nil, err
	}
	b := &Batch{db: db, native: made}
	runtime.SetFinalizer(b, (*Batch).Close)
	return b, nil
}

// Add adds events: all of them, or none if one is refused. Many in one call are cheaper than many
// calls. Ids are unique in a database: one that is there already makes the commit ErrExists, one that
// is in the batch twice ErrInvalid.
//
// Errors: ErrInvalid (which field, and why), ErrTooLarge (a limit), ErrNoMemory, ErrClosed.
func (b *Batch) Add(events ...NewEvent) error {
	var err error
	if b.encoded, err = encodeEvents(b.encoded, events); err != nil {
		return err
	}
	c := begin()
	defer c.end(b)
	err = c.check(b.native.Events(first(b.encoded), len(b.encoded), c.at()))
	if cap(b.encoded) > keptMemory {
		b.encoded = nil
	}
	return err
}

// Guard adds a guard: the commit is a conflict when an event behind position after matches the query.
// 0 looks at the whole history; a position beyond the head is accepted (but see Options.StrictAfter).
//
// Errors: ErrInvalid and ErrTooLarge (the query; more than 1,024 guards), ErrClosed.
func (b *Batch) Guard(query Query, after uint64) error {
	encoded, err := query.encode()
	if err != nil {
		return err
	}
	c := begin()
	defer c.end(b)
	return c.check(b.native.Guard(first(encoded), len(encoded), after, c.at()))
}

// What Expect and Track take for a number.
const (
	SequenceNone = 0         // The entity has no event.
	SequenceSome = 1<<64 - 1 // The entity has any event.
	PreviousNone = 0         // No position is recorded yet.
	PreviousAny  = 1<<64 - 1 // Whatever position is recorded.
)

// Expect adds a guard: the commit is a conflict unless the newest event of the entity has this
// sequence: SequenceNone, SequenceSome or a number. The conflict names its position and sequence.
//
// Errors: ErrInvalid (the entity), ErrTooLarge (more than 1,024 guards), ErrClosed.
func (b *Batch) Expect(entity string, sequence uint64) error {
	name := []byte(entity)
	c := begin()
	defer c.end(b)
	return c.check(b.native.Expect(first(name), len(name), sequence, c.at()))
}

// Track records with the commit how far a named source has been worked off, so that a consumer's
// progress and its effects are one commit. The commit is a conflict unless position is above the
// recorded one and, where previous is not PreviousAny, the recorded one is previous. It counts as a
// guard. DB.Tracked returns the recorded position.
//
// The name has 1 to SourceMax bytes and occurs once in a batch; the position is the caller's, from 1
// to 1<<63 - 1.
//
// Errors: ErrInvalid, ErrTooLarge, ErrClosed.
func (b *Batch) Track(source string, previous, position uint64) error {
	name := []byte(source)
	c := begin()
	defer c.end(b)
	return c.check(b.native.Track(first(name), len(name), previous, position, c.at()))
}

// Key gives the batch an idempotency key, in place of one that it has, so that it can be sent again
// when its outcome is not known, and is committed once: a later batch with the same key and content
// gets the result of the first commit, with Repeated set; one with other content is ErrKeyReused. A
// batch that is refused uses no key. Guards do not belong to the content, nor do ids and times that
// are made for the caller. A batch whose events all have ids of the caller recognises itself by them.
//
// Errors: ErrInvalid, ErrTooLarge (1 to KeyMax bytes), ErrClosed.
func (b *Batch) Key(key string) error {
	text := []byte(key)
	c := begin()
	defer c.end(b)
	return c.check(b.native.Key(first(text), len(text), c.at()))
}

// SetDurability says what the next commit of the batch waits for. A level below that of the database
// has no effect. Committing or clearing the batch forgets it.
//
// Errors: ErrInvalid (there is no such level), ErrClosed.
func (b *Batch) SetDurability(level Durability) error {
	c := begin()
	defer c.end(b)
	return c.check(b.native.Durability(int(level), c.at()))
}

// Read reads for a decision: it reads as DB.Read does, and adds the guard that nobody commits another
// event that the query matches until this batch is committed. On a conflict, Clear the batch and
// decide again.
//
// Errors: as DB.Read and Guard.
func (b *Batch) Read(query Query, options ...ReadOption) (*Events, error) {
	encoded, err := query.encode()
	if err != nil {
		return nil, err
	}
	c := begin()
	defer c.end(b)
	o := readOptionsOf(options)
	handle := b.native.Read(first(encoded), len(encoded), o.flags, o.start, o.limit, c.at()).Swigcptr()
	return c.events(b.db, handle)
}

// Conflicts reads what is in the way of a guard of the batch, as of now: events that its query
// matches, or events of its entity behind the expected version. It is for after a conflict, with the
// Guard of the Error.
//
// Errors: ErrNotFound (there is no such guard, or it is a tracked source), ErrClosed.
func (b *Batch) Conflicts(guard int) (*Events, error) {
	if guard < 0 {
		return nil, failed(StatusNotFound, "conflicts: there is no such guard")
	}
	c := begin()
	defer c.end(b)
	return c.events(b.db, b.native.Conflicts(uint64(guard), c.at()).Swigcptr())
}

// Commit commits the batch: all of it, at consecutive positions, or nothing. It returns when the
// commit is as safe as its durability asks, and visible to every later read. The batch is empty then;
// on an error it is as it was and may be committed again.
//
// ErrConflict names the first guard that does not hold; ErrExists, which is looked for when all guards
// hold, the event that has an id of the batch; ErrKeyReused what the key was used for. Nothing was
// written then.
//
// Errors: ErrInvalid (an empty batch), ErrReadOnly (after a failed write, too), ErrIO, ErrFull,
// ErrTooLarge, ErrOutcomeUnknown (writing failed: the commit may be there after the database is opened
// again), ErrClosed.
func (b *Batch) Commit() (Commit, error) {
	c := begin()
	defer c.end(b)
	status := b.db.native.Commit(b.native, memory(&c.result), size(&c.result), c.at())
	if err := c.check(status); err != nil {
		return Commit{}, err
	}
	return c.result.commit(), nil
}

// Check tells what Commit would answer now, and changes nothing. What it returns is zero but for
// Count, or the earlier result when the batch is a repetition. No error is no promise: others may
// commit meanwhile. Errors: as Commit.
func (b *Batch) Check() (Commit, error) {
	c := begin()
	defer c.end(b)
	status := b.db.native.Commit_check(b.native, memory(&c.result), size(&c.result), c.at())
	if err := c.check(status); err != nil {
		return Commit{}, err
	}
	return c.result.commit(), nil
}

// Clear empties the batch. Its one error is ErrClosed.
func (b *Batch) Clear() error {
	c := begin()
	defer c.end(b)
	return c.check(b.native.Clear(c.at()))
}

// Close closes the batch; what was not committed is forgotten. Closing again does nothing. The error
// is always nil. The batch of a Transaction stays, for it is the transaction's to close.
func (b *Batch) Close() error {
	if !b.closed.Swap(true) {
		runtime.SetFinalizer(b, nil)
		b.native.Close()
	}
	return nil
}
