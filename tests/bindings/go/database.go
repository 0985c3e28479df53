package main

import (
	"math"
	"time"

	"stele.dev/stele"
)

// Commands of a whole database: open and close, clock and figures.
func init() {
	add(map[string]func(p *player, w *words){
		"open":       playOpen,
		"close":      func(p *player, w *words) { p.status(p.db(w).Close()) },
		"clock":      func(p *player, w *words) { p.status(p.db(w).SetTestClock(w.time())) },
		"sync":       func(p *player, w *words) { p.status(p.db(w).Sync()) },
		"checkpoint": func(p *player, w *words) { p.status(p.db(w).Checkpoint()) },
		"head":       playHead,
		"stats":      playStats,
		"live":       playLive,
	})
}

var levels = map[string]stele.Durability{
	"os": stele.DurabilityOS, "interval": stele.DurabilityInterval, "sync": stele.DurabilitySync,
}

func playOpen(p *player, w *words) {
	name, path := w.name(), w.text()
	options := stele.Options{Mode: choice(w, map[string]stele.OpenMode{
		"create": stele.OpenCreate, "existing": stele.OpenExisting, "new": stele.OpenNew,
		"read-only": stele.OpenReadOnly,
	})}
	for w.more() {
		takeOption(w, &options)
	}
	forget(p.dbs, name)
	db, err := stele.OpenOptions(path, options)
	keep(p.dbs, name, db, p.closed.db, err)
	p.status(err)
}

func takeOption(w *words, o *stele.Options) {
	switch name := w.name(); name {
	case "durability":
		o.Durability = choice(w, levels)
	case "interval_ms":
		o.Interval = duration(w.count(), time.Millisecond)
	case "segment_size":
		o.SegmentSize = w.count()
	case "buffer_max":
		o.BufferMax = w.count()
	case "tail_max":
		o.TailMax = w.count()
	case "max_clock_jump":
		o.MaxClockJump = duration(w.count(), time.Microsecond)
	case "keep_wal":
		o.KeepWAL = w.count() != 0
	case "test_time":
		o.TestTime = w.time()
	case "test_seed":
		o.TestSeed = w.count()
	case "strict_after":
		o.StrictAfter = w.count() != 0
	case "memory_budget":
		o.MemoryBudget = w.count()
	case "checkpoint_log":
		o.CheckpointLog = w.count()
	case "max_reader_age":
		o.MaxReaderAge = duration(w.count(), time.Millisecond)
	default:
		panic(nonsense("no such option: " + name))
	}
}

// duration makes so many units, or what is as good as for ever.
func duration(count uint64, unit time.Duration) time.Duration {
	if count > uint64(math.MaxInt64/unit) {
		return math.MaxInt64 / unit * unit
	}
	return time.Duration(count) * unit
}

func playHead(p *player, w *words) {
	head, err := p.db(w).Head()
	p.answer(err, head)
}

// figures are the fields of the figures, by their names in C.
var figures = map[string]func(s stele.Stats) any{
	"format_version":    func(s stele.Stats) any { return s.FormatVersion },
	"uuid":              func(s stele.Stats) any { return digits(s.UUID[:]) },
	"tsn":               func(s stele.Stats) any { return s.TSN },
	"head":              func(s stele.Stats) any { return s.Head },
	"tail_events":       func(s stele.Stats) any { return s.TailEvents },
	"tail_bytes":        func(s stele.Stats) any { return s.TailBytes },
	"terms":             func(s stele.Stats) any { return s.Terms },
	"wal_segments":      func(s stele.Stats) any { return s.WALSegments },
	"wal_bytes":         func(s stele.Stats) any { return s.WALBytes },
	"commits":           func(s stele.Stats) any { return s.Commits },
	"commits_rejected":  func(s stele.Stats) any { return s.CommitsRejected },
	"groups":            func(s stele.Stats) any { return s.Groups },
	"syncs":             func(s stele.Stats) any { return s.Syncs },
	"wal_written":       func(s stele.Stats) any { return s.WALWritten },
	"recovered_commits": func(s stele.Stats) any { return s.RecoveredCommits },
	"recovered_cut":     func(s stele.Stats) any { return s.RecoveredCut },
	"last_recorded":     func(s stele.Stats) any { return lastRecorded(s) },
	"durable_tsn":       func(s stele.Stats) any { return s.DurableTSN },
	"commits_repeated":  func(s stele.Stats) any { return s.CommitsRepeated },
	"group_max":         func(s stele.Stats) any { return s.GroupMax },
	"queue":             func(s stele.Stats) any { return s.Queue },
	"sync_us":           func(s stele.Stats) any { return s.SyncTime.Microseconds() },
	"sync_us_max":       func(s stele.Stats) any { return s.SyncTimeMax.Microseconds() },
	"clock_behind_us":   func(s stele.Stats) any { return s.ClockBehind.Microseconds() },
	"applied_tsn":       func(s stele.Stats) any { return s.AppliedTSN },
	"checkpoints":       func(s stele.Stats) any { return s.Checkpoints },
	"checkpoint_us":     func(s stele.Stats) any { return s.CheckpointTime.Microseconds() },
	"checkpoint_us_max": func(s stele.Stats) any { return s.CheckpointTimeMax.Microseconds() },
	"page_size":         func(s stele.Stats) any { return s.PageSize },
	"pages":             func(s stele.Stats) any { return s.Pages },
	"pages_free":        func(s stele.Stats) any { return s.PagesFree },
	"pages_waiting":     func(s stele.Stats) any { return s.PagesWaiting },
	"pages_written":     func(s stele.Stats) any { return s.PagesWritten },
	"pages_read":        func(s stele.Stats) any { return s.PagesRead },
	"readers":           func(s stele.Stats) any { return s.Readers },
	"cache_bytes":       func(s stele.Stats) any { return s.CacheBytes },
	"cache_budget":      func(s stele.Stats) any { return s.CacheBudget },
	"cache_hits":        func(s stele.Stats) any { return s.CacheHits },
	"cache_misses":      func(s stele.Stats) any { return s.CacheMisses },
	"reader_age_us":     func(s stele.Stats) any { return s.ReaderAge.Microseconds() },
	"reader_bytes":      func(s stele.Stats) any { return s.ReaderBytes },
	"commit_bytes":      func(s stele.Stats) any { return s.CommitBytes },
}

func lastRecorded(s stele.Stats) int64 {
	if s.LastRecorded.IsZero() {
		return 0
	}
	return s.LastRecorded.UnixMicro()
}

func playStats(p *player, w *words) {
	stats, err := p.db(w).Stats()
	var values []any
	for w.more() {
		name := w.name()
		figure, ok := figures[name]
		if !ok {
			panic(nonsense("no such figure: " + name))
		}
		values = append(values, figure(stats))
	}
	p.answer(err, values...)
}

func playLive(p *player, w *words) {
	p.closeAll()
	p.answer(nil, stele.LiveHandles())
}
