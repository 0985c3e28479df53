// Command follow_with_token is a consumer whose state is elsewhere, here in a file: it stores the
// subscription's token together with the state, in one step, and resumes there after a restart. No
// event is counted twice or left out, wherever the consumer is killed.
//
//	follow_with_token [DIRECTORY]    without one, in "follow.db"; the state is in DIRECTORY.state
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"time"

	"stele.dev/stele"
)

// state is the consumer's, as it is in the file.
type state struct {
	Token string
	Sold  int
}

func main() {
	path := "follow.db"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	for _, copies := range []int{3, 2, 0} { // Each round is a restart.
		db, err := stele.Open(path)
		check(err)
		sell(db, copies)
		countSales(db, path+".state", copies)
		check(db.Close())
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func sell(db *stele.DB, copies int) {
	events := make([]stele.NewEvent, copies)
	for i := range events {
		events[i].Type = "BookSold"
	}
	_, err := db.Append(append(events, stele.NewEvent{Type: "ShopCleaned"})...)
	check(err)
}

// countSales counts the sales that are new since the last time. A consumer that runs for ever would
// wait until its context is done where this one ends when it has seen what was sold.
func countSales(db *stele.DB, file string, expected int) {
	now, token := load(file)
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	sales, err := db.Subscribe(ctx, stele.All.Type("BookSold"), stele.Resume(token))
	check(err)
	defer sales.Close()
	fresh := 0
	for fresh < expected && sales.Next() {
		fresh++
		now.Sold++
		token, err := sales.Token()
		check(err)
		now.Token = token.String()
		save(file, now) // The state and the token, in one step.
	}
	check(sales.Err())
	if sales.TryNext() {
		log.Fatal("a sale was counted twice, or left out before")
	}
	fmt.Printf("%d new, %d sold\n", fresh, now.Sold)
}

func load(file string) (now state, token stele.Token) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return now, token // The first start.
	}
	check(err)
	check(json.Unmarshal(text, &now))
	token, err = stele.ParseToken(now.Token)
	check(err)
	return now, token
}

// save writes a new file and puts it in the old one's place: it is there as a whole or not at all.
func save(file string, now state) {
	text, err := json.Marshal(now)
	check(err)
	out, err := os.Create(file + ".new")
	check(err)
	_, err = out.Write(text)
	check(err)
	check(out.Sync())
	check(out.Close())
	check(os.Rename(file+".new", file))
}
