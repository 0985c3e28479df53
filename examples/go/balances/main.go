// Command balances is a bank: a deposit or a withdrawal is an event, and the account's row with the
// balance behind it is in the same commit. A transaction reads the row and writes it, and is begun again
// if the row has changed since it was read; the table keeps history, so that there is a statement as of
// any moment.
//
//	balances [DIRECTORY]    without one, the database is in memory
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"stele.dev/stele"
)

// bank has its accounts in a table: from the name to the balance, as text.
type bank struct {
	db       *stele.DB
	accounts *stele.Table
}

func main() {
	path := stele.Memory
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	b := open(path)
	defer b.db.Close()
	defer b.accounts.Close()
	b.change("ada", 100)
	second := b.change("bob", 50)
	third := b.change("ada", -30)
	b.change("bob", -80)

	// Two clerks read the same account; the second one to commit has to look again.
	one, two := b.begin(), b.begin()
	check(b.add(one, "bob", -50))
	check(b.add(two, "bob", -50))
	fmt.Println("first clerk:", finish(one))
	fmt.Println("second clerk:", finish(two))
	b.change("bob", -50)

	b.statement("event 1", stele.AsOfPosition(1))
	b.statement("second commit", stele.AsOfTSN(second.TSN))
	b.statement("time of the third", stele.AsOfTime(third.Recorded))
	b.statement("right before", stele.AsOfTime(third.Recorded.Add(-time.Microsecond)))
	b.statement("now", stele.AsOf{})
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func open(path string) *bank {
	db, err := stele.Open(path)
	check(err)
	name := stele.TableName{Name: "accounts"}
	err = db.CreateTable(name, stele.TableOptions{History: stele.HistoryAll})
	if !errors.Is(err, stele.ErrExists) {
		check(err)
	}
	accounts, err := db.Table(name)
	check(err)
	return &bank{db: db, accounts: accounts}
}

var errTooLittle = errors.New("too little")

// add adds the event and the new balance to a transaction.
func (b *bank) add(t *stele.Transaction, name string, amount int) error {
	balance := 0
	row, err := t.Get(b.accounts, []byte(name))
	if err == nil {
		balance, err = strconv.Atoi(string(row.Value))
	}
	if err != nil && !errors.Is(err, stele.ErrNotFound) {
		return err
	}
	if balance += amount; balance < 0 {
		return errTooLittle
	}
	event := stele.NewEvent{Type: "Deposited", Entity: name, Data: []byte(strconv.Itoa(amount))}
	if amount < 0 {
		event.Type, event.Data = "Withdrawn", []byte(strconv.Itoa(-amount))
	}
	batch, err := t.Batch()
	if err != nil {
		return err
	}
	if err = batch.Add(event); err != nil {
		return err
	}
	return t.Put(b.accounts, []byte(name), []byte(strconv.Itoa(balance)))
}

// change deposits, or withdraws what is below 0, and returns what the commit was.
func (b *bank) change(name string, amount int) stele.Commit {
	commit, err := b.db.Transact(func(t *stele.Transaction) error { return b.add(t, name, amount) })
	result := "done"
	if errors.Is(err, errTooLittle) {
		result = err.Error()
	} else {
		check(err)
	}
	fmt.Printf("%s %+d: %s\n", name, amount, result)
	return commit
}

func (b *bank) begin() *stele.Transaction {
	t, err := b.db.Begin()
	check(err)
	return t
}

// finish commits and returns the name of the status.
func finish(t *stele.Transaction) string {
	defer t.Close()
	_, err := t.Commit()
	var refused *stele.Error
	if errors.As(err, &refused) {
		return refused.Status.String()
	}
	return stele.StatusOK.String()
}

// statement prints all balances as they were at a moment.
func (b *bank) statement(moment string, asOf stele.AsOf) {
	scan, err := b.accounts.Scan(stele.ScanOptions{AsOf: asOf})
	check(err)
	defer scan.Close()
	fmt.Printf("%s:", moment)
	for scan.Next() {
		row := scan.Row()
		fmt.Printf(" %s %s since event %d;", row.Key, row.Value, row.Position)
	}
	fmt.Println()
	check(scan.Err())
}
