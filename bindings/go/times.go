package stele

import (
	"math"
	"time"
)

// Times are microseconds since 1970-01-01T00:00:00Z in the C library, any of 64 bits.

// timeOf makes a time in UTC, without loss.
func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// The first and the last time there are.
var (
	timeMin = timeOf(math.MinInt64)
	timeMax = timeOf(math.MaxInt64)
)

// microsOf leaves what is finer than a microsecond away. A time that no 64 bits can say is INVALID.
func microsOf(t time.Time) (int64, error) {
	if t.Before(timeMin) || !t.Before(timeMax.Add(time.Microsecond)) {
		return 0, failed(StatusInvalid, "time: "+t.String()+" is out of range")
	}
	return t.UnixMicro(), nil
}
