package stele

import (
	"io"
)

// Data reads the payload of an event in parts, for payloads that are too large to hold at once. The
// reader is an io.Reader, io.ReaderAt and io.Seeker, and knows its Size.
//
// Errors: ErrNotFound (there is no event at position), ErrClosed; the reader's are the same.
func (db *DB) Data(position uint64) (*io.SectionReader, error) {
	data := payload{db: db, position: position}
	_, total, err := data.read(nil, 0)
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(data, 0, int64(total)), nil
}

// payload is an io.ReaderAt. Threads: any number.
type payload struct {
	db       *DB
	position uint64
}

// ReadAt reads by way of memory of this package: that of the caller may lie beside pointers, and then
// it must not cross the border.
func (d payload) ReadAt(to []byte, offset int64) (int, error) {
	p := pages.Get().(*page)
	defer pages.Put(p)
	done := 0
	for done < len(to) {
		part := p.memory
		if rest := len(to) - done; rest < len(part) {
			part = part[:rest]
		}
		used, _, err := d.read(part, uint64(offset)+uint64(done))
		if err != nil {
			return done, err
		}
		if used == 0 {
			return done, io.EOF
		}
		done += copy(to[done:], part[:used])
	}
	return done, nil
}

// read copies what there is from offset on. Returns the bytes copied, and those of all data.
func (d payload) read(to []byte, offset uint64) (used, total uint64, err error) {
	c := begin()
	defer c.end(d.db)
	if err := c.check(d.db.native.Data_read(d.position, offset, first(to), len(to), c.at())); err != nil {
		return 0, 0, err
	}
	return c.values[0], c.values[1], nil
}
