package tree

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/storage/pg"
)

// Config wires a Tree. All but Log are needed.
type Config struct {
	DB      *pg.DB
	Schema  func() *engine.Schema
	Records *record.Engine // its OnChange tells Changes
	Scripts *script.Runner
	Files   *file.Files
	Changes *change.Feed // the caller runs its Run
	Views   func(ctx context.Context, table int, owner string) ([]catalog.SavedView, error)
	Auth    *auth.Auth // takes the audit log
	Log     *slog.Logger

	Principal func() *auth.Principal // as whom records are read and written
	Hidden    bool                   // show hidden fields, too
}

// A Tree is the tables of all projects. It is safe for concurrent use.
type Tree struct {
	cfg    Config
	mu     sync.Mutex
	tables map[int]*Table
	uids   engine.UIDs

	statements atomic.Int64
}

// Statements counts what the tree has asked PostgreSQL for: reads, writes and entries of the audit log.
func (t *Tree) Statements() int64 { return t.statements.Load() }

// New makes a Tree.
func New(cfg Config) *Tree { return &Tree{cfg: cfg, tables: make(map[int]*Table)} }

// Projects gives the names of the projects that the principal may read, in order.
func (t *Tree) Projects() []string {
	var names []string
	for name := range t.cfg.Schema().Projects {
		if t.may(name, auth.Viewer) {
			names = append(names, name)
		}
	}
	return sorted(names)
}

// Project gives a project that the principal may read, or nil.
func (t *Tree) Project(name string) *engine.Project {
	if !t.may(name, auth.Viewer) {
		return nil
	}
	return t.cfg.Schema().Project(name)
}

// Tables gives the names of a project's tables of records, in order.
func (t *Tree) Tables(project string) []string {
	p := t.Project(project)
	if p == nil {
		return nil
	}
	var names []string
	for name, def := range p.Tables.All() {
		if def.Kind != engine.KindFiles {
			names = append(names, name)
		}
	}
	return sorted(names)
}

// Table gives a table of records as it is defined now, or nil where there is none that the principal may read.
func (t *Tree) Table(project, name string) *Table {
	p := t.Project(project)
	if p == nil {
		return nil
	}
	def, found := p.Tables.Get(name)
	if !found || def.Kind == engine.KindFiles || def.ID == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.tables[def.ID]
	if known == nil || known.Project != p {
		known = t.newTable(p, def)
		t.tables[def.ID] = known
	}
	return known
}

// may reports whether the principal has at least a role in a project.
func (t *Tree) may(project string, role auth.Role) bool {
	return t.cfg.Principal().RoleIn(project).AtLeast(role)
}
