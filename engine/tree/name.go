package tree

import (
	"context"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// IsFileName reports whether name is one that a record's file can have.
func (t *Table) IsFileName(name string) bool {
	uid, ok := strings.CutSuffix(name, ".json")
	return ok && engine.ValidUID(uid)
}

// FileName gives the name of a record's file.
func (t *Table) FileName(s *Shown) string { return s.UID + ".json" }

// Reserved reports whether a name belongs to the tree and can be given to no file.
func (t *Table) Reserved(name string) bool {
	switch name {
	case ".schema.json", ".lasterror", ".by", ".filter", ".order", ".first", ".last", ".search", ".export", ".views":
		return true
	}
	return false
}

// Find gives the record whose file has a name; engine.NotFound where there is none.
func (t *Table) Find(ctx context.Context, name string) (*Shown, error) {
	return t.Read(ctx, strings.TrimSuffix(name, ".json"))
}

// UIDFor gives the uid that a record gets which is made under a file's name.
func (t *Table) UIDFor(name string) string { return strings.TrimSuffix(name, ".json") }

// Store writes what a file holds: it changes the record where exists is set, else it makes one.
func (t *Table) Store(ctx context.Context, uid, _ string, content []byte, exists bool) error {
	data, err := t.Parse(content)
	if err != nil {
		return err
	}
	if exists {
		return t.Update(ctx, uid, data)
	}
	return t.Create(ctx, uid, data)
}

// Rename gives a record the file name to.
func (t *Table) Rename(context.Context, string, string) error {
	return engine.Errorf(engine.NotAllowed, "A record's name is its uid, which never changes; copy the file and remove the old one.")
}
