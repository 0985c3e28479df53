package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stele.dev/stele"
)

// Commands of projections: taking their events, putting rows into their tables, switching them.
func init() {
	add(map[string]func(p *player, w *words){
		"project":              playProject,
		"project-table":        playProjectTable,
		"project-take":         playProjectTake,
		"project-put":          playProjectPut,
		"project-delete":       playProjectDelete,
		"project-delete-range": playProjectDeleteRange,
		"project-commit":       func(p *player, w *words) { p.outcome(p.projection(w).Commit()) },
		"project-switch":       func(p *player, w *words) { p.outcome(p.projection(w).Switch()) },
		"project-info":         playProjectInfo,
		"project-close":        func(p *player, w *words) { p.status(p.projection(w).Close()) },
		"applied":              playApplied,
	})
}

func (p *player) projection(w *words) *stele.Projection { return known(p.projections, w.name()) }

// outcome prints the line of a commit or a switch, whose outcomes say no more than their names.
func (p *player) outcome(err error) {
	var wrong *stele.Error
	if errors.As(err, &wrong) && wrong.Status > stele.StatusOK {
		fmt.Fprintln(p.out, wrong.Status.String())
		return
	}
	p.status(err)
}

func playProject(p *player, w *words) {
	db, kept, name := p.db(w), w.name(), w.text()
	options := stele.ProjectionOptions{Rebuild: w.word("rebuild"), BatchBytes: 1}
	forget(p.projections, kept)
	projection, err := db.Projection(context.Background(), name, w.query(), options)
	keep(p.projections, kept, projection, p.closed.projection, err)
	p.status(err)
}

func playProjectTable(p *player, w *words) {
	projection, kept, name := p.projection(w), w.name(), w.tableName()
	table, err := projection.Table(name, w.tableOptions())
	keep(p.tables, kept, table, p.closed.table, err)
	p.status(err)
}

func playProjectTake(p *player, w *words) {
	projection, max := p.projection(w), w.count()
	var taken []any
	for uint64(len(taken)) < max && projection.TryPull() {
		for projection.Next() {
			taken = append(taken, projection.Event().Position())
		}
	}
	if projection.Err() == nil && len(taken) == 0 {
		fmt.Fprintln(p.out, stele.StatusTimeout.String())
		return
	}
	p.answer(projection.Err(), taken...)
}

func playProjectPut(p *player, w *words) {
	projection, table, key, row := p.projection(w), p.table(w), w.bytes(), w.bytes()
	p.status(projection.Put(table, key, row, w.count()))
}

func playProjectDelete(p *player, w *words) {
	projection, table, key := p.projection(w), p.table(w), w.bytes()
	p.status(projection.Delete(table, key, w.count()))
}

func playProjectDeleteRange(p *player, w *words) {
	projection, table := p.projection(w), p.table(w)
	low, high := w.limits()
	p.status(projection.DeleteRange(table, low, high, w.count()))
}

func playProjectInfo(p *player, w *words) {
	info, err := p.projection(w).Info()
	p.answer(err, info.Applied, info.Head, info.Lag.Microseconds())
}

// playApplied looks: a moment is not enough for anything to happen.
func playApplied(p *player, w *words) {
	db, name := p.db(w), w.text()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err := db.WaitApplied(ctx, name, w.count())
	if errors.Is(err, context.DeadlineExceeded) {
		fmt.Fprintln(p.out, stele.StatusTimeout.String())
		return
	}
	p.status(err)
}
