package stele

import (
	"encoding/binary"
	"runtime"
	"sync/atomic"

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
	closed atomic.Bool
	page   *page
	rest   []byte // What is behind row.
	row    Row
	ended  bool
	err    error
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
	if s.closed.Load() {
		return s.stop(nil)
	}
	return s.advance() || s.fetch()
}

// Row returns the row that Next went to: its bytes live until the next call of Next or Close. Requires:
// Next returned true.
func (s *Scan) Row() Row { return s.row }

// Err returns what ended the scan before its end; nil if there was no such thing. After Close it is
// ErrClosed if Next was called once more before the end.
func (s *Scan) Err() error { return s.err }

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
	if !s.closed.Swap(true) {
		runtime.SetFinalizer(s, nil)
		s.native.Close()
	}
	return nil
}

// A row in a page: size of the value, size of the key, zeros, TSN, position, key, value, and zeros up to
// a multiple of rowAlign.
const (
	rowKeySize  = 4
	rowTSN      = 8
	rowPosition = 16
	rowHeader   = 24
	rowAlign    = 8
)

// advance goes to the next row of the page. Returns false when there is none.
func (s *Scan) advance() bool {
	if len(s.rest) == 0 {
		return false
	}
	at := s.rest
	key := rowHeader + int(binary.LittleEndian.Uint16(at[rowKeySize:]))
	end := key + int(binary.LittleEndian.Uint32(at))
	s.row = Row{
		Key:      at[rowHeader:key:key],
		Value:    at[key:end:end],
		TSN:      binary.LittleEndian.Uint64(at[rowTSN:]),
		Position: binary.LittleEndian.Uint64(at[rowPosition:]),
	}
	s.rest = at[(end+rowAlign-1)/rowAlign*rowAlign:]
	return true
}

// fetch reads the next rows.
func (s *Scan) fetch() bool {
	if s.ended {
		return false
	}
	s.row = Row{}
	if s.page == nil {
		s.page = pages.Get().(*page)
	}
	c := begin()
	defer c.end(s)
	for {
		memory := s.page.memory
		switch status := Status(s.native.Next_batch(first(memory), len(memory), c.at())); status {
		case StatusOK:
			s.rest = memory[:c.values[0]]
			return s.advance()
		case StatusBufferTooSmall:
			s.page.memory = make([]byte, c.values[0])
		case StatusEnd:
			return s.stop(nil)
		default:
			return s.stop(c.err())
		}
	}
}

// stop ends the scan; err is nil at its end, and when it is closed. Gives the memory back, but for that
// of a very large row.
func (s *Scan) stop(err error) bool {
	if s.ended {
		return false
	}
	s.ended = true
	if err == nil && s.closed.Load() {
		err = failed(StatusClosed, "scan: it was closed")
	}
	s.err = err
	if s.page != nil && len(s.page.memory) == pageSize {
		pages.Put(s.page)
	}
	s.page, s.rest, s.row = nil, nil, Row{}
	return false
}
