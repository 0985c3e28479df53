package stele

import (
	"context"
	"runtime"

	"stele.dev/stele/internal/native"
)

// BackupProgress is how far a backup is.
type BackupProgress struct {
	BytesDone  uint64 // Copied, or found to be there already ...
	BytesTotal uint64 // ... of so many.
	TSN        uint64 // The backup has every commit up to this one ...
	Head       uint64 // ... and every event up to this position.
}

// Backup is a copy of everything that was committed before it began. Commits and reads go on
// meanwhile. The copy is a database with the same UUID and the same history: subscribers that have
// seen more than it holds are told so.
//
// Until the last step is done, the directory is no database. A backup that was interrupted, in
// whatever way, is begun again with the same path; what is there already is not written again.
//
// It belongs to one goroutine at a time, but Close may be called by any.
type Backup struct {
	steps
	db       *DB
	native   native.SwigcptrNativeBackup
	progress *backupProgressStruct // By itself: what crosses the border must not lie beside pointers.
}

// Backup begins a backup into the directory path, on the machine's file system even for a database in
// memory. The directory is made if it is missing.
//
// Errors: ErrExists (there is a database), ErrInvalid (there are other files, or an unfinished backup
// of another database), ErrBusy (another backup is at work there), ErrIO, ErrFull, ErrCorrupt,
// ErrClosed.
func (db *DB) Backup(path string) (*Backup, error) {
	name := []byte(path)
	c := begin()
	defer c.end(db)
	handle := db.native.Backup(first(name), len(name), c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	b := &Backup{db: db, native: native.SwigcptrNativeBackup(handle), progress: new(backupProgressStruct)}
	runtime.SetFinalizer(b, (*Backup).Close)
	return b, nil
}

// Step copies the next piece, about a mebibyte. It returns false when the backup is a database, on
// stable storage, and when something went wrong, which Err tells then.
func (b *Backup) Step() bool {
	return b.take(b, func(c *call) int {
		return b.native.Step(memory(b.progress), size(b.progress), c.at())
	})
}

// Progress returns how far the last step has come.
func (b *Backup) Progress() BackupProgress {
	p := b.progress
	return BackupProgress{BytesDone: p.bytesDone, BytesTotal: p.bytesTotal, TSN: p.tsn, Head: p.head}
}

// Err returns what went wrong; nil if there is no such thing. A damaged page of the database is not
// copied: ErrCorrupt names file and page.
func (b *Backup) Err() error { return b.err }

// Run does all steps that are left and closes. It calls report, if there is one, after each. When ctx
// is done, it ends with the error of ctx.
func (b *Backup) Run(ctx context.Context, report func(BackupProgress)) (BackupProgress, error) {
	defer b.Close()
	step := func() bool {
		more := b.Step()
		if more && report != nil {
			report(b.Progress())
		}
		return more
	}
	err := run(ctx, step, b.Err)
	return b.Progress(), err
}

// Close gives the directory back. What is unfinished stays there, to be gone on with. Closing again
// does nothing. The error is always nil.
func (b *Backup) Close() error {
	if !b.closed.Swap(true) {
		runtime.SetFinalizer(b, nil)
		b.native.Close()
	}
	return nil
}
