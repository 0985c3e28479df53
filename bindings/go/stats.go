package stele

import "time"

// Stats are figures of one moment. "Made" and "written" is what was, through this DB. The write
// amplification is (WALWritten + PagesWritten*PageSize) / CommitBytes.
type Stats struct {
	FormatVersion uint32 // Of the files on disk.
	UUID          UUID   // Made when the database was created.
	TSN           uint64 // The number of the last visible commit.
	Head          uint64 // The position of the last visible event.

	TailEvents uint64 // Events held in memory: those behind the last checkpoint.
	TailBytes  uint64 // Memory that holds their commits.
	Terms      uint64 // Distinct types, tags, entities and the like of these events.

	WALSegments uint64 // Log files on disk.
	WALBytes    uint64 // Their bytes in use.
	WALWritten  uint64 // Bytes of commits written to the log.

	Commits         uint64 // Batches committed ...
	CommitsRejected uint64 // ... and refused by a guard, ...
	CommitsRepeated uint64 // ... and recognised by an idempotency key.
	CommitBytes     uint64 // Of commits made.
	Groups          uint64 // Log writes that carried the commits ...
	GroupMax        uint64 // ... and the commits in the largest.
	Queue           uint64 // Commits that wait to be written now.
	Syncs           uint64 // Syncs of the log ...
	SyncTime        time.Duration
	SyncTimeMax     time.Duration // ... and the slowest of them.

	RecoveredCommits uint64 // Commits found in the log when it was opened ...
	RecoveredCut     uint64 // ... and bytes of unacknowledged, incomplete writes cut off.

	LastRecorded time.Time     // When the last visible commit was made; the zero time if there is none.
	ClockBehind  time.Duration // Of the system clock, behind the last commit: above 1 s it was set back.
	DurableTSN   uint64        // The last commit known to be on stable storage.
	AppliedTSN   uint64        // The last commit that is in the trees.

	Checkpoints       uint64 // Made ...
	CheckpointTime    time.Duration
	CheckpointTimeMax time.Duration // ... and the slowest of them.

	PageSize     uint64 // Bytes of a page; 0 before the first checkpoint, as what follows.
	Pages        uint64 // In the file of pages ...
	PagesFree    uint64 // ... of these, can be written now ...
	PagesWaiting uint64 // ... and are free as soon as nobody needs them.
	PagesWritten uint64
	PagesRead    uint64

	CacheBytes  uint64 // Memory that pages take now ...
	CacheBudget uint64 // ... and may take.
	CacheHits   uint64 // Pages found in memory ...
	CacheMisses uint64 // ... and not.

	Readers     uint64        // Iterators, backups and verifications that hold an old state of the trees.
	ReaderAge   time.Duration // For how long one of them has, at the most.
	ReaderBytes uint64        // Of pages and memory that only readers hold.
}

// Stats returns figures of this moment. They are read one by one, not as one snapshot. Its one error is
// ErrClosed.
func (db *DB) Stats() (Stats, error) {
	c := begin()
	defer c.end(db)
	var s statsStruct
	if err := c.check(db.native.Stats(memory(&s), size(&s), c.at())); err != nil {
		return Stats{}, err
	}
	return s.stats(), nil
}

func micros(count uint64) time.Duration { return time.Duration(count) * time.Microsecond }

func (s *statsStruct) stats() Stats {
	made := Stats{
		FormatVersion:     s.formatVersion,
		UUID:              s.uuid,
		TSN:               s.tsn,
		Head:              s.head,
		TailEvents:        s.tailEvents,
		TailBytes:         s.tailBytes,
		Terms:             s.terms,
		WALSegments:       s.walSegments,
		WALBytes:          s.walBytes,
		WALWritten:        s.walWritten,
		Commits:           s.commits,
		CommitsRejected:   s.commitsRejected,
		CommitsRepeated:   s.commitsRepeated,
		CommitBytes:       s.commitBytes,
		Groups:            s.groups,
		GroupMax:          s.groupMax,
		Queue:             s.queue,
		Syncs:             s.syncs,
		SyncTime:          micros(s.syncUs),
		SyncTimeMax:       micros(s.syncUsMax),
		RecoveredCommits:  s.recoveredCommits,
		RecoveredCut:      s.recoveredCut,
		ClockBehind:       time.Duration(s.clockBehindUs) * time.Microsecond,
		DurableTSN:        s.durableTsn,
		AppliedTSN:        s.appliedTsn,
		Checkpoints:       s.checkpoints,
		CheckpointTime:    micros(s.checkpointUs),
		CheckpointTimeMax: micros(s.checkpointUsMax),
		PageSize:          s.pageSize,
		Pages:             s.pages,
		PagesFree:         s.pagesFree,
		PagesWaiting:      s.pagesWaiting,
		PagesWritten:      s.pagesWritten,
		PagesRead:         s.pagesRead,
		CacheBytes:        s.cacheBytes,
		CacheBudget:       s.cacheBudget,
		CacheHits:         s.cacheHits,
		CacheMisses:       s.cacheMisses,
		Readers:           s.readers,
		ReaderAge:         micros(s.readerAgeUs),
		ReaderBytes:       s.readerBytes,
	}
	if s.tsn > 0 {
		made.LastRecorded = timeOf(s.lastRecorded)
	}
	return made
}
