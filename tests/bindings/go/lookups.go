package main

import (
	"fmt"
	"io"
	"math"

	"stele.dev/stele"
)

// Commands that ask for one thing: an event, a part of its data, a number.
func init() {
	add(map[string]func(p *player, w *words){
		"get":     func(p *player, w *words) { p.event(p.db(w).Get(w.count())) },
		"id":      func(p *player, w *words) { p.event(p.db(w).ByID(w.id())) },
		"latest":  func(p *player, w *words) { p.event(p.db(w).Latest(w.text())) },
		"data":    playData,
		"exists":  playExists,
		"count":   playCount,
		"last":    playLast,
		"at":      playAt,
		"tracked": playTracked,
	})
}

func (p *player) event(e stele.Event, err error) {
	if !p.succeeded(err) {
		return
	}
	fmt.Fprint(p.out, "OK")
	p.fields(e)
	fmt.Fprintln(p.out)
}

func playData(p *player, w *words) {
	db, position, offset, size := p.db(w), w.count(), w.count(), w.count()
	data, err := db.Data(position)
	if !p.succeeded(err) {
		return
	}
	if offset > math.MaxInt64 {
		panic(nonsense("no offset"))
	}
	part := make([]byte, size)
	used, err := data.ReadAt(part, int64(offset))
	if err == io.EOF {
		err = nil
	}
	p.answer(err, data.Size(), "x:"+digits(part[:used]))
}

func playExists(p *player, w *words) {
	db := p.db(w)
	there, err := db.Exists(w.query())
	if !p.succeeded(err) {
		return
	}
	if there {
		fmt.Fprintln(p.out, stele.StatusOK.String())
	} else {
		fmt.Fprintln(p.out, stele.StatusNotFound.String())
	}
}

func playCount(p *player, w *words) {
	db := p.db(w)
	count, err := db.Count(w.query())
	p.answer(err, count)
}

func playLast(p *player, w *words) {
	db := p.db(w)
	positions, err := db.Last(w.query())
	var values []any
	for _, position := range positions {
		values = append(values, position)
	}
	p.answer(err, values...)
}

func playAt(p *player, w *words) {
	position, err := p.db(w).PositionAt(w.time())
	p.answer(err, position)
}

func playTracked(p *player, w *words) {
	position, err := p.db(w).Tracked(w.text())
	p.answer(err, position)
}
