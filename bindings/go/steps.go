package stele

import (
	"context"
	"sync/atomic"
)

// steps is work that is done piece by piece: what Verify, Backup, Compact and Repair have in common.
type steps struct {
	closed atomic.Bool
	ended  bool
	err    error
}

// take does one step. It returns false when the work has ended: with err, or without.
func (s *steps) take(owner any, step func(c *call) int) bool {
	if s.ended {
		return false
	}
	c := begin()
	defer c.end(owner)
	err := c.check(step(c))
	if err == nil {
		return true
	}
	s.ended = true
	if !isStatus(err, StatusEnd) {
		s.err = err
	}
	return false
}

// run does all steps that are left. Between two of them it looks whether ctx is done.
func run(ctx context.Context, step func() bool, err func() error) error {
	for {
		if ended := ctx.Err(); ended != nil {
			return ended
		}
		if !step() {
			return err()
		}
	}
}
