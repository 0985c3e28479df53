package main

import (
	"fmt"

	"stele.dev/stele"
)

// Commands of transactions.
func init() {
	add(map[string]func(p *player, w *words){
		"txn-begin":        playTxnBegin,
		"txn-batch":        playTxnBatch,
		"txn-put":          playTxnPut,
		"txn-delete":       playTxnDelete,
		"txn-delete-range": playTxnDeleteRange,
		"txn-get":          playTxnGet,
		"txn-scan":         playTxnScan,
		"txn-scan-open":    playTxnScanOpen,
		"scan-rest":        func(p *player, w *words) { p.scan(known(p.scans, w.name()), nil) },
		"txn-read":         playTxnRead,
		"txn-commit":       func(p *player, w *words) { p.commit(p.txn(w).Commit()) },
		"txn-close":        func(p *player, w *words) { p.status(p.txn(w).Close()) },
	})
}

func (p *player) txn(w *words) *stele.Transaction { return known(p.txns, w.name()) }

func playTxnBegin(p *player, w *words) {
	db, name := p.db(w), w.name()
	var options []stele.TransactionOption
	if w.word("snapshot") {
		options = append(options, stele.SnapshotIsolation())
	}
	txn, err := db.Begin(options...)
	keep(p.txns, name, txn, p.closed.txn, err)
	p.status(err)
}

func playTxnBatch(p *player, w *words) {
	txn, name := p.txn(w), w.name()
	batch, err := txn.Batch()
	keep(p.batches, name, batch, p.closed.batch, err)
	p.status(err)
}

func playTxnPut(p *player, w *words) {
	txn, table, key := p.txn(w), p.table(w), w.bytes()
	p.status(txn.Put(table, key, w.bytes()))
}

func playTxnDelete(p *player, w *words) {
	txn, table := p.txn(w), p.table(w)
	p.status(txn.Delete(table, w.bytes()))
}

func playTxnDeleteRange(p *player, w *words) {
	txn, table := p.txn(w), p.table(w)
	low, high := w.limits()
	p.status(txn.DeleteRange(table, low, high))
}

func playTxnGet(p *player, w *words) {
	txn, table := p.txn(w), p.table(w)
	row, err := txn.Get(table, w.bytes())
	p.row(row, err)
}

func playTxnScan(p *player, w *words) {
	txn, table := p.txn(w), p.table(w)
	p.scan(txn.Scan(table, w.scanOptions()))
}

func playTxnScanOpen(p *player, w *words) {
	txn, name, table := p.txn(w), w.name(), p.table(w)
	scan, err := txn.Scan(table, w.scanOptions())
	keep(p.scans, name, scan, p.closed.scan, err)
	p.status(err)
}

func playTxnRead(p *player, w *words) {
	txn, options := p.txn(w), w.readOptions()
	p.events(txn.Read(w.query(), options...))
}

// row prints the line of a row that was looked up.
func (p *player) row(row stele.Row, err error) {
	if !p.succeeded(err) {
		return
	}
	fmt.Fprintf(p.out, "OK\t%d\t%d", row.TSN, row.Position)
	p.data(row.Value)
	fmt.Fprintln(p.out)
}

// scan prints the rows that the scan has, line by line, and closes it.
func (p *player) scan(scan *stele.Scan, err error) {
	if !p.succeeded(err) {
		return
	}
	defer scan.Close()
	for scan.Next() {
		p.listed(scan.Row())
	}
	p.end(scan.Err())
}

// listed prints the line of a row that is one of several.
func (p *player) listed(row stele.Row) {
	fmt.Fprintf(p.out, "row\t%d\t%d\tx:%s", row.TSN, row.Position, digits(row.Key))
	p.data(row.Value)
	fmt.Fprintln(p.out)
}
