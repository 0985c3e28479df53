package stele

// Status says how a call of the C library ended. Its values never change. A Status other than
// StatusOK is an error: it is what errors.Is compares an error of this package with, under the
// names below, ErrConflict and so on.
type Status int32

// Outcomes that a correct program expects are above 0, errors below.
const (
	StatusOK             Status = 0
	StatusConflict       Status = 1
	StatusNotFound       Status = 2
	StatusEnd            Status = 3
	StatusTimeout        Status = 4
	StatusExists         Status = 5
	StatusKeyReused      Status = 6
	StatusNotYet         Status = 7
	StatusBufferTooSmall Status = 8

	StatusInvalid        Status = -1
	StatusIO             Status = -2
	StatusFull           Status = -3
	StatusCorrupt        Status = -4
	StatusBusy           Status = -5
	StatusReadOnly       Status = -6
	StatusTooOld         Status = -7
	StatusTooLarge       Status = -8
	StatusUnsupported    Status = -9
	StatusOutcomeUnknown Status = -10
	StatusNoMemory       Status = -11
	StatusClosed         Status = -12
	StatusInternal       Status = -13
)

// What errors.Is looks for in an error of this package.
var (
	// Outcomes that a correct program expects.
	ErrConflict       error = StatusConflict       // A guard of the batch does not hold; nothing was written.
	ErrNotFound       error = StatusNotFound       // There is no such thing.
	ErrEnd            error = StatusEnd            // There is nothing more.
	ErrTimeout        error = StatusTimeout        // The time given to wait has passed.
	ErrExists         error = StatusExists         // It is there already.
	ErrKeyReused      error = StatusKeyReused      // The idempotency key was used for a different batch.
	ErrNotYet         error = StatusNotYet         // It is ahead of what is durable so far.
	ErrBufferTooSmall error = StatusBufferTooSmall // This package never returns it.

	// Errors.
	ErrInvalid        error = StatusInvalid        // An argument is wrong; the caller must change it.
	ErrIO             error = StatusIO             // The operating system failed; see Error.Errno.
	ErrFull           error = StatusFull           // No room on the device; try again when there is.
	ErrCorrupt        error = StatusCorrupt        // Stored bytes are damaged.
	ErrBusy           error = StatusBusy           // Another process or handle has the database open.
	ErrReadOnly       error = StatusReadOnly       // This handle cannot write (any more).
	ErrTooOld         error = StatusTooOld         // What is needed has been given up.
	ErrTooLarge       error = StatusTooLarge       // Beyond a documented limit.
	ErrUnsupported    error = StatusUnsupported    // Valid, but this library cannot do it.
	ErrOutcomeUnknown error = StatusOutcomeUnknown // The commit may or may not survive; reopen to find out.
	ErrNoMemory       error = StatusNoMemory       // Memory could not be allocated.
	ErrClosed         error = StatusClosed         // The thing, or the database behind it, is closed.
	ErrInternal       error = StatusInternal       // A defect in Stele. Please report it.
)

var statusNames = map[Status]string{
	StatusOK:             "OK",
	StatusConflict:       "CONFLICT",
	StatusNotFound:       "NOT_FOUND",
	StatusEnd:            "END",
	StatusTimeout:        "TIMEOUT",
	StatusExists:         "EXISTS",
	StatusKeyReused:      "KEY_REUSED",
	StatusNotYet:         "NOT_YET",
	StatusBufferTooSmall: "BUFFER_TOO_SMALL",
	StatusInvalid:        "INVALID",
	StatusIO:             "IO",
	StatusFull:           "FULL",
	StatusCorrupt:        "CORRUPT",
	StatusBusy:           "BUSY",
	StatusReadOnly:       "READ_ONLY",
	StatusTooOld:         "TOO_OLD",
	StatusTooLarge:       "TOO_LARGE",
	StatusUnsupported:    "UNSUPPORTED",
	StatusOutcomeUnknown: "OUTCOME_UNKNOWN",
	StatusNoMemory:       "NO_MEMORY",
	StatusClosed:         "CLOSED",
	StatusInternal:       "INTERNAL",
}

// String returns the name, the same in every language: "CONFLICT"; "UNKNOWN" for any other number.
func (s Status) String() string {
	if name, ok := statusNames[s]; ok {
		return name
	}
	return "UNKNOWN"
}

// Error returns "stele: " and the name.
func (s Status) Error() string { return "stele: " + s.String() }
