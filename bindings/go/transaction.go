package stele

import (
	"runtime"
	"sync/atomic"

	"stele.dev/stele/internal/native"
)

// TransactionOption says how a transaction is begun, and begun again: SnapshotIsolation, Tries.
type TransactionOption struct {
	tries     int
	isolation int
}

// What the C library knows as stele_isolation.
const (
	isolationSerializable = 0
	isolationSnapshot     = 1
)

// SnapshotIsolation makes that a commit is a conflict only when others have changed what the transaction
// writes. Two transactions that read the same and write different rows can both commit (write skew).
// Without it a transaction is serializable: what it has read must not have changed either, and all
// transactions come to what they would have come to one after the other.
func SnapshotIsolation() TransactionOption { return TransactionOption{isolation: isolationSnapshot} }

// Tries is how often DB.Transact runs its body at most, 100 times without it.
func Tries(count int) TransactionOption {
	if count < 1 {
		count = 1
	}
	return TransactionOption{tries: count}
}

const usualTries = 100

func transactionOptionsOf(options []TransactionOption) TransactionOption {
	made := TransactionOption{tries: usualTries, isolation: isolationSerializable}
	for _, option := range options {
		if option.tries != 0 {
			made.tries = option.tries
		} else {
			made.isolation = option.isolation
		}
	}
	return made
}

// Transaction is a batch that can read. It sees the database as it was when it began, and over that the
// rows that it has put and deleted; nobody else sees these before the commit, which is ErrConflict when
// others have meanwhile changed what the transaction has read or written. Nothing is locked: transactions
// never wait for each other, and one that only reads always commits.
//
//	t, err := db.Begin()
//	if err != nil {
//		return err
//	}
//	defer t.Close()
//	_, err = t.Get(doctors, other)
//	if errors.Is(err, stele.ErrNotFound) {
//		return errNobodyLeft
//	}
//	...
//	err = t.Delete(doctors, me)
//	...
//	if _, err = t.Commit(); errors.Is(err, stele.ErrConflict) {
//		return errAgain
//	}
//
// DB.Transact begins again after a conflict. While a Transaction is open, pages and rows that it may need
// are kept; one that was not used for longer than Options.MaxReaderAge gives ErrTooOld. It belongs to one
// goroutine at a time, but Close may be called by any. When it is over, every method but Close returns
// ErrInvalid or ErrClosed.
type Transaction struct {
	*txnHandle
	db    *DB
	batch *Batch // nil: it was not asked for, or is over.
}

// txnHandle is what is closed when nobody can reach a transaction any more. Its batch and its scans keep
// this alone: what has a finalizer must not be part of a circle, which would never be collected.
type txnHandle struct {
	native native.NativeTransaction
	closed atomic.Bool
}

func (h *txnHandle) close() {
	if !h.closed.Swap(true) {
		runtime.SetFinalizer(h, nil)
		h.native.Close()
	}
}

// Begin begins a transaction, as of now. Errors: ErrNoMemory, ErrClosed.
func (db *DB) Begin(options ...TransactionOption) (*Transaction, error) {
	return db.begin(transactionOptionsOf(options))
}

func (db *DB) begin(options TransactionOption) (*Transaction, error) {
	c := begin()
	defer c.end(db)
	made := db.native.Begin(options.isolation, c.at())
	if err := c.handle(made.Swigcptr()); err != nil {
		return nil, err
	}
	h := &txnHandle{native: made}
	runtime.SetFinalizer(h, (*txnHandle).close)
	return &Transaction{txnHandle: h, db: db}, nil
}

// Batch returns what the transaction is going to commit: events, guards, tables, tracking and a key are
// added to it as to every batch. It is the transaction's, which closes it: its Commit, CommitAsync, Check
// and Clear are ErrInvalid, and its Close does nothing.
//
// Errors: ErrInvalid (the transaction is over), ErrClosed.
func (t *Transaction) Batch() (*Batch, error) {
	if t.batch != nil {
		return t.batch, nil
	}
	c := begin()
	defer c.end(t)
	made := t.native.Batch(c.at())
	if err := c.handle(made.Swigcptr()); err != nil {
		return nil, err
	}
	t.batch = &Batch{db: t.db, native: made, transaction: t.txnHandle}
	t.batch.closed.Store(true) // There is nothing to close.
	return t.batch, nil
}

// Put puts a row into the batch. Errors, here and of Delete and DeleteRange: as those of Batch, and of
// Transaction.Batch.
func (t *Transaction) Put(table *Table, key, row []byte) error {
	b, err := t.Batch()
	if err != nil {
		return err
	}
	return b.Put(table, key, row)
}

// Delete deletes a row with the batch.
func (t *Transaction) Delete(table *Table, key []byte) error {
	b, err := t.Batch()
	if err != nil {
		return err
	}
	return b.Delete(table, key)
}

// DeleteRange deletes the rows of a range with the batch.
func (t *Transaction) DeleteRange(table *Table, low, high []byte) error {
	b, err := t.Batch()
	if err != nil {
		return err
	}
	return b.DeleteRange(table, low, high)
}

// Get returns the row of a key: that of the batch if it has one, else that of the moment when the
// transaction began. A row of the batch has TSN and Position 0. The Row lives by itself.
//
// Errors: ErrNotFound (there is no such row; the table was not there at that moment), ErrTooLarge (the
// key), ErrInvalid (a table of another database, the transaction is over), ErrTooOld, ErrClosed.
func (t *Transaction) Get(table *Table, key []byte) (Row, error) { return t.GetInto(nil, table, key) }

// GetInto is Get for who reads many rows: the buffer is as that of Table.GetInto.
func (t *Transaction) GetInto(buffer []byte, table *Table, key []byte) (Row, error) {
	from := ours(key)
	c := begin()
	defer c.end(t)
	defer runtime.KeepAlive(table)
	return c.row(buffer, key, func(into []byte) int {
		return t.native.Get(table.native, first(from), len(from), first(into), len(into), c.at())
	})
}

// Scan starts reading rows in order, as of the moment when the transaction began, with those of its batch
// as they are at this call. The scan is ErrInvalid when the transaction is over. What it has gone through
// counts as read, and so do rows that it has fetched ahead.
//
// Errors: as Get, ErrInvalid (Options.AsOf is set).
func (t *Transaction) Scan(table *Table, options ScanOptions) (*Scan, error) {
	low, high, flags := ours(options.Low), ours(options.High), options.flags()
	c := begin()
	defer c.end(t)
	handle := t.native.Scan(
		table.native, flags, first(low), len(low), first(high), len(high), bounded(options.High),
		options.AsOf.kind, options.AsOf.at, c.at()).Swigcptr()
	return c.scan(table, t.txnHandle, handle)
}

// Read starts reading events, as of the moment when the transaction began; those of its batch are not
// among them. Unless it has SnapshotIsolation, the batch gets the guard that nobody commits another
// match.
//
// Errors: as Batch.Read, ErrInvalid (the transaction is over).
func (t *Transaction) Read(query Query, options ...ReadOption) (*Events, error) {
	encoded, err := query.encode()
	if err != nil {
		return nil, err
	}
	c := begin()
	defer c.end(t)
	o := readOptionsOf(options)
	handle := t.native.Read(first(encoded), len(encoded), o.flags, o.start, o.limit, c.at()).Swigcptr()
	return c.events(t.db, handle)
}

// Commit commits the batch, all of it or nothing. The transaction is over then; so is one whose batch is
// empty, with a Commit of zeros. After an error it goes on, and the commit may be tried again, which helps
// with ErrFull or ErrNoMemory. The Guard of a conflict is NoGuard unless it is about one of the batch.
//
// Errors: as Batch.Commit, ErrNotFound (a table was dropped), ErrTooOld, ErrInvalid (the transaction is
// over).
func (t *Transaction) Commit() (Commit, error) {
	c := begin()
	defer c.end(t)
	if err := c.check(t.native.Commit(memory(&c.result), size(&c.result), c.at())); err != nil {
		return Commit{}, err
	}
	t.batch = nil
	return c.result.commit(), nil
}

// Close ends the transaction; what was not committed is gone. Closing again does nothing. The error is
// always nil.
func (t *Transaction) Close() error {
	t.close()
	return nil
}
