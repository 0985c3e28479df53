package main

import (
	"fmt"

	"stele.dev/stele"
)

// Commands of rows: changing them in batches, guards over them, and reading them.
func init() {
	add(map[string]func(p *player, w *words){
		"put":              playPut,
		"delete":           playDelete,
		"delete-range":     playDeleteRange,
		"expect-row":       playExpectRow,
		"expect-value":     playExpectValue,
		"expect-unchanged": playExpectUnchanged,
		"row":              playRow,
		"rows":             playRows,
		"scan":             playScan,
		"history":          playHistory,
	})
}

// limits takes a range.
func (w *words) limits() (low, high []byte) {
	low = w.bytes()
	if w.word("end") {
		return low, nil
	}
	return low, append([]byte{}, w.bytes()...)
}

// asOf takes the moment of a read, which is the rest of the line.
func (w *words) asOf() stele.AsOf {
	if !w.more() {
		return stele.AsOf{}
	}
	return choice(w, map[string]func() stele.AsOf{
		"tsn":      func() stele.AsOf { return stele.AsOfTSN(w.count()) },
		"position": func() stele.AsOf { return stele.AsOfPosition(w.count()) },
		"time":     func() stele.AsOf { return stele.AsOfTime(w.time()) },
	})()
}

func playPut(p *player, w *words) {
	batch, table, key := p.batch(w), p.table(w), w.bytes()
	p.status(batch.Put(table, key, w.bytes()))
}

func playDelete(p *player, w *words) {
	batch, table := p.batch(w), p.table(w)
	p.status(batch.Delete(table, w.bytes()))
}

func playDeleteRange(p *player, w *words) {
	batch, table := p.batch(w), p.table(w)
	low, high := w.limits()
	p.status(batch.DeleteRange(table, low, high))
}

func playExpectRow(p *player, w *words) {
	batch, table, key := p.batch(w), p.table(w), w.bytes()
	if w.word("none") {
		p.status(batch.ExpectAbsent(table, key))
		return
	}
	p.status(batch.ExpectRow(table, key, w.count()))
}

func playExpectValue(p *player, w *words) {
	batch, table, key := p.batch(w), p.table(w), w.bytes()
	p.status(batch.ExpectValue(table, key, w.bytes()))
}

func playExpectUnchanged(p *player, w *words) {
	batch, table := p.batch(w), p.table(w)
	low, high := w.limits()
	p.status(batch.ExpectUnchanged(table, low, high, w.count()))
}

func playRow(p *player, w *words) {
	table, key := p.table(w), w.bytes()
	row, err := table.GetAsOf(key, w.asOf())
	p.row(row, err)
}

func playRows(p *player, w *words) {
	table := p.table(w)
	keys := make([][]byte, w.count())
	for i := range keys {
		keys[i] = w.bytes()
	}
	rows, err := table.GetMany(keys, w.asOf())
	if !p.succeeded(err) {
		return
	}
	for _, row := range rows {
		if row == nil {
			fmt.Fprintln(p.out, "missing")
		} else {
			p.listed(*row)
		}
	}
	p.end(nil)
}

func playHistory(p *player, w *words) {
	table, key := p.table(w), w.bytes()
	var options stele.HistoryOptions
	options.OldestFirst = w.word("oldest")
	if w.word("since") {
		since := w.asOf()
		options.Since = &since
	}
	if w.word("until") {
		options.Until = w.asOf()
	}
	history, err := table.History(key, options)
	if !p.succeeded(err) {
		return
	}
	defer history.Close()
	for history.Next() {
		version, what := history.Version(), "put"
		if version.Deleted {
			what = "deleted"
		}
		fmt.Fprintf(p.out, "%s\t%d\t%d\t%d", what, version.TSN, version.Position,
			version.Recorded.UnixMicro())
		if !version.Deleted {
			p.data(version.Value)
		}
		fmt.Fprintln(p.out)
	}
	p.end(history.Err())
}

func playScan(p *player, w *words) {
	table := p.table(w)
	p.scan(table.Scan(w.scanOptions()))
}

// scanOptions takes what says how to scan: the rest of the line.
func (w *words) scanOptions() stele.ScanOptions {
	var options stele.ScanOptions
	options.Backward = w.word("backward")
	if w.word("low") {
		options.Low = w.bytes()
	}
	if w.word("high") {
		options.High = append([]byte{}, w.bytes()...)
	}
	options.AsOf = w.asOf()
	return options
}
