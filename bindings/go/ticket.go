package stele

import (
	"context"
	"runtime"
	"sync/atomic"

	"stele.dev/stele/internal/native"
)

// Ticket is an asynchronous commit that is under way. It belongs to one goroutine at a time, but Close
// may be called by any.
type Ticket struct {
	db     *DB
	native native.SwigcptrNativeTicket
	closed atomic.Bool
	known  bool // commit and err are the outcome.
	commit Commit
	err    error
}

// CommitAsync begins to commit the batch and returns a ticket for the outcome. The batch is empty then
// and may be filled again at once, so that one goroutine keeps several commits under way; they take
// their places in the order of the calls. It may wait for room, see Options.BufferMax.
//
// Errors, which leave the batch as it was: ErrInvalid (an empty batch), ErrClosed, ErrNoMemory. All
// others of Commit are the ticket's.
func (b *Batch) CommitAsync() (*Ticket, error) {
	c := begin()
	defer c.end(b)
	handle := b.db.native.Commit_async(b.native, c.at()).Swigcptr()
	if err := c.handle(handle); err != nil {
		return nil, err
	}
	t := &Ticket{db: b.db, native: native.SwigcptrNativeTicket(handle)}
	runtime.SetFinalizer(t, (*Ticket).Close)
	return t, nil
}

// Wait waits for the outcome and returns it, as Batch.Commit does. If ctx is done first, it returns
// the error of ctx; the commit goes on, and Wait may be called again. An outcome that is there is
// returned whatever ctx says, also after the database was closed, and as often as it is asked for.
//
// A ticket whose outcome was returned is closed.
func (t *Ticket) Wait(ctx context.Context) (Commit, error) {
	for !t.known {
		if t.look(0) || t.known {
			break
		}
		if err := ctx.Err(); err != nil {
			return Commit{}, err
		}
		if ctx.Done() == nil {
			t.look(forever)
			continue
		}
		if err := waitFor(ctx, t, t.native.Number(), t.interrupt); err != nil {
			t.settle(Commit{}, err)
		}
	}
	return t.commit, t.err
}

const forever = -1 // As a timeout.

// look waits for so many milliseconds and returns whether the outcome is known then.
func (t *Ticket) look(timeout int64) bool {
	c := begin()
	defer c.end(t)
	err := c.check(t.native.Wait_for(timeout, memory(&c.result), size(&c.result), c.at()))
	if isStatus(err, StatusTimeout) {
		return false
	}
	commit := Commit{}
	if err == nil {
		commit = c.result.commit()
	}
	t.settle(commit, err)
	return true
}

// settle keeps the outcome.
func (t *Ticket) settle(commit Commit, err error) {
	t.known, t.commit, t.err = true, commit, err
	t.Close()
}

func (t *Ticket) interrupt() {
	c := begin()
	defer c.end(t)
	t.native.Interrupt(c.at())
}

// Close gives the ticket up. Its commit goes on. Closing again does nothing. The error is always nil.
func (t *Ticket) Close() error {
	if !t.closed.Swap(true) {
		runtime.SetFinalizer(t, nil)
		t.native.Close()
	}
	return nil
}

// waitFor waits until the ticket or subscription with this number has something, or its context is
// done: the caller looks which. Only what makes waiting impossible is an error.
func waitFor(ctx context.Context, owner any, number uint64, interrupt func()) error {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-ctx.Done():
			interrupt()
		case <-stop:
		}
	}()
	err := waitOne(owner, number)
	close(stop)
	<-stopped
	return err
}

// waitOne waits until the handle has something, or is interrupted.
func waitOne(owner any, number uint64) error {
	c := begin()
	defer c.end(owner)
	err := c.check(native.Wait_any(memory(&number), size(&number), forever, c.at()))
	if isStatus(err, StatusTimeout) {
		return nil
	}
	return err
}
