package stele

import (
	"time"

	"stele.dev/stele/internal/native"
)

// ReceiptMax is the bytes that no receipt is longer than.
const ReceiptMax = 2048

// Receipt returns the receipt of an event: a proof that it was committed, with this content and at
// this position, that can be checked without the database, and years later. It holds the hashes from
// the event up to the chained root of its commit, and proves something against a root that was kept
// elsewhere, or against a receipt that was given away. docs/format.md has its bytes.
//
// Errors: ErrNotFound (there is no event at position), ErrNotYet (its commit is not durable yet),
// ErrCorrupt (the stored hashes do not lead from the event to the root), ErrClosed.
func (db *DB) Receipt(position uint64) ([]byte, error) {
	return db.sized(func(buffer []byte, c *call) int {
		return db.native.Receipt(position, first(buffer), len(buffer), c.at())
	})
}

// CheckReceipt checks that the database still holds what a receipt says.
//
// Errors: ErrCorrupt (it does not, or the receipt does not hold), ErrInvalid (the receipt of another
// database), ErrNotFound (the database ends before that commit), ErrClosed.
func (db *DB) CheckReceipt(receipt []byte) error {
	copied := ours(receipt)
	c := begin()
	defer c.end(db)
	return c.check(db.native.Receipt_check(first(copied), len(copied), c.at()))
}

// ReceiptInfo is what a receipt says.
type ReceiptInfo struct {
	UUID        UUID      // Of the database.
	TSN         uint64    // The commit.
	Position    uint64    // The event.
	Recorded    time.Time // When it was committed, in UTC.
	EventHash   Hash      // Binds the event, and those of its entity before it.
	ChainedRoot Hash      // Binds the commit, and all before it.
}

// VerifyReceipt checks a receipt, and that it is that of an event. It needs no database. The event is
// what Event.Encoded returns, perhaps sent from elsewhere; nil: the receipt alone is checked.
//
// Errors: ErrCorrupt (the receipt does not hold, or is not of this event; the message says what does
// not fit), ErrUnsupported (a newer version).
func VerifyReceipt(receipt, event []byte) (ReceiptInfo, error) {
	if err := checkLibrary(); err != nil {
		return ReceiptInfo{}, err
	}
	c := begin()
	defer c.end(nil)
	var info receiptInfoStruct
	proof, record := ours(receipt), ours(event)
	status := native.Check_receipt(first(proof), len(proof), first(record), len(record),
		memory(&info), size(&info), c.at())
	if err := c.check(status); err != nil {
		return ReceiptInfo{}, err
	}
	return ReceiptInfo{
		UUID:        info.uuid,
		TSN:         info.tsn,
		Position:    info.position,
		Recorded:    timeOf(info.recorded),
		EventHash:   info.eventHash,
		ChainedRoot: info.chainedRoot,
	}, nil
}

// ours copies bytes of the caller: they may lie beside pointers, and such memory must not cross the
// border.
func ours(bytes []byte) []byte { return append([]byte(nil), bytes...) }
