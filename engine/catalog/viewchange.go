package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

// A viewChange leads a view from what it is to what its definition says.
type viewChange struct {
	ctx     context.Context
	tx      pgx.Tx
	project *engine.Project
	table   *engine.Table
	state   viewState
	columns []relation.ViewColumn // what it will have
	note    string
	grants  []grant
}

func (v *viewChange) exec(sql string, args ...any) error {
	_, err := v.tx.Exec(v.ctx, sql, args...)
	return err
}

// make gives the view its name and columns. In order of preference: rename what is there and replace the query, which keeps whatever
// depends on the view; drop and create, with the grants given again; and where something of a user's depends on a column that is no
// longer defined, keep that column behind a note.
func (v *viewChange) make() error {
	if err := v.clearName(); err != nil {
		return err
	}
	present, err := v.present()
	if err != nil {
		return err
	}
	if v.state.name == "" || present == nil {
		return v.exec(relation.CreateView(v.project, v.table, relation.CreateNew, v.columns))
	}
	if v.state.name != v.table.Name {
		if err := v.exec("ALTER VIEW " + v.qualified(v.state.name) + " RENAME TO " + relation.Quote(v.table.Name)); err != nil {
			return err
		}
	}
	if err := v.renameColumns(present); err != nil {
		return err
	}
	if extends(present, v.columns) {
		return v.exec(relation.CreateView(v.project, v.table, relation.CreateReplace, v.columns))
	}
	if err := v.readGrants(); err != nil {
		return err
	}
	err = pgx.BeginFunc(v.ctx, v.tx, func(tx pgx.Tx) error {
		_, err := tx.Exec(v.ctx, "DROP VIEW "+relation.View(v.project, v.table))
		return err
	})
	var pe *pgconn.PgError
	switch {
	case err == nil:
		return v.exec(relation.CreateView(v.project, v.table, relation.CreateNew, v.columns))
	case errors.As(err, &pe) && pe.Code == dependentObjects:
		v.grants = nil
		return v.keepColumns(present, pe.Detail)
	}
	return err
}

func (v *viewChange) qualified(name string) string {
	return relation.Schema(v.project) + "." + relation.Quote(name)
}

const selectOtherView = `
SELECT id
FROM public.sl_tables
WHERE project_id = $1 AND view_name = $2 AND id <> $3
UNION ALL
SELECT id
FROM public.sl_dropped_tables
WHERE project_id = $1 AND view_name = $2`

// clearName moves another table's view away that still has this table's name.
func (v *viewChange) clearName() error {
	var id int
	err := v.tx.QueryRow(v.ctx, selectOtherView, v.project.ID, v.table.Name, v.table.ID).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	away := fmt.Sprintf("_v%d", id)
	if err := v.exec("ALTER VIEW IF EXISTS " + v.qualified(v.table.Name) + " RENAME TO " + relation.Quote(away)); err != nil {
		return err
	}
	for _, table := range []string{"sl_tables", "sl_dropped_tables"} {
		if err := v.exec("UPDATE public."+table+" SET view_name = $2 WHERE id = $1", id, away); err != nil {
			return err
		}
	}
	return nil
}

// A presentColumn is a column of the view as PostgreSQL has it.
type presentColumn struct {
	name, key string
	typ       relation.ColumnType
}

const selectColumns = `
SELECT a.attname::text, format_type(a.atttypid, NULL)
FROM pg_attribute a
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum`

// present gives the columns of the view as it stands, nil where there is none.
func (v *viewChange) present() ([]presentColumn, error) {
	if v.state.name == "" {
		return nil, nil
	}
	rows, err := v.tx.Query(v.ctx, selectColumns, v.qualified(v.state.name))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c presentColumn, err error) {
		var typ string
		err = row.Scan(&c.name, &typ)
		c.typ = relation.ColumnType(typ)
		if typ == "timestamp with time zone" {
			c.typ = relation.Timestamptz
		}
		for _, made := range v.state.columns {
			if made.Name == c.name {
				c.key = made.Key
			}
		}
		return c, err
	})
}

// renameColumns gives columns that are still defined their present names, by way of names that nobody has.
func (v *viewChange) renameColumns(present []presentColumn) error {
	var second []string
	for i := range present {
		c := &present[i]
		at := slices.IndexFunc(v.columns, func(d relation.ViewColumn) bool { return d.Key == c.key })
		if at < 0 || v.columns[at].Name == c.name {
			continue
		}
		aside := fmt.Sprintf("_c%d", i)
		alter := "ALTER VIEW " + relation.View(v.project, v.table) + " RENAME COLUMN "
		if err := v.exec(alter + relation.Quote(c.name) + " TO " + relation.Quote(aside)); err != nil {
			return err
		}
		c.name = v.columns[at].Name
		second = append(second, alter+relation.Quote(aside)+" TO "+relation.Quote(c.name))
	}
	// A column that is no longer defined may still have a name that is wanted now.
	for i := range present {
		c := &present[i]
		if c.key != "" && slices.ContainsFunc(v.columns, func(d relation.ViewColumn) bool { return d.Name == c.name && d.Key != c.key }) {
			away := fmt.Sprintf("_dropped_%s", strings.ReplaceAll(c.key, ".", "_"))
			if err := v.exec("ALTER VIEW " + relation.View(v.project, v.table) + " RENAME COLUMN " + relation.Quote(c.name) + " TO " + relation.Quote(away)); err != nil {
				return err
			}
			c.name = away
		}
	}
	for _, sql := range second {
		if err := v.exec(sql); err != nil {
			return err
		}
	}
	return nil
}

// extends reports whether the columns begin with the present ones, which is what CREATE OR REPLACE VIEW wants.
func extends(present []presentColumn, columns []relation.ViewColumn) bool {
	if len(present) > len(columns) {
		return false
	}
	for i, c := range present {
		if c.name != columns[i].Name || c.typ != columns[i].Type {
			return false
		}
	}
	return true
}

// keepColumns replaces the view's query under its present columns, with the new ones behind them. A column that is no longer defined
// goes on showing what is stored, in its old type.
func (v *viewChange) keepColumns(present []presentColumn, detail string) error {
	var columns []relation.ViewColumn
	var kept []string
	used := map[string]bool{}
	for _, c := range present {
		at := slices.IndexFunc(v.columns, func(d relation.ViewColumn) bool { return d.Name == c.name && d.Type == c.typ })
		if at >= 0 {
			columns = append(columns, v.columns[at])
			used[c.name] = true
			continue
		}
		sql := "NULL::" + string(c.typ)
		if len(c.key) == 8 {
			sql = relation.Stored(c.key, c.typ, "r")
		}
		columns = append(columns, relation.ViewColumn{Name: c.name, Key: c.key, Type: c.typ, SQL: sql, Hidden: true})
		kept = append(kept, c.name)
		used[c.name] = true
	}
	for _, c := range v.columns {
		if !used[c.Name] {
			columns = append(columns, c)
		}
	}
	if len(kept) > 0 {
		v.note = fmt.Sprintf("the view keeps %s as before, because of what depends on it: %s", strings.Join(kept, ", "), strings.ReplaceAll(detail, "\n", "; "))
	}
	v.columns = columns
	return v.exec(relation.CreateView(v.project, v.table, relation.CreateReplace, columns))
}

// finish makes the view writable and gives the rights on it, in one message.
func (v *viewChange) finish(role string) error {
	statements := append(relation.ViewTriggers(v.project, v.table, v.columns), v.giveGrants(role)...)
	if role != "" {
		statements = append(statements, relation.GrantView(v.project, v.table, role, v.columns)...)
	}
	return v.exec(script(statements...))
}
