package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"

	"stele.dev/stele"
)

var place = regexp.MustCompile(`record \d+ at byte \d+: `)

// succeeded prints what went wrong, if anything has.
func (p *player) succeeded(err error) bool {
	if err == nil {
		return true
	}
	var wrong *stele.Error
	if !errors.As(err, &wrong) {
		panic(err)
	}
	fmt.Fprint(p.out, wrong.Status.String())
	switch wrong.Status {
	case stele.StatusConflict:
		fmt.Fprintf(p.out, "\t%d\t%d\t%d\t%s", wrong.Guard, wrong.Position, wrong.Sequence, wrong.Message)
	case stele.StatusExists, stele.StatusKeyReused:
		fmt.Fprintf(p.out, "\t%d\t%s", wrong.Position, wrong.Message)
	case stele.StatusNotFound, stele.StatusEnd, stele.StatusTimeout, stele.StatusNotYet,
		stele.StatusClosed, stele.StatusTooLarge:
	default:
		// Which record of a batch it was is no part of what is compared.
		fmt.Fprintf(p.out, "\t%s", place.ReplaceAllString(wrong.Message, ""))
	}
	fmt.Fprintln(p.out)
	return false
}

// status prints OK or what went wrong.
func (p *player) status(err error) {
	if p.succeeded(err) {
		fmt.Fprintln(p.out, "OK")
	}
}

// answer prints OK and the values, or what went wrong.
func (p *player) answer(err error, values ...any) {
	if !p.succeeded(err) {
		return
	}
	fmt.Fprint(p.out, "OK")
	for _, value := range values {
		fmt.Fprintf(p.out, "\t%v", value)
	}
	fmt.Fprintln(p.out)
}

func (p *player) commit(c stele.Commit, err error) {
	repeated := 0
	if c.Repeated {
		repeated = 1
	}
	p.answer(err, c.TSN, c.First, c.Last, c.Count, c.Recorded.UnixMicro(), repeated)
}

func digits(bytes []byte) string { return hex.EncodeToString(bytes) }

func optional(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func optionalID(id stele.UUID, there bool) string {
	if !there {
		return "-"
	}
	return digits(id[:])
}

// fields prints an event's fields, each behind a tab.
func (p *player) fields(e stele.Event) {
	id, hash := e.ID(), e.Hash()
	fmt.Fprintf(p.out, "\t%d\t%d\t%d\t%d\t%d\t%s", e.Position(), e.TSN(), e.Recorded().UnixMicro(),
		e.Time().UnixMicro(), e.Sequence(), digits(id[:]))
	fmt.Fprintf(p.out, "\t%s\t%s", optionalID(e.CorrelationID()), optionalID(e.CausationID()))
	fmt.Fprintf(p.out, "\t%s\t%d\t%s\t%s\t%s", digits(hash[:]), e.KeyID(), e.Type(),
		optional(e.Entity()), optional(e.Scope()))
	fmt.Fprintf(p.out, "\t%d", e.TagCount())
	for _, tag := range e.Tags() {
		fmt.Fprintf(p.out, "\t%s", tag)
	}
	fmt.Fprintf(p.out, "\t%d", e.MetadataCount())
	for _, pair := range e.Metadata() {
		fmt.Fprintf(p.out, "\t%s\tx:%s", pair.Key, digits(pair.Value))
	}
	p.data(e.Data())
}

// data prints the size, the hash and the first bytes of data, each behind a tab.
func (p *player) data(data []byte) {
	sum := fnv.New64a()
	sum.Write(data)
	first := data
	if len(first) > 32 {
		first = first[:32]
	}
	fmt.Fprintf(p.out, "\t%d\t%016x\tx:%s", len(data), sum.Sum64(), digits(first))
}

// events prints what is read.
func (p *player) events(events *stele.Events, err error) {
	if !p.succeeded(err) {
		return
	}
	defer events.Close()
	for events.Next() {
		fmt.Fprint(p.out, "event")
		p.fields(events.Event())
		fmt.Fprintln(p.out)
	}
	p.end(events.Err())
}

// positions prints the positions of what is read.
func (p *player) positions(events *stele.Events, err error) {
	if !p.succeeded(err) {
		return
	}
	defer events.Close()
	fmt.Fprint(p.out, "positions")
	for events.Next() {
		fmt.Fprintf(p.out, "\t%d", events.Event().Position())
	}
	fmt.Fprintln(p.out)
	p.end(events.Err())
}

// end prints END or what went wrong.
func (p *player) end(err error) {
	if p.succeeded(err) {
		fmt.Fprintln(p.out, stele.StatusEnd.String())
	}
}
