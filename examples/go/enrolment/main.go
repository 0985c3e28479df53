// Command enrolment is course enrolment, where a rule spans several things at once: a course has a
// name of its own and a capacity, and a student takes two courses at most. No rule needs a lock or a
// table: a decision reads the events it depends on, and its commit is refused if another one has come
// meanwhile.
//
//	enrolment [DIRECTORY]    without one, the database is in memory
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"

	"stele.dev/stele"
)

const coursesMax = 2

func main() {
	path := stele.Memory
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	db, err := stele.Open(path)
	check(err)
	defer db.Close()
	define(db, "math", "Mathematics", 2)
	define(db, "arts", "Arts", 9)
	define(db, "sums", "Mathematics", 9)
	define(db, "chess", "Chess", 5)
	for _, wish := range [][2]string{
		{"ada", "math"}, {"ada", "math"}, {"ada", "arts"}, {"ada", "chess"},
		{"bob", "math"}, {"cleo", "math"}, {"cleo", "golf"},
	} {
		fmt.Printf("%s, %s: %s\n", wish[0], wish[1], enrol(db, wish[0], wish[1]))
	}
	rush(db)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// define defines a course unless there is one of this id or this name: a guard over all of the
// history.
func define(db *stele.DB, course, name string, capacity int) {
	id, named := "course:"+course, "name:"+name
	batch, err := db.NewBatch()
	check(err)
	defer batch.Close()
	check(batch.Guard(stele.All.Type("CourseDefined").Tag(id).Or().Type("CourseDefined").Tag(named), 0))
	check(batch.Add(stele.NewEvent{
		Type: "CourseDefined", Tags: []string{id, named}, Data: []byte(strconv.Itoa(capacity)),
	}))
	_, err = batch.Commit()
	var conflict *stele.Error
	if errors.Is(err, stele.ErrConflict) && errors.As(err, &conflict) {
		fmt.Printf("course %s, %q: refused because of event %d\n", course, name, conflict.Position)
		return
	}
	check(err)
	fmt.Printf("course %s, %q: defined\n", course, name)
}

// state is what a decision to enrol depends on.
type state struct {
	defined            bool
	capacity, students int
	courses            int
	enrolled           bool
}

// decide reads everything of the course, and the student's enrolments, and binds the batch to it.
func decide(batch *stele.Batch, course, student string) state {
	events, err := batch.Read(stele.All.Tag(course).Or().Type("Enrolled").Tag(student))
	check(err)
	defer events.Close()
	var now state
	for events.Next() {
		event := events.Event()
		if event.Type() == "CourseDefined" {
			now.defined = true
			now.capacity, err = strconv.Atoi(string(event.Data()))
			check(err)
			continue
		}
		ofCourse, ofStudent := event.HasTag(course), event.HasTag(student)
		if ofCourse {
			now.students++
		}
		if ofStudent {
			now.courses++
		}
		now.enrolled = now.enrolled || ofCourse && ofStudent
	}
	check(events.Err())
	return now
}

// refusal returns why a student cannot enrol, or "".
func (now state) refusal() string {
	switch {
	case !now.defined:
		return "no such course"
	case now.enrolled:
		return "enrolled already"
	case now.courses == coursesMax:
		return "no more than two courses"
	case now.students >= now.capacity:
		return "full"
	}
	return ""
}

// enrol returns "enrolled" or why not.
func enrol(db *stele.DB, studentName, courseName string) string {
	course, student := "course:"+courseName, "student:"+studentName
	batch, err := db.NewBatch()
	check(err)
	defer batch.Close()
	for {
		check(batch.Clear())
		if refusal := decide(batch, course, student).refusal(); refusal != "" {
			return refusal
		}
		check(batch.Add(stele.NewEvent{Type: "Enrolled", Tags: []string{course, student}}))
		_, err := batch.Commit()
		if errors.Is(err, stele.ErrConflict) {
			continue // Somebody was faster, and the decision has to be made anew.
		}
		check(err)
		return "enrolled"
	}
}

// rush lets eight students enrol for five seats, in two goroutines.
func rush(db *stele.DB) {
	answers := make(chan string, 8)
	var both sync.WaitGroup
	for _, side := range []string{"left", "right"} {
		side := side
		both.Add(1)
		go func() {
			defer both.Done()
			for i := 0; i < 4; i++ {
				answers <- enrol(db, fmt.Sprintf("%s-%d", side, i), "chess")
			}
		}()
	}
	both.Wait()
	close(answers)
	count := map[bool]int{}
	for answer := range answers {
		count[answer == "enrolled"]++
	}
	fmt.Printf("two threads, eight students, five seats: %d enrolled, %d refused\n",
		count[true], count[false])
}
