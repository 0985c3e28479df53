package stele

import (
	"math/rand"
	"time"
)

const (
	triesAtOnce = 10
	pauseMax    = 10 * time.Millisecond
)

// Transact begins a transaction, runs the body in it and commits. When that is ErrConflict it begins
// again, as often as Tries says: at once at first, from the tenth time on after a random pause of up to
// 10 ms. It returns the last conflict when all tries were in vain. An error of the body ends the
// transaction without a commit and is returned as it is, ErrConflict included.
//
//	_, err := db.Transact(func(t *stele.Transaction) error {
//		row, err := t.Get(accounts, ada)
//		if err != nil {
//			return err
//		}
//		return t.Put(accounts, ada, less(row.Value, price))
//	})
//
// The body may be run many times, so that what it does besides has to bear that, and it reads all that it
// decides by through the transaction. It does not commit, nor close the transaction.
//
// Errors: those of the body, Begin and Transaction.Commit.
func (db *DB) Transact(body func(t *Transaction) error, options ...TransactionOption) (Commit, error) {
	o := transactionOptionsOf(options)
	for tries := 1; ; tries++ {
		commit, isConflict, err := db.tryOnce(body, o)
		if !isConflict || tries >= o.tries {
			return commit, err
		}
		if tries >= triesAtOnce {
			time.Sleep(time.Duration(rand.Int63n(int64(pauseMax))))
		}
	}
}

// tryOnce runs the body in a transaction of its own; isConflict: the commit is one.
func (db *DB) tryOnce(body func(t *Transaction) error, options TransactionOption) (
	commit Commit, isConflict bool, err error) {
	t, err := db.begin(options)
	if err != nil {
		return Commit{}, false, err
	}
	defer t.Close()
	if err = body(t); err != nil {
		return Commit{}, false, err
	}
	commit, err = t.Commit()
	return commit, isStatus(err, StatusConflict), err
}
