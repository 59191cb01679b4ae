package tree

import (
	"context"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// IsFileName reports whether name is one that a record's file can have.
func (t *Table) IsFileName(name string) bool {
	_, ok := t.format.stem(name)
	return ok
}

// FileName gives the name of a record's file.
func (t *Table) FileName(s *Shown) string { return t.nameOf(s.UID, s.Record) }

// nameOf gives the name of a file from a record, or a part of one that has the field that names it.
func (t *Table) nameOf(uid string, record raw.Value) string {
	name := ""
	if f := t.format.name; f != nil {
		name, _ = record.Get(f.Name).Text()
	}
	return t.format.fileName(uid, name)
}

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
	stem, ok := t.format.stem(name)
	if !ok {
		return nil, t.notFound(name)
	}
	if t.format.name == nil {
		return t.Read(ctx, stem)
	}
	if uid, known := t.named.GetIfPresent(name); known {
		if s, found := t.shown.GetIfPresent(uid); found && t.holds(s.read) && t.FileName(s) == name {
			return s, nil
		}
	}
	if missed, found := t.missing.GetIfPresent(name); found && t.holds(missed) {
		return nil, t.notFound(name)
	}
	return t.findByField(ctx, name, stem)
}

// findByField looks for a record by the field that names files, and by the uid, which names those whose field is no name.
func (t *Table) findByField(ctx context.Context, name, stem string) (*Shown, error) {
	p, err := t.plan("find", func() (*engine.Endpoint, error) {
		filter := raw.AppendString(raw.Value(`{"OR":[{`), t.format.name.Name)
		ep := &engine.Endpoint{
			Name: "find", Kind: engine.List, Route: engine.Route{Method: "GET", Path: "/find"}, Table: t.Def.Name, Reveal: t.direct.Reveal(),
			Filter: append(filter, `:"$params.name"},{"uid":"$params.name"}]}`...), Page: &engine.Page{Size: raw.Value("2")},
			Response: &engine.Response{Body: raw.Value(wholeRecords)},
		}
		ep.Params.Set("name", &engine.Param{Name: "name", Type: engine.TypeText})
		return ep, nil
	})
	if err != nil {
		return nil, err
	}
	mark := t.readMark()
	env, err := t.env(ctx, p, map[string]raw.Value{"name": raw.Text(stem)})
	if err != nil {
		return nil, err
	}
	body, err := t.run(ctx, p, env)
	if err != nil {
		return nil, err
	}
	for _, item := range body.Items {
		if s := t.keep(item, mark); t.FileName(s) == name {
			return s, nil
		}
	}
	t.missing.Set(name, mark)
	return nil, t.notFound(name)
}

// UIDFor gives the uid that a record gets which is made under a file's name.
func (t *Table) UIDFor(name string) string {
	stem, _ := t.format.stem(name)
	if t.format.name == nil {
		return stem
	}
	return t.tree.uids.New()
}

// Store writes what a file holds: it changes the record where exists is set, else it makes one. A new record has the name of its file.
func (t *Table) Store(ctx context.Context, uid, name string, content []byte, exists bool) error {
	data, err := t.Parse(content)
	if err != nil {
		return err
	}
	if exists {
		return t.Update(ctx, uid, data)
	}
	if f := t.format.name; f != nil {
		stem, _ := t.format.stem(name)
		data = with(data, f.Name, raw.Text(stem))
	}
	return t.Create(ctx, uid, data)
}

// with gives an object with one member set.
func with(object raw.Value, name string, v raw.Value) raw.Value {
	b := append(raw.AppendString(raw.Value{'{'}, name), ':')
	b = append(b, v...)
	object.Members(func(key, v raw.Value) bool {
		if !raw.EqualString(key, name) {
			b = append(append(append(append(b, ','), key...), ':'), v...)
		}
		return true
	})
	return append(b, '}')
}

// Rename gives a record the file name to, where a field names files.
func (t *Table) Rename(ctx context.Context, uid, to string) error {
	f := t.format.name
	if f == nil {
		return engine.Errorf(engine.NotAllowed, "A record's name is its uid, which never changes; copy the file and remove the old one.")
	}
	stem, _ := t.format.stem(to)
	return t.Update(ctx, uid, with(raw.Value("{}"), f.Name, raw.Text(stem)))
}
