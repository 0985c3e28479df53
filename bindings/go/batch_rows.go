package stele

import "runtime"

// Put adds a row, in place of one of the same key. Of several changes of a row in a batch the last one
// counts. A batch without events may be committed for its rows alone.
//
// Errors, here and of all that follows: ErrTooLarge (a key above TableKeyMax, a row above RowMax, more
// than 1,024 guards), ErrInvalid (a table of another database), ErrNoMemory, ErrClosed. That the table
// was dropped meanwhile is told by the commit: ErrNotFound.
func (b *Batch) Put(table *Table, key, row []byte) error {
	at, value := ours(key), ours(row)
	return b.with(table, func(c *call) int {
		return b.native.Put(table.native, first(at), len(at), first(value), len(value), c.at())
	})
}

// Delete deletes a row, which need not be there.
func (b *Batch) Delete(table *Table, key []byte) error {
	at := ours(key)
	return b.with(table, func(c *call) int {
		return b.native.Delete_row(table.native, first(at), len(at), c.at())
	})
}

// DeleteRange deletes all rows from key low on, up to but without key high; nil: to the end. It takes as
// long as deleting one. Rows that the batch has put before are deleted, too.
//
// Errors: as Put; ErrInvalid (the range ends before it begins).
func (b *Batch) DeleteRange(table *Table, low, high []byte) error {
	from, to := ours(low), ours(high)
	return b.with(table, func(c *call) int {
		return b.native.Delete_range(
			table.native, first(from), len(from), first(to), len(to), bounded(high), c.at())
	})
}

// CreateTable creates a table with the commit, which is ErrExists if there is one of that name. Errors:
// ErrInvalid (the name, an option), ErrClosed.
func (b *Batch) CreateTable(name TableName, options TableOptions) error {
	schema, table := []byte(name.Schema), []byte(name.Name)
	c := begin()
	defer c.end(b)
	return c.check(b.native.Create_table(
		first(schema), len(schema), first(table), len(table), int(options.History), options.Amount, c.at()))
}

// DropTable drops a table with the commit.
func (b *Batch) DropTable(table *Table) error {
	return b.with(table, func(c *call) int {
		return b.native.Drop_table(table.native, c.at())
	})
}

// RenameTable gives a table another name with the commit, which is ErrExists if that is not free.
func (b *Batch) RenameTable(table *Table, name TableName) error {
	schema, to := []byte(name.Schema), []byte(name.Name)
	return b.with(table, func(c *call) int {
		return b.native.Rename_table(
			table.native, first(schema), len(schema), first(to), len(to), c.at())
	})
}

// ExpectRow adds a guard: the commit is a conflict unless the row was written by commit tsn, as Row.TSN
// said when it was read; 0: unless it is not there. Guards over rows are numbered together with all
// others, and see the database before the batch.
func (b *Batch) ExpectRow(table *Table, key []byte, tsn uint64) error {
	at := ours(key)
	return b.with(table, func(c *call) int {
		return b.native.Expect_row(table.native, first(at), len(at), tsn, c.at())
	})
}

// ExpectAbsent adds a guard: the commit is a conflict unless the row is not there.
//
//	err := batch.ExpectAbsent(seats, seat)
//	...
//	err = batch.Put(seats, seat, name)
//	...
//	if _, err = batch.Commit(); errors.Is(err, stele.ErrConflict) {
//		return errTaken
//	}
func (b *Batch) ExpectAbsent(table *Table, key []byte) error { return b.ExpectRow(table, key, 0) }

// ExpectValue adds a guard: the commit is a conflict unless the row holds these bytes.
func (b *Batch) ExpectValue(table *Table, key, row []byte) error {
	at, value := ours(key), ours(row)
	return b.with(table, func(c *call) int {
		return b.native.Expect_value(
			table.native, first(at), len(at), first(value), len(value), c.at())
	})
}

// ExpectUnchanged adds a guard: the commit is a conflict unless no commit behind since has put or deleted
// a row of the range, which is as that of DeleteRange. For a table without history the commit is
// ErrTooOld when nothing has changed but deletions could be forgotten: a checkpoint came behind since.
// Read again then.
func (b *Batch) ExpectUnchanged(table *Table, low, high []byte, since uint64) error {
	from, to := ours(low), ours(high)
	return b.with(table, func(c *call) int {
		return b.native.Expect_unchanged(
			table.native, first(from), len(from), first(to), len(to), bounded(high), since, c.at())
	})
}

// with makes a call that has a table, too: neither may be collected meanwhile.
func (b *Batch) with(table *Table, call func(c *call) int) error {
	c := begin()
	defer c.end(b)
	err := c.check(call(c))
	runtime.KeepAlive(table)
	return err
}

// bounded says whether a range has an end.
func bounded(high []byte) int {
	if high == nil {
		return 0
	}
	return 1
}
