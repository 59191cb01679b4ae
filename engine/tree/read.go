package tree

import (
	"context"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/raw"
)

// wholeRecord is the template of one record; its id is what lists go on from.
var wholeRecord = &engine.Response{Body: raw.Value(`{"id":"$record.id","record":"$record"}`)}

// wholeRecords is the same of a list.
const wholeRecords = `[{"$each":"$records","id":"$record.id","record":"$record"}]`

// Read gives a record; engine.NotFound where there is none. It takes one statement, or none while what is known of it holds.
func (t *Table) Read(ctx context.Context, uid string) (*Shown, error) {
	if known, found := t.shown.GetIfPresent(uid); found && t.holds(known.read) {
		return known, nil
	}
	if missed, found := t.missing.GetIfPresent(uid); found && t.holds(missed) {
		return nil, t.notFound(uid)
	}
	p, err := t.plan("view", func() (*engine.Endpoint, error) {
		ep := t.direct.ByUID(engine.View)
		ep.Response = wholeRecord
		return ep, nil
	})
	if err != nil {
		return nil, err
	}
	mark := t.readMark()
	env, err := t.env(ctx, p, map[string]raw.Value{"uid": raw.Text(uid)})
	if err != nil {
		return nil, err
	}
	body, err := t.run(ctx, p, env)
	if isNotFound(err) {
		t.missing.Set(uid, mark)
		return nil, t.notFound(uid)
	}
	if err != nil {
		return nil, err
	}
	return t.keep(body, mark), nil
}

// keep makes a Shown of what wholeRecord wrote.
func (t *Table) keep(body raw.Value, mark readMark) *Shown {
	id, _ := strconv.ParseInt(string(body.Get("id")), 10, 64)
	s := t.show(id, body.Get("record"), mark)
	t.shown.Set(s.UID, s)
	if t.format.name != nil {
		t.named.Set(t.FileName(s), s.UID)
	}
	return s
}

// The sizes of pages: of names alone, and of whole records.
const (
	namePage  = direct.MaxBulk
	wholePage = 200
)

// A Name is an entry of a directory.
type Name struct {
	File string // its name
	UID  string
	ID   int64
}

// Names gives up to a thousand records behind the one with the id after, in the order of their ids; fewer only at the end.
func (t *Table) Names(ctx context.Context, after int64) ([]Name, error) {
	body, _, err := t.page(ctx, "names", after, namePage, t.namesBody())
	if err != nil {
		return nil, err
	}
	names := make([]Name, 0, namePage)
	for _, item := range body.Items {
		names = append(names, t.nameOfItem(item))
	}
	return names, nil
}

// Page is Names with the records themselves, which Read then knows.
func (t *Table) Page(ctx context.Context, after int64) ([]Name, error) {
	body, mark, err := t.page(ctx, "page", after, wholePage, wholeRecords)
	if err != nil {
		return nil, err
	}
	names := make([]Name, 0, wholePage)
	for _, item := range body.Items {
		s := t.keep(item, mark)
		names = append(names, Name{File: t.FileName(s), UID: s.UID, ID: s.ID})
	}
	return names, nil
}

// namesBody is the template of a page of names.
func (t *Table) namesBody() string {
	name := ""
	if f := t.format.name; f != nil {
		name = `,"` + f.Name + `":"$record.` + f.Name + `"`
	}
	return `[{"$each":"$records","id":"$record.id","uid":"$record.uid"` + name + `}]`
}

func (t *Table) nameOfItem(item raw.Value) Name {
	id, _ := strconv.ParseInt(string(item.Get("id")), 10, 64)
	uid, _ := item.Get("uid").Text()
	return Name{File: t.nameOf(uid, item), UID: uid, ID: id}
}

// page reads size records behind an id.
func (t *Table) page(ctx context.Context, key string, after int64, size int, body string) (raw.Value, readMark, error) {
	p, err := t.plan(key, func() (*engine.Endpoint, error) {
		ep := &engine.Endpoint{
			Name: key, Kind: engine.List, Route: engine.Route{Method: "GET", Path: "/" + key}, Table: t.Def.Name, Reveal: t.direct.Reveal(),
			Filter: raw.Value(`{"id":{">":"$params.after"}}`), Sort: raw.Value(`["id"]`), Page: &engine.Page{Size: raw.Int(size)},
			Response: &engine.Response{Body: raw.Value(body)},
		}
		ep.Params.Set("after", &engine.Param{Name: "after", Type: engine.TypeInteger})
		return ep, nil
	})
	mark := t.readMark()
	if err != nil {
		return nil, mark, err
	}
	env, err := t.env(ctx, p, map[string]raw.Value{"after": raw.Int(after)})
	if err != nil {
		return nil, mark, err
	}
	found, err := t.run(ctx, p, env)
	return found, mark, err
}
