package stele

// Inspect draws what is in the file of pages as text, for people. The drawing is not an interface: it
// may look different in each version.
//
// It draws, for what: "" the trees there are; "free" the free pages; "page NUMBER" a page; "path TREE
// KEY" the way from the root of a tree to a key, which is a number for events and commits, otherwise
// text, or 0x and hexadecimal digits.
//
// Errors: ErrNotFound (there was no checkpoint yet), ErrInvalid (there is no such page or tree, or what
// is none of these), ErrCorrupt (of the free list; a damaged page is drawn, with what is wrong),
// ErrClosed.
func (db *DB) Inspect(what string) (string, error) {
	name := []byte(what)
	text, err := db.sized(func(buffer []byte, c *call) int {
		return db.native.Inspect(first(name), len(name), first(buffer), len(buffer), c.at())
	})
	return string(text), err
}
