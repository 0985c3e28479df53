package stele

import (
	"encoding/binary"
	"time"
)

// Event is an event that was read: a view of its encoded bytes, whose fields are decoded when they
// are asked for.
//
// An Event of an iterator or a subscription looks into memory of that, and lives until the next call
// of its Next or Close. Clone makes one that lives by itself, as those that DB.Get, DB.ByID and
// DB.Latest return do; Record copies everything at once. Methods that return a view say so: it lives
// as long as the Event, and must not be changed. What all others return is a copy.
//
// An Event may be used by one goroutine at a time; a clone by any number.
type Event struct {
	record []byte // As docs/format.md says, "Event"; nothing behind it.
	words  *words // Of who has read it; nil for one that lives by itself.
}

// Metadata values and tags are found behind what is before them; so are the others but for those at
// a fixed place.

func (e Event) u16(at int) int    { return int(binary.LittleEndian.Uint16(e.record[at:])) }
func (e Event) u32(at int) uint32 { return binary.LittleEndian.Uint32(e.record[at:]) }
func (e Event) u64(at int) uint64 { return binary.LittleEndian.Uint64(e.record[at:]) }

// Position returns its place in the global order: 1, 2, 3 ... without gaps.
func (e Event) Position() uint64 { return e.u64(atPosition) }

// TSN returns the number of the commit that it came with.
func (e Event) TSN() uint64 { return e.u64(atTSN) }

// Sequence returns its place in the stream of its entity: 1, 2, 3 ...; 0 without an entity.
func (e Event) Sequence() uint64 { return e.u64(atSequence) }

// Recorded returns when it was committed, in UTC; strictly increasing from commit to commit.
func (e Event) Recorded() time.Time { return timeOf(int64(e.u64(atRecorded))) }

// Time returns the caller's time, in UTC, or Recorded when none was given.
func (e Event) Time() time.Time { return timeOf(int64(e.u64(atTime))) }

// ID returns its id.
func (e Event) ID() UUID {
	var id UUID
	copy(id[:], e.record[atID:])
	return id
}

// Hash returns what binds the event and the one before it of its entity.
func (e Event) Hash() Hash {
	var hash Hash
	copy(hash[:], e.record[atHash:])
	return hash
}

// KeyID returns the key that its data is encrypted with; 0: it is not.
func (e Event) KeyID() uint32 { return e.u32(atKeyID) }

// CorrelationID returns what the event belongs to, and whether there is such an id.
func (e Event) CorrelationID() (UUID, bool) { return e.uuid(hasCorrelation, fixedSize) }

// CausationID returns the event that caused this one, and whether there is such an id.
func (e Event) CausationID() (UUID, bool) {
	at := fixedSize
	if e.record[atFlags]&hasCorrelation != 0 {
		at += len(UUID{})
	}
	return e.uuid(hasCausation, at)
}

func (e Event) uuid(flag byte, at int) (id UUID, there bool) {
	if e.record[atFlags]&flag == 0 {
		return UUID{}, false
	}
	copy(id[:], e.record[at:])
	return id, true
}

// atType returns where the type begins.
func (e Event) atType() int {
	at := fixedSize
	if e.record[atFlags]&hasCorrelation != 0 {
		at += len(UUID{})
	}
	if e.record[atFlags]&hasCausation != 0 {
		at += len(UUID{})
	}
	return at
}

func (e Event) atEntity() int { return e.atType() + e.u16(atTypeSize) }
func (e Event) atScope() int  { return e.atEntity() + e.u16(atEntitySize) }
func (e Event) atTags() int   { return e.atScope() + e.u16(atScopeSize) }

// Type returns what happened.
func (e Event) Type() string { return e.words.text(e.TypeView()) }

// TypeView is Type as a view.
func (e Event) TypeView() []byte {
	at := e.atType()
	return e.record[at : at+e.u16(atTypeSize)]
}

// Entity returns whose stream it belongs to; "" without one.
func (e Event) Entity() string { return e.words.text(e.EntityView()) }

// EntityView is Entity as a view.
func (e Event) EntityView() []byte {
	at := e.atEntity()
	return e.record[at : at+e.u16(atEntitySize)]
}

// Scope returns its scope; "" without one.
func (e Event) Scope() string { return e.words.text(e.ScopeView()) }

// ScopeView is Scope as a view.
func (e Event) ScopeView() []byte {
	at := e.atScope()
	return e.record[at : at+e.u16(atScopeSize)]
}

// TagCount returns how many tags it has.
func (e Event) TagCount() int { return e.u16(atTagCount) }

// Tags returns its tags, in bytewise order; nil without any.
func (e Event) Tags() []string {
	count := e.TagCount()
	if count == 0 {
		return nil
	}
	tags := make([]string, count)
	rest := e.record[e.atTags():]
	for i := range tags {
		end := 2 + int(binary.LittleEndian.Uint16(rest))
		tags[i] = e.words.text(rest[2:end])
		rest = rest[end:]
	}
	return tags
}

// HasTag reports whether it has this tag.
func (e Event) HasTag(tag string) bool {
	rest := e.record[e.atTags():]
	for i := e.TagCount(); i > 0; i-- {
		end := 2 + int(binary.LittleEndian.Uint16(rest))
		if string(rest[2:end]) == tag {
			return true
		}
		rest = rest[end:]
	}
	return false
}

// Data returns its payload, a view.
func (e Event) Data() []byte {
	start := int(e.u32(atPayload))
	end := start + int(e.u32(atDataSize))
	return e.record[start:end:end]
}

// DataSize returns the bytes of its payload.
func (e Event) DataSize() int { return int(e.u32(atDataSize)) }

// MetadataCount returns how many pairs of metadata it has.
func (e Event) MetadataCount() int { return e.u16(atMetadataCount) }

// Metadata returns its pairs, in the caller's order; nil without any.
func (e Event) Metadata() []Metadata {
	if e.MetadataCount() == 0 {
		return nil
	}
	pairs := make([]Metadata, 0, e.MetadataCount())
	e.eachPair(func(key, value []byte) bool {
		pairs = append(pairs, Metadata{Key: e.words.text(key), Value: append([]byte{}, value...)})
		return true
	})
	return pairs
}

// MetadataValue returns the value of a key, a view, and whether there is that key.
func (e Event) MetadataValue(key string) (found []byte, there bool) {
	e.eachPair(func(k, value []byte) bool {
		if string(k) == key {
			found, there = value, true
		}
		return !there
	})
	return found, there
}

// eachPair calls visit with views until it returns false.
func (e Event) eachPair(visit func(key, value []byte) bool) {
	rest := e.record[e.u32(atPayload)+e.u32(atDataSize):]
	for i := e.MetadataCount(); i > 0; i-- {
		keyEnd := 4 + int(binary.LittleEndian.Uint16(rest))
		end := keyEnd + int(binary.LittleEndian.Uint16(rest[2:]))
		if !visit(rest[4:keyEnd], rest[keyEnd:end:end]) {
			return
		}
		rest = rest[end:]
	}
}

// Encoded returns the whole event as encoded, a view: what VerifyReceipt takes.
func (e Event) Encoded() []byte { return e.record }

// Clone returns a copy that lives by itself.
func (e Event) Clone() Event { return Event{record: append([]byte(nil), e.record...)} }
