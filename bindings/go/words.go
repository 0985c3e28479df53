package stele

import "hash/maphash"

// words remembers texts that were read recently, so that an event whose type, entity and tags other
// events have, too, is read without new strings. One for each place that a hash may point to: a text
// takes that of another one.
type words struct {
	slots [1024]string
}

const wordMax = 64 // Longer ones are seldom the same.

var wordSeed = maphash.MakeSeed()

func (w *words) text(b []byte) string {
	if w == nil || len(b) == 0 || len(b) > wordMax {
		return string(b)
	}
	slot := &w.slots[maphash.Bytes(wordSeed, b)%uint64(len(w.slots))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
