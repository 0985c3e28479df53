package main

import "stele.dev/stele"

// query takes the fields of a query, which are the last ones of a line.
func (w *words) query() stele.Query {
	q := stele.All
	for w.more() {
		switch name := w.name(); name {
		case "item":
			q = q.Or()
		case "type":
			q = q.Type(w.text())
		case "tag":
			q = q.Tag(w.text())
		case "entity":
			q = q.Entity(w.text())
		case "prefix":
			q = q.EntityPrefix(w.text())
		case "category":
			q = q.Category(w.text())
		case "scope":
			q = q.Scope(w.text())
		case "correlation":
			q = q.Correlation(w.id())
		case "causation":
			q = q.Causation(w.id())
		case "time":
			from, to := w.time(), w.time()
			q = q.Time(from, to)
		case "positions":
			from, to := w.count(), w.count()
			q = q.Positions(from, to)
		default:
			panic(nonsense("no field of a query: " + name))
		}
	}
	return q
}

// readOptions takes the options of a read.
func (w *words) readOptions() []stele.ReadOption {
	var options []stele.ReadOption
	for {
		switch {
		case w.word("start"):
			options = append(options, stele.From(w.count()))
		case w.word("limit"):
			options = append(options, stele.Limit(w.count()))
		case w.word("backward"):
			options = append(options, stele.Backward())
		default:
			return options
		}
	}
}
