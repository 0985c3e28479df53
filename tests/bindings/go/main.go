// Command driver plays a scenario through the Go package, as ../README.txt says, and prints what each
// command answers.
//
//	driver FILE
package main

import (
	"fmt"
	"os"
	"strings"
)

// commands are those that a scenario may have; each file adds its own.
var commands = map[string]func(p *player, line *words){}

func add(more map[string]func(p *player, line *words)) {
	for name, play := range more {
		commands[name] = play
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: driver FILE")
		os.Exit(2)
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	p := newPlayer()
	for i, line := range strings.Split(string(text), "\n") {
		if line != "" && line[0] != '#' {
			p.play(&words{number: i + 1, fields: strings.Split(line, "\t")})
		}
	}
	p.closeAll()
	if p.out.Flush() != nil {
		os.Exit(2)
	}
}

func (p *player) play(line *words) {
	defer func() {
		if wrong, ok := recover().(nonsense); ok {
			p.out.Flush()
			fmt.Fprintf(os.Stderr, "line %d: %s\n", line.number, string(wrong))
			os.Exit(2)
		}
	}()
	name := line.name()
	play, ok := commands[name]
	if !ok {
		panic(nonsense("no such command: " + name))
	}
	play(p, line)
	if line.more() {
		panic(nonsense("one field too many: " + line.name()))
	}
}
