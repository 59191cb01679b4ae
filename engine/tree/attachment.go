package tree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/raw"
)

// An Attachment is a file that a record holds in a field.
type Attachment struct {
	Name   string // in its directory; two of one name are told apart by a number
	Size   int64
	SHA256 string
	stored raw.Value // {name, size, type, sha256}
}

// Attachments gives the files in a field of a record.
func Attachments(s *Shown, f *engine.Field) []Attachment {
	v := s.Record.Get(f.Name)
	var list []Attachment
	taken := map[string]bool{}
	add := func(item raw.Value) {
		a := Attachment{stored: item}
		a.Name, _ = item.Get("name").Text()
		a.Size, _ = strconv.ParseInt(string(item.Get("size")), 10, 64)
		a.SHA256, _ = item.Get("sha256").Text()
		for n, name := 2, a.Name; taken[a.Name]; n++ {
			a.Name = strconv.Itoa(n) + "-" + name
		}
		taken[a.Name] = true
		list = append(list, a)
	}
	switch v.Kind() {
	case raw.Object:
		add(v)
	case raw.Array:
		for _, item := range v.Items {
			add(item)
		}
	}
	return list
}

// OpenAttachment opens a file that a record holds. The caller closes it.
func (t *Table) OpenAttachment(ctx context.Context, uid string, f *engine.Field, a Attachment) (io.ReadSeekCloser, error) {
	t.tree.statements.Add(1)
	found, err := t.tree.cfg.Files.Find(ctx, t.Project, t.Def, f, uid, a.SHA256)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, engine.Errorf(engine.NotFound, "The record no longer holds %s.", a.Name)
	}
	return t.tree.cfg.Files.Reader(context.WithoutCancel(ctx), found), nil
}

// Attach puts a file into a field: in place of the one of its name or, where the field holds one alone, of that one.
func (t *Table) Attach(ctx context.Context, uid string, f *engine.Field, name string, content io.Reader, size int64) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	limit := &file.Limit{MaxSize: f.MaxSize, Types: f.Types}
	up, err := t.tree.cfg.Files.Upload(ctx, t.Project.ID, limit, name, content, size)
	switch {
	case errors.Is(err, file.ErrSize):
		return engine.Errorf(engine.TooLarge, "%s takes files of up to %d bytes.", f.DisplayLabel(), limit.Size())
	case errors.Is(err, file.ErrType):
		return engine.Errorf(engine.Invalid, "%s takes only these types: %v.", f.DisplayLabel(), f.Types)
	case err != nil:
		return fmt.Errorf("attach %s: %w", name, err)
	}
	item := with(up.Append(nil), "name", raw.Text(name))
	err = t.setAttachments(ctx, uid, f, func(list []Attachment) []raw.Value {
		if !f.Many {
			return []raw.Value{item}
		}
		var kept []raw.Value
		for _, a := range list {
			if a.Name != name {
				kept = append(kept, a.stored)
			}
		}
		return append(kept, item)
	})
	if err != nil {
		t.tree.cfg.Files.Discard(context.WithoutCancel(ctx), []*file.Upload{up})
	}
	return err
}

// Detach takes a file out of a field.
func (t *Table) Detach(ctx context.Context, uid string, f *engine.Field, name string) error {
	return t.setAttachments(ctx, uid, f, func(list []Attachment) []raw.Value {
		var kept []raw.Value
		for _, a := range list {
			if a.Name != name {
				kept = append(kept, a.stored)
			}
		}
		return kept
	})
}

// setAttachments writes the field anew.
func (t *Table) setAttachments(ctx context.Context, uid string, f *engine.Field, change func([]Attachment) []raw.Value) error {
	t.attaching.Lock() // of this mount one after the other, or one file would be lost
	defer t.attaching.Unlock()
	s, err := t.Read(ctx, uid)
	if err != nil {
		return err
	}
	items := change(Attachments(s, f))
	v := raw.NullValue
	switch {
	case len(items) > 0 && !f.Many:
		v = items[0]
	case len(items) > 0:
		v = raw.Value{'['}
		for i, item := range items {
			if i > 0 {
				v = append(v, ',')
			}
			v = append(v, item...)
		}
		v = append(v, ']')
	}
	return t.Update(ctx, uid, with(raw.Value("{}"), f.Name, v))
}
