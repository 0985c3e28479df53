package stele

import (
	"runtime"

	"stele.dev/stele/internal/native"
)

const scanBackward = 1

// ScanOptions say which rows are read. What is zero has its default: all rows, as of now.
type ScanOptions struct {
	Low      []byte // The first key.
	High     []byte // The first key that is not part of it; nil: to the end.
	Backward bool   // From the highest key down.
	AsOf     AsOf
}

// Scan goes through rows in the order of their keys, as of one moment: commits that come meanwhile are
// not seen.
//
//	scan, err := table.Scan(stele.ScanOptions{})
//	if err != nil {
//		return err
//	}
//	defer scan.Close()
//	for scan.Next() {
//		fmt.Println(scan.Row().Key)
//	}
//	return scan.Err()
//
// Rows are fetched many at a time. While a Scan is open, pages that it may need are kept; one that was
// not asked for longer than Options.MaxReaderAge gives ErrTooOld. A Scan belongs to one goroutine at a
// time, but Close may be called by any.
type Scan struct {
	table  *Table
	txn    *txnHandle // Must not be collected before the scan; nil: there is none.
	native native.SwigcptrNativeScan
	pages  rowPages
	row    Row
}

// Scan starts reading rows.
//
// Errors: ErrNotFound (the table was dropped), ErrTooLarge (a key of the range), and as Table.GetAsOf.
func (t *Table) Scan(options ScanOptions) (*Scan, error) {
	low, high, flags := ours(options.Low), ours(options.High), options.flags()
	c := begin()
	defer c.end(t)
	handle := t.native.Scan(
		flags, first(low), len(low), first(high), len(high), bounded(options.High), options.AsOf.kind,
		options.AsOf.at, c.at()).Swigcptr()
	return c.scan(t, nil, handle)
}

func (o *ScanOptions) flags() int {
	if o.Backward {
		return scanBackward
	}
	return 0
}

// scan makes a Scan of a handle; txn is nil unless it is of a transaction.
func (c *call) scan(table *Table, txn *txnHandle, handle uintptr) (*Scan, error) {
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	s := &Scan{table: table, txn: txn, native: native.SwigcptrNativeScan(handle)}
	runtime.SetFinalizer(s, (*Scan).Close)
	return s, nil
}

// Next goes to the next row. It returns false when there is none, and when something went wrong, which
// Err tells then.
func (s *Scan) Next() bool {
	if s.pages.closed.Load() {
		s.row = Row{}
		return s.pages.stop("scan", nil)
	}
	if len(s.pages.rest) == 0 && !s.pages.fetch(s, "scan", s.read) {
		s.row = Row{}
		return false
	}
	s.row, s.pages.rest = takeRow(s.pages.rest)
	return true
}

func (s *Scan) read(memory []byte, c *call) int {
	return s.native.Next_batch(first(memory), len(memory), c.at())
}

// Row returns the row that Next went to: its bytes live until the next call of Next or Close. Requires:
// Next returned true.
func (s *Scan) Row() Row { return s.row }

// Err returns what ended the scan before its end; nil if there was no such thing. After Close it is
// ErrClosed if Next was called once more before the end.
func (s *Scan) Err() error { return s.pages.err }

// Rows copies all rows that are left, and closes.
func (s *Scan) Rows() ([]Row, error) {
	defer s.Close()
	var all []Row
	for s.Next() {
		all = append(all, s.row.Clone())
	}
	return all, s.Err()
}

// Close ends the scan. Closing again does nothing. The error is always nil.
func (s *Scan) Close() error {
	if !s.pages.closed.Swap(true) {
		runtime.SetFinalizer(s, nil)
		s.native.Close()
	}
	return nil
}
