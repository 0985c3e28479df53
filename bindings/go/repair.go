package stele

import (
	"context"
	"runtime"

	"stele.dev/stele/internal/native"
)

// Lost says what becomes of what is behind something that is lost.
type Lost int

const (
	// LostRefuse: nothing; the repair ends with ErrCorrupt, which says what is lost.
	LostRefuse Lost = 0

	// LostCut: it is left away; the result is the history up to there, unchanged.
	LostCut Lost = 1

	// LostReplace: it stays in its place. Events of the type "stele.lost" take that of lost ones, so
	// that positions are what they were. Hashes from there on are other ones: receipts and tokens of
	// later positions are refused.
	LostReplace Lost = 2
)

// RepairProgress is how far a repair is.
type RepairProgress struct {
	BytesDone      uint64 // Looked at, or written ...
	BytesTotal     uint64 // ... of so many.
	Commits        uint64 // In the new database so far;
	Events         uint64 // in the new database so far.
	CommitsRebuilt uint64 // Of them: from their events alone.
	CommitsLost    uint64 // Replaced, or left away although they had been durable.
	EventsLost     uint64 // Replaced.
	FirstLost      uint64 // The first position that is lost or behind what is lost; 0: none.
	PagesDamaged   uint64 // Found in the file of pages, needed or not.
	LogDamaged     uint64 // Damaged stretches, and segments that cannot be read, of the log.
	// Tables that were there and are not in the new database; known at the end. What nothing tells of
	// them any more is empty. One of a projection is to be rebuilt by that.
	LeftOut []TableInfo
}

// Repair makes a new database of what can still be read of a damaged one, which is not changed.
//
// Until the last step is done, the new directory is no database; a repair that was interrupted is
// begun again by another call. The new database has the UUID of the old one.
//
// It belongs to one goroutine at a time, but Close may be called by any.
type Repair struct {
	steps
	native   native.SwigcptrNativeRepair
	progress *repairProgressStruct // By itself: what crosses the border must not lie beside pointers.
	leftOut  []TableInfo
}

// StartRepair begins to repair the database in the directory from, which nobody may have open for
// writing, into the directory to.
//
// Errors: ErrNotFound (there is no from), ErrBusy (from is open for writing, or somebody is at work in
// to), ErrExists (to is a database), ErrInvalid (to holds other files; lost is unknown), ErrCorrupt (no
// file says whose database it was), ErrUnsupported, ErrIO, ErrFull.
func StartRepair(from, to string, lost Lost) (*Repair, error) {
	if err := checkLibrary(); err != nil {
		return nil, err
	}
	source, target := []byte(from), []byte(to)
	c := begin()
	defer c.end(nil)
	handle := native.Open_repair(
		first(source), len(source), first(target), len(target), int(lost), c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	r := &Repair{native: native.SwigcptrNativeRepair(handle), progress: new(repairProgressStruct)}
	runtime.SetFinalizer(r, (*Repair).Close)
	return r, nil
}

// Step does about a mebibyte of the work. It returns false when the new database is there, on stable
// storage, and when something went wrong, which Err tells then.
func (r *Repair) Step() bool {
	more := r.take(r, func(c *call) int {
		return r.native.Step(memory(r.progress), size(r.progress), c.at())
	})
	if !more && r.err == nil && r.leftOut == nil {
		r.err = r.readLeftOut()
	}
	return more
}

// readLeftOut asks for the tables that are left out: behind the last step, when the library knows them,
// and before anybody closes.
func (r *Repair) readLeftOut() error {
	c := begin()
	defer c.end(r)
	var info tableInfoStruct
	for i := 0; i < int(r.progress.tablesLeftOut); i++ {
		if err := c.check(r.native.Left_out(i, memory(&info), size(&info), c.at())); err != nil {
			return err
		}
		r.leftOut = append(r.leftOut, info.info())
	}
	return nil
}

// Progress returns how far the last step has come.
func (r *Repair) Progress() RepairProgress {
	p := r.progress
	return RepairProgress{
		BytesDone:      p.bytesDone,
		BytesTotal:     p.bytesTotal,
		Commits:        p.commits,
		Events:         p.events,
		CommitsRebuilt: p.commitsRebuilt,
		CommitsLost:    p.commitsLost,
		EventsLost:     p.eventsLost,
		FirstLost:      p.firstLost,
		PagesDamaged:   p.pagesDamaged,
		LogDamaged:     p.logDamaged,
		LeftOut:        r.leftOut,
	}
}

// Err returns what went wrong; nil if there is no such thing. ErrCorrupt: something is lost, and it was
// to be refused: the message names the commit, Position the first event of it.
func (r *Repair) Err() error { return r.err }

// Run does all steps that are left and closes. It calls report, if there is one, after each. When ctx
// is done, it ends with the error of ctx.
func (r *Repair) Run(ctx context.Context, report func(RepairProgress)) (RepairProgress, error) {
	defer r.Close()
	step := func() bool {
		more := r.Step()
		if more && report != nil {
			report(r.Progress())
		}
		return more
	}
	err := run(ctx, step, r.Err)
	return r.Progress(), err
}

// Close ends the repair. Closing again does nothing. The error is always nil.
func (r *Repair) Close() error {
	if !r.closed.Swap(true) {
		runtime.SetFinalizer(r, nil)
		r.native.Close()
	}
	return nil
}
