package main

import (
	"errors"
	"fmt"

	"stele.dev/stele"
)

// Commands of tables as a whole: creating, dropping, renaming, listing and opening them.
func init() {
	add(map[string]func(p *player, w *words){
		"table-create": playTableCreate,
		"table-drop":   func(p *player, w *words) { p.naming(p.db(w).DropTable(w.tableName())) },
		"table-rename": playTableRename,
		"tables":       playTables,
		"table":        playTable,
		"table-info":   playTableInfo,
		"batch-create": playBatchCreate,
		"batch-drop":   func(p *player, w *words) { p.status(p.batch(w).DropTable(p.table(w))) },
		"batch-rename": playBatchRename,
	})
}

func (p *player) table(w *words) *stele.Table { return known(p.tables, w.name()) }

func (w *words) tableName() stele.TableName {
	schema := w.text()
	return stele.TableName{Schema: schema, Name: w.text()}
}

func (w *words) tableOptions() stele.TableOptions {
	switch {
	case w.word("all"):
		return stele.TableOptions{History: stele.HistoryAll}
	case w.word("commits"):
		return stele.TableOptions{History: stele.HistoryCommits, Amount: int64(w.count())}
	case w.word("time"):
		return stele.TableOptions{History: stele.HistoryTime, Amount: int64(w.count())}
	}
	return stele.TableOptions{}
}

// naming prints the line of a command about a name, which says of EXISTS no more than that.
func (p *player) naming(err error) {
	if errors.Is(err, stele.ErrExists) {
		fmt.Fprintln(p.out, stele.StatusExists.String())
		return
	}
	p.status(err)
}

func playTableCreate(p *player, w *words) {
	db, name := p.db(w), w.tableName()
	p.naming(db.CreateTable(name, w.tableOptions()))
}

func playTableRename(p *player, w *words) {
	db, from := p.db(w), w.tableName()
	p.naming(db.RenameTable(from, w.tableName()))
}

func infoFields(info stele.TableInfo) []any {
	return []any{info.Name.Schema, info.Name.Name, info.ID, int(info.History), info.Amount,
		info.CreatedTSN}
}

func playTables(p *player, w *words) {
	all, err := p.db(w).Tables()
	for _, info := range all {
		fmt.Fprint(p.out, "table")
		for _, field := range infoFields(info) {
			fmt.Fprintf(p.out, "\t%v", field)
		}
		fmt.Fprintln(p.out)
	}
	p.end(err)
}

func playTable(p *player, w *words) {
	db, name := p.db(w), w.name()
	table, err := db.Table(w.tableName())
	keep(p.tables, name, table, p.closed.table, err)
	p.status(err)
}

func playTableInfo(p *player, w *words) {
	info, err := p.table(w).Info()
	p.answer(err, infoFields(info)...)
}

func playBatchCreate(p *player, w *words) {
	batch, name := p.batch(w), w.tableName()
	p.status(batch.CreateTable(name, w.tableOptions()))
}

func playBatchRename(p *player, w *words) {
	batch, table := p.batch(w), p.table(w)
	p.status(batch.RenameTable(table, w.tableName()))
}
