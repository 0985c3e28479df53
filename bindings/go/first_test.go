package stele

import "testing"

func TestFirst(t *testing.T) {
	db, err := OpenMemory()
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Append(NewEvent{Type: "A", Tags: []string{"b", "a"}, Data: []byte("hi"), Metadata: []Metadata{{"k", []byte("v")}}})
	t.Log(c, err)
	events, err := db.Read(All.Tag("a"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := events.Records()
	t.Log(all, err)
	t.Log(db.Close(), LiveHandles(), Version())
	_, err = db.Head()
	t.Log(err)
}
