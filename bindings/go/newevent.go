package stele

import (
	"encoding/binary"
	"fmt"
	"time"
)

// NewEvent is an event to append. Everything but Type may be left away. An event's limits are
// constants of this package.
type NewEvent struct {
	// Type says what happened: 1 to TermMax bytes of UTF-8 without NUL, as all text here. What stands
	// before its first '.' is its category.
	Type string

	// Entity is whose stream the event belongs to.
	Entity string

	// Scope is a further attribute, such as a tenant.
	Scope string

	// Tags are a set: their order is lost, and one that occurs twice is there once.
	Tags []string

	// Metadata are ordered pairs; each key occurs once.
	Metadata []Metadata

	// Data is the payload.
	Data []byte

	// ID is unique in the database. If it is zero, a version 7 UUID is made.
	ID UUID

	// CorrelationID is what the event belongs to, CausationID the event that caused it.
	CorrelationID, CausationID UUID

	// Time is the caller's time, to the microsecond. If it is the zero time, and HasTime is not set,
	// the event's time is that of its commit.
	Time    time.Time
	HasTime bool
}

// Metadata is a pair that goes with an event.
type Metadata struct {
	Key   string // 1 to 65,535 bytes of UTF-8 without NUL.
	Value []byte // 0 to 65,535 bytes.
}

// Limits.
const (
	TermMax     = 512               // Bytes of a type, tag, entity or scope.
	TagsMax     = 256               // Tags of an event.
	MetadataMax = 65535             // Pairs of an event; bytes of a key, of a value.
	DataMax     = 64 * 1024 * 1024  // Bytes of an event's data, and of its metadata.
	BatchMax    = 256 * 1024 * 1024 // Bytes of a batch, encoded.
	SourceMax   = 255               // Bytes of a tracking source's name.
	KeyMax      = 255               // Bytes of an idempotency key.
)

// Where the fields of an encoded event are: docs/format.md, "Event".
const (
	atSize          = 0
	atPayload       = 4
	atPosition      = 8
	atTSN           = 16
	atRecorded      = 24
	atSequence      = 32
	atHash          = 40
	atVersion       = 72
	atFlags         = 73
	atTypeSize      = 74
	atEntitySize    = 76
	atScopeSize     = 78
	atTagCount      = 80
	atMetadataCount = 82
	atDataSize      = 84
	atMetadataSize  = 88
	atKeyID         = 92
	atTime          = 96
	atID            = 104
	fixedSize       = 120

	hasCorrelation = 1
	hasCausation   = 2
	timeIsRecorded = 4

	recordVersion = 1
)

// sizes are those of an event's encoding.
type sizes struct{ payload, metadata, record int }

// measure checks what the encoding has no room for, and what is empty: said here, it is said in terms
// of the event and not of its encoding. The C library checks everything else.
func (e *NewEvent) measure() (sizes, error) {
	const textMax = 1<<16 - 1
	var s sizes
	if e.Type == "" {
		return s, failed(StatusInvalid, "append: the event type is empty")
	}
	if len(e.Type) > textMax || len(e.Entity) > textMax || len(e.Scope) > textMax {
		return s, tooLong("a type, an entity or a scope", TermMax)
	}
	if len(e.Tags) > textMax {
		return s, failed(StatusTooLarge, fmt.Sprintf("append: the event has %d tags, at most %d are allowed",
			len(e.Tags), TagsMax))
	}
	if len(e.Metadata) > MetadataMax {
		return s, failed(StatusTooLarge, fmt.Sprintf(
			"append: the event has %d metadata pairs, at most %d are allowed", len(e.Metadata), MetadataMax))
	}
	if len(e.Data) > DataMax {
		return s, failed(StatusTooLarge, fmt.Sprintf(
			"append: the data has %d bytes, at most %d are allowed", len(e.Data), DataMax))
	}
	s.payload = fixedSize + len(e.Type) + len(e.Entity) + len(e.Scope)
	if !e.CorrelationID.IsZero() {
		s.payload += len(e.CorrelationID)
	}
	if !e.CausationID.IsZero() {
		s.payload += len(e.CausationID)
	}
	for _, tag := range e.Tags {
		if tag == "" {
			return s, failed(StatusInvalid, "append: a tag is empty")
		}
		if len(tag) > textMax {
			return s, tooLong("a tag", TermMax)
		}
		s.payload += 2 + len(tag)
	}
	for i := range e.Metadata {
		pair := &e.Metadata[i]
		if pair.Key == "" {
			return s, failed(StatusInvalid, "append: a metadata key is empty")
		}
		if len(pair.Key) > MetadataMax || len(pair.Value) > MetadataMax {
			return s, tooLong("a key or a value of the metadata", MetadataMax)
		}
		s.metadata += 4 + len(pair.Key) + len(pair.Value)
	}
	if s.metadata > DataMax {
		return s, failed(StatusTooLarge, fmt.Sprintf(
			"append: the metadata takes %d bytes, at most %d are allowed", s.metadata, DataMax))
	}
	s.record = (s.payload + len(e.Data) + s.metadata + 7) &^ 7
	return s, nil
}

func tooLong(what string, max int) error {
	return failed(StatusTooLarge, fmt.Sprintf("append: %s has more than %d bytes", what, max))
}

// encodeEvents writes the events behind each other, into memory that is reused if it is large enough.
func encodeEvents(memory []byte, events []NewEvent) ([]byte, error) {
	memory = memory[:0]
	for i := range events {
		var err error
		if memory, err = events[i].appendTo(memory); err != nil {
			return memory, err
		}
		if len(memory) > BatchMax {
			return memory, failed(StatusTooLarge, fmt.Sprintf(
				"append: the events take more than %d bytes", BatchMax))
		}
	}
	return memory, nil
}

// appendTo appends the event as encoded.
func (e *NewEvent) appendTo(to []byte) ([]byte, error) {
	s, err := e.measure()
	if err != nil {
		return to, err
	}
	to, at := grow(to, s.record)
	le := binary.LittleEndian
	fixed := at[:fixedSize]
	for i := range fixed[:atVersion] {
		fixed[i] = 0
	}
	le.PutUint32(fixed[atSize:], uint32(s.record))
	le.PutUint32(fixed[atPayload:], uint32(s.payload))
	fixed[atVersion] = recordVersion
	le.PutUint16(fixed[atTypeSize:], uint16(len(e.Type)))
	le.PutUint16(fixed[atEntitySize:], uint16(len(e.Entity)))
	le.PutUint16(fixed[atScopeSize:], uint16(len(e.Scope)))
	le.PutUint16(fixed[atTagCount:], uint16(len(e.Tags)))
	le.PutUint16(fixed[atMetadataCount:], uint16(len(e.Metadata)))
	le.PutUint32(fixed[atDataSize:], uint32(len(e.Data)))
	le.PutUint32(fixed[atMetadataSize:], uint32(s.metadata))
	le.PutUint32(fixed[atKeyID:], 0)
	copy(fixed[atID:], e.ID[:])
	flags, micros := byte(timeIsRecorded), int64(0)
	if e.HasTime || !e.Time.IsZero() {
		flags = 0
		if micros, err = microsOf(e.Time); err != nil {
			return to, err
		}
	}
	le.PutUint64(fixed[atTime:], uint64(micros))
	fixed[atFlags] = flags | e.putVariable(at[fixedSize:s.payload])
	e.putPayload(at[s.payload:], s)
	return to, nil
}

// putVariable writes what lies between the fixed fields and the payload. It returns the flags that
// say what is there.
func (e *NewEvent) putVariable(at []byte) byte {
	flags, next := byte(0), 0
	if !e.CorrelationID.IsZero() {
		flags |= hasCorrelation
		next += copy(at[next:], e.CorrelationID[:])
	}
	if !e.CausationID.IsZero() {
		flags |= hasCausation
		next += copy(at[next:], e.CausationID[:])
	}
	next += copy(at[next:], e.Type)
	next += copy(at[next:], e.Entity)
	next += copy(at[next:], e.Scope)
	for _, tag := range e.Tags {
		binary.LittleEndian.PutUint16(at[next:], uint16(len(tag)))
		next += 2
		next += copy(at[next:], tag)
	}
	return flags
}

// putPayload writes data, metadata and zeros.
func (e *NewEvent) putPayload(at []byte, s sizes) {
	next := copy(at, e.Data)
	for i := range e.Metadata {
		pair := &e.Metadata[i]
		binary.LittleEndian.PutUint16(at[next:], uint16(len(pair.Key)))
		binary.LittleEndian.PutUint16(at[next+2:], uint16(len(pair.Value)))
		next += 4
		next += copy(at[next:], pair.Key)
		next += copy(at[next:], pair.Value)
	}
	for ; next < len(at); next++ {
		at[next] = 0
	}
}

// grow appends size bytes of any content and returns them, too.
func grow(to []byte, size int) (all, added []byte) {
	start := len(to)
	if start+size <= cap(to) {
		all = to[:start+size]
	} else {
		all = make([]byte, start+size, 2*start+size)
		copy(all, to)
	}
	return all, all[start : start+size : start+size]
}
