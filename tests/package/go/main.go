// The smallest program that does Stele's job: appends one event and reads it back.
package main

import (
	"fmt"
	"os"

	"stele.dev/stele"
)

func main() {
	db, err := stele.Open(os.Args[1])
	check(err)
	defer db.Close()
	_, err = db.Append(stele.NewEvent{
		Type: "BookSold", Tags: []string{"book:1"}, Data: []byte(`{"copies":2}`),
	})
	check(err)
	events, err := db.Read(stele.All)
	check(err)
	defer events.Close()
	for events.Next() {
		e := events.Event()
		fmt.Printf("stele %s: %s at %d, tag %s, data %s\n",
			stele.Version(), e.Type(), e.Position(), e.Tags()[0], e.Data())
	}
	check(events.Err())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
