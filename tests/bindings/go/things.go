package main

import (
	"bufio"
	"context"
	"io"
	"os"

	"stele.dev/stele"
)

// player keeps what a scenario makes, under the names that it gives.
type player struct {
	out           *bufio.Writer
	dbs           map[string]*stele.DB
	batches       map[string]*stele.Batch
	tables        map[string]*stele.Table
	txns          map[string]*stele.Transaction
	scans         map[string]*stele.Scan
	tickets       map[string]*stele.Ticket
	subscriptions map[string]*stele.Subscription
	projections   map[string]*stele.Projection
	tokens        map[string]stele.Token
	receipts      map[string][]byte
	closed        closedThings
}

// closedThings are what a name stands for when what it should have named was not made.
type closedThings struct {
	db           *stele.DB
	batch        *stele.Batch
	table        *stele.Table
	txn          *stele.Transaction
	scan         *stele.Scan
	ticket       *stele.Ticket
	subscription *stele.Subscription
	projection   *stele.Projection
}

func newPlayer() *player {
	p := &player{
		out:           bufio.NewWriter(os.Stdout),
		dbs:           map[string]*stele.DB{},
		batches:       map[string]*stele.Batch{},
		tables:        map[string]*stele.Table{},
		txns:          map[string]*stele.Transaction{},
		scans:         map[string]*stele.Scan{},
		tickets:       map[string]*stele.Ticket{},
		subscriptions: map[string]*stele.Subscription{},
		projections:   map[string]*stele.Projection{},
		tokens:        map[string]stele.Token{},
		receipts:      map[string][]byte{},
	}
	p.closed = makeClosedThings()
	return p
}

func makeClosedThings() closedThings {
	var made closedThings
	made.db = must(stele.OpenMemory())
	made.batch = must(made.db.NewBatch())
	if err := made.batch.Add(stele.NewEvent{Type: "none"}); err != nil {
		panic(err)
	}
	name := stele.TableName{Name: "none"}
	if err := made.db.CreateTable(name, stele.TableOptions{}); err != nil {
		panic(err)
	}
	made.table = must(made.db.Table(name))
	made.txn = must(made.db.Begin())
	made.scan = must(made.txn.Scan(made.table, stele.ScanOptions{}))
	made.scan.Close()
	made.txn.Close()
	made.table.Close()
	made.ticket = must(made.batch.CommitAsync())
	made.subscription = must(made.db.Subscribe(context.Background(), stele.All))
	made.subscription.Close()
	made.projection = must(made.db.Projection(
		context.Background(), "none", stele.All, stele.ProjectionOptions{}))
	made.projection.Close()
	made.ticket.Close()
	made.batch.Close()
	made.db.Close()
	return made
}

func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}

// keep keeps what was made, or something closed if it was not, in place of what had its name.
func keep[T io.Closer](all map[string]T, name string, made, closed T, err error) {
	if before, ok := all[name]; ok {
		before.Close()
	}
	if err != nil {
		made = closed
	}
	all[name] = made
}

// forget closes what has a name, before that is given again.
func forget[T io.Closer](all map[string]T, name string) {
	if before, ok := all[name]; ok {
		before.Close()
	}
}

func known[T any](all map[string]T, name string) T {
	found, ok := all[name]
	if !ok {
		panic(nonsense("there is no such thing: " + name))
	}
	return found
}

func (p *player) db(w *words) *stele.DB       { return known(p.dbs, w.name()) }
func (p *player) batch(w *words) *stele.Batch { return known(p.batches, w.name()) }

func (p *player) closeAll() {
	closeEach(p.subscriptions)
	closeEach(p.projections)
	closeEach(p.tickets)
	closeEach(p.batches)
	closeEach(p.scans)
	closeEach(p.txns)
	closeEach(p.tables)
	closeEach(p.dbs)
}

func closeEach[T io.Closer](all map[string]T) {
	for _, thing := range all {
		thing.Close()
	}
}
