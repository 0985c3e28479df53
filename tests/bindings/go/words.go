package main

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"stele.dev/stele"
)

// words are the fields of a line, taken one by one.
type words struct {
	number int
	fields []string
	next   int
}

// nonsense is what ends a scenario that makes no sense, as a panic.
type nonsense string

func (w *words) more() bool { return w.next < len(w.fields) }

// name takes a field as it is.
func (w *words) name() string {
	if !w.more() {
		panic(nonsense("a field is missing"))
	}
	w.next++
	return w.fields[w.next-1]
}

// word takes the next field if it is this word.
func (w *words) word(word string) bool {
	if !w.more() || w.fields[w.next] != word {
		return false
	}
	w.next++
	return true
}

// bytes takes a value.
func (w *words) bytes() []byte {
	field := w.name()
	if field == "-" {
		return nil
	}
	copies, digits, found := strings.Cut(field, "x:")
	if !found {
		return []byte(field)
	}
	count := 1
	if copies != "" {
		number, err := strconv.Atoi(strings.TrimSuffix(copies, "*"))
		if err != nil || !strings.HasSuffix(copies, "*") {
			return []byte(field)
		}
		count = number
	}
	value, err := hex.DecodeString(digits)
	if err != nil {
		panic(nonsense("not hexadecimal digits: " + field))
	}
	all := make([]byte, 0, count*len(value))
	for ; count > 0; count-- {
		all = append(all, value...)
	}
	return all
}

func (w *words) text() string { return string(w.bytes()) }

func (w *words) id() stele.UUID {
	var id stele.UUID
	value := w.bytes()
	if len(value) != len(id) {
		panic(nonsense("not the 16 bytes of an id"))
	}
	copy(id[:], value)
	return id
}

// count takes a number from 0 to 2^63 - 1.
func (w *words) count() uint64 {
	number, err := strconv.ParseUint(w.name(), 10, 63)
	if err != nil {
		panic(nonsense("not a number below 2^63: " + w.fields[w.next-1]))
	}
	return number
}

func (w *words) time() time.Time {
	number, err := strconv.ParseInt(w.name(), 10, 64)
	if err != nil {
		panic(nonsense("not a time: " + w.fields[w.next-1]))
	}
	return time.UnixMicro(number)
}

// choice takes one of the words and returns what it stands for.
func choice[T any](w *words, choices map[string]T) T {
	chosen, ok := choices[w.name()]
	if !ok {
		panic(nonsense("not one of the words that may stand here: " + w.fields[w.next-1]))
	}
	return chosen
}
