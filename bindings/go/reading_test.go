package stele_test

import (
	"fmt"
	"testing"
	"time"

	"stele.dev/stele"
)

// shop is a database of eight events that queries can tell apart.
func shop(t *testing.T) *stele.DB {
	db := memoryDB(t)
	for i, e := range []stele.NewEvent{
		{Type: "order.placed", Entity: "order-1", Tags: []string{"book:1", "customer:7"}, Scope: "eu"},
		{Type: "order.paid", Entity: "order-1", Tags: []string{"customer:7"}, Scope: "eu"},
		{Type: "order.placed", Entity: "order-2", Tags: []string{"book:2", "customer:8"}, Scope: "us"},
		{Type: "sent", Entity: "parcel-1", Tags: []string{"customer:7"}},
		{Type: "order.paid", Entity: "order-2", Tags: []string{"customer:8"}, Scope: "us"},
		{Type: "sent", Entity: "parcel-2", Tags: []string{"customer:8"}},
		{Type: "noted"},
		{Type: "order.closed", Entity: "order-1", Tags: []string{"customer:7", "book:1"}, Scope: "eu"},
	} {
		e.ID = stele.UUID{byte(i + 1)}
		e.Time = time.UnixMicro(int64(10 * (i + 1)))
		if i > 0 && i != 6 {
			e.CorrelationID = stele.UUID{200}
			e.CausationID = stele.UUID{byte(i)}
		}
		appendOne(t, db, e)
	}
	return db
}

func TestAQueryMatchesWhatItsItemsName(t *testing.T) {
	db := shop(t)
	at := func(micros int64) time.Time { return time.UnixMicro(micros) }
	for _, c := range []struct {
		name     string
		query    stele.Query
		expected []uint64
	}{
		{"all", stele.All, []uint64{1, 2, 3, 4, 5, 6, 7, 8}},
		{"an item that names nothing", stele.All.Or(), []uint64{1, 2, 3, 4, 5, 6, 7, 8}},
		{"one of two types", stele.All.Type("sent", "noted"), []uint64{4, 6, 7}},
		{"types one by one", stele.All.Type("sent").Type("noted"), []uint64{4, 6, 7}},
		{"a category", stele.All.Category("order"), []uint64{1, 2, 3, 5, 8}},
		{"all of two tags", stele.All.Tag("book:1", "customer:7"), []uint64{1, 8}},
		{"type and tag", stele.All.Type("order.paid").Tag("customer:8"), []uint64{5}},
		{"entities", stele.All.Entity("order-2", "parcel-1"), []uint64{3, 4, 5}},
		{"a prefix", stele.All.EntityPrefix("parcel"), []uint64{4, 6}},
		{"a scope", stele.All.Scope("us"), []uint64{3, 5}},
		{"a correlation", stele.All.Correlation(stele.UUID{200}).Type("sent"), []uint64{4, 6}},
		{"causes", stele.All.Causation(stele.UUID{1}, stele.UUID{5}), []uint64{2, 6}},
		{"a time", stele.All.Time(at(20), at(40)), []uint64{2, 3}},
		{"since", stele.All.Since(at(70)), []uint64{7, 8}},
		{"before", stele.All.Before(at(30)), []uint64{1, 2}},
		{"positions", stele.All.Positions(3, 5), []uint64{3, 4}},
		{"either", stele.All.Type("noted").Or().Tag("book:2"), []uint64{3, 7}},
		{"nothing of it", stele.All.Type("none"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, err := db.Read(c.query)
			samePositions(t, positions(t, events, err), c.expected...)
			equal(t, must(db.Count(c.query)), uint64(len(c.expected)))
			equal(t, must(db.Exists(c.query)), len(c.expected) > 0)
		})
	}
}

func TestAQueryIsAValue(t *testing.T) {
	db := shop(t)
	base := stele.All.Type("order.placed")
	one, two := base.Tag("book:1"), base.Tag("book:2")
	either := one.Or().Type("noted")
	samePositions(t, positions(t, must(db.Read(one)), nil), 1)
	samePositions(t, positions(t, must(db.Read(two)), nil), 3)
	samePositions(t, positions(t, must(db.Read(base)), nil), 1, 3)
	samePositions(t, positions(t, must(db.Read(either)), nil), 1, 7)
}

func TestAQueryThatIsWrongIsAnErrorOfTheCall(t *testing.T) {
	db := shop(t)
	long := string(make([]byte, 70000))
	for _, c := range []struct {
		query stele.Query
		err   error
	}{
		{stele.All.Type(""), stele.ErrInvalid},
		{stele.All.Tag("\xff"), stele.ErrInvalid},
		{stele.All.Tag(long).Type("A"), stele.ErrTooLarge},
		{stele.All.Positions(2, 1), stele.ErrInvalid},
		{stele.All.Since(time.Date(999999, 1, 1, 0, 0, 0, 0, time.UTC)), stele.ErrInvalid},
	} {
		_, err := db.Read(c.query)
		isError(t, err, c.err)
		_, err = db.Exists(c.query)
		isError(t, err, c.err)
		_, err = db.Last(c.query)
		isError(t, err, c.err)
	}
}

func TestReadsBeginAndEndWhereTheyAreAskedTo(t *testing.T) {
	db := shop(t)
	read := func(options ...stele.ReadOption) []uint64 {
		return positions(t, must(db.Read(stele.All, options...)), nil)
	}
	samePositions(t, read(stele.From(7)), 7, 8)
	samePositions(t, read(stele.Backward(), stele.Limit(2)), 8, 7)
	samePositions(t, read(stele.Backward(), stele.From(2)), 2, 1)
	samePositions(t, read(stele.Backward(), stele.From(0)))
	samePositions(t, read(stele.Limit(0)))
	samePositions(t, read(stele.From(99)))
	stream := func(options ...stele.ReadOption) []uint64 {
		return positions(t, must(db.ReadStream("order-1", options...)), nil)
	}
	samePositions(t, stream(), 1, 2, 8)
	samePositions(t, stream(stele.From(2), stele.Limit(1)), 2)
	samePositions(t, positions(t, must(db.ReadStream("none")), nil))
}

func TestWalksFollowEntitiesCausesAndCorrelations(t *testing.T) {
	db := shop(t)
	walk := func(position uint64, kind stele.WalkKind) []uint64 {
		return positions(t, must(db.Walk(position, kind)), nil)
	}
	samePositions(t, walk(8, stele.WalkAncestors), 8, 2, 1)
	samePositions(t, walk(3, stele.WalkCauses), 3, 2, 1)
	samePositions(t, walk(4, stele.WalkEffects), 4, 5, 6)
	samePositions(t, walk(7, stele.WalkCorrelation), 7)
	_, err := db.Walk(9, stele.WalkCauses)
	isError(t, err, stele.ErrNotFound)
	_, err = db.Walk(1, 99)
	isError(t, err, stele.ErrInvalid)
}

func TestSingleEventsAreFoundByPositionIDAndEntity(t *testing.T) {
	db := shop(t)
	equal(t, must(db.Get(3)).Entity(), "order-2")
	equal(t, must(db.ByID(stele.UUID{4})).Position(), 4)
	equal(t, must(db.Latest("order-1")).Position(), 8)
	_, err := db.Get(9)
	isError(t, err, stele.ErrNotFound)
	_, err = db.ByID(stele.UUID{99})
	isError(t, err, stele.ErrNotFound)
	_, err = db.Latest("none")
	isError(t, err, stele.ErrNotFound)
	_, err = db.Latest("")
	isError(t, err, stele.ErrInvalid)
}

func TestStreamsSayHowAnEntityStands(t *testing.T) {
	db := shop(t)
	stream := must(db.Stream("order-1"))
	equal(t, stream, stele.Stream{Sequence: 3, First: 1, Last: 8, Hash: must(db.Get(8)).Hash()})
	_, err := db.Stream("none")
	isError(t, err, stele.ErrNotFound)
}

func TestTheLastOfEachItemIsAskedForAtOnce(t *testing.T) {
	db := shop(t)
	samePositions(t, must(db.Last(stele.All.Type("sent").Or().Type("none").Or().Tag("book:1"))), 6, 0, 8)
	samePositions(t, must(db.Last(stele.All)), 8)
}

func TestThePositionOfATimeIsThatOfTheLastCommitBefore(t *testing.T) {
	db := shop(t)
	recorded := must(db.Get(5)).Recorded()
	equal(t, must(db.PositionAt(recorded)), 5)
	equal(t, must(db.PositionAt(recorded.Add(-time.Microsecond))), 4)
	equal(t, must(db.PositionAt(time.UnixMicro(0))), 0)
}

func TestTermsAreListedInOrder(t *testing.T) {
	db := shop(t)
	list := func(kind stele.TermKind, prefix string) string {
		terms := must(db.Terms(kind, prefix))
		defer terms.Close()
		text := ""
		for terms.Next() {
			term := terms.Term()
			text += fmt.Sprintf("%s:%d:%d:%d ", term.Text, term.Count, term.First, term.Last)
		}
		noError(t, terms.Err())
		equal(t, terms.Next(), false)
		return text
	}
	equal(t, list(stele.TermTag, "customer:"), "customer:7:4:1:8 customer:8:3:3:6 ")
	equal(t, list(stele.TermCategory, ""), "order:5:1:8 ")
	equal(t, list(stele.TermScope, "u"), "us:2:3:5 ")
	equal(t, list(stele.TermEntity, "x"), "")
	_, err := db.Terms(99, "")
	isError(t, err, stele.ErrInvalid)
}

func TestAReadSeesWhatWasThereWhenItBegan(t *testing.T) {
	db := shop(t)
	events := must(db.Read(stele.All))
	appendOne(t, db, stele.NewEvent{Type: "late"})
	equal(t, must(events.Snapshot()), stele.Snapshot{TSN: 8, Head: 8})
	equal(t, len(positions(t, events, nil)), 8)
}
