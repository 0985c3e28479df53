package stele

import (
	"encoding/binary"
	"runtime"
	"time"

	"stele.dev/stele/internal/native"
)

const historyOldestFirst = 1

// HistoryOptions say which versions of a row are read. What is zero has its default: all that the table
// keeps, the newest one first.
type HistoryOptions struct {
	OldestFirst bool
	Since       *AsOf // What was there then is the first version; nil: as far back as is kept.
	Until       AsOf
}

// RowVersion is what a row became by one commit, until its next version.
type RowVersion struct {
	Deleted  bool   // By itself or with a range.
	Value    []byte // Of a deletion nothing.
	TSN      uint64 // The commit that did it.
	Position uint64 // The event that it follows from: the last one of that commit, or before it.
	Recorded time.Time
}

// RowHistory goes through what a row was between two moments, however many versions they are: commits
// that come meanwhile are not seen.
//
//	history, err := table.History(key, stele.HistoryOptions{})
//	if err != nil {
//		return err
//	}
//	defer history.Close()
//	for history.Next() {
//		fmt.Println(history.Version().Recorded)
//	}
//	return history.Err()
//
// It holds what it may need, and belongs to one goroutine at a time, as a Scan does.
type RowHistory struct {
	table   *Table
	native  native.SwigcptrNativeRowHistory
	pages   rowPages
	version RowVersion
}

// History reads what the row of a key was: what was there at the first moment, and each put and each
// deletion of a row that came behind it. A key that never had a row has no versions.
//
// Errors: ErrNotFound (the table was dropped), ErrTooLarge (the key), ErrInvalid (Since is behind
// Until), and of either moment as Table.GetAsOf.
func (t *Table) History(key []byte, options HistoryOptions) (*RowHistory, error) {
	from := ours(key)
	flags, isBounded := 0, 0
	if options.OldestFirst {
		flags = historyOldestFirst
	}
	var since AsOf
	if options.Since != nil {
		since, isBounded = *options.Since, 1
	}
	c := begin()
	defer c.end(t)
	handle := t.native.History(
		flags, first(from), len(from), isBounded, since.kind, since.at, options.Until.kind,
		options.Until.at, c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	h := &RowHistory{table: t, native: native.SwigcptrNativeRowHistory(handle)}
	runtime.SetFinalizer(h, (*RowHistory).Close)
	return h, nil
}

// Next goes to the next version. It returns false when there is none, and when something went wrong,
// which Err tells then.
func (h *RowHistory) Next() bool {
	h.version = RowVersion{}
	if h.pages.closed.Load() {
		return h.pages.stop("history", nil)
	}
	if len(h.pages.rest) == 0 && !h.pages.fetch(h, "history", h.read) {
		return false
	}
	h.version, h.pages.rest = takeVersion(h.pages.rest)
	return true
}

func (h *RowHistory) read(memory []byte, c *call) int {
	return h.native.Next_batch(first(memory), len(memory), c.at())
}

// Version returns the version that Next went to: its bytes live until the next call of Next or Close.
// Requires: Next returned true.
func (h *RowHistory) Version() RowVersion { return h.version }

// Err returns what ended the history before its end; nil if there was no such thing. After Close it is
// ErrClosed if Next was called once more before the end.
func (h *RowHistory) Err() error { return h.pages.err }

// Versions copies all versions that are left, and closes.
func (h *RowHistory) Versions() ([]RowVersion, error) {
	defer h.Close()
	var all []RowVersion
	for h.Next() {
		version := h.version
		version.Value = append([]byte{}, version.Value...)
		all = append(all, version)
	}
	return all, h.Err()
}

// Close ends the reading. Closing again does nothing. The error is always nil.
func (h *RowHistory) Close() error {
	if !h.pages.closed.Swap(true) {
		runtime.SetFinalizer(h, nil)
		h.native.Close()
	}
	return nil
}

// A version in a page: size of the value, flags, TSN, position, time, value, and zeros up to a multiple
// of rowAlign.
const (
	versionFlags    = 4
	versionRecorded = 24
	versionHeader   = 32

	versionDeleted = 1 // STELE_ROW_DELETED: the row was deleted.
)

// takeVersion returns the version at the start of memory, and what is behind it.
func takeVersion(at []byte) (RowVersion, []byte) {
	end := versionHeader + int(binary.LittleEndian.Uint32(at))
	version := RowVersion{
		Deleted:  binary.LittleEndian.Uint32(at[versionFlags:])&versionDeleted != 0,
		Value:    at[versionHeader:end:end],
		TSN:      binary.LittleEndian.Uint64(at[rowTSN:]),
		Position: binary.LittleEndian.Uint64(at[rowPosition:]),
		Recorded: timeOf(int64(binary.LittleEndian.Uint64(at[versionRecorded:]))),
	}
	return version, at[aligned(end):]
}
