package stele

import "runtime"

// Put puts a row with the next commit, in place of one of the same key and position. The position is of
// the event that it follows from: one that was pulled since the last commit, not before that of a row of
// the same table since then.
//
// Errors, here and of Delete and DeleteRange: ErrInvalid (the position; a table that is not the
// projection's), ErrTooLarge, ErrNoMemory, ErrClosed.
func (p *Projection) Put(table *Table, key, row []byte, position uint64) error {
	at, value := ours(key), ours(row)
	return p.with(table, func(c *call) int {
		return p.native.Put(
			table.native, first(at), len(at), first(value), len(value), position, c.at())
	})
}

// Delete deletes a row with the next commit; it need not be there.
func (p *Projection) Delete(table *Table, key []byte, position uint64) error {
	at := ours(key)
	return p.with(table, func(c *call) int {
		return p.native.Delete_row(table.native, first(at), len(at), position, c.at())
	})
}

// DeleteRange deletes the rows of a range with the next commit, as Batch.DeleteRange does.
func (p *Projection) DeleteRange(table *Table, low, high []byte, position uint64) error {
	from, to := ours(low), ours(high)
	return p.with(table, func(c *call) int {
		return p.native.Delete_range(table.native, first(from), len(from), first(to), len(to),
			bounded(high), position, c.at())
	})
}

// Commit commits the rows since the last commit, and that every event which was pulled is in them. It
// does nothing if none was pulled, and none was passed over.
//
// ErrConflict: another instance has come further. After this and every other error but the first
// ErrInvalid below the rows are gone, and Pull goes on behind what is tracked by then: what the caller
// has in memory of events since its last commit is to be forgotten.
//
// Errors: ErrInvalid (Next has not gone to all events that were pulled: they would never be handed out
// again), ErrNotFound (a table was dropped, or replaced by a rebuild), and those of Batch.Commit.
func (p *Projection) Commit() error {
	return p.settle(func(c *call) int { return p.native.Commit(c.at()) })
}

// Switch ends a rebuild: it commits what there is, and then, in one more commit, drops the old tables,
// gives their names to the new ones, and has the projection stand where the rebuild does. Who reads the
// old tables opens them anew: their Tables are ErrNotFound. This Projection is of no use any more but for
// Close.
//
// Errors: ErrNotYet (the rebuild has not come as far as the projection), ErrConflict (that has moved on
// meanwhile), ErrInvalid (no rebuild, or one without tables), and those of Commit.
func (p *Projection) Switch() error {
	return p.settle(func(c *call) int { return p.native.Switch_over(c.at()) })
}

// settle makes a call that commits.
func (p *Projection) settle(call func(c *call) int) error {
	if len(p.rest) > 0 {
		return failed(StatusInvalid, eventsLeft)
	}
	p.records.done()
	c := begin()
	defer c.end(p)
	return p.ended(c.check(call(c)))
}

// with makes a call that has a table, too: neither may be collected meanwhile.
func (p *Projection) with(table *Table, call func(c *call) int) error {
	c := begin()
	defer c.end(p)
	err := p.ended(c.check(call(c)))
	runtime.KeepAlive(table)
	return err
}
