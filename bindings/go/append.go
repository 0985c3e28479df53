package stele

import (
	"sync"

	"stele.dev/stele/internal/native"
)

// Append commits the events: all of them, at consecutive positions, or none. It is the quick way when
// there is no condition; for guards and the like, see DB.NewBatch. Many events in one call are much
// cheaper than many calls.
//
// Errors: as Batch.Commit.
func (db *DB) Append(events ...NewEvent) (Commit, error) {
	a, err := db.appender()
	if err != nil {
		return Commit{}, err
	}
	defer db.spare.put(a)
	if a.encoded, err = encodeEvents(a.encoded, events); err != nil {
		return Commit{}, err
	}
	c := a.call
	status := db.native.Append(a.batch, first(a.encoded), len(a.encoded),
		memory(&c.result), size(&c.result), c.at())
	if status != int(StatusOK) {
		return Commit{}, c.err()
	}
	return c.result.commit(), nil
}

// appender is what one Append needs: a batch, and memory.
type appender struct {
	batch   native.NativeBatch
	encoded []byte
	call    *call
}

// appenders are those that no Append uses just now. They are not objects with finalizers of their
// own: the database's closes them.
type appenders struct {
	mutex  sync.Mutex
	closed bool
	spare  []*appender
}

// What an appender or a batch keeps, and how many appenders a database does.
const (
	keptMemory    = 1024 * 1024
	keptAppenders = 64
)

func (db *DB) appender() (*appender, error) {
	if a := db.spare.take(); a != nil {
		return a, nil
	}
	c := new(call)
	batch := db.native.Batch(c.at())
	if err := c.handle(batch.Swigcptr()); err != nil {
		return nil, err
	}
	return &appender{batch: batch, call: c}, nil
}

func (s *appenders) take() *appender {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(s.spare) == 0 {
		return nil
	}
	a := s.spare[len(s.spare)-1]
	s.spare = s.spare[:len(s.spare)-1]
	return a
}

// put gives an appender back, to whoever appends next.
func (s *appenders) put(a *appender) {
	if cap(a.encoded) > keptMemory {
		a.encoded = nil
	}
	s.mutex.Lock()
	keep := !s.closed && len(s.spare) < keptAppenders
	if keep {
		s.spare = append(s.spare, a)
	}
	s.mutex.Unlock()
	if !keep {
		a.batch.Close()
	}
}

// close closes all; one that is in use is closed when it is put back.
func (s *appenders) close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.closed = true
	for _, a := range s.spare {
		a.batch.Close()
	}
	s.spare = nil
}
