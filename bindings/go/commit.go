package stele

import "time"

// Commit is what became of a batch.
type Commit struct {
	TSN      uint64    // The number of the commit.
	First    uint64    // The position of its first event; 0 without events.
	Last     uint64    // The position of its last event; 0 without events.
	Count    int       // Its events.
	Recorded time.Time // When it was committed, in UTC.
	Repeated bool      // This is the result of an earlier commit of the same batch and key.
}

func (r *commitResultStruct) commit() Commit {
	return Commit{
		TSN:      r.tsn,
		First:    r.firstPosition,
		Last:     r.lastPosition,
		Count:    int(r.eventCount),
		Recorded: timeOf(r.recorded),
		Repeated: r.repeated != 0,
	}
}
