package stele_test

import (
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"stele.dev/stele"
)

// must ends the test when something that has to work does not.
func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}

// noError ends the test when err is one.
func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// isError says that err is not what it has to be.
func isError(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("the error is %v, not %v", err, target)
	}
}

// equal says that something is not what it has to be.
func equal[T comparable](t *testing.T, found, expected T) {
	t.Helper()
	if found != expected {
		t.Fatalf("found %v, expected %v", found, expected)
	}
}

// memoryDB opens a database in memory whose clock stands still. At the test's end, nothing of it may
// be open.
func memoryDB(t *testing.T) *stele.DB {
	t.Helper()
	return openDB(t, stele.Memory, stele.Options{TestTime: time.UnixMicro(1000), TestSeed: 1})
}

func openDB(t *testing.T, path string, options stele.Options) *stele.DB {
	t.Helper()
	before := stele.LiveHandles()
	db, err := stele.OpenOptions(path, options)
	noError(t, err)
	t.Cleanup(func() {
		noError(t, db.Close())
		if live := stele.LiveHandles(); live > before {
			t.Errorf("%d handles are left open", live-before)
		}
	})
	return db
}

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "db") }

func appendOne(t *testing.T, db *stele.DB, e stele.NewEvent) stele.Commit {
	t.Helper()
	commit, err := db.Append(e)
	noError(t, err)
	return commit
}

// positions reads to the end, closes and returns the positions.
func positions(t *testing.T, events *stele.Events, err error) []uint64 {
	t.Helper()
	noError(t, err)
	defer events.Close()
	var all []uint64
	for events.Next() {
		all = append(all, events.Event().Position())
	}
	noError(t, events.Err())
	return all
}

func samePositions(t *testing.T, found []uint64, expected ...uint64) {
	t.Helper()
	same := len(found) == len(expected)
	for i := range found {
		same = same && found[i] == expected[i]
	}
	if !same {
		t.Fatalf("found positions %v, expected %v", found, expected)
	}
}

// A machine may be busy: this is how long a test waits for what must come.
const patience = 30 * time.Second

// eventually waits until something is true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, patience)
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// collect lets the garbage collector find what is forgotten, and the finalizers run.
func collect() {
	for i := 0; i < 2; i++ {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}
