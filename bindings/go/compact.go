package stele

import (
	"context"
	"runtime"

	"stele.dev/stele/internal/native"
)

// CompactProgress is how far a compaction is.
type CompactProgress struct {
	BytesBefore uint64 // Of the file of pages, when it began;
	BytesNow    uint64 // now;
	BytesLive   uint64 // what is not free in it: it becomes no smaller than that.
	PagesMoved  uint64 // So far.
}

// Compact makes the file of pages as small as what is in it. Commits, reads and checkpoints go on
// meanwhile, and a crash loses nothing. Nobody has to compact: free pages are used again. It is for who
// wants the disk's room back.
//
// It belongs to one goroutine at a time, but Close may be called by any.
type Compact struct {
	steps
	db       *DB
	native   native.SwigcptrNativeCompact
	progress *compactProgressStruct // By itself: what crosses the border must not lie beside pointers.
}

// Compact begins a compaction. What iterators or a backup hold is not free, and stays.
//
// Errors: ErrReadOnly (opened so, or after a failed write), ErrIO, ErrFull, ErrCorrupt, ErrClosed.
func (db *DB) Compact() (*Compact, error) {
	c := begin()
	defer c.end(db)
	handle := db.native.Compact(c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	made := &Compact{db: db, native: native.SwigcptrNativeCompact(handle), progress: new(compactProgressStruct)}
	runtime.SetFinalizer(made, (*Compact).Close)
	return made, nil
}

// Step moves about a mebibyte. It returns false when there is nothing more to gain, and when something
// went wrong, which Err tells then.
func (c *Compact) Step() bool {
	return c.take(c, func(made *call) int {
		return c.native.Step(memory(c.progress), size(c.progress), made.at())
	})
}

// Progress returns how far the last step has come.
func (c *Compact) Progress() CompactProgress {
	p := c.progress
	return CompactProgress{
		BytesBefore: p.bytesBefore, BytesNow: p.bytesNow, BytesLive: p.bytesLive, PagesMoved: p.pagesMoved,
	}
}

// Err returns what went wrong; nil if there is no such thing.
func (c *Compact) Err() error { return c.err }

// Run does all steps that are left and closes. It calls report, if there is one, after each. When ctx
// is done, it ends with the error of ctx.
func (c *Compact) Run(ctx context.Context, report func(CompactProgress)) (CompactProgress, error) {
	defer c.Close()
	step := func() bool {
		more := c.Step()
		if more && report != nil {
			report(c.Progress())
		}
		return more
	}
	err := run(ctx, step, c.Err)
	return c.Progress(), err
}

// Close ends the compaction; what was moved stays so. Closing again does nothing. The error is always
// nil.
func (c *Compact) Close() error {
	if !c.closed.Swap(true) {
		runtime.SetFinalizer(c, nil)
		c.native.Close()
	}
	return nil
}
