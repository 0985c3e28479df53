package stele

import (
	"bytes"
	"runtime"
	"sync"
	"syscall"
)

// call is the memory that one call of the C library fills.
type call struct {
	reply
	result commitResultStruct
}

var calls = sync.Pool{New: func() any { return new(call) }}

// begin takes memory for a call. The caller defers end:
//
//	c := begin()
//	defer c.end(db)
//	if err := c.check(db.native.Head(c.at())); err != nil {
//		return 0, err
//	}
//	return c.values[0], nil
func begin() *call { return calls.Get().(*call) }

// end gives the memory back. Until then the owner of the handle that was called is reachable, so that
// its finalizer does not close it meanwhile.
func (c *call) end(owner any) {
	calls.Put(c)
	runtime.KeepAlive(owner)
}

// check makes the error of a status; nil for OK.
func (c *call) check(status int) error {
	if status == int(StatusOK) {
		return nil
	}
	return c.err()
}

// handle is check for calls that return a handle, which is 0 when they fail.
func (c *call) handle(handle uintptr) error {
	if handle != 0 {
		return nil
	}
	return c.err()
}

// err makes an error of what the C library said.
func (r *reply) err() error {
	from := &r.error
	made := &Error{
		Status:   Status(from.status),
		Message:  textOf(from.message[:]),
		Errno:    syscall.Errno(from.osErrno),
		Guard:    NoGuard,
		Position: from.position,
		Offset:   from.offset,
		Sequence: from.sequence,
	}
	if from.guard != noGuard {
		made.Guard = int(from.guard)
	}
	return made
}

// textOf returns the text that is NUL-terminated there, or fills it.
func textOf(memory []byte) string {
	if end := bytes.IndexByte(memory, 0); end >= 0 {
		memory = memory[:end]
	}
	return string(memory)
}

// first returns where memory begins; nil for none. With len it is how bytes cross the border.
func first(memory []byte) *byte {
	if len(memory) == 0 {
		return nil
	}
	return &memory[0]
}

const noGuard = 1<<32 - 1

// isStatus says whether err is of this package and has this status.
func isStatus(err error, status Status) bool {
	made, ok := err.(*Error)
	return ok && made.Status == status
}
