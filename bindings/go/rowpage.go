package stele

import (
	"encoding/binary"
	"sync/atomic"
)

// rowPages goes through what a handle copies many at a time, rows or versions of one. Its memory is
// given back by who goes through it, never by who closes it, which may be another goroutine.
type rowPages struct {
	closed atomic.Bool
	page   *page
	rest   []byte // What is behind where it stands.
	ended  bool
	err    error
}

// A row in a page: size of the value, size of the key and flags of 16 bits, TSN, position, key, value,
// and zeros up to a multiple of rowAlign.
const (
	rowKeySize  = 4
	rowFlags    = 6
	rowTSN      = 8
	rowPosition = 16
	rowHeader   = 24
	rowAlign    = 8

	rowMissing = 1 // STELE_ROW_MISSING: there is no such row.
)

// takeRow returns the row at the start of memory, and what is behind it.
func takeRow(at []byte) (Row, []byte) {
	key := rowHeader + int(binary.LittleEndian.Uint16(at[rowKeySize:]))
	end := key + int(binary.LittleEndian.Uint32(at))
	row := Row{
		Key:      at[rowHeader:key:key],
		Value:    at[key:end:end],
		TSN:      binary.LittleEndian.Uint64(at[rowTSN:]),
		Position: binary.LittleEndian.Uint64(at[rowPosition:]),
	}
	return row, at[aligned(end):]
}

func aligned(size int) int { return (size + rowAlign - 1) / rowAlign * rowAlign }

// fetch has read fill memory with what comes next: read is the call of a handle of owner. It returns
// false at the end, and when something went wrong.
func (p *rowPages) fetch(owner any, name string, read func(memory []byte, c *call) int) bool {
	if p.ended {
		return false
	}
	if p.closed.Load() {
		return p.stop(name, nil)
	}
	if p.page == nil {
		p.page = pages.Get().(*page)
	}
	c := begin()
	defer c.end(owner)
	for {
		switch status := Status(read(p.page.memory, c)); status {
		case StatusOK:
			p.rest = p.page.memory[:c.values[0]]
			return true
		case StatusBufferTooSmall:
			p.page.memory = make([]byte, c.values[0])
		case StatusEnd:
			return p.stop(name, nil)
		default:
			return p.stop(name, c.err())
		}
	}
}

// stop ends the reading; err is nil at its end, and when it is closed. Gives the memory back, but for
// that of a very large row.
func (p *rowPages) stop(name string, err error) bool {
	if p.ended {
		return false
	}
	p.ended = true
	if err == nil && p.closed.Load() {
		err = failed(StatusClosed, name+": it was closed")
	}
	p.err = err
	if p.page != nil && len(p.page.memory) == pageSize {
		pages.Put(p.page)
	}
	p.page, p.rest = nil, nil
	return false
}
