package stele

import (
	"context"
	"runtime"

	"stele.dev/stele/internal/native"
)

// VerifyProgress is how far a verification is.
type VerifyProgress struct {
	BytesDone  uint64 // Log bytes read back and checked ...
	BytesTotal uint64 // ... of so many.
	Commits    uint64 // Checked so far.
	Events     uint64 // Checked so far.

	// Root is the chained root of the last commit checked: keep it elsewhere, and a later verification
	// that passes through the same root proves that nothing before it was changed.
	Root Hash
}

// Verify is a check of everything that was committed before it began: the log is read back from disk,
// and every checksum, position, hash and root is computed again and compared. Commits and reads go on
// meanwhile.
//
//	verify, err := db.Verify()
//	if err != nil {
//		return err
//	}
//	progress, err := verify.Run(ctx, nil)
//	if errors.Is(err, stele.ErrCorrupt) {
//		...
//	}
//
// It belongs to one goroutine at a time, but Close may be called by any.
type Verify struct {
	steps
	db       *DB
	native   native.SwigcptrNativeVerify
	progress *verifyProgressStruct // By itself: what crosses the border must not lie beside pointers.
}

// Verify begins a verification. Errors: ErrIO, ErrClosed.
func (db *DB) Verify() (*Verify, error) {
	c := begin()
	defer c.end(db)
	handle := db.native.Verify(c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	v := &Verify{db: db, native: native.SwigcptrNativeVerify(handle), progress: new(verifyProgressStruct)}
	runtime.SetFinalizer(v, (*Verify).Close)
	return v, nil
}

// Step checks the next piece, about a mebibyte. It returns false when everything was checked and is
// sound, and at the first fault: Err is ErrCorrupt then, its message names file, offset and what
// differs, its Position the event.
func (v *Verify) Step() bool {
	return v.take(v, func(c *call) int {
		return v.native.Step(memory(v.progress), size(v.progress), c.at())
	})
}

// Progress returns how far the last step has come.
func (v *Verify) Progress() VerifyProgress {
	p := v.progress
	return VerifyProgress{
		BytesDone: p.bytesDone, BytesTotal: p.bytesTotal, Commits: p.commits, Events: p.events, Root: p.root,
	}
}

// Err returns what is wrong; nil if there is no such thing.
func (v *Verify) Err() error { return v.err }

// Run does all steps that are left and closes. It calls report, if there is one, after each. When ctx
// is done, it ends with the error of ctx.
func (v *Verify) Run(ctx context.Context, report func(VerifyProgress)) (VerifyProgress, error) {
	defer v.Close()
	step := func() bool {
		more := v.Step()
		if more && report != nil {
			report(v.Progress())
		}
		return more
	}
	err := run(ctx, step, v.Err)
	return v.Progress(), err
}

// Close ends the verification. Closing again does nothing. The error is always nil.
func (v *Verify) Close() error {
	if !v.closed.Swap(true) {
		runtime.SetFinalizer(v, nil)
		v.native.Close()
	}
	return nil
}
