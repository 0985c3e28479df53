package stele

import (
	"encoding/binary"
	"fmt"
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

const textMax = 1<<16 - 1 // What the size of a text has room for.

// measure checks what the encoding has no room for, and what is empty: said here, it is said in terms
// of the event and not of its encoding. The C library checks everything else.
func (e *NewEvent) measure() (s sizes, err error) {
	if s.payload, err = e.measureHead(); err != nil {
		return s, err
	}
	if s.metadata, err = e.measureMetadata(); err != nil {
		return s, err
	}
	if len(e.Data) > DataMax {
		return s, tooMany("the data has", len(e.Data), "bytes", DataMax)
	}
	s.record = (s.payload + len(e.Data) + s.metadata + 7) &^ 7
	return s, nil
}

// measureHead returns the bytes before the payload.
func (e *NewEvent) measureHead() (int, error) {
	if e.Type == "" {
		return 0, failed(StatusInvalid, "append: the event type is empty")
	}
	if len(e.Type) > textMax || len(e.Entity) > textMax || len(e.Scope) > textMax {
		return 0, failed(StatusTooLarge, "append: a type, an entity or a scope is too long")
	}
	if len(e.Tags) > textMax {
		return 0, tooMany("the event has", len(e.Tags), "tags", TagsMax)
	}
	size := fixedSize + len(e.Type) + len(e.Entity) + len(e.Scope)
	if !e.CorrelationID.IsZero() {
		size += len(e.CorrelationID)
	}
	if !e.CausationID.IsZero() {
		size += len(e.CausationID)
	}
	for _, tag := range e.Tags {
		if tag == "" {
			return 0, failed(StatusInvalid, "append: a tag is empty")
		}
		if len(tag) > textMax {
			return 0, tooMany("a tag has", len(tag), "bytes", TermMax)
		}
		size += 2 + len(tag)
	}
	return size, nil
}

// measureMetadata returns the bytes of all pairs.
func (e *NewEvent) measureMetadata() (int, error) {
	if len(e.Metadata) > MetadataMax {
		return 0, tooMany("the event has", len(e.Metadata), "metadata pairs", MetadataMax)
	}
	size := 0
	for i := range e.Metadata {
		pair := &e.Metadata[i]
		if pair.Key == "" {
			return 0, failed(StatusInvalid, "append: a metadata key is empty")
		}
		if len(pair.Key) > MetadataMax {
			return 0, tooMany("a metadata key has", len(pair.Key), "bytes", MetadataMax)
		}
		if len(pair.Value) > MetadataMax {
			return 0, tooMany("a metadata value has", len(pair.Value), "bytes", MetadataMax)
		}
		size += 4 + len(pair.Key) + len(pair.Value)
	}
	if size > DataMax {
		return 0, tooMany("the metadata takes", size, "bytes", DataMax)
	}
	return size, nil
}

func tooMany(what string, count int, of string, max int) error {
	return failed(StatusTooLarge, fmt.Sprintf("append: %s %d %s, at most %d are allowed", what, count, of, max))
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
			return memory, tooMany("the events take", len(memory), "bytes", BatchMax)
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
