// Command bench measures the Go package on the same work as the benches of the other languages, and
// prints one line: a name, a tab, and events per second or nanoseconds.
//
//	bench read-views N DIRECTORY        sums positions and data bytes through views
//	bench read-records N DIRECTORY      copies each event into a record
//	bench append-batched N DIRECTORY    commits 100 events at a time, durability "os"
//	bench append-single N DIRECTORY     commits each event by itself, durability "os"
//	bench empty-call N                  asks the C library for its version
//
// The read benches make a database of N events in DIRECTORY if there is none; the others need a new
// one.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"time"

	"stele.dev/stele"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: bench WORK N [DIRECTORY]")
		os.Exit(2)
	}
	work := os.Args[1]
	count, err := strconv.Atoi(os.Args[2])
	check(err)
	directory := ""
	if len(os.Args) > 3 {
		directory = os.Args[3]
	}
	switch work {
	case "read-views":
		rate(work, count, read(directory, count, sumViews))
	case "read-records":
		rate(work, count, read(directory, count, copyRecords))
	case "append-batched":
		rate(work, count, write(directory, count, 100))
	case "append-single":
		rate(work, count, write(directory, count, 1))
	case "empty-call":
		fmt.Printf("%s\t%.1f\n", work, float64(emptyCalls(count).Nanoseconds())/float64(count))
	default:
		fmt.Fprintln(os.Stderr, "no such work:", work)
		os.Exit(2)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rate(work string, count int, took time.Duration) {
	fmt.Printf("%s\t%.0f\n", work, float64(count)/took.Seconds())
}

// maker makes events of the data set: all languages make the same.
type maker struct {
	types     []string
	entities  []string
	kinds     []string
	customers []string
	data      []byte
}

const dataSize = 256

func newMaker() *maker {
	m := &maker{data: make([]byte, dataSize)}
	for i := 0; i < 4; i++ {
		m.types = append(m.types, fmt.Sprintf("type-%d", i))
	}
	for i := 0; i < 1000; i++ {
		m.entities = append(m.entities, fmt.Sprintf("e-%d", i))
	}
	for i := 0; i < 10; i++ {
		m.kinds = append(m.kinds, fmt.Sprintf("kind:%d", i))
	}
	for i := 0; i < 10000; i++ {
		m.customers = append(m.customers, fmt.Sprintf("customer:%d", i))
	}
	for i := range m.data {
		m.data[i] = byte(i)
	}
	return m
}

// fill makes the event number i, with tags in memory that is there.
func (m *maker) fill(e *stele.NewEvent, i int) {
	e.Type = m.types[i%len(m.types)]
	e.Entity = m.entities[i%len(m.entities)]
	if e.Tags == nil {
		e.Tags = make([]string, 2)
	}
	e.Tags[0] = m.kinds[i%len(m.kinds)]
	e.Tags[1] = m.customers[i%len(m.customers)]
	e.Data = m.data
}

func (m *maker) append(db *stele.DB, count, perBatch int) {
	events := make([]stele.NewEvent, perBatch)
	for done := 0; done < count; {
		size := perBatch
		if count-done < size {
			size = count - done
		}
		for i := 0; i < size; i++ {
			m.fill(&events[i], done+i)
		}
		_, err := db.Append(events[:size]...)
		check(err)
		done += size
	}
}

func write(directory string, count, perBatch int) time.Duration {
	db, err := stele.OpenOptions(directory, stele.Options{
		Mode: stele.OpenNew, Durability: stele.DurabilityOS,
	})
	check(err)
	m := newMaker()
	start := time.Now()
	m.append(db, count, perBatch)
	took := time.Since(start)
	check(db.Close())
	return took
}

// read times a second read: pages and code are in memory then, in every language.
func read(directory string, count int, work func(events *stele.Events) int) time.Duration {
	if _, err := os.Stat(directory); os.IsNotExist(err) {
		db, err := stele.OpenOptions(directory, stele.Options{Durability: stele.DurabilityOS})
		check(err)
		newMaker().append(db, count, 1000)
		check(db.Checkpoint())
		check(db.Close())
	}
	db, err := stele.OpenOptions(directory, stele.Options{
		Mode: stele.OpenExisting, Durability: stele.DurabilityOS,
	})
	check(err)
	readOnce(db, count, work)
	took := readOnce(db, count, work)
	check(db.Close())
	return took
}

func readOnce(db *stele.DB, count int, work func(events *stele.Events) int) time.Duration {
	start := time.Now()
	events, err := db.Read(stele.All)
	check(err)
	defer events.Close()
	found := work(events)
	took := time.Since(start)
	check(events.Err())
	if found != count {
		fmt.Fprintf(os.Stderr, "%d events, not %d\n", found, count)
		os.Exit(1)
	}
	return took
}

// sum keeps the compiler from leaving the work away.
var sum uint64

func sumViews(events *stele.Events) int {
	count := 0
	for events.Next() {
		e := events.Event()
		sum += e.Position() + sumBytes(e.Data())
		count++
	}
	return count
}

// sumBytes adds eight bytes at a time, in lanes of 16 bits that have room for 128 such steps.
func sumBytes(data []byte) uint64 {
	const lanes = 0x00ff00ff00ff00ff
	total := uint64(0)
	for len(data) >= 8 {
		part := data
		if len(part) > 8*128 {
			part = part[:8*128]
		}
		data = data[len(part)&^7:]
		wide := uint64(0)
		for ; len(part) >= 8; part = part[8:] {
			word := binary.LittleEndian.Uint64(part)
			wide += word&lanes + word>>8&lanes
		}
		wide = wide&0x0000ffff0000ffff + wide>>16&0x0000ffff0000ffff
		total += wide&0xffffffff + wide>>32
	}
	for _, b := range data {
		total += uint64(b)
	}
	return total
}

func copyRecords(events *stele.Events) int {
	count := 0
	for events.Next() {
		record := events.Event().Record()
		sum += record.Position + uint64(len(record.Data)+len(record.Type)+len(record.Entity))
		for _, tag := range record.Tags {
			sum += uint64(len(tag))
		}
		count++
	}
	return count
}

func emptyCalls(count int) time.Duration {
	start := time.Now()
	for i := 0; i < count; i++ {
		sum += uint64(stele.VersionNumber())
	}
	return time.Since(start)
}
