// Package stele is the Go binding of Stele, an embedded event-sourcing database.
//
// An application opens a directory and appends events to it. A batch of events is committed as a whole
// or not at all, is durable when Commit returns, and may carry guards: conditions that must hold at the
// moment of the commit, such as "nobody has reserved this seat meanwhile".
//
//	db, err := stele.Open("shop")
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	_, err = db.Append(stele.NewEvent{Type: "BookSold", Tags: []string{"book:dune"}})
//
// # Writing
//
// DB.Append commits events without a condition. A Batch has guards, an idempotency key, the progress of
// a consumer, and asynchronous commits.
//
// Batch.Put, Delete and so on change rows of a Table in the same commit, and Batch.ExpectRow and its
// like are guards over rows. A Transaction is a batch that reads, its own rows included, and DB.Transact
// begins it again after a conflict.
//
// # Reading
//
// DB.Read goes through the events that match a Query, DB.ReadStream through those of an entity, DB.Walk
// through causes, effects and the like. Subscribe hands out events as they come. All give an Event,
// which is a view of memory that is used again for the next one; Event.Clone and Event.Record copy.
// Table.Get and Table.Scan read rows, as of now or of a moment before. A Projection makes rows of
// events, each event once.
//
// # Errors
//
// No method panics because of what happens outside the program. Outcomes that a program expects, such
// as a conflict, are errors, too: errors.Is(err, stele.ErrConflict). Each error is an *Error, which says
// what is in the way, but for those of a context.
//
// # Lifetime
//
// What has a Close method holds something in the C library. Closing twice, closing a DB before what
// was made of it, and using what is closed are safe: the latter gives ErrClosed. What is forgotten is
// closed when the garbage collector finds it; that is a net, and not a plan.
//
// # Goroutines
//
// A DB and a Table may be used by any number of goroutines at once. Everything else belongs to one at a time, but
// Close may be called by any. A goroutine that waits in this package takes a thread of the operating
// system for that time.
//
// # Building
//
// The package needs cgo, and libstele where pkg-config finds it.
package stele
