package stele

import "time"

// NewEvent is an event to append. Everything but Type may be left away. An event's limits are
// constants of this package.
type NewEvent struct {
	// Type says what happened: 1 to TermMax bytes of UTF-8 without NUL, as all text here. What stands
	// before its first '.' is its category.
	Type string

	// Entity is whose stream the event belongs to.
	Entity string

	// Scope is a further attribute, such as a tenant.
	Scope string

	// Tags are a set: their order is lost, and one that occurs twice is there once.
	Tags []string

	// Metadata are ordered pairs; each key occurs once.
	Metadata []Metadata

	// Data is the payload.
	Data []byte

	// ID is unique in the database. If it is zero, a version 7 UUID is made.
	ID UUID

	// CorrelationID is what the event belongs to, CausationID the event that caused it.
	CorrelationID, CausationID UUID

	// Time is the caller's time, to the microsecond. If it is the zero time, and HasTime is not set,
	// the event's time is that of its commit.
	Time    time.Time
	HasTime bool
}

// Metadata is a pair that goes with an event.
type Metadata struct {
	Key   string // 1 to 65,535 bytes of UTF-8 without NUL.
	Value []byte // 0 to 65,535 bytes.
}

// Limits.
const (
	TermMax     = 512               // Bytes of a type, tag, entity or scope.
	TagsMax     = 256               // Tags of an event.
	MetadataMax = 65535             // Pairs of an event; bytes of a key, of a value.
	DataMax     = 64 * 1024 * 1024  // Bytes of an event's data, and of its metadata.
	BatchMax    = 256 * 1024 * 1024 // Bytes of a batch, encoded.
	SourceMax   = 255               // Bytes of a tracking source's name.
	KeyMax      = 255               // Bytes of an idempotency key.
)
