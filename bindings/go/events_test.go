package stele_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"stele.dev/stele"
)

// full is an event that has everything.
func full() stele.NewEvent {
	return stele.NewEvent{
		Type:          "order.placed",
		Entity:        "order-1",
		Scope:         "tenant-\U0001F600",
		Tags:          []string{"b", "a", "b"},
		Metadata:      []stele.Metadata{{Key: "z", Value: []byte("1")}, {Key: "a", Value: []byte{}}},
		Data:          []byte("data"),
		ID:            stele.UUID{1},
		CorrelationID: stele.UUID{2},
		CausationID:   stele.UUID{3},
		Time:          time.UnixMicro(-5),
	}
}

func TestAnEventIsReadAsItWasAppended(t *testing.T) {
	db := memoryDB(t)
	commit := appendOne(t, db, full())
	event, err := db.Get(1)
	noError(t, err)
	record := event.Record()
	expected := stele.Record{
		Position: 1, TSN: 1, Sequence: 1,
		Recorded: time.UnixMicro(1000).UTC(), Time: time.UnixMicro(-5).UTC(),
		ID: stele.UUID{1}, CorrelationID: stele.UUID{2}, CausationID: stele.UUID{3},
		Hash: record.Hash,
		Type: "order.placed", Entity: "order-1", Scope: "tenant-\U0001F600",
		Tags:     []string{"a", "b"},
		Metadata: []stele.Metadata{{Key: "z", Value: []byte("1")}, {Key: "a", Value: []byte{}}},
		Data:     []byte("data"),
	}
	if !reflect.DeepEqual(record, expected) {
		t.Fatalf("found    %+v\nexpected %+v", record, expected)
	}
	equal(t, commit, stele.Commit{TSN: 1, First: 1, Last: 1, Count: 1, Recorded: record.Recorded})
}

func TestAViewDecodesWhatARecordHas(t *testing.T) {
	db := memoryDB(t)
	appendOne(t, db, full())
	events := must(db.Read(stele.All))
	defer events.Close()
	if !events.Next() {
		t.Fatal(events.Err())
	}
	e, r := events.Event(), events.Event().Record()
	equal(t, e.Type(), r.Type)
	equal(t, string(e.TypeView()), r.Type)
	equal(t, e.Entity(), r.Entity)
	equal(t, string(e.EntityView()), r.Entity)
	equal(t, e.Scope(), r.Scope)
	equal(t, string(e.ScopeView()), r.Scope)
	equal(t, e.TagCount(), 2)
	equal(t, strings.Join(e.Tags(), ","), strings.Join(r.Tags, ","))
	equal(t, e.HasTag("a") && e.HasTag("b"), true)
	equal(t, e.HasTag("") || e.HasTag("c") || e.HasTag("ab"), false)
	equal(t, string(e.Data()), "data")
	equal(t, e.DataSize(), 4)
	equal(t, e.MetadataCount(), 2)
	value, there := e.MetadataValue("z")
	equal(t, string(value), "1")
	equal(t, there, true)
	_, there = e.MetadataValue("none")
	equal(t, there, false)
	equal(t, e.Hash(), r.Hash)
	equal(t, e.KeyID(), 0)
}

func TestWhatAnEventDoesNotHaveIsZero(t *testing.T) {
	db := memoryDB(t)
	appendOne(t, db, stele.NewEvent{Type: "A"})
	event, err := db.Get(1)
	noError(t, err)
	record := event.Record()
	expected := stele.Record{
		Position: 1, TSN: 1, Recorded: time.UnixMicro(1000).UTC(), Time: time.UnixMicro(1000).UTC(),
		ID: record.ID, Hash: record.Hash, Type: "A",
	}
	if !reflect.DeepEqual(record, expected) {
		t.Fatalf("found    %+v\nexpected %+v", record, expected)
	}
	equal(t, record.ID.IsZero(), false)
	_, correlated := event.CorrelationID()
	_, caused := event.CausationID()
	equal(t, correlated || caused, false)
}

func TestTimesLoseNothing(t *testing.T) {
	db := memoryDB(t)
	times := []time.Time{
		{}, // A time like any other, where HasTime is set.
		time.UnixMicro(math.MinInt64), time.UnixMicro(math.MaxInt64), time.UnixMicro(0),
		time.Date(2024, 2, 29, 23, 59, 59, 999999000, time.FixedZone("east", 3600)),
	}
	for i, given := range times {
		appendOne(t, db, stele.NewEvent{Type: "A", Time: given, HasTime: true})
		found := must(db.Get(uint64(i + 1))).Time()
		if !found.Equal(given) || found.Location() != time.UTC {
			t.Errorf("found %v, expected %v", found, given.UTC())
		}
	}
	_, err := db.Append(stele.NewEvent{Type: "A", Time: time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC)})
	isError(t, err, stele.ErrInvalid)
	found := must(db.Get(appendOne(t, db, stele.NewEvent{Type: "A", Time: time.Unix(1, 1999)}).First))
	equal(t, found.Time().UnixNano(), 1000001000)
}

func TestAViewLivesUntilTheNextOneAndACloneForEver(t *testing.T) {
	db := memoryDB(t)
	for i := 0; i < 3000; i++ {
		appendOne(t, db, stele.NewEvent{Type: fmt.Sprintf("type-%d", i), Data: make([]byte, 100)})
	}
	events := must(db.Read(stele.All))
	defer events.Close()
	var clones []stele.Event
	for events.Next() {
		clones = append(clones, events.Event().Clone())
	}
	noError(t, events.Err())
	equal(t, len(clones), 3000)
	for i, clone := range clones {
		equal(t, clone.Type(), fmt.Sprintf("type-%d", i))
		equal(t, clone.Position(), uint64(i+1))
	}
}

func TestRecordsOfAReadAreReadAtOnce(t *testing.T) {
	db := memoryDB(t)
	_, err := db.Append(full(), stele.NewEvent{Type: "B", Tags: []string{"t"}})
	noError(t, err)
	records, err := must(db.Read(stele.All)).Records()
	noError(t, err)
	equal(t, len(records), 2)
	equal(t, records[1].Type, "B")
}

func TestEventsThatAreRefusedAreNotAppended(t *testing.T) {
	db := memoryDB(t)
	long := strings.Repeat("x", 70000)
	for _, c := range []struct {
		name  string
		event stele.NewEvent
		err   error
	}{
		{"no type", stele.NewEvent{}, stele.ErrInvalid},
		{"a type that is no UTF-8", stele.NewEvent{Type: "\xff"}, stele.ErrInvalid},
		{"a type with NUL", stele.NewEvent{Type: "a\x00"}, stele.ErrInvalid},
		{"a type that is too long", stele.NewEvent{Type: long[:513]}, stele.ErrTooLarge},
		{"a type that no record has room for", stele.NewEvent{Type: long}, stele.ErrTooLarge},
		{"an empty tag", stele.NewEvent{Type: "A", Tags: []string{""}}, stele.ErrInvalid},
		{"a long tag", stele.NewEvent{Type: "A", Tags: []string{long}}, stele.ErrTooLarge},
		{"too many tags", stele.NewEvent{Type: "A", Tags: strings.Split(long, "")}, stele.ErrTooLarge},
		{"too much data", stele.NewEvent{Type: "A", Data: make([]byte, stele.DataMax+1)}, stele.ErrTooLarge},
		{"an empty key", stele.NewEvent{Type: "A", Metadata: []stele.Metadata{{}}}, stele.ErrInvalid},
		{"a long key", stele.NewEvent{Type: "A", Metadata: []stele.Metadata{{Key: long}}}, stele.ErrTooLarge},
		{"a key twice", stele.NewEvent{
			Type: "A", Metadata: []stele.Metadata{{Key: "k"}, {Key: "k"}},
		}, stele.ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.Append(stele.NewEvent{Type: "Fine"}, c.event)
			isError(t, err, c.err)
		})
	}
	equal(t, must(db.Head()), 0)
	appendOne(t, db, stele.NewEvent{Type: "Fine"})
}

func TestPayloadsOfAnySizeComeBack(t *testing.T) {
	db := memoryDB(t)
	for i, size := range []int{0, 1, 7, 8, 9, 65536 - 120, 65536, 1 << 20} {
		data := bytes.Repeat([]byte{byte(i + 1)}, size)
		position := appendOne(t, db, stele.NewEvent{Type: "A", Data: data}).First
		if !bytes.Equal(must(db.Get(position)).Data(), data) {
			t.Errorf("a payload of %d bytes is another one", size)
		}
	}
	events := must(db.Read(stele.All, stele.Backward()))
	equal(t, events.Next(), true)
	equal(t, events.Event().DataSize(), 1<<20)
	equal(t, len(positions(t, events, nil)), 7)
}

func TestAPayloadIsReadInParts(t *testing.T) {
	db := memoryDB(t)
	data := make([]byte, 200000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	appendOne(t, db, stele.NewEvent{Type: "A", Data: data})
	reader := must(db.Data(1))
	equal(t, reader.Size(), int64(len(data)))
	if !bytes.Equal(must(io.ReadAll(reader)), data) {
		t.Fatal("what was read is another payload")
	}
	part := make([]byte, 10)
	n, err := reader.ReadAt(part, 199995)
	equal(t, n, 5)
	isError(t, err, io.EOF)
	// Memory beside pointers must not cross the border; the caller need not know.
	mixed := &struct {
		part [8]byte
		next *int
	}{next: new(int)}
	n, err = reader.ReadAt(mixed.part[:], 100)
	noError(t, err)
	equal(t, string(mixed.part[:n]), string(data[100:108]))
	_, err = db.Data(2)
	isError(t, err, stele.ErrNotFound)

	appendOne(t, db, stele.NewEvent{Type: "A", Data: data[:1000]})
	noError(t, iotest.TestReader(must(db.Data(2)), data[:1000]))
}
