package stele

import "encoding/binary"

// GetMany returns the rows of many keys in their order, all as of one moment; nil where there is no such
// row, or was none. The rows share memory of their own.
//
// Errors: ErrNotFound (the table was dropped), and as GetAsOf.
func (t *Table) GetMany(keys [][]byte, asOf AsOf) ([]*Row, error) {
	var from []byte
	sizes := make([]uint32, len(keys)+1)
	for i, key := range keys {
		from = append(from, key...)
		sizes[i] = uint32(len(key))
	}
	c := begin()
	defer c.end(t)
	p := pages.Get().(*page)
	defer pages.Put(p)
	into := p.memory
	get := func() int {
		return t.native.Get_many(asOf.kind, asOf.at, first(from), len(from), memory(&sizes[0]), 4*len(keys),
			first(into), len(into), c.at())
	}
	status := get()
	for ; status == int(StatusBufferTooSmall); status = get() {
		into = make([]byte, c.values[0])
	}
	if err := c.check(status); err != nil {
		return nil, err
	}
	rest := into[:c.values[0]]
	if len(into) == len(p.memory) {
		rest = append([]byte{}, rest...)
	}
	rows := make([]*Row, len(keys))
	for i := range rows {
		var row Row
		isMissing := binary.LittleEndian.Uint16(rest[rowFlags:])&rowMissing != 0
		if row, rest = takeRow(rest); !isMissing {
			rows[i] = &row
		}
	}
	return rows, nil
}
