package main

import (
	"context"

	"stele.dev/stele"
)

// Commands that take a database as a whole, and receipts.
func init() {
	add(map[string]func(p *player, w *words){
		"verify":         playVerify,
		"backup":         playBackup,
		"compact":        playCompact,
		"repair":         playRepair,
		"inspect":        playInspect,
		"receipt":        playReceipt,
		"receipt-info":   playReceiptInfo,
		"receipt-check":  playReceiptCheck,
		"receipt-verify": playReceiptVerify,
	})
}

func playVerify(p *player, w *words) {
	verify, err := p.db(w).Verify()
	if !p.succeeded(err) {
		return
	}
	done, err := verify.Run(context.Background(), nil)
	p.answer(err, done.Commits, done.Events, done.Root)
}

func playBackup(p *player, w *words) {
	backup, err := p.db(w).Backup(w.text())
	if !p.succeeded(err) {
		return
	}
	done, err := backup.Run(context.Background(), nil)
	p.answer(err, done.TSN, done.Head)
}

func playCompact(p *player, w *words) {
	compact, err := p.db(w).Compact()
	if !p.succeeded(err) {
		return
	}
	_, err = compact.Run(context.Background(), nil)
	p.status(err)
}

func playRepair(p *player, w *words) {
	from, to := w.text(), w.text()
	repair, err := stele.StartRepair(from, to, choice(w, map[string]stele.Lost{
		"refuse": stele.LostRefuse, "cut": stele.LostCut, "replace": stele.LostReplace,
	}))
	if !p.succeeded(err) {
		return
	}
	done, err := repair.Run(context.Background(), nil)
	p.answer(err, done.Commits, done.Events)
}

func playInspect(p *player, w *words) {
	_, err := p.db(w).Inspect(w.text())
	p.status(err)
}

func playReceipt(p *player, w *words) {
	db, position, name := p.db(w), w.count(), w.name()
	receipt, err := db.Receipt(position)
	p.receipts[name] = receipt
	p.answer(err, len(receipt))
}

func playReceiptInfo(p *player, w *words) {
	info, err := stele.VerifyReceipt(known(p.receipts, w.name()), nil)
	p.answer(err, info.TSN, info.Position, info.Recorded.UnixMicro(), info.EventHash, info.ChainedRoot,
		digits(info.UUID[:]))
}

func playReceiptCheck(p *player, w *words) {
	db, receipt := p.db(w), known(p.receipts, w.name())
	p.status(db.CheckReceipt(receipt))
}

func playReceiptVerify(p *player, w *words) {
	receipt, db := known(p.receipts, w.name()), p.db(w)
	event, err := db.Get(w.count())
	if err == nil {
		_, err = stele.VerifyReceipt(receipt, event.Encoded())
	}
	p.status(err)
}
