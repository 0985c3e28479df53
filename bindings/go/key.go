package stele

import (
	"unsafe"

	"stele.dev/stele/internal/native"
)

// TableKeyMax is the bytes that no encoded key is longer than.
const TableKeyMax = 1024

// KeyKind is what a part of a key is. Parts of different kinds compare as these numbers do, but that
// all numbers have one order, whatever they are.
type KeyKind uint32

// The kinds of parts. Those that name no field of KeyPart are ErrUnsupported so far.
const (
	KeyNull        KeyKind = 0x01 // No value; before all others.
	KeyBool        KeyKind = 0x02 // Integer: 0 or 1.
	KeyInteger     KeyKind = 0x10 // Integer.
	KeyUnsigned    KeyKind = 0x11 // Natural.
	KeyReal        KeyKind = 0x12 // Real.
	KeyBigInteger  KeyKind = 0x13
	KeyDecimal     KeyKind = 0x14
	KeyText        KeyKind = 0x20 // Bytes: UTF-8.
	KeyBytes       KeyKind = 0x21 // Bytes.
	KeyDate        KeyKind = 0x30 // Integer: days since 1970-01-01, of 32 bits.
	KeyTime        KeyKind = 0x31 // Integer: microseconds since midnight, to 86,400,000,000.
	KeyTimestamp   KeyKind = 0x32 // Integer: microseconds since 1970-01-01T00:00 there.
	KeyTimestamptz KeyKind = 0x33 // Integer: microseconds since 1970-01-01T00:00:00Z.
	KeyInterval    KeyKind = 0x34
	KeyUUID        KeyKind = 0x40 // Bytes: 16 of them.
	KeyInet        KeyKind = 0x41
	KeyMacaddr     KeyKind = 0x42
	KeyJSON        KeyKind = 0x50
	KeyArray       KeyKind = 0x60
	KeyTuple       KeyKind = 0x61
	KeyRange       KeyKind = 0x62
	KeyEnum        KeyKind = 0x63
	KeyComposite   KeyKind = 0x64
	KeyDomain      KeyKind = 0x65
	KeyVector      KeyKind = 0x70
	KeyCustom      KeyKind = 0x71
	KeyNullLast    KeyKind = 0x7e // No value; behind all others.
)

const keyDescending = 1

// KeyPart is a part of a key. The kind says which field has the value; the others do not count, and
// are zero in what DecodeKey returns.
type KeyPart struct {
	Kind       KeyKind
	Descending bool // The opposite order.
	Integer    int64
	Natural    uint64
	Real       float64
	Bytes      []byte
}

// EncodeKey makes an order-preserving key: bytes.Compare compares two of them as the first parts in
// which they differ. docs/format.md, "Keys", has the bytes. It needs no database.
//
//	key, err := stele.EncodeKey(
//		stele.KeyPart{Kind: stele.KeyText, Bytes: []byte("north")},
//		stele.KeyPart{Kind: stele.KeyInteger, Integer: 7, Descending: true})
//
// Numbers compare by their value, whatever they are: 1 and 1.0 are one key.
//
// Errors: ErrInvalid (no such kind, a value out of its range, text that is not UTF-8),
// ErrUnsupported (a kind that cannot be encoded yet), ErrTooLarge (above TableKeyMax).
func EncodeKey(parts ...KeyPart) ([]byte, error) {
	if err := checkLibrary(); err != nil {
		return nil, err
	}
	c := begin()
	defer c.end(nil)
	structs := make([]keyPartStruct, len(parts))
	var data []byte
	for i, part := range parts {
		structs[i] = keyPartStruct{
			kind: uint32(part.Kind), integer: part.Integer, natural: part.Natural, real: part.Real,
			data: uint64(len(data)), size: uint64(len(part.Bytes)),
		}
		if part.Descending {
			structs[i].flags = keyDescending
		}
		data = append(data, part.Bytes...)
	}
	raw := keyPartBytes(structs)
	key := make([]byte, TableKeyMax)
	status := native.Encode_key(first(raw), len(raw), first(data), len(data), first(key), len(key), c.at())
	if err := c.check(status); err != nil {
		return nil, err
	}
	return key[:c.values[0]:c.values[0]], nil
}

// DecodeKey takes a key apart. A number comes as KeyInteger if it is a whole number that fits, else as
// KeyUnsigned if it is one that fits there, else as KeyReal; of which kind it was made, a key does not
// say.
//
// Errors: ErrCorrupt (not a key; Offset is the first byte that cannot be), ErrUnsupported (a kind that
// cannot be decoded yet).
func DecodeKey(key []byte) ([]KeyPart, error) {
	if err := checkLibrary(); err != nil {
		return nil, err
	}
	c := begin()
	defer c.end(nil)
	// A part has a byte at least, and holds no more than the key.
	count := len(key)
	if count > TableKeyMax {
		count = TableKeyMax
	}
	structs := make([]keyPartStruct, 2*count)
	raw, from := keyPartBytes(structs), ours(key)
	if err := c.check(native.Decode_key(first(from), len(from), count, first(raw), len(raw), c.at())); err != nil {
		return nil, err
	}
	data := raw[len(raw)/2:]
	parts := make([]KeyPart, c.values[0])
	for i := range parts {
		part := structs[i]
		parts[i] = KeyPart{
			Kind: KeyKind(part.kind), Descending: part.flags&keyDescending != 0, Integer: part.integer,
			Natural: part.natural, Real: part.real,
		}
		switch parts[i].Kind {
		case KeyText, KeyBytes, KeyUUID:
			parts[i].Bytes = append([]byte{}, data[part.data:part.data+part.size]...)
		}
	}
	return parts, nil
}

// KeyPrefixEnd returns the end of a range: the smallest bytes above all that begin with prefix, a key or
// a part of one. False: there is none, and the range goes on to the last key.
func KeyPrefixEnd(prefix []byte) (end []byte, ok bool, err error) {
	if err := checkLibrary(); err != nil {
		return nil, false, err
	}
	c := begin()
	defer c.end(nil)
	end = ours(prefix)
	status := native.Key_prefix_end(first(end), len(end), first(end), len(end), c.at())
	if status == int(StatusEnd) {
		return nil, false, nil
	}
	if err := c.check(status); err != nil {
		return nil, false, err
	}
	return end[:c.values[0]], true, nil
}

// keyPartBytes is the memory of structs, which holds no pointers.
func keyPartBytes(structs []keyPartStruct) []byte {
	if len(structs) == 0 {
		return nil
	}
	return unsafe.Slice(memory(&structs[0]), len(structs)*size(&structs[0]))
}
