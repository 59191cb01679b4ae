package catalog

import (
	"crypto/rand"
	"slices"

	"github.com/sayrud/sayrud/engine"
)

// A merge makes the project that a file or an edit asks for out of the present one.
type merge struct {
	base    *engine.Project // as it is
	renamed *engine.Project // base with the renames that file asks for, and every mention rewritten
	file    *engine.Project
	prune   bool // what the file lacks goes
	follow  bool // what the file says the same as base follows the renames: an edit, not a file
	before  ids  // of base
}

// project gives the next project. Objects that come out the same are base's pointers.
func (m *merge) project() *engine.Project {
	next := &engine.Project{ID: m.base.ID, Revision: m.base.Revision, Name: m.base.Name,
		Timezone: m.file.Timezone, Language: m.file.Language, Public: m.file.Public, Defaults: m.file.Defaults}
	if m.follow && string(settings(m.file)) == string(settings(m.base)) {
		next.Defaults = m.renamed.Defaults
	}
	for _, name := range order(m.file.Tables.Names(), m.renamed.Tables.Names(), m.prune) {
		if t, named := m.file.Tables.Get(name); named {
			next.Tables.Set(name, m.table(name, t))
		} else {
			t, _ := m.renamed.Tables.Get(name)
			next.Tables.Set(name, t)
		}
	}
	for _, name := range order(m.file.Endpoints.Names(), m.renamed.Endpoints.Names(), m.prune) {
		if ep, named := m.file.Endpoints.Get(name); named {
			next.Endpoints.Set(name, m.endpoint(name, ep))
		} else {
			ep, _ := m.renamed.Endpoints.Get(name)
			next.Endpoints.Set(name, ep)
		}
	}
	return next
}

// order gives the names of the file in their order and, unless it prunes, the further present names, each behind the one it stands
// behind now.
func order(file, present []string, prune bool) []string {
	if prune {
		return slices.Clone(file)
	}
	named := make(map[string]bool, len(file))
	for _, name := range file {
		named[name] = true
	}
	var first []string              // further names before any of the file's
	behind := map[string][]string{} // further names by the file's name they stand behind
	last := ""
	for _, name := range present {
		switch {
		case named[name]:
			last = name
		case last == "":
			first = append(first, name)
		default:
			behind[last] = append(behind[last], name)
		}
	}
	names := first
	for _, name := range file {
		names = append(append(names, name), behind[name]...)
	}
	return names
}

func (m *merge) table(name string, file *engine.Table) *engine.Table {
	t := *file
	t.Name, t.Was, t.ID, t.Revision, t.Fields = name, "", 0, 0, engine.Map[*engine.Field]{}
	present, _ := m.renamed.Tables.Get(name)
	if present == nil {
		for field, f := range file.Fields.All() {
			t.Fields.Set(field, m.field(field, f, nil, nil))
		}
		return &t
	}
	before := m.before.tables[present.ID]
	if m.follow && file == before {
		return present
	}
	if m.follow && sameTable(file, before) {
		t = *present
		t.Fields = engine.Map[*engine.Field]{}
	}
	t.ID, t.Revision = present.ID, present.Revision
	for _, field := range order(file.Fields.Names(), present.Fields.Names(), m.prune) {
		now, _ := present.Fields.Get(field)
		if f, named := file.Fields.Get(field); named {
			t.Fields.Set(field, m.field(field, f, now, before))
		} else {
			t.Fields.Set(field, now)
		}
	}
	if t.Name == before.Name && slices.Equal(fieldsOf(&t), fieldsOf(before)) && sameTable(&t, before) {
		return before
	}
	return &t
}

func (m *merge) field(name string, file, present *engine.Field, table *engine.Table) *engine.Field {
	before := (*engine.Field)(nil)
	if present != nil {
		before = fieldByID(table, present.ID)
	}
	if before != nil && before.Name == name && sameAttributes(file, before) && (present == before || !m.follow) {
		return before
	}
	if m.follow && before != nil && sameAttributes(file, before) {
		return present
	}
	f := cloneField(file)
	f.Name, f.Was = name, ""
	switch {
	case present != nil:
		f.ID, f.Key = present.ID, present.Key
	case f.Key == "":
		f.ID, f.Key = 0, newKey()
	}
	return f
}

func (m *merge) endpoint(name string, file *engine.Endpoint) *engine.Endpoint {
	e := *file
	e.Name, e.Was, e.ID, e.Revision = name, "", 0, 0
	present, _ := m.renamed.Endpoints.Get(name)
	if present == nil {
		return &e
	}
	before := m.before.endpoints[present.ID]
	if m.follow && file == before {
		return present
	}
	if sameDefinition(file, before) {
		switch {
		case before.Name == name && (present == before || !m.follow):
			return before
		case m.follow:
			return present
		}
	}
	e.ID, e.Revision = present.ID, present.Revision
	return &e
}

// newKey makes a field's key: a letter and seven letters or digits, about 47 bits of chance.
func newKey() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	var b [8]byte
	for i := range b {
		most := len(letters)
		if i == 0 {
			most = 52
		}
		for {
			var one [1]byte
			rand.Read(one[:])
			if n := int(one[0] & 63); n < most {
				b[i] = letters[n]
				break
			}
		}
	}
	return string(b[:])
}
