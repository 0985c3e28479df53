package main

import "stele.dev/stele"

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
		"scan":             playScan,
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
