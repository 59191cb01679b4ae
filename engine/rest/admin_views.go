package rest

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

func (s *Server) viewOperations() []operation {
	read := access{role: auth.Viewer, scope: auth.RecordsRead}
	const views = "/projects/{project}/tables/{table}/views"
	return []operation{
		row("GET", views, "The saved views of a table: the shared ones and one's own", read, s.savedViews),
		row("PUT", views+"/{view}", "Save a view; a shared one needs the role editor", read, s.saveView),
		row("PATCH", views+"/{view}", "Rename a saved view", read, s.renameView),
		row("DELETE", views+"/{view}", "Forget a saved view", read, s.dropView),
	}
}

type saveViewIn struct {
	Table   string    `path:"table" json:"-"`
	View    string    `path:"view" json:"-"`
	Shared  bool      `json:"shared"`
	Filter  raw.Value `json:"filter"`
	Sort    []string  `json:"sort"`
	Columns raw.Value `json:"columns"` // the panel's: an object of order, widths, hidden, pinned
}

type viewIn struct {
	Table  string `path:"table"`
	View   string `path:"view"`
	Shared bool   `query:"shared"`
}

type renameViewIn struct {
	Table  string `path:"table" json:"-"`
	View   string `path:"view" json:"-"`
	Shared bool   `json:"shared"`
	Name   string `json:"name"`
}

// A listedView is a saved view, and what is wrong with it by now.
type listedView struct {
	catalog.SavedView
	Problem string `json:"problem"` // "" is nothing; else it cannot be used: a field is gone
}

// maxViewColumns bounds what a view says of columns, in bytes.
const maxViewColumns = 64 << 10

// viewOwner names the principal that a private view belongs to.
func (c *call) viewOwner() string { return string(c.principal.Kind) + " " + c.principal.ID }

// mayShare refuses to change what others see to those who only read.
func (c *call) mayShare(shared bool) error {
	if shared && !c.principal.RoleIn(c.project.Name).AtLeast(auth.Editor) {
		return engine.Errorf(engine.Forbidden, "Shared views need the role %s.", auth.Editor)
	}
	return nil
}

func (s *Server) savedViews(c *call, in *tableIn) (list[listedView], error) {
	t, err := c.table(in.Table)
	if err != nil {
		return list[listedView]{}, err
	}
	views, err := s.cfg.Catalog.SavedViews(c.ctx(), t.ID, c.viewOwner())
	items := []listedView{}
	for _, v := range views {
		item := listedView{SavedView: v}
		if wrong := c.checkView(t, v.Filter, v.Sort); wrong != nil {
			item.Problem = wrong.Error()
		}
		items = append(items, item)
	}
	return list[listedView]{items}, err
}

// checkView refuses a filter or a sort that the table cannot have.
func (c *call) checkView(t *engine.Table, filter raw.Value, sort []string) error {
	ep, err := c.listEndpoint(t, &listRecordsIn{Filter: filter, Sort: sort})
	if err != nil {
		return err
	}
	if _, problems := plan.Compile(c.project, ep); problems != nil {
		return problems
	}
	return nil
}

func (s *Server) saveView(c *call, in *saveViewIn) (catalog.SavedView, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return catalog.SavedView{}, err
	}
	v := catalog.SavedView{Name: in.View, Shared: in.Shared, Author: c.principal.Actor(), Filter: in.Filter, Sort: in.Sort, Columns: in.Columns}
	if v.Filter.IsNull() || v.Filter.Len() == 0 {
		v.Filter = nil
	}
	if v.Sort == nil {
		v.Sort = []string{}
	}
	switch {
	case len(in.Columns) > maxViewColumns:
		return v, engine.Errorf(engine.TooLarge, "The columns of a view have at most %d bytes.", maxViewColumns)
	case !v.Columns.IsNull() && v.Columns.Kind() != raw.Object:
		return v, engine.Errorf(engine.Invalid, "columns is an object.")
	}
	if err := catalog.CheckViewName(v.Name); err != nil {
		return v, err
	}
	if err := c.mayShare(v.Shared); err != nil {
		return v, err
	}
	if err := c.checkView(t, v.Filter, v.Sort); err != nil {
		return v, err
	}
	if err := s.cfg.Catalog.SaveView(c.ctx(), t.ID, c.viewOwner(), &v); err != nil {
		return v, err
	}
	return v, c.auditView("save view", t, &v)
}

func (s *Server) renameView(c *call, in *renameViewIn) (none, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return none{}, err
	}
	if err := catalog.CheckViewName(in.Name); err != nil {
		return none{}, err
	}
	if err := c.mayShare(in.Shared); err != nil {
		return none{}, err
	}
	if err := s.cfg.Catalog.RenameView(c.ctx(), t.ID, c.viewOwner(), in.Shared, in.View, in.Name); err != nil {
		return none{}, err
	}
	return none{}, c.auditView("rename view", t, &catalog.SavedView{Name: in.Name, Shared: in.Shared})
}

func (s *Server) dropView(c *call, in *viewIn) (none, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return none{}, err
	}
	if err := c.mayShare(in.Shared); err != nil {
		return none{}, err
	}
	if err := s.cfg.Catalog.DropView(c.ctx(), t.ID, c.viewOwner(), in.Shared, in.View); err != nil {
		return none{}, err
	}
	return none{}, c.auditView("drop view", t, &catalog.SavedView{Name: in.View, Shared: in.Shared})
}

// auditView notes a change of a shared view; one's own are nobody's business.
func (c *call) auditView(action string, t *engine.Table, v *catalog.SavedView) error {
	if !v.Shared {
		return nil
	}
	return c.audit(action, strings.Join([]string{t.Name, v.Name}, "/"), nil)
}
