package main

import (
	"fmt"

	"stele.dev/stele"
)

// Commands that list: reads, streams, walks and terms.
func init() {
	add(map[string]func(p *player, w *words){
		"read":        func(p *player, w *words) { p.events(p.read(w)) },
		"positions":   func(p *player, w *words) { p.positions(p.read(w)) },
		"stream":      playStream,
		"stream-info": playStreamInfo,
		"walk":        playWalk,
		"terms":       playTerms,
	})
}

func (p *player) read(w *words) (*stele.Events, error) {
	db, options := p.db(w), w.readOptions()
	return db.Read(w.query(), options...)
}

func playStream(p *player, w *words) {
	db, entity := p.db(w), w.text()
	p.events(db.ReadStream(entity, w.readOptions()...))
}

func playStreamInfo(p *player, w *words) {
	stream, err := p.db(w).Stream(w.text())
	p.answer(err, stream.Sequence, stream.First, stream.Last, stream.Hash)
}

func playWalk(p *player, w *words) {
	db, position := p.db(w), w.count()
	p.events(db.Walk(position, choice(w, map[string]stele.WalkKind{
		"ancestors": stele.WalkAncestors, "causes": stele.WalkCauses, "effects": stele.WalkEffects,
		"correlation": stele.WalkCorrelation,
	})))
}

func playTerms(p *player, w *words) {
	db := p.db(w)
	kind := choice(w, map[string]stele.TermKind{
		"type": stele.TermType, "tag": stele.TermTag, "entity": stele.TermEntity,
		"category": stele.TermCategory, "scope": stele.TermScope,
	})
	prefix := ""
	if w.more() {
		prefix = w.text()
	}
	terms, err := db.Terms(kind, prefix)
	if !p.succeeded(err) {
		return
	}
	defer terms.Close()
	for terms.Next() {
		term := terms.Term()
		fmt.Fprintf(p.out, "term\t%s\t%d\t%d\t%d\n", term.Text, term.Count, term.First, term.Last)
	}
	p.end(terms.Err())
}
