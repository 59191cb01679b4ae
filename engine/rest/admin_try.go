package rest

import (
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
)

// What a user is about to save can be tried before. Nothing of it is kept.

// previewField is the name of the field that an expression gets while it is tried; no user's field can have it beside another.
const previewField = "preview_of_the_expression"

type tryExpressionIn struct {
	Table      string `path:"table" json:"-"`
	Expression string `json:"expression"`
}

type expressionTried struct {
	Type    expr.Type `json:"type"`
	SQL     string    `json:"sql"`     // over the leaf, as it stands in the view
	Columns []string  `json:"columns"` // that it reads
	Items   raw.Value `json:"items"`   // five records: uid, inputs, value
}

func (s *Server) tryExpression(c *call, in *tryExpressionIn) (expressionTried, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return expressionTried{}, err
	}
	parsed, problems := expr.Parse(in.Expression, relation.Columns(t), c.project.Timezone)
	if problems != nil {
		return expressionTried{}, problems.At("expression")
	}
	preview := &engine.Field{Name: previewField, Key: "Preview1", Type: engine.TypeGenerated, Expression: in.Expression}
	p, with := withField(c.project, t, preview)
	out := expressionTried{Type: parsed.Type(), Columns: parsed.Columns()}
	out.SQL, _ = relation.Column(p, with, preview, "r")
	inputs := raw.Value{'{'}
	for i, name := range out.Columns {
		if i > 0 {
			inputs = append(inputs, ',')
		}
		inputs = raw.AppendString(append(raw.AppendString(inputs, name), ':'), "$record."+name)
	}
	body := append(raw.Value(`[{"$each":"$records","uid":"$record.uid","inputs":`), append(inputs, '}')...)
	body = append(body, `,"value":"$record.`+previewField+`"}]`...)
	e, err := c.adhoc(p, &engine.Endpoint{
		Name: "preview", Kind: engine.List, Route: engine.Route{Method: "GET", Path: "/preview"}, Table: t.Name, Reveal: c.reveal(t),
		Page: &engine.Page{Number: raw.Int(1), Size: raw.Int(5)}, Response: &engine.Response{Body: body},
	})
	if err != nil {
		return expressionTried{}, err
	}
	out.Items, err = c.runEndpoint(e, nil)
	return out, err
}

// withField gives a copy of the project whose table has f beside its fields, or instead of the one of that name.
func withField(p *engine.Project, t *engine.Table, f *engine.Field) (*engine.Project, *engine.Table) {
	table, project := *t, *p
	table.Fields = t.Fields.Clone()
	table.Fields.Set(f.Name, f)
	project.Tables = p.Tables.Clone()
	project.Tables.Set(t.Name, &table)
	return &project, &table
}

type tryFilterIn struct {
	Table  string    `path:"table" json:"-"`
	Filter raw.Value `json:"filter"`
}

type filterTried struct {
	SQL   string    `json:"sql"`
	Total raw.Value `json:"total"` // how many records match
	Items raw.Value `json:"items"` // the first five
	MS    float64   `json:"ms"`
}

func (s *Server) tryFilter(c *call, in *tryFilterIn) (filterTried, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return filterTried{}, err
	}
	ep, err := c.listEndpoint(t, &listRecordsIn{Filter: in.Filter, Size: 5, Total: true})
	if err != nil {
		return filterTried{}, err
	}
	e, err := c.adhoc(c.project, ep)
	if err != nil {
		return filterTried{}, err
	}
	start := time.Now()
	body, err := c.runEndpoint(e, nil)
	if err != nil {
		return filterTried{}, err
	}
	statements := statementsOf(e.plan)
	return filterTried{statements[0], body.Get("total"), body.Get("items"), milliseconds(time.Since(start))}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// statementsOf gives the SQL of a plan: of each, the text with nothing optional left out.
func statementsOf(p *plan.Plan) []string {
	switch {
	case p.Read != nil:
		return []string{p.Read.Query.Statement(0).SQL}
	case p.Write != nil:
		return []string{p.Write.Query.Statement(0).SQL}
	}
	return []string{}
}

type tryEndpointIn struct {
	Name       string     `json:"name"`
	Definition raw.Value  `json:"definition"`
	Request    tryRequest `json:"request"`
}

// A tryRequest is the request that an endpoint is tried with. Its path is below /api/<project>.
type tryRequest struct {
	Path    string            `json:"path"` // with its query
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

type tryStep struct {
	Name  string  `json:"name"`
	MS    float64 `json:"ms"` // with the steps inside it
	Error string  `json:"error"`
}

type endpointTried struct {
	Status  int                 `json:"status"`
	Headers map[string][]string `json:"headers"`
	Body    string              `json:"body"`
	SQL     []string            `json:"sql"`
	Steps   []tryStep           `json:"steps"` // the inner ones first
	MS      float64             `json:"ms"`
	Error   string              `json:"error"` // the cause that the answer does not show
}

// tryEndpoint runs an endpoint that is not saved: through its whole onion, but limits do not count.
func (s *Server) tryEndpoint(c *call, in *tryEndpointIn) (endpointTried, error) {
	ep, problems := definition.DecodeEndpoint(in.Name, orEmpty(in.Definition))
	if problems != nil {
		return endpointTried{}, problems
	}
	project := *c.project
	project.Endpoints = c.project.Endpoints.Clone()
	if _, known := project.Endpoints.Get(in.Name); !known {
		project.Endpoints.Set(in.Name, ep)
	}
	e, problems := s.newEndpoint(&project, ep, true)
	if problems != nil {
		return endpointTried{}, problems
	}
	return s.runTrial(c, e, &in.Request)
}
