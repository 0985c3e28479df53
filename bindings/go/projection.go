package stele

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"stele.dev/stele/internal/native"
)

const projectionRebuild = 1

const eventsLeft = "projection: Next has not gone to all events that were pulled"

// ProjectionOptions say how a projection is opened. What is zero has its default.
type ProjectionOptions struct {
	// Rebuild builds new tables beside the old ones, from the first event on, or goes on with that;
	// Projection.Switch ends it.
	Rebuild bool

	// BatchBytes is how many bytes of events Pull takes at most; one event is always taken, so that 1
	// gives one at a time. 0: 64 KiB.
	BatchBytes int
}

// ProjectionInfo says how far a projection is behind: Head - Applied is that in events.
type ProjectionInfo struct {
	Applied uint64        // The last event that is in its tables, whichever instance has put it there.
	Head    uint64        // The last durable event.
	Lag     time.Duration // For how long the first event that is not in its tables has been there.
}

// Projection reads events in the order of their positions and puts what follows from them into tables
// of its own. Rows, and how far they go, are one commit: killed at any moment, it goes on where its
// tables are, and each event is in them once.
//
//	p, err := db.Projection(ctx, "balances", stele.All.Type("Deposited"), stele.ProjectionOptions{})
//	if err != nil {
//		return err
//	}
//	defer p.Close()
//	balances, err := p.Table(stele.TableName{Name: "balances"}, stele.TableOptions{})
//	...
//	for p.Pull() {
//		for p.Next() {
//			e := p.Event()
//			err = p.Put(balances, []byte(e.Entity()), balance(e), e.Position())
//			...
//		}
//		if err = p.Commit(); err != nil && !errors.Is(err, stele.ErrConflict) {
//			return err
//		}
//	}
//	return p.Err() // Of ctx, when that has ended it.
//
// Its name is the source that says how far it has come (DB.Tracked). Several instances may run, in
// whatever goroutines and processes: one of them commits, the others are told ErrConflict and go on
// behind it. Only the projection writes to its tables; they are read like all others, and as of a
// position that it has not come to, a read is ErrNotYet.
//
// It belongs to one goroutine at a time, but Close may be called by any.
type Projection struct {
	records
	db      *DB
	native  native.SwigcptrNativeProjection
	ctx     context.Context
	limit   int
	closed  atomic.Bool
	watcher *watcher

	caughtUp bool
	err      error
}

// Projection opens a projection that ctx ends, as Close does. It begins behind what is tracked under
// its name. The query says which events it follows; it is not stored.
//
// Errors: ErrInvalid (the name, which is 1 to 255 bytes of UTF-8 without NUL; the query), ErrTooLarge,
// ErrIO, ErrCorrupt, ErrClosed.
func (db *DB) Projection(ctx context.Context, name string, query Query,
	options ProjectionOptions) (*Projection, error) {
	encoded, err := query.encode()
	if err != nil {
		return nil, err
	}
	if options.BatchBytes < 0 {
		return nil, failed(StatusInvalid, "projection: BatchBytes is below 0")
	}
	flags := 0
	if options.Rebuild {
		flags = projectionRebuild
	}
	text := []byte(name)
	c := begin()
	defer c.end(db)
	handle := db.native.Projection(
		first(text), len(text), first(encoded), len(encoded), flags, c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	made := native.SwigcptrNativeProjection(handle)
	p := &Projection{db: db, native: made, ctx: ctx, limit: options.BatchBytes}
	if p.limit == 0 || p.limit > pageSize {
		p.limit = pageSize
	}
	p.watcher = watch(ctx, func() { made.Close() })
	runtime.SetFinalizer(p, (*Projection).Close)
	return p, nil
}

// ProjectionState is a projection, or a rebuild of one, as its tables tell of it.
type ProjectionState struct {
	Name   string
	Tables int
	ProjectionInfo
}

// Projections returns all projections that have a table, and rebuilds under way (NAME~1 or so), by name in
// bytewise order.
//
// Errors: ErrClosed, ErrCorrupt, ErrIO.
func (db *DB) Projections() ([]ProjectionState, error) {
	c := begin()
	defer c.end(db)
	var all []ProjectionState
	var state projectionStateStruct
	for {
		name := []byte(textOf(state.name[:]))
		err := c.check(db.native.Next_projection(
			first(name), len(name), memory(&state), size(&state), c.at()))
		if isStatus(err, StatusEnd) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, ProjectionState{
			Name:   textOf(state.name[:]),
			Tables: int(state.tables),
			ProjectionInfo: ProjectionInfo{
				Applied: state.applied,
				Head:    state.head,
				Lag:     time.Duration(state.lagUs) * time.Microsecond,
			},
		})
	}
}

// DropProjection drops a projection in one commit: its tables with all their rows, its rebuilds with
// theirs, and how far they have come. One of that name begins with the first event again. With the name
// of a rebuild that is under way, that one alone. Instances that are open are to be closed.
//
// Errors: ErrNotFound (there is none), ErrConflict (it moves on too fast), and those of Batch.Commit.
func (db *DB) DropProjection(name string) error {
	text := []byte(name)
	c := begin()
	defer c.end(db)
	return c.check(db.native.Drop_projection(first(text), len(text), c.at()))
}

// WaitApplied waits until the projection of that name has come to a position: so that who has committed
// can read what follows from it.
//
// Errors: those of ctx; ErrInvalid (the name), ErrClosed.
func (db *DB) WaitApplied(ctx context.Context, name string, position uint64) error {
	text := []byte(name)
	c := begin()
	defer c.end(db)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := c.check(db.native.Wait_applied(
			first(text), len(text), position, sliceOf(ctx), c.at()))
		if !isStatus(err, StatusTimeout) {
			return err
		}
	}
}

// sliceOf returns for how many milliseconds to wait until the context is looked at again.
func sliceOf(ctx context.Context) int64 {
	const slice = 50
	if ctx.Done() == nil {
		return forever
	}
	if deadline, ok := ctx.Deadline(); ok {
		// Up to a millisecond behind it.
		if left := time.Until(deadline).Milliseconds() + 1; left < slice && left > 0 {
			return left
		}
	}
	return slice
}

// Table opens a table of the projection, and creates it the first time. In a rebuild it is the new one,
// which has another name until the switch.
//
// Errors: ErrExists (there is a table of that name, and it is not the projection's), ErrInvalid, and
// those of Batch.Commit.
func (p *Projection) Table(name TableName, options TableOptions) (*Table, error) {
	schema, table := []byte(name.Schema), []byte(name.Name)
	c := begin()
	defer c.end(p)
	made := p.native.Table(
		first(schema), len(schema), first(table), len(table), int(options.History), options.Amount, c.at())
	if err := c.handle(made.Swigcptr()); err != nil {
		return nil, p.ended(err)
	}
	return newTable(p.db, made), nil
}

// Pull takes the next events, as many as BatchBytes says, for Next to go through, and waits for the
// first of them. It returns false when the context is done, when the projection or its database is
// closed, and when something went wrong; Err tells which. That Next has not gone to all events of the
// last Pull is ErrInvalid: nobody would hand them out again.
func (p *Projection) Pull() bool { return p.pull(true) }

// TryPull takes the next events that are there already. It returns false, and Err nil, when there are
// none: the projection has caught up.
func (p *Projection) TryPull() bool { return p.pull(false) }

func (p *Projection) pull(wait bool) bool {
	if p.err == nil && len(p.rest) > 0 {
		return p.stop(failed(StatusInvalid, eventsLeft))
	}
	for p.open() {
		switch status, err := p.fetch(); {
		case status == StatusOK && len(p.rest) > 0:
			return true
		case status == StatusOK || status == StatusTimeout:
			p.records.done()
			if !wait {
				return false
			}
			p.await()
		default:
			return p.stop(p.ended(err))
		}
	}
	return false
}

// open says whether the projection goes on.
func (p *Projection) open() bool {
	if p.err != nil {
		return false
	}
	if err := p.ctx.Err(); err != nil {
		return p.stop(err)
	}
	if p.closed.Load() {
		return p.stop(failed(StatusClosed, "projection: it was closed"))
	}
	return true
}

// stop remembers why the projection has ended.
func (p *Projection) stop(err error) bool {
	p.err = err
	p.records.done()
	return false
}

// ended makes that the projection is closed what its context says, where that has closed it.
func (p *Projection) ended(err error) error {
	if isStatus(err, StatusClosed) && p.ctx.Err() != nil {
		return p.ctx.Err()
	}
	return err
}

// fetch reads the events that are there.
func (p *Projection) fetch() (Status, error) {
	c := begin()
	defer c.end(p)
	limit := p.limit
	for {
		memory := p.records.open()
		if limit < len(memory) {
			memory = memory[:limit]
		}
		status := Status(p.native.Next_batch(0, first(memory), len(memory), c.at()))
		switch status {
		case StatusBufferTooSmall:
			limit = int(c.values[0])
			if limit > len(p.page.memory) {
				p.records.enlarge(c.values[0])
			}
			continue
		case StatusOK, StatusTimeout:
			p.caughtUp = c.values[4] != 0
			if status == StatusOK {
				p.records.filled(c.values[0])
			}
			return status, nil
		}
		return status, c.err()
	}
}

// await returns when there is an event, or something else to be told by fetch. It holds no memory: a
// buffer without room takes nothing out.
func (p *Projection) await() {
	c := begin()
	defer c.end(p)
	p.native.Next_batch(forever, nil, 0, c.at())
}

// Next goes to the next event of those that Pull has taken. It returns false when there is none.
func (p *Projection) Next() bool { return p.err == nil && p.records.next() }

// Event returns the event that Next went to: a view that lives until the next call of Next, Pull,
// Commit or Close. Requires: Next returned true.
func (p *Projection) Event() Event { return p.records.event() }

// Err returns why the projection has ended: the error of its context, ErrClosed or what went wrong; nil
// while it goes on.
func (p *Projection) Err() error { return p.err }

// CaughtUp reports whether nothing durable was behind the events that were pulled last.
func (p *Projection) CaughtUp() bool { return p.caughtUp && len(p.rest) == 0 }

// Info returns how far the projection is behind.
//
// Errors: ErrClosed, ErrCorrupt, ErrIO.
func (p *Projection) Info() (ProjectionInfo, error) {
	c := begin()
	defer c.end(p)
	var info projectionInfoStruct
	if err := c.check(p.native.Describe(memory(&info), size(&info), c.at())); err != nil {
		return ProjectionInfo{}, p.ended(err)
	}
	return ProjectionInfo{
		Applied: info.applied,
		Head:    info.head,
		Lag:     time.Duration(info.lagUs) * time.Microsecond,
	}, nil
}

// Close closes the projection: rows that were not committed are gone, and a Pull that waits in another
// goroutine returns false. Closing again does nothing. The error is always nil.
func (p *Projection) Close() error {
	if !p.closed.Swap(true) {
		runtime.SetFinalizer(p, nil)
		p.native.Close()
		p.watcher.end()
	}
	return nil
}
