package stele

import (
	"encoding/hex"
	"fmt"
)

// UUID names an event, what it belongs to or what caused it, or a database: 16 bytes in network
// order. The zero UUID means "none".
type UUID [16]byte

// ParseUUID reads the usual form, "018e8f3c-7b1a-7c3e-8a52-9d1f0c6b2e4d", in any case, with or
// without the hyphens.
func ParseUUID(text string) (UUID, error) {
	var id UUID
	digits := text
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		digits = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	if len(digits) != 32 {
		return UUID{}, failed(StatusInvalid, fmt.Sprintf("uuid: %q is none", text))
	}
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return UUID{}, failed(StatusInvalid, fmt.Sprintf("uuid: %q is none", text))
	}
	return id, nil
}

// IsZero reports whether the UUID means "none".
func (u UUID) IsZero() bool { return u == UUID{} }

// String returns the usual form, in lower case.
func (u UUID) String() string {
	var text [36]byte
	hex.Encode(text[0:8], u[0:4])
	hex.Encode(text[9:13], u[4:6])
	hex.Encode(text[14:18], u[6:8])
	hex.Encode(text[19:23], u[8:10])
	hex.Encode(text[24:36], u[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// MarshalText returns String; so a UUID is a string in JSON.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText is ParseUUID.
func (u *UUID) UnmarshalText(text []byte) error {
	id, err := ParseUUID(string(text))
	if err == nil {
		*u = id
	}
	return err
}

// Hash is 32 bytes that bind an event and what came before it.
type Hash [32]byte

// String returns 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }
