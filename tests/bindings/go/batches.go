package main

import (
	"context"

	"stele.dev/stele"
)

// Commands that build batches, and that commit them.
func init() {
	add(map[string]func(p *player, w *words){
		"batch":      playBatch,
		"event":      func(p *player, w *words) { p.status(p.batch(w).Add(w.event())) },
		"append":     func(p *player, w *words) { p.commit(p.db(w).Append(w.event())) },
		"guard":      playGuard,
		"expect":     playExpect,
		"track":      playTrack,
		"key":        func(p *player, w *words) { p.status(p.batch(w).Key(w.text())) },
		"durability": func(p *player, w *words) { p.status(p.batch(w).SetDurability(choice(w, levels))) },
		"clear":      func(p *player, w *words) { p.status(p.batch(w).Clear()) },
		"decide":     playDecide,
		"conflicts":  func(p *player, w *words) { p.events(p.batch(w).Conflicts(int(w.count()))) },
		"commit":     func(p *player, w *words) { p.commit(p.batch(w).Commit()) },
		"check":      func(p *player, w *words) { p.commit(p.batch(w).Check()) },
		"begin":      playBegin,
		"wait":       playWait,
	})
}

func playBatch(p *player, w *words) {
	db, name := p.db(w), w.name()
	batch, err := db.NewBatch()
	keep(p.batches, name, batch, p.closed.batch, err)
	p.status(err)
}

// event takes the fields of a new event, which are the last ones of a line.
func (w *words) event() stele.NewEvent {
	e := stele.NewEvent{Type: w.text(), Data: w.bytes()}
	for w.more() {
		switch name := w.name(); name {
		case "entity":
			e.Entity = w.text()
		case "scope":
			e.Scope = w.text()
		case "time":
			e.Time, e.HasTime = w.time(), true
		case "id":
			e.ID = w.id()
		case "correlation":
			e.CorrelationID = w.id()
		case "causation":
			e.CausationID = w.id()
		case "tag":
			e.Tags = append(e.Tags, w.text())
		case "meta":
			e.Metadata = append(e.Metadata, stele.Metadata{Key: w.text(), Value: w.bytes()})
		default:
			panic(nonsense("no field of an event: " + name))
		}
	}
	return e
}

func playGuard(p *player, w *words) {
	batch, after := p.batch(w), w.count()
	p.status(batch.Guard(w.query(), after))
}

func playExpect(p *player, w *words) {
	batch, entity := p.batch(w), w.text()
	sequence := uint64(stele.SequenceSome)
	if w.word("none") {
		sequence = stele.SequenceNone
	} else if !w.word("some") {
		sequence = w.count()
	}
	p.status(batch.Expect(entity, sequence))
}

func playTrack(p *player, w *words) {
	batch, source := p.batch(w), w.text()
	previous := uint64(stele.PreviousAny)
	if !w.word("any") {
		previous = w.count()
	}
	p.status(batch.Track(source, previous, w.count()))
}

func playDecide(p *player, w *words) {
	batch, options := p.batch(w), w.readOptions()
	p.events(batch.Read(w.query(), options...))
}

func playBegin(p *player, w *words) {
	batch, name := p.batch(w), w.name()
	forget(p.tickets, name)
	ticket, err := batch.CommitAsync()
	keep(p.tickets, name, ticket, p.closed.ticket, err)
	p.status(err)
}

func playWait(p *player, w *words) {
	p.commit(known(p.tickets, w.name()).Wait(context.Background()))
}
