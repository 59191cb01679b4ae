package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/storage/pg"
)

// A SavedView is what somebody wants to see of a table: which records in which order, and which columns. It is no definition: it has
// no revision and no export names it. It follows a field that is renamed, and may name fields that are gone.
type SavedView struct {
	Name      string    `json:"name"`
	Shared    bool      `json:"shared"` // everybody of the project sees it, not only its owner
	Author    string    `json:"author"` // who saved it last
	Filter    raw.Value `json:"filter"` // of the project file, its values plain data; null is all
	Sort      []string  `json:"sort"`   // names, a minus before those that descend
	Columns   raw.Value `json:"columns"`
	UpdatedAt time.Time `json:"updated_at"`
}

// A storedView is the definition of a SavedView as it is kept.
type storedView struct {
	Filter  raw.Value `json:"filter,omitempty"`
	Sort    []string  `json:"sort,omitempty"`
	Columns raw.Value `json:"columns,omitempty"`
}

const (
	maxViewName = 64  // bytes
	maxViews    = 500 // of a table that one principal sees
)

// CheckViewName refuses a name that is no good file name.
func CheckViewName(name string) error {
	switch {
	case name == "" || len(name) > maxViewName || !utf8.ValidString(name):
		return engine.Errorf(engine.Invalid, "The name of a view has 1 to %d bytes.", maxViewName)
	case strings.HasPrefix(name, "."):
		return engine.Errorf(engine.Invalid, "The name of a view does not begin with a dot.")
	case strings.TrimSpace(name) != name:
		return engine.Errorf(engine.Invalid, "The name of a view neither begins nor ends with a space.")
	case strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) || unicode.In(r, unicode.Cf) }):
		return engine.Errorf(engine.Invalid, "The name of a view has no slash and no control character.")
	}
	return nil
}

const (
	selectViews = `
SELECT name, owner = '', author, definition::text, updated_at
FROM public.sl_saved_views
WHERE table_id = $1 AND owner IN ('', $2)
ORDER BY lower(name), name, owner
LIMIT 1000`
	upsertView = `
INSERT INTO public.sl_saved_views (table_id, name, owner, author, definition)
SELECT $1, $2, $3, $4, $5::json
WHERE (SELECT count(*) FROM public.sl_saved_views WHERE table_id = $1 AND owner = $3 AND name <> $2) < $6
ON CONFLICT ON CONSTRAINT sl_saved_views_name DO UPDATE SET author = excluded.author, definition = excluded.definition, updated_at = now()
RETURNING updated_at`
	deleteView = `DELETE FROM public.sl_saved_views WHERE table_id = $1 AND owner = $2 AND name = $3`
	renameView = `UPDATE public.sl_saved_views SET name = $4, updated_at = now() WHERE table_id = $1 AND owner = $2 AND name = $3`
)

// SavedViews gives the views of a table that owner sees: those of its own, and the shared ones. A private view may have the name of a
// shared one; it comes first.
func (c *Catalog) SavedViews(ctx context.Context, table int, owner string) ([]SavedView, error) {
	rows, err := c.db.Pool().Query(ctx, selectViews, table, owner)
	if err != nil {
		return nil, fmt.Errorf("list saved views: %w", err)
	}
	views, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v SavedView, err error) {
		var text string
		if err = row.Scan(&v.Name, &v.Shared, &v.Author, &text, &v.UpdatedAt); err != nil {
			return v, err
		}
		return v, v.decode(text)
	})
	if err != nil {
		return nil, fmt.Errorf("list saved views: %w", err)
	}
	return views, nil
}

// SaveView keeps a view, instead of the one of its name. The caller has checked the filter, the sort and the name.
func (c *Catalog) SaveView(ctx context.Context, table int, owner string, v *SavedView) error {
	text := encode(&storedView{v.Filter, v.Sort, v.Columns})
	err := c.db.Pool().QueryRow(ctx, upsertView, table, v.Name, ownerOf(v.Shared, owner), v.Author, string(text), maxViews).Scan(&v.UpdatedAt)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return engine.Errorf(engine.Conflict, "A table has at most %d views.", maxViews)
	case err != nil:
		return fmt.Errorf("save view %s: %w", v.Name, err)
	}
	return nil
}

// RenameView gives a view another name.
func (c *Catalog) RenameView(ctx context.Context, table int, owner string, shared bool, name, to string) error {
	tag, err := c.db.Pool().Exec(ctx, renameView, table, ownerOf(shared, owner), name, to)
	switch {
	case pg.Code(err) == pg.UniqueViolation:
		return engine.Errorf(engine.Conflict, "There is a view %s already.", to)
	case err != nil:
		return fmt.Errorf("rename view %s: %w", name, err)
	case tag.RowsAffected() == 0:
		return noView(name)
	}
	return nil
}

// DropView forgets a view.
func (c *Catalog) DropView(ctx context.Context, table int, owner string, shared bool, name string) error {
	tag, err := c.db.Pool().Exec(ctx, deleteView, table, ownerOf(shared, owner), name)
	switch {
	case err != nil:
		return fmt.Errorf("drop view %s: %w", name, err)
	case tag.RowsAffected() == 0:
		return noView(name)
	}
	return nil
}

// decode reads a kept definition.
func (v *SavedView) decode(text string) error {
	var stored storedView
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return err
	}
	v.Filter, v.Sort, v.Columns = stored.Filter, stored.Sort, stored.Columns
	if v.Sort == nil {
		v.Sort = []string{}
	}
	return nil
}

func noView(name string) error { return engine.Errorf(engine.NotFound, "There is no view %s.", name) }

func ownerOf(shared bool, owner string) string {
	if shared {
		return ""
	}
	return owner
}
