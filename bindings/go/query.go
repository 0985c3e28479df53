package stele

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Query says which events are meant. It is a value: each method returns a new one.
//
// A query is items, and matches an event that any item matches. An item names values for fields of an
// event, and matches an event
//
//	whose type is one of the item's types, or in one of its categories,
//	whose tags include all tags of the item,
//	whose entity is one of the item's entities, or begins with one of its entity prefixes,
//	whose scope, correlation id and causation id is one of the item's,
//	whose time and position are in the item's ranges,
//
// where a field of which the item names nothing asks for nothing. Or begins the next item:
//
//	stele.All.Type("OrderPlaced", "OrderPaid").Tag("customer:7").Or().EntityPrefix("invoice/")
//
// The zero Query has no items and matches every event. What is wrong with a query, such as text that
// is empty or no UTF-8, is told by the call that it is passed to.
type Query struct {
	items   []byte // As docs/format.md says, "Query": without its head.
	count   int    // Items.
	last    int    // Where the last of them begins.
	mistake error  // What the encoding has no room for.
}

// All is the query of all events, which others begin with.
var All Query

// The kinds of fields, as encoded.
const (
	kindType         = 1
	kindTag          = 2
	kindEntity       = 3
	kindCategory     = 4
	kindScope        = 5
	kindCorrelation  = 7
	kindCausation    = 8
	kindEntityPrefix = 16
	kindTime         = 17
	kindPositions    = 18
)

// Or begins the next item.
func (q Query) Or() Query {
	q.last = len(q.items)
	q.items = append(q.items[:q.last:q.last], 0, 0, 0, 0)
	q.count++
	return q
}

// Type asks for one of these types.
func (q Query) Type(types ...string) Query { return q.texts(kindType, types) }

// Category asks for types of one of these categories: what stands before the first '.' of a type, as
// "order" of "order.placed.v2". A type without a '.' is a category of its own.
func (q Query) Category(categories ...string) Query { return q.texts(kindCategory, categories) }

// Tag asks for all of these tags.
func (q Query) Tag(tags ...string) Query { return q.texts(kindTag, tags) }

// Entity asks for one of these entities.
func (q Query) Entity(entities ...string) Query { return q.texts(kindEntity, entities) }

// EntityPrefix asks for entities that begin with one of these.
func (q Query) EntityPrefix(prefixes ...string) Query { return q.texts(kindEntityPrefix, prefixes) }

// Scope asks for one of these scopes.
func (q Query) Scope(scopes ...string) Query { return q.texts(kindScope, scopes) }

// Correlation asks for one of these correlation ids.
func (q Query) Correlation(ids ...UUID) Query { return q.ids(kindCorrelation, ids) }

// Causation asks for one of these causation ids.
func (q Query) Causation(ids ...UUID) Query { return q.ids(kindCausation, ids) }

// Time asks for events whose time is from or later, and before to, in place of an earlier range. The
// time is that of the event; for the time of its commit, see DB.PositionAt.
func (q Query) Time(from, to time.Time) Query {
	first, err := microsOf(from)
	if err != nil {
		return q.wrong(err)
	}
	end, err := microsOf(to)
	if err != nil {
		return q.wrong(err)
	}
	return q.numbers(kindTime, uint64(first), uint64(end))
}

// Since is Time without an end: from or later.
func (q Query) Since(from time.Time) Query { return q.Time(from, timeMax) }

// Before is Time without a beginning: before to.
func (q Query) Before(to time.Time) Query { return q.Time(timeMin, to) }

// Positions asks for positions that are from or more, and below to, in place of an earlier range.
func (q Query) Positions(from, to uint64) Query { return q.numbers(kindPositions, from, to) }

func (q Query) wrong(mistake error) Query {
	if q.mistake == nil {
		q.mistake = mistake
	}
	return q
}

// room returns a copy of the query with room for the fields that are added, and an item for them.
func (q Query) room(fields, bytes int) Query {
	items := make([]byte, len(q.items), len(q.items)+4+fields*4+bytes)
	copy(items, q.items)
	q.items = items
	if q.count == 0 {
		q.items = append(q.items, 0, 0, 0, 0)
		q.count = 1
	}
	return q
}

// field appends the head of a field. Requires: room.
func (q *Query) field(kind, size int) {
	count := q.items[q.last:]
	binary.LittleEndian.PutUint32(count, binary.LittleEndian.Uint32(count)+1)
	q.items = append(q.items, byte(kind), byte(kind>>8), byte(size), byte(size>>8))
}

func (q Query) texts(kind int, texts []string) Query {
	size := 0
	for _, text := range texts {
		if len(text) > 1<<16-1 {
			return q.wrong(failed(StatusTooLarge, fmt.Sprintf("query: a text has %d bytes, at most %d are allowed",
				len(text), TermMax)))
		}
		size += len(text)
	}
	if len(texts) == 0 {
		return q
	}
	q = q.room(len(texts), size)
	for _, text := range texts {
		q.field(kind, len(text))
		q.items = append(q.items, text...)
	}
	return q
}

func (q Query) ids(kind int, ids []UUID) Query {
	if len(ids) == 0 {
		return q
	}
	q = q.room(len(ids), len(ids)*len(UUID{}))
	for i := range ids {
		q.field(kind, len(ids[i]))
		q.items = append(q.items, ids[i][:]...)
	}
	return q
}

func (q Query) numbers(kind int, from, to uint64) Query {
	q = q.room(1, 16)
	q.field(kind, 16)
	q.items = binary.LittleEndian.AppendUint64(q.items, from)
	q.items = binary.LittleEndian.AppendUint64(q.items, to)
	return q
}

const queryVersion = 1

// encode returns the bytes that the C library reads; none for all events.
func (q Query) encode() ([]byte, error) {
	if q.mistake != nil || q.count == 0 {
		return nil, q.mistake
	}
	encoded := make([]byte, 8, 8+len(q.items))
	encoded[0] = queryVersion
	binary.LittleEndian.PutUint32(encoded[4:], uint32(q.count))
	return append(encoded, q.items...), nil
}
