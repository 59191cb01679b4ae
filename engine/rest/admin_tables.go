package rest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

type tableIn struct {
	Table string `path:"table"`
}

type createIn struct {
	changeOptions
	Name       string    `json:"name"`
	Definition raw.Value `json:"definition"` // as in the project file
}

type patchTableIn struct {
	changeOptions
	Table string    `path:"table" json:"-"`
	Name  string    `json:"name"`  // a new name; "" keeps it
	Patch raw.Value `json:"patch"` // a merge patch (RFC 7396) of the definition
}

type putTableIn struct {
	changeOptions
	Table      string    `path:"table" json:"-"`
	Name       string    `json:"name"`                          // a new name; "" keeps it
	Definition raw.Value `json:"definition" definition:"table"` // as in the project file, its fields in order
}

type dropTableIn struct {
	changeOptions
	Table string `path:"table" json:"-"`
}

// tableSummary is a table of the list, with what it takes up.
type tableSummary struct {
	tableDetail
	Bytes  int64      `json:"bytes"`  // on disk, indexes too; -1 where unknown
	Latest *time.Time `json:"latest"` // when the newest record was made; null is none
}

// tableDetail is a table with its definition, as in the project file.
type tableDetail struct {
	Name       string    `json:"name"`
	Revision   int64     `json:"revision"`
	Definition raw.Value `json:"definition" definition:"table"`
	Records    int64     `json:"records"` // about; -1 where unknown
}

func noTable(name string) error { return engine.Errorf(engine.NotFound, "There is no table %s.", name) }

// table gives a table of the call's project.
func (c *call) table(name string) (*engine.Table, error) {
	if t, found := c.project.Tables.Get(name); found {
		return t, nil
	}
	return nil, noTable(name)
}

func (s *Server) tables(c *call, _ *none) (list[tableSummary], error) {
	items := []tableSummary{}
	records, err := s.estimates(c)
	if err != nil {
		return list[tableSummary]{}, err
	}
	for name, t := range c.project.Tables.All() {
		d := tableSummary{tableDetail: tableDetail{Name: name, Revision: t.Revision, Records: -1}, Bytes: -1}
		if d.Definition, err = rawOf(t); err != nil {
			return list[tableSummary]{}, err
		}
		if n, known := records[t.LeafName()]; known {
			d.Records = n
		}
		items = append(items, d)
	}
	return list[tableSummary]{items}, s.measure(c, items)
}

// sqlMeasure measures one table, whose place in the list comes first. What is small is counted; the estimate of it is often none.
const sqlMeasure = `SELECT %[1]d, pg_total_relation_size(%[2]s), (SELECT r.created_at FROM %[3]s r ORDER BY r.id DESC LIMIT 1),
  CASE WHEN pg_relation_size(%[2]s) < 1000000 THEN (SELECT count(*) FROM %[3]s) END`

// measure fills in what tables take up. A table that was dropped a moment ago leaves all as they are.
func (s *Server) measure(c *call, items []tableSummary) error {
	var parts []string
	for i := range items {
		t, _ := c.project.Tables.Get(items[i].Name)
		leaf := relation.Leaf(c.project, t)
		parts = append(parts, fmt.Sprintf(sqlMeasure, i, relation.Literal(leaf), leaf))
	}
	if len(parts) == 0 {
		return nil
	}
	rows, err := s.cfg.DB.Pool().Query(c.ctx(), strings.Join(parts, " UNION ALL "))
	if err != nil {
		return err
	}
	var i int
	var bytes int64
	var latest *time.Time
	var counted *int64
	_, err = pgx.ForEachRow(rows, []any{&i, &bytes, &latest, &counted}, func() error {
		items[i].Bytes, items[i].Latest = bytes, latest
		if counted != nil {
			items[i].Records = *counted
		}
		return nil
	})
	if pg.Code(err) == pg.UndefinedTable {
		return nil
	}
	return err
}

const sqlEstimates = `SELECT relname::text, reltuples::bigint FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)) AND relispartition AND relkind = 'r'`

// estimates gives PostgreSQL's estimates for all tables of the call's project, by the names of their leaves.
func (s *Server) estimates(c *call) (map[string]int64, error) {
	rows, err := s.cfg.DB.Pool().Query(c.ctx(), sqlEstimates, c.project.SchemaName())
	if err != nil {
		return nil, err
	}
	records := map[string]int64{}
	var leaf string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&leaf, &n}, func() error {
		records[leaf] = n
		return nil
	})
	return records, err
}

func (s *Server) table(c *call, in *tableIn) (tableDetail, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return tableDetail{}, err
	}
	d := tableDetail{Name: t.Name, Revision: t.Revision}
	if d.Definition, err = rawOf(t); err != nil {
		return tableDetail{}, err
	}
	d.Records, err = s.estimate(c, t)
	return d, err
}

const sqlEstimate = `SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(format('%I.%I', $1::text, $2::text))`

// estimate gives PostgreSQL's estimate of the number of records: -1 before the table was analysed.
func (s *Server) estimate(c *call, t *engine.Table) (int64, error) {
	n := int64(-1)
	err := s.cfg.DB.Pool().QueryRow(c.ctx(), sqlEstimate, c.project.SchemaName(), t.LeafName()).Scan(&n)
	return n, noRows(err)
}

// mayCrud refuses a table's definition that makes endpoints to a token that may not.
func (c *call) mayCrud(definition raw.Value) error {
	if definition.Get("crud") == nil {
		return nil
	}
	return c.needScope(auth.Endpoints)
}

func (s *Server) createTable(c *call, in *createIn) (edited, error) {
	if err := c.mayCrud(in.Definition); err != nil {
		return edited{}, err
	}
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		if _, found := p.Tables.Get(in.Name); found {
			return engine.Errorf(engine.Conflict, "There is a table named %s already.", in.Name)
		}
		t, problems := definition.DecodeTable(in.Name, orEmpty(in.Definition))
		if problems != nil {
			return problems
		}
		p.Tables.Set(in.Name, t)
		return nil
	})
}

// patchTable changes a table's definition and its name. Fields in the patch are merge patches of their definitions; null drops one.
func (s *Server) patchTable(c *call, in *patchTableIn) (edited, error) {
	if err := c.mayCrud(in.Patch); err != nil {
		return edited{}, err
	}
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		t, found := p.Tables.Get(in.Table)
		if !found {
			return noTable(in.Table)
		}
		present, err := rawOf(t)
		if err != nil {
			return err
		}
		changed, problems := definition.DecodeTable(in.Table, mergePatch(present, orEmpty(in.Patch)))
		if problems != nil {
			return problems
		}
		adopt(t, changed)
		return renameTable(p, t, in.Name)
	}, in.Table)
}

// putTable makes a table what the definition says, in one change: fields that it lacks are dropped, those with `was` renamed, and they
// stand in its order.
func (s *Server) putTable(c *call, in *putTableIn) (edited, error) {
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		t, found := p.Tables.Get(in.Table)
		if !found {
			return noTable(in.Table)
		}
		changed, problems := definition.DecodeTable(in.Table, orEmpty(in.Definition))
		if problems != nil {
			return problems
		}
		if string(changed.Crud) != string(t.Crud) {
			if err := c.needScope(auth.Endpoints); err != nil {
				return err
			}
		}
		adopt(t, changed)
		return renameTable(p, t, in.Name)
	}, in.Table)
}

// renameTable gives a table of p another name; "" keeps its own.
func renameTable(p *engine.Project, t *engine.Table, name string) error {
	was := t.Name
	if name == "" || name == was {
		return nil
	}
	if _, taken := p.Tables.Get(name); taken {
		return engine.Errorf(engine.Conflict, "There is a table named %s already.", name)
	}
	t.Was, t.Name = was, name
	p.Tables.Rename(was, name)
	return nil
}

// adopt makes t what changed says and keeps who it and its fields are.
func adopt(t, changed *engine.Table) {
	changed.ID, changed.Revision, changed.Name = t.ID, t.Revision, t.Name
	for name, f := range changed.Fields.All() {
		if old, found := t.Fields.Get(name); found {
			f.ID, f.Key = old.ID, old.Key
		}
	}
	*t = *changed
}

func (s *Server) dropTable(c *call, in *dropTableIn) (edited, error) {
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		if _, found := p.Tables.Get(in.Table); !found {
			return noTable(in.Table)
		}
		p.Tables.Delete(in.Table)
		return nil
	})
}

type createFieldIn struct {
	changeOptions
	Table      string    `path:"table" json:"-"`
	Name       string    `json:"name"`
	Definition raw.Value `json:"definition"`
}

type patchFieldIn struct {
	changeOptions
	Table string    `path:"table" json:"-"`
	Field string    `path:"field" json:"-"`
	Name  string    `json:"name"`  // a new name; "" keeps it
	Patch raw.Value `json:"patch"` // a merge patch (RFC 7396) of the definition
}

type fieldIn struct {
	changeOptions
	Table string `path:"table" json:"-"`
	Field string `path:"field" json:"-"`
}

type orderIn struct {
	changeOptions
	Table  string   `path:"table" json:"-"`
	Fields []string `json:"fields"` // all of them
}

// editTable is edit for one table.
func (s *Server) editTable(c *call, opt changeOptions, table string, change func(*engine.Table) error) (edited, error) {
	return s.edit(c, opt, func(p *engine.Project) error {
		t, found := p.Tables.Get(table)
		if !found {
			return noTable(table)
		}
		return change(t)
	}, table)
}

func (s *Server) createField(c *call, in *createFieldIn) (edited, error) {
	return s.editTable(c, in.changeOptions, in.Table, func(t *engine.Table) error {
		if t.Field(in.Name) != nil {
			return engine.Errorf(engine.Conflict, "There is a field named %s already.", in.Name)
		}
		f, problems := definition.DecodeField(in.Name, orEmpty(in.Definition))
		if problems != nil {
			return problems
		}
		t.Fields.Set(in.Name, f)
		return nil
	})
}

func (s *Server) patchField(c *call, in *patchFieldIn) (edited, error) {
	return s.editTable(c, in.changeOptions, in.Table, func(t *engine.Table) error {
		f, found := t.Fields.Get(in.Field)
		if !found {
			return engine.Errorf(engine.NotFound, "There is no field %s.", in.Field)
		}
		present, err := rawOf(f)
		if err != nil {
			return err
		}
		changed, problems := definition.DecodeField(in.Field, mergePatch(present, orEmpty(in.Patch)))
		if problems != nil {
			return problems
		}
		changed.ID, changed.Key, changed.Name = f.ID, f.Key, f.Name
		t.Fields.Set(in.Field, changed)
		if in.Name != "" && in.Name != in.Field {
			if other := t.Field(in.Name); other != nil && other != changed {
				return engine.Errorf(engine.Conflict, "There is a field named %s already.", in.Name)
			}
			changed.Was, changed.Name = in.Field, in.Name
			t.Fields.Rename(in.Field, in.Name)
		}
		return nil
	})
}

func (s *Server) dropField(c *call, in *fieldIn) (edited, error) {
	return s.editTable(c, in.changeOptions, in.Table, func(t *engine.Table) error {
		if _, found := t.Fields.Get(in.Field); !found {
			return engine.Errorf(engine.NotFound, "There is no field %s.", in.Field)
		}
		t.Fields.Delete(in.Field)
		return nil
	})
}

func (s *Server) orderFields(c *call, in *orderIn) (edited, error) {
	return s.editTable(c, in.changeOptions, in.Table, func(t *engine.Table) error {
		var ordered engine.Map[*engine.Field]
		for _, name := range in.Fields {
			if f, found := t.Fields.Get(name); found {
				ordered.Set(name, f)
			}
		}
		if ordered.Len() != t.Fields.Len() || len(in.Fields) != t.Fields.Len() || slices.Contains(in.Fields, "") {
			return engine.Errorf(engine.Invalid, "Name each field of the table once.")
		}
		t.Fields = ordered
		return nil
	})
}

func orEmpty(v raw.Value) raw.Value {
	if v.IsNull() {
		return raw.Value("{}")
	}
	return v
}
