package stele

import (
	"encoding/binary"
	"time"
)

// Record is an event as a struct that lives by itself. What is missing is zero. Its texts share memory.
type Record struct {
	Position, TSN, Sequence        uint64
	Recorded, Time                 time.Time
	ID, CorrelationID, CausationID UUID
	Hash                           Hash
	KeyID                          uint32
	Type, Entity, Scope            string
	Tags                           []string
	Metadata                       []Metadata
	Data                           []byte
}

// Record copies everything.
func (e Event) Record() Record {
	r := Record{
		Position: e.Position(),
		TSN:      e.TSN(),
		Sequence: e.Sequence(),
		Recorded: e.Recorded(),
		Time:     e.Time(),
		ID:       e.ID(),
		Hash:     e.Hash(),
		KeyID:    e.KeyID(),
		Metadata: e.Metadata(),
		Data:     append([]byte(nil), e.Data()...),
	}
	r.CorrelationID, _ = e.CorrelationID()
	r.CausationID, _ = e.CausationID()
	e.copyTexts(&r)
	return r
}

// copyTexts copies all texts at once: parts of one string are cheaper than strings.
func (e Event) copyTexts(r *Record) {
	start := e.atType()
	texts := string(e.record[start:e.u32(atPayload)])
	at := e.u16(atTypeSize)
	r.Type, texts = texts[:at], texts[at:]
	at = e.u16(atEntitySize)
	r.Entity, texts = texts[:at], texts[at:]
	at = e.u16(atScopeSize)
	r.Scope, texts = texts[:at], texts[at:]
	count := e.TagCount()
	if count == 0 {
		return
	}
	r.Tags = make([]string, count)
	sizes := e.record[e.atTags():]
	for i := range r.Tags {
		end := 2 + int(binary.LittleEndian.Uint16(sizes))
		r.Tags[i], texts, sizes = texts[2:end], texts[end:], sizes[end:]
	}
}
