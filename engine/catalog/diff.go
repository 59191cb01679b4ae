package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A change is what leads from base to next, object by object.
type change struct {
	base, next *engine.Project
	settings   bool
	tables     []tableChange
	endpoints  []endpointChange
	order      bool // of tables or endpoints
	file       bool // a file asks for it, not an edit
	secrets    secretChange
}

// A tableChange is a table that is new (no before), dropped (no after) or different.
type tableChange struct {
	before, after *engine.Table
	fields        []fieldChange
}

type fieldChange struct{ before, after *engine.Field }

type endpointChange struct{ before, after *engine.Endpoint }

// compare finds the change and notes it in the report.
func compare(base, next *engine.Project, report *Report) *change {
	c := &change{base: base, next: next}
	if base.ID == 0 {
		report.add(ActionCreate, "project "+next.Name, "")
	}
	if now, was := settings(next), settings(base); string(now) != string(was) {
		c.settings = true
		if base.ID != 0 || now.Len() > 0 {
			report.add(ActionChange, "project", "%s", attributes(was, now))
		}
	}
	c.compareTables(report)
	c.compareEndpoints(report)
	return c
}

// empty reports whether nothing is to be written.
func (c *change) empty() bool {
	return c.base.ID != 0 && !c.settings && !c.order && c.secrets.empty() && len(c.tables) == 0 && len(c.endpoints) == 0
}

func (c *change) compareTables(report *Report) {
	before, after := idsOf(c.base).tables, idsOf(c.next).tables
	var was, now []int
	for _, t := range c.base.Tables.All() {
		if after[t.ID] != nil {
			was = append(was, t.ID)
		}
	}
	for name, t := range c.next.Tables.All() {
		b := before[t.ID]
		if b != nil {
			now = append(now, t.ID)
		}
		switch b {
		case t:
		case nil:
			report.add(ActionCreate, "table "+name, "")
			tc := tableChange{after: t}
			for _, f := range t.Fields.All() {
				tc.fields = append(tc.fields, fieldChange{after: f})
				report.add(ActionCreate, "field "+name+"."+f.Name, "%s", f.Type)
			}
			c.tables = append(c.tables, tc)
		default:
			c.compareTable(b, t, report)
		}
	}
	for _, t := range c.base.Tables.All() {
		if after[t.ID] == nil {
			c.tables = append(c.tables, tableChange{before: t})
			report.add(ActionDrop, "table "+t.Name, "")
		}
	}
	if !slices.Equal(was, now) {
		c.order = true
		report.add(ActionChange, "project", "order of tables")
	}
}

func (c *change) compareTable(b, t *engine.Table, report *Report) {
	tc := tableChange{before: b, after: t}
	if b.Name != t.Name {
		report.add(ActionRename, "table "+t.Name, "was %s", b.Name)
	}
	if was, now := tableText(b), tableText(t); string(was) != string(now) {
		report.add(ActionChange, "table "+t.Name, "%s", attributes(was, now))
	}
	var was, now []int
	for _, f := range b.Fields.All() {
		if fieldByID(t, f.ID) != nil {
			was = append(was, f.ID)
		}
	}
	for name, f := range t.Fields.All() {
		old := fieldByID(b, f.ID)
		if old != nil {
			now = append(now, f.ID)
		}
		if old == f {
			continue
		}
		object := "field " + t.Name + "." + name
		tc.fields = append(tc.fields, fieldChange{old, f})
		switch {
		case old == nil && f.ID != 0:
			report.add(ActionCreate, object, "restored with its values")
			continue
		case old == nil:
			report.add(ActionCreate, object, "%s", f.Type)
			continue
		case old.Name != f.Name:
			report.add(ActionRename, object, "was %s", old.Name)
		}
		if a, z := fieldText(old), fieldText(f); string(a) != string(z) {
			report.add(ActionChange, object, "%s", attributes(a, z))
		}
	}
	for name, f := range b.Fields.All() {
		if fieldByID(t, f.ID) == nil {
			tc.fields = append(tc.fields, fieldChange{before: f})
			report.add(ActionDrop, "field "+t.Name+"."+name, "its values stay until they are purged")
		}
	}
	if !slices.Equal(was, now) {
		report.add(ActionChange, "table "+t.Name, "order of fields")
	}
	c.tables = append(c.tables, tc)
}

func (c *change) compareEndpoints(report *Report) {
	before, after := idsOf(c.base).endpoints, idsOf(c.next).endpoints
	var was, now []int
	for name, e := range c.next.Endpoints.All() {
		b := before[e.ID]
		if b != nil {
			now = append(now, e.ID)
		}
		switch b {
		case e:
			continue
		case nil:
			report.add(ActionCreate, "endpoint "+name, "%s", e.Route)
		default:
			if b.Name != e.Name {
				report.add(ActionRename, "endpoint "+name, "was %s", b.Name)
			}
			if a, z := endpointText(b), endpointText(e); string(a) != string(z) {
				report.add(ActionChange, "endpoint "+name, "%s", attributes(a, z))
			}
		}
		c.endpoints = append(c.endpoints, endpointChange{b, e})
	}
	for name, e := range c.base.Endpoints.All() {
		if after[e.ID] != nil {
			was = append(was, e.ID)
			continue
		}
		c.endpoints = append(c.endpoints, endpointChange{before: e})
		report.add(ActionDrop, "endpoint "+name, "%s", e.Route)
	}
	if !slices.Equal(was, now) {
		c.order = true
		report.add(ActionChange, "project", "order of endpoints")
	}
}

// attributes says which members of two objects differ: "max 64 → 80, label, − index".
func attributes(was, now raw.Value) string {
	var list []string
	now.Members(func(key, value raw.Value) bool {
		name, _ := key.Text()
		old := was.Get(name)
		switch {
		case string(old) == string(value):
		case old == nil:
			list = append(list, shown("+"+name, value))
		case len(old)+len(value) <= 60:
			list = append(list, fmt.Sprintf("%s %s → %s", name, old, value))
		default:
			list = append(list, name)
		}
		return true
	})
	was.Members(func(key, value raw.Value) bool {
		if name, _ := key.Text(); now.Get(name) == nil {
			list = append(list, shown("-"+name, value))
		}
		return true
	})
	return strings.Join(list, ", ")
}

func shown(name string, value raw.Value) string {
	if len(value) > 40 {
		return name
	}
	return name + " " + string(value)
}
