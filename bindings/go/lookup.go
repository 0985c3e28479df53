package stele

import "time"

// Get returns the event at a position. The Event lives by itself.
//
// Errors: ErrNotFound (there is no such event, yet), ErrClosed.
func (db *DB) Get(position uint64) (Event, error) {
	return db.single(func(buffer []byte, c *call) int {
		return db.native.Get(position, first(buffer), len(buffer), c.at())
	})
}

// ByID returns the event that has an id. The Event lives by itself.
//
// Errors: ErrNotFound, ErrClosed.
func (db *DB) ByID(id UUID) (Event, error) {
	key := ours(id[:])
	return db.single(func(buffer []byte, c *call) int {
		return db.native.Get_by_id(first(key), len(key), first(buffer), len(buffer), c.at())
	})
}

// Latest returns the newest event of an entity. The Event lives by itself.
//
// Errors: ErrNotFound (the entity has no event), ErrInvalid (the entity), ErrClosed.
func (db *DB) Latest(entity string) (Event, error) {
	name := []byte(entity)
	return db.single(func(buffer []byte, c *call) int {
		return db.native.Latest(first(name), len(name), first(buffer), len(buffer), c.at())
	})
}

// single returns the event that get copies into a buffer.
func (db *DB) single(get func(buffer []byte, c *call) int) (Event, error) {
	record, err := db.sized(get)
	if err != nil {
		return Event{}, err
	}
	return Event{record: record}, nil
}

// sized returns what get copies into a buffer, of whatever size: first into one that is there, and if
// that is too small into one of the size that it says.
func (db *DB) sized(get func(buffer []byte, c *call) int) ([]byte, error) {
	c := begin()
	defer c.end(db)
	p := pages.Get().(*page)
	defer pages.Put(p)
	status := get(p.memory, c)
	if status != int(StatusBufferTooSmall) {
		if err := c.check(status); err != nil {
			return nil, err
		}
		return append([]byte(nil), p.memory[:c.values[0]]...), nil
	}
	for status == int(StatusBufferTooSmall) {
		large := make([]byte, c.values[0])
		if status = get(large, c); status == int(StatusOK) {
			return large[:c.values[0]:c.values[0]], nil
		}
	}
	return nil, c.check(status)
}

// Exists reports whether an event matches the query.
//
// Errors, here and of Count and Last: ErrInvalid and ErrTooLarge (the query), ErrClosed.
func (db *DB) Exists(query Query) (bool, error) {
	encoded, err := query.encode()
	if err != nil {
		return false, err
	}
	c := begin()
	defer c.end(db)
	err = c.check(db.native.Exists(first(encoded), len(encoded), c.at()))
	if isStatus(err, StatusNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Count returns how many events match the query. It takes time linear in that number, or in the
// history where the query has ranges or prefixes only. Errors: as Exists.
func (db *DB) Count(query Query) (uint64, error) {
	encoded, err := query.encode()
	if err != nil {
		return 0, err
	}
	c := begin()
	defer c.end(db)
	if err := c.check(db.native.Count(first(encoded), len(encoded), c.at())); err != nil {
		return 0, err
	}
	return c.values[0], nil
}

// Last returns for each item of the query the position of the last event that matches it, 0 for none,
// all as of the same moment. A query without items counts as one item. Errors: as Exists.
func (db *DB) Last(query Query) ([]uint64, error) {
	encoded, err := query.encode()
	if err != nil {
		return nil, err
	}
	count := query.count
	if count == 0 {
		count = 1
	}
	positions := make([]uint64, count)
	c := begin()
	defer c.end(db)
	status := db.native.Last(first(encoded), len(encoded), memory(&positions[0]), 8*len(positions), c.at())
	if err := c.check(status); err != nil {
		return nil, err
	}
	return positions, nil
}

// PositionAt returns the position of the last event that was recorded at t or before, 0 for none.
//
// Errors: ErrInvalid (no 64 bits can say t), ErrClosed.
func (db *DB) PositionAt(t time.Time) (uint64, error) {
	micros, err := microsOf(t)
	if err != nil {
		return 0, err
	}
	c := begin()
	defer c.end(db)
	if err := c.check(db.native.Position_at(micros, c.at())); err != nil {
		return 0, err
	}
	return c.values[0], nil
}

// Tracked returns the position that Batch.Track recorded for a source.
//
// Errors: ErrNotFound (none is recorded), ErrInvalid (the name), ErrClosed.
func (db *DB) Tracked(source string) (uint64, error) {
	name := []byte(source)
	c := begin()
	defer c.end(db)
	if err := c.check(db.native.Tracked(first(name), len(name), c.at())); err != nil {
		return 0, err
	}
	return c.values[0], nil
}

// Stream is how an entity stands.
type Stream struct {
	Sequence uint64 // Of the newest event: the entity's version.
	First    uint64 // The position of the first event.
	Last     uint64 // The position of the newest.
	Hash     Hash   // Of the newest event: binds all before it of this entity.
}

// Stream returns how an entity stands. ReadStream reads its events.
//
// Errors: ErrNotFound (the entity has no event, and a version of 0), ErrInvalid (the entity),
// ErrClosed.
func (db *DB) Stream(entity string) (Stream, error) {
	name := []byte(entity)
	c := begin()
	defer c.end(db)
	var info streamInfoStruct
	status := db.native.Stream_get(first(name), len(name), memory(&info), size(&info), c.at())
	if err := c.check(status); err != nil {
		return Stream{}, err
	}
	return Stream{
		Sequence: info.sequence, First: info.firstPosition, Last: info.lastPosition, Hash: info.hash,
	}, nil
}
