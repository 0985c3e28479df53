package stele_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"stele.dev/stele"
)

func Example() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Append(
		stele.NewEvent{Type: "BookSold", Tags: []string{"book:dune"}, Data: []byte(`{"price": 12}`)},
		stele.NewEvent{Type: "BookReturned", Tags: []string{"book:dune"}},
	); err != nil {
		log.Fatal(err)
	}
	events, err := db.Read(stele.All.Tag("book:dune"))
	if err != nil {
		log.Fatal(err)
	}
	defer events.Close()
	for events.Next() {
		event := events.Event()
		fmt.Printf("%d %s %s\n", event.Position(), event.Type(), event.Data())
	}
	if err := events.Err(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1 BookSold {"price": 12}
	// 2 BookReturned
}

func ExampleBatch_Guard() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	reserve := func(seat, name string) {
		batch, err := db.NewBatch()
		if err != nil {
			log.Fatal(err)
		}
		defer batch.Close()
		err = batch.Add(stele.NewEvent{
			Type: "SeatReserved", Tags: []string{"seat:" + seat}, Data: []byte(name),
		})
		if err == nil {
			err = batch.Guard(stele.All.Tag("seat:"+seat), 0)
		}
		if err == nil {
			_, err = batch.Commit()
		}
		var conflict *stele.Error
		switch {
		case err == nil:
			fmt.Println(seat, "is for", name)
		case errors.Is(err, stele.ErrConflict) && errors.As(err, &conflict):
			fmt.Println(seat, "is taken since event", conflict.Position)
		default:
			log.Fatal(err)
		}
	}
	reserve("12A", "Ada")
	reserve("12A", "Bob")
	// Output:
	// 12A is for Ada
	// 12A is taken since event 1
}

func ExampleBatch_Read() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	batch, err := db.NewBatch()
	if err != nil {
		log.Fatal(err)
	}
	defer batch.Close()

	// withdraw decides by what it reads; if somebody else was faster, it decides again.
	withdraw := func() error {
		for {
			if err := batch.Clear(); err != nil {
				return err
			}
			events, err := batch.Read(stele.All.Entity("account-7"))
			if err != nil {
				return err
			}
			balance := 0
			for events.Next() {
				balance += len(events.Event().Data())
			}
			if events.Close(); events.Err() != nil {
				return events.Err()
			}
			fmt.Println("the balance is", balance)
			if err := batch.Add(stele.NewEvent{Type: "Withdrawn", Entity: "account-7"}); err != nil {
				return err
			}
			if _, err = batch.Commit(); !errors.Is(err, stele.ErrConflict) {
				return err
			}
		}
	}
	if _, err := db.Append(stele.NewEvent{Type: "Paid", Entity: "account-7", Data: []byte("$$$")}); err != nil {
		log.Fatal(err)
	}
	if err := withdraw(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// the balance is 3
}

func ExampleBatch_CommitAsync() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	batch, err := db.NewBatch()
	if err != nil {
		log.Fatal(err)
	}
	defer batch.Close()
	var tickets []*stele.Ticket
	for i := 0; i < 3; i++ {
		if err := batch.Add(stele.NewEvent{Type: "Counted"}); err != nil {
			log.Fatal(err)
		}
		ticket, err := batch.CommitAsync()
		if err != nil {
			log.Fatal(err)
		}
		tickets = append(tickets, ticket)
	}
	for _, ticket := range tickets {
		commit, err := ticket.Wait(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("event", commit.First)
	}
	// Output:
	// event 1
	// event 2
	// event 3
}

func ExampleQuery() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Append(
		stele.NewEvent{Type: "order.placed", Tags: []string{"customer:7"}},
		stele.NewEvent{Type: "order.paid", Tags: []string{"customer:8"}},
		stele.NewEvent{Type: "sent", Entity: "parcel-1"},
	); err != nil {
		log.Fatal(err)
	}
	// Orders of customer 7, or anything of a parcel.
	query := stele.All.Category("order").Tag("customer:7").Or().EntityPrefix("parcel-")
	count, err := db.Count(query)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count)
	// Output: 2
}

func ExampleDB_Subscribe() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sub, err := db.Subscribe(ctx, stele.All.Type("BookSold"))
	if err != nil {
		log.Fatal(err)
	}
	defer sub.Close()
	go func() {
		for i := 0; i < 3; i++ {
			if _, err := db.Append(stele.NewEvent{Type: "BookSold"}); err != nil {
				log.Fatal(err)
			}
		}
	}()
	for sub.Next() {
		fmt.Println("sold:", sub.Event().Position())
		if sub.Event().Position() == 3 {
			cancel() // The wait for the next one ends.
		}
	}
	fmt.Println(sub.Err())
	// Output:
	// sold: 1
	// sold: 2
	// sold: 3
	// context canceled
}

func ExampleSubscription_Token() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Append(stele.NewEvent{Type: "A"}, stele.NewEvent{Type: "B"}); err != nil {
		log.Fatal(err)
	}
	// work handles one event and returns where the next one continues.
	work := func(token stele.Token) stele.Token {
		sub, err := db.Subscribe(context.Background(), stele.All, stele.Resume(token))
		if err != nil {
			log.Fatal(err)
		}
		defer sub.Close()
		if sub.Next() {
			fmt.Println(sub.Event().Type())
		}
		next, err := sub.Token()
		if err != nil {
			log.Fatal(err)
		}
		return next
	}
	work(work(stele.Token{}))
	// Output:
	// A
	// B
}

func ExampleVerify_Run() {
	db, err := stele.OpenMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Append(stele.NewEvent{Type: "A"}); err != nil {
		log.Fatal(err)
	}
	verify, err := db.Verify()
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	done, err := verify.Run(ctx, nil)
	if errors.Is(err, stele.ErrCorrupt) {
		log.Fatal("the database is damaged: ", err)
	}
	fmt.Println(done.Events, "event is sound")
	// Output: 1 event is sound
}

func ExampleOpenOptions() {
	db, err := stele.OpenOptions(stele.Memory, stele.Options{
		Durability: stele.DurabilityInterval,
		Interval:   10 * time.Millisecond,
		TestTime:   time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC), // In tests, time stands still.
		TestSeed:   1,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	commit, err := db.Append(stele.NewEvent{Type: "A"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(commit.Recorded)
	// Output: 2024-02-29 12:00:00 +0000 UTC
}
