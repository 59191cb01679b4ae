package tree

import (
	"context"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// maxValues bounds the values that ls shows of a field.
const maxValues = 1000

// bodies are the templates of what is read of a selection.
func (s *Selection) body(what string) string {
	switch what {
	case "names":
		return `{"items":` + s.table.namesBody() + `,"next":"$next"}`
	case "whole":
		return `{"items":` + wholeRecords + `,"next":"$next"}`
	}
	return `{}`
}

// plan compiles the selection: pages of names or of whole records behind a cursor; "one": a record of a uid; "all": for an export.
func (s *Selection) plan(what string) (*plan.Plan, error) {
	return s.table.plan(what+"\x00"+s.key, func() (*engine.Endpoint, error) {
		filters := append([]raw.Value(nil), s.filters...)
		ep := &engine.Endpoint{
			Name: "selection", Kind: engine.List, Route: engine.Route{Method: "GET", Path: "/selection"}, Table: s.table.Def.Name, Reveal: s.table.direct.Reveal(),
			Response: &engine.Response{Body: raw.Value(s.body(what))},
		}
		for i, v := range s.values {
			ep.Params.Set("v"+strconv.Itoa(i), &engine.Param{Name: "v" + strconv.Itoa(i), Type: v.typ, Rules: engine.Rules{Label: v.label}})
		}
		switch what {
		case "one":
			filters = append(filters, raw.Value(`{"uid":"$params.uid"}`))
			ep.Params.Set("uid", &engine.Param{Name: "uid", Type: engine.TypeText})
		case "names", "whole":
			size := map[string]int{"names": namePage, "whole": wholePage}[what]
			if s.limit > 0 {
				size = min(size, s.limit)
			}
			ep.Page = &engine.Page{Cursor: raw.Text("$params.cursor"), Size: raw.Int(size)}
			ep.Params.Set("cursor", &engine.Param{Name: "cursor", Type: engine.TypeText})
		}
		if len(filters) > 0 {
			list, err := raw.Of(filters)
			if err != nil {
				return nil, err
			}
			ep.Filter = raw.Value(`{"AND":` + string(list) + `}`)
		}
		sort, err := raw.Of(s.order())
		ep.Sort = sort
		return ep, err
	})
}

// order gives the names to sort by: those of the path, else the records as they were made; the last ones first where the end is wanted.
func (s *Selection) order() []string {
	sort := s.sort
	if len(sort) == 0 {
		sort = []string{"id"}
	}
	if !s.last {
		return sort
	}
	turned := make([]string, len(sort))
	for i, name := range sort {
		if turned[i] = "-" + name; name[0] == '-' {
			turned[i] = name[1:]
		}
	}
	return turned
}

// env gives the environment of a plan with the values of the path and one more.
func (s *Selection) env(ctx context.Context, p *plan.Plan, name string, v raw.Value) (*template.Env, error) {
	given := map[string]raw.Value{}
	for i, v := range s.values {
		given["v"+strconv.Itoa(i)] = v.raw
	}
	if name != "" {
		given[name] = v
	}
	return s.table.env(ctx, p, given)
}

// Check refuses values that do not fit.
func (s *Selection) Check(ctx context.Context) error {
	p, err := s.plan("names")
	if err == nil {
		_, err = s.env(ctx, p, "", nil)
	}
	return err
}

// A Cursor goes through a selection, page by page. Its zero value begins at the first record.
type Cursor struct {
	next raw.Value
	seen int
	end  bool
}

// Next gives the next page; none is the end. whole reads the records, too, which Read then knows.
func (s *Selection) Next(ctx context.Context, c *Cursor, whole bool) ([]Name, error) {
	if c.end {
		return nil, nil
	}
	what := map[bool]string{true: "whole", false: "names"}[whole]
	p, err := s.plan(what)
	if err != nil {
		return nil, err
	}
	mark := s.table.readMark()
	env, err := s.env(ctx, p, "cursor", c.next)
	if err != nil {
		return nil, err
	}
	body, err := s.table.run(ctx, p, env)
	if err != nil {
		return nil, err
	}
	var page []Name
	for _, item := range body.Get("items").Items {
		if s.limit > 0 && c.seen == s.limit {
			break
		}
		c.seen++
		if whole {
			shown := s.table.keep(item, mark)
			page = append(page, Name{File: s.table.FileName(shown), UID: shown.UID, ID: shown.ID})
		} else {
			page = append(page, s.table.nameOfItem(item))
		}
	}
	c.next = body.Get("next")
	c.end = c.next.IsNull() || s.limit > 0 && c.seen == s.limit
	return page, nil
}

// Has reports whether the selection holds the record of a uid.
func (s *Selection) Has(ctx context.Context, uid string) (bool, error) {
	if s.limit > 0 {
		for c := (Cursor{}); ; {
			page, err := s.Next(ctx, &c, false)
			if err != nil || len(page) == 0 {
				return false, err
			}
			for _, n := range page {
				if n.UID == uid {
					return true, nil
				}
			}
		}
	}
	p, err := s.plan("one")
	if err != nil {
		return false, err
	}
	env, err := s.env(ctx, p, "uid", raw.Text(uid))
	if err != nil {
		return false, err
	}
	_, err = s.table.run(ctx, p, env)
	return len(env.Records) > 0, err
}

// distinct gives values of a field, as they stand in a path.
func (s *Selection) distinct(ctx context.Context, name string) ([]string, error) {
	key := "distinct " + name + "\x00" + s.key
	p, err := s.table.plan(key, func() (*engine.Endpoint, error) {
		ep := &engine.Endpoint{
			Name: "distinct", Kind: engine.List, Route: engine.Route{Method: "GET", Path: "/distinct"}, Table: s.table.Def.Name, Reveal: s.table.direct.Reveal(),
			Group: []string{name}, Page: &engine.Page{Size: raw.Int(maxValues)}, Response: &engine.Response{Body: raw.Value(`[{"$each":"$records","$value":"$record.` + name + `"}]`)},
		}
		ep.Aggregate.Set("n", raw.Value(`"count"`))
		return ep, nil
	})
	if err != nil {
		return nil, err
	}
	env, err := s.table.env(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	body, err := s.table.run(ctx, p, env)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, v := range body.Items {
		if u := v.Get("u"); u != nil {
			v = u
		}
		if text := escaped(string(raw.AppendText(nil, v))); !v.IsNull() && text != "" && len(text) <= maxStem {
			list = append(list, text)
		}
	}
	return sorted(list), nil
}
