package stele

import (
	"fmt"
	"math"
	"time"
)

// OpenMode says what Open expects to find.
type OpenMode int32

const (
	OpenCreate   OpenMode = 0 // The database is created if the directory is missing or empty.
	OpenExisting OpenMode = 1 // The database must exist: ErrNotFound otherwise.
	OpenNew      OpenMode = 2 // The database must not exist: ErrExists if it does.
	OpenReadOnly OpenMode = 3 // The database must exist; nothing is ever written to its directory.
)

// Durability says what a commit waits for. A database has a level, and a batch may ask for a stronger
// one. At every level a commit that was acknowledged survives a kill, and a power failure loses the
// newest commits only: what is left has no holes.
type Durability int32

const (
	DurabilityDefault  Durability = 0 // Of a database: DurabilitySync. Of a batch: that of the database.
	DurabilityOS       Durability = 1 // A commit survives a power failure after Sync, or some idleness.
	DurabilityInterval Durability = 2 // ... if it is older than Options.Interval.
	DurabilitySync     Durability = 3 // ... as soon as it is acknowledged.
)

// Options say how a database is opened. What is zero has its default.
type Options struct {
	Mode       OpenMode
	Durability Durability

	// Interval of DurabilityInterval: whole milliseconds, rounded up; 0: 100 ms.
	Interval time.Duration

	// SegmentSize is the bytes of a log segment: 64 KiB to 1 GiB; 0: as the database was made, or
	// 64 MiB.
	SegmentSize uint64

	// BufferMax is the bytes of commits that may wait to be written; beyond it callers wait, too.
	// 0: 64 MiB.
	BufferMax uint64

	// TailMax is the bytes of commits to hold in memory; beyond it a commit gives ErrNoMemory.
	// 0: as many as there is memory for.
	TailMax uint64

	// MemoryBudget is the bytes of memory for cached pages, the newest commits and buffers, from
	// 1 MiB on. 0: 256 MiB.
	MemoryBudget uint64

	// CheckpointLog: a checkpoint is made when so many bytes of the log are in no tree. That is about
	// what an open after a crash has to read. 0: 64 MiB, or a quarter of the budget if that is less.
	CheckpointLog uint64

	// MaxReaderAge is for how long, in whole milliseconds, a backup or a verification may hold an old
	// state of the trees; one that is older gives ErrTooOld at its next step. 0: for ever.
	MaxReaderAge time.Duration

	// MaxClockJump is how far the system clock may leap ahead between two commits of this handle;
	// beyond it a commit gives ErrIO. 0: a day. Below 0: any leap.
	MaxClockJump time.Duration

	// KeepWAL: log segments that are not needed any more keep their bytes under the name NUMBER.kept,
	// and are the caller's to move or remove.
	KeepWAL bool

	// StrictAfter: a guard whose position is beyond the head makes its commit ErrInvalid; otherwise
	// it holds, for nothing can be behind it yet.
	StrictAfter bool

	// TestTime is for tests. If it is not zero, the clock stands still at it until DB.SetTestClock.
	TestTime time.Time

	// TestSeed is for tests. If it is not 0, ids are made from it and not from chance: the same calls
	// make the same ones.
	TestSeed uint64
}

func (o *Options) encode() (*optionsStruct, error) {
	made := &optionsStruct{
		mode:          int32(o.Mode),
		segmentSize:   o.SegmentSize,
		durability:    int32(o.Durability),
		bufferMax:     o.BufferMax,
		tailMax:       o.TailMax,
		keepWal:       number(o.KeepWAL),
		testSeed:      o.TestSeed,
		strictAfter:   number(o.StrictAfter),
		memoryBudget:  o.MemoryBudget,
		checkpointLog: o.CheckpointLog,
	}
	interval := roundedUp(o.Interval, time.Millisecond)
	if o.Interval < 0 || interval > math.MaxUint32 {
		return nil, failed(StatusInvalid, fmt.Sprintf("open: Interval %v is out of range", o.Interval))
	}
	made.intervalMs = uint32(interval)
	if o.MaxReaderAge < 0 {
		return nil, failed(StatusInvalid, fmt.Sprintf("open: MaxReaderAge %v is negative", o.MaxReaderAge))
	}
	made.maxReaderAge = roundedUp(o.MaxReaderAge, time.Millisecond)
	made.maxClockJump = math.MaxUint64
	if o.MaxClockJump >= 0 {
		made.maxClockJump = roundedUp(o.MaxClockJump, time.Microsecond)
	}
	if o.TestTime.IsZero() {
		return made, nil
	}
	made.testClock = 1
	var err error
	made.testTime, err = microsOf(o.TestTime)
	return made, err
}

func number(flag bool) uint32 {
	if flag {
		return 1
	}
	return 0
}

// roundedUp counts the units in d, so that what is not 0 stays so.
func roundedUp(d, unit time.Duration) uint64 {
	count := uint64(d / unit)
	if d%unit != 0 {
		count++
	}
	return count
}
