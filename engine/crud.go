package engine

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// CrudActions are the endpoints that `crud` on a table makes, in order.
var CrudActions = []string{"list", "view", "create", "update", "delete"}

// A Crud is the checked form of a table's `crud`.
type Crud struct {
	Path   string
	Only   []string  // of CrudActions; all where the user named none
	Filter raw.Value // added to the filter of list, view, update and delete
	Auth   raw.Value // settings of the middleware `auth`; nil is none
	Closed []string  // the actions that want it; all where the user named none
}

// ParseCrud reads "/path" or {path, only, filter, auth}; auth is true, a list of actions, or the middleware's settings. An absent
// crud is nil. It trusts the shapes that the definition package has checked.
func (t *Table) ParseCrud() *Crud {
	c := &Crud{Only: CrudActions, Closed: CrudActions}
	switch t.Crud.Kind() {
	case raw.String:
		c.Path, _ = t.Crud.Text()
		return c
	case raw.Object:
	default:
		return nil
	}
	c.Path, _ = t.Crud.Get("path").Text()
	if only := t.Crud.Get("only"); only.Kind() == raw.Array {
		c.Only = texts(only)
	}
	if f := t.Crud.Get("filter"); f.Len() > 0 {
		c.Filter = f
	}
	switch auth := t.Crud.Get("auth"); {
	case auth.Kind() == raw.Object:
		c.Auth = auth
	case auth.Kind() == raw.Array:
		c.Auth, c.Closed = raw.Value("{}"), texts(auth)
	case string(auth) == "true":
		c.Auth = raw.Value("{}")
	}
	return c
}

func texts(v raw.Value) []string {
	var out []string
	for _, item := range v.Items {
		text, _ := item.Text()
		out = append(out, text)
	}
	return out
}

// AllEndpoints gives the project's own endpoints and behind them, in the order of the tables, those that `crud` makes. Those are
// made anew by each call, named <action>_<table>; CrudTable finds their table.
func (p *Project) AllEndpoints() []*Endpoint {
	var all []*Endpoint
	for _, ep := range p.Endpoints.All() {
		all = append(all, ep)
	}
	for _, t := range p.Tables.All() {
		all = append(all, p.CrudEndpoints(t)...)
	}
	return all
}

// CrudEndpoints gives the endpoints that the table's `crud` makes.
func (p *Project) CrudEndpoints(t *Table) []*Endpoint {
	c := t.ParseCrud()
	if c == nil {
		return nil
	}
	var made []*Endpoint
	for _, action := range c.Only {
		if ep := c.endpoint(action, t); ep != nil {
			if c.Auth != nil && slices.Contains(c.Closed, action) {
				ep.Middlewares = p.closed(c.Auth)
			}
			made = append(made, ep)
		}
	}
	return made
}

// CrudTable gives the table whose `crud` makes the endpoint named name, or nil.
func (p *Project) CrudTable(name string) *Table {
	if _, own := p.Endpoints.Get(name); own {
		return nil
	}
	for _, t := range p.Tables.All() {
		if c := t.ParseCrud(); c != nil && slices.ContainsFunc(c.Only, func(action string) bool { return action+"_"+t.Name == name }) {
			return t
		}
	}
	return nil
}

func (c *Crud) endpoint(action string, t *Table) *Endpoint {
	ep := &Endpoint{Name: action + "_" + t.Name, Label: t.Label, Table: t.Name, Revision: t.Revision}
	one := strings.TrimRight(c.Path, "/") + "/{id}"
	switch action {
	case "list":
		ep.Kind, ep.Route, ep.Filter = List, Route{"GET", c.Path}, c.Filter
		ep.Params.Set("page", &Param{Name: "page", In: InQuery, Type: TypeInteger, Rules: Rules{Default: raw.Int(1), Min: raw.Int(1)}})
		ep.Params.Set("size", &Param{Name: "size", In: InQuery, Type: TypeInteger, Rules: Rules{Default: raw.Int(20), Min: raw.Int(1), Max: raw.Int(100)}})
		ep.Page = &Page{Number: raw.Text("$params.page"), Size: raw.Text("$params.size"), Total: true}
	case "view":
		ep.Kind, ep.Route, ep.Filter = View, Route{"GET", one}, c.byID()
	case "create":
		ep.Kind, ep.Route = Create, Route{"POST", c.Path}
		ep.Params = crudParams(t, nil)
	case "update":
		no := false
		ep.Kind, ep.Route, ep.Filter = Update, Route{"PATCH", one}, c.byID()
		if ep.Params = crudParams(t, &no); ep.Params.Len() == 0 {
			return nil // nothing can be changed
		}
	case "delete":
		ep.Kind, ep.Route, ep.Filter = Delete, Route{"DELETE", one}, c.byID()
	default:
		return nil
	}
	return ep
}

// byID gives the filter {uid: $params.id}, joined with the user's.
func (c *Crud) byID() raw.Value {
	one := raw.Value(`{"uid":"$params.id"}`)
	if c.Filter == nil {
		return one
	}
	return slices.Concat(raw.Value(`{"AND":[`), one, raw.Value(","), c.Filter, raw.Value("]}"))
}

// crudParams gives a parameter for each field that a client may write. Hidden fields are left to defaults and other endpoints,
// unless a record cannot be made without them.
func crudParams(t *Table, required *bool) Map[*Param] {
	var params Map[*Param]
	for _, f := range t.Fields.All() {
		if f.Type == TypeGenerated || f.Type == TypeAutonumber || f.Hidden && (!f.IsRequired() || f.Default != nil) {
			continue
		}
		param := &Param{Name: f.Name, In: InBody, Rules: Rules{Required: required}}
		params.Set(f.Name, param)
	}
	return params
}

// closed gives the project's default onion with `auth` just before main.
func (p *Project) closed(settings raw.Value) []Step {
	auth := Step{Name: "auth", Settings: settings}
	var steps []Step
	if p.Defaults != nil {
		steps = slices.Clone(p.Defaults.Middlewares)
	}
	i := slices.IndexFunc(steps, func(s Step) bool { return s.Name == "main" })
	if i < 0 {
		return append(steps, auth, Step{Name: "main"})
	}
	return slices.Insert(steps, i, auth)
}
