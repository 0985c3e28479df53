package stele

import "syscall"

// NoGuard is the Guard of an Error that is not about one.
const NoGuard = -1

// Error is what every method of this package returns when it does not succeed, but for the errors of
// a context, and io.EOF where an io.Reader returns it. errors.Is compares its status, errors.As gives its details:
//
//	_, err := batch.Commit()
//	var conflict *stele.Error
//	if errors.Is(err, stele.ErrConflict) && errors.As(err, &conflict) {
//		fmt.Println("event", conflict.Position, "is in the way of guard", conflict.Guard)
//	}
type Error struct {
	Status Status

	// Message is the operation, its object and the reason.
	Message string

	// Errno is the operating system's error number, or 0. errors.Is finds it, too.
	Errno syscall.Errno

	// Guard is, of a conflict and of an invalid guard, the guard's index in the batch; else NoGuard.
	Guard int

	// Position is, of a conflict, the event or tracked position that is in the way; of an id that
	// exists, the event that has it; of a key that was used, the first event of that commit; of a
	// place beyond the last event, that one; of damage that a verification found, the first bad
	// event; else 0.
	Position uint64

	// Offset is the byte in the file or buffer that Message names, or 0.
	Offset uint64

	// Sequence is, of a conflict with an expected version, the one that the entity has; else 0.
	Sequence uint64
}

// Error returns "stele: ", the name of the status, and the message.
func (e *Error) Error() string { return e.Status.Error() + ": " + e.Message }

// Is reports whether target is the status of this error: ErrConflict and so on.
func (e *Error) Is(target error) bool {
	status, ok := target.(Status)
	return ok && status == e.Status
}

// Unwrap returns Errno, where there is one.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// failed makes an error that this package found itself.
func failed(status Status, message string) error {
	return &Error{Status: status, Message: message, Guard: NoGuard}
}
