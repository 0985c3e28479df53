package stele_test

import (
	"strings"
	"testing"
	"time"

	"stele.dev/stele"
)

func TestManyRowsAreReadAsOfOneMoment(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{History: stele.HistoryAll}), newBatch(t, db)
	first := put(t, batch, table, "a", "1")
	keys := [][]byte{[]byte("b"), []byte("none"), []byte("a"), []byte("a"), nil}
	for _, large := range []int{10, 100_000} { // Within and beyond what is lent.
		put(t, batch, table, "b", strings.Repeat("x", large))
		rows := must(table.GetMany(keys, stele.AsOf{}))
		equal(t, len(rows), 5)
		equal(t, len(rows[0].Value), large)
		equal(t, rows[1] == nil, true)
		equal(t, string(rows[2].Key), "a")
		equal(t, string(rows[3].Value), "1")
		equal(t, rows[3].TSN, first)
		equal(t, rows[4] == nil, true)
	}
	before := must(table.GetMany(keys, stele.AsOfTSN(first)))
	equal(t, before[0] == nil, true)
	equal(t, before[2] == nil, false)
	equal(t, len(must(table.GetMany(nil, stele.AsOf{}))), 0)
	_, err := table.GetMany(keys, stele.AsOfTSN(first+7))
	isError(t, err, stele.ErrNotYet)
	_, err = table.GetMany([][]byte{make([]byte, 1025)}, stele.AsOf{})
	isError(t, err, stele.ErrTooLarge)
	noError(t, table.Close())
	_, err = table.GetMany(keys, stele.AsOf{})
	isError(t, err, stele.ErrClosed)
}

func TestARowHasAHistoryInBothDirections(t *testing.T) {
	db := memoryDB(t)
	table, batch := newTable(t, db, stele.TableOptions{History: stele.HistoryAll}), newBatch(t, db)
	first := put(t, batch, table, "k", "1")
	noError(t, batch.Delete(table, []byte("k")))
	must(batch.Commit())
	large := strings.Repeat("x", 100_000)
	put(t, batch, table, "k", large)
	put(t, batch, table, "k", "2")
	shown := func(options stele.HistoryOptions) string {
		var all []string
		for _, version := range must(must(table.History([]byte("k"), options)).Versions()) {
			if version.Deleted {
				all = append(all, "none")
			} else {
				all = append(all, string(version.Value))
			}
		}
		return strings.Join(all, " ")
	}
	now := stele.AsOf{}
	equal(t, shown(stele.HistoryOptions{}), "2 "+large+" none 1")
	equal(t, shown(stele.HistoryOptions{OldestFirst: true}), "1 none "+large+" 2")
	equal(t, shown(stele.HistoryOptions{Since: &now}), "2")
	equal(t, shown(stele.HistoryOptions{Until: stele.AsOfTSN(first + 1)}), "none 1")
	history := must(table.History([]byte("k"), stele.HistoryOptions{OldestFirst: true}))
	equal(t, history.Next(), true)
	equal(t, history.Version().TSN, first)
	equal(t, history.Version().Recorded, time.UnixMicro(1001).UTC())
	noError(t, history.Close())
	noError(t, history.Close())
	equal(t, history.Next(), false)
	isError(t, history.Err(), stele.ErrClosed)
	equal(t, len(must(must(table.History(nil, stele.HistoryOptions{})).Versions())), 0)
	behind := stele.AsOfTSN(first + 1)
	_, err := table.History(nil, stele.HistoryOptions{Since: &behind, Until: stele.AsOfTSN(first)})
	isError(t, err, stele.ErrInvalid)
	_, err = table.History(make([]byte, 1025), stele.HistoryOptions{})
	isError(t, err, stele.ErrTooLarge)
	noError(t, table.Close())
	_, err = table.History(nil, stele.HistoryOptions{})
	isError(t, err, stele.ErrClosed)
}
