package stele

// ReadOption says how events are read: Backward, From, Limit.
type ReadOption struct {
	flag   int
	number uint64
}

// What the C library knows as flags; and the limit.
const (
	readBackward = 1
	readFrom     = 2
	readLimit    = -1
	noLimit      = 1<<64 - 1
)

// Backward reads from high positions to low ones.
func Backward() ReadOption { return ReadOption{flag: readBackward} }

// From begins at this position, inclusive; at a sequence, for DB.ReadStream. Without it reading
// begins at the first event, or the last, backward. Forward, 0 is the first event; backward, 0 reads
// nothing. A position beyond the head is fine.
func From(start uint64) ReadOption { return ReadOption{flag: readFrom, number: start} }

// Limit reads at most so many events.
func Limit(limit uint64) ReadOption { return ReadOption{flag: readLimit, number: limit} }

type readOptions struct {
	flags        int
	start, limit uint64
}

func readOptionsOf(options []ReadOption) readOptions {
	o := readOptions{limit: noLimit}
	for _, option := range options {
		switch option.flag {
		case readLimit:
			o.limit = option.number
		case readFrom:
			o.flags |= readFrom
			o.start = option.number
		default:
			o.flags |= option.flag
		}
	}
	return o
}

// Read reads the events that match the query, as of now: it sees every commit that returned before
// this call and none that comes later.
//
// Errors: ErrInvalid and ErrTooLarge (the query), ErrClosed.
func (db *DB) Read(query Query, options ...ReadOption) (*Events, error) {
	encoded, err := query.encode()
	if err != nil {
		return nil, err
	}
	c := begin()
	defer c.end(db)
	o := readOptionsOf(options)
	handle := db.native.Read(first(encoded), len(encoded), o.flags, o.start, o.limit, c.at()).Swigcptr()
	return c.events(db, handle)
}

// events makes an iterator of a cursor's handle.
func (c *call) events(db *DB, handle uintptr) (*Events, error) {
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	return newEvents(db, handle), nil
}

// ReadStream reads the events of an entity, where From counts sequences: 1 is its first event. An
// entity without events has nothing to read.
//
// Errors: ErrInvalid (the entity), ErrClosed.
func (db *DB) ReadStream(entity string, options ...ReadOption) (*Events, error) {
	name := []byte(entity)
	c := begin()
	defer c.end(db)
	o := readOptionsOf(options)
	handle := db.native.Stream_read(first(name), len(name), o.flags, o.start, o.limit, c.at()).Swigcptr()
	return c.events(db, handle)
}

// WalkKind says where a walk goes.
type WalkKind int

const (
	// WalkAncestors: the event, the one before it of its entity, and so on to the first. Each must
	// have the hash that the one behind it is bound to: ErrCorrupt names the first that has not.
	WalkAncestors WalkKind = 1

	// WalkCauses: the event, the one it was caused by (whose id is its causation id), and so on.
	WalkCauses WalkKind = 2

	// WalkEffects: the event, and all that were caused by it or by its effects: each behind its cause,
	// and by position otherwise.
	WalkEffects WalkKind = 3

	// WalkCorrelation: all events of its correlation id, by position; without one, the event alone.
	WalkCorrelation WalkKind = 4
)

// Walk reads the events that belong to the one at position.
//
// Errors: ErrNotFound (there is no event at position), ErrInvalid (the kind), ErrClosed.
func (db *DB) Walk(position uint64, kind WalkKind) (*Events, error) {
	c := begin()
	defer c.end(db)
	return c.events(db, db.native.Walk(position, int(kind), c.at()).Swigcptr())
}
