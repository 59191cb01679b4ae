package rest

import (
	"fmt"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/traffic"
	"github.com/sayrud/sayrud/engine/value"
)

// What a user is about to save can be tried before. Nothing of it is kept.

// previewField is the name of the field that an expression gets while it is tried; no user's field can have it beside another.
const previewField = "preview_of_the_expression"

type tryExpressionIn struct {
	Table      string    `path:"table" json:"-"`
	Expression string    `json:"expression"`
	Definition raw.Value `json:"definition" definition:"table"` // the table as it would be saved; none is the present one
}

// draft gives the table as it would be if definition were saved, in a project that is else the call's. Fields keep their values by their
// names or by `was`; new ones have none.
func (c *call) draft(table string, written raw.Value) (*engine.Project, *engine.Table, error) {
	t, err := c.table(table)
	if err != nil || written.IsNull() {
		return c.project, t, err
	}
	changed, problems := definition.DecodeTable(table, written)
	if problems != nil {
		return nil, nil, problems
	}
	fresh := 0
	for name, f := range changed.Fields.All() {
		old, found := t.Fields.Get(name)
		if !found {
			old, found = t.Fields.Get(f.Was)
		}
		if found {
			f.ID, f.Key = old.ID, old.Key
			continue
		}
		fresh++
		f.Key = fmt.Sprintf("Draft%03d", fresh)
	}
	changed.ID, changed.Revision, changed.Name = t.ID, t.Revision, t.Name
	project := *c.project
	project.Tables = c.project.Tables.Clone()
	project.Tables.Set(t.Name, changed)
	return &project, changed, nil
}

type expressionTried struct {
	Type    expr.Type `json:"type"`
	SQL     string    `json:"sql"`     // over the leaf, as it stands in the view
	Columns []string  `json:"columns"` // that it reads
	Items   raw.Value `json:"items"`   // five records: uid, inputs, value
}

func (s *Server) tryExpression(c *call, in *tryExpressionIn) (expressionTried, error) {
	project, t, err := c.draft(in.Table, in.Definition)
	if err != nil {
		return expressionTried{}, err
	}
	parsed, problems := expr.Parse(in.Expression, relation.Columns(t), c.project.Timezone)
	if problems != nil {
		return expressionTried{}, problems.At("expression")
	}
	preview := &engine.Field{Name: previewField, Key: "Preview1", Type: engine.TypeGenerated, Expression: in.Expression}
	p, with := withField(project, t, preview)
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

// aFunction documents a function that fragments of generated fields may call; one name may have several signatures.
type aFunction struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Doc       string `json:"doc"`
}

func (s *Server) functions(_ *call, _ *none) (list[aFunction], error) {
	items := []aFunction{}
	for _, f := range expr.Functions() {
		items = append(items, aFunction(f))
	}
	return list[aFunction]{items}, nil
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

type tryConstraintIn struct {
	Table      string      `path:"table" json:"-"`
	Field      string      `json:"field"`
	Constraint string      `json:"constraint"`                    // "" is the present one
	Records    []raw.Value `json:"records"`                       // as the API takes them; none picks records of the table at random
	Count      int         `json:"count"`                         // of those; 10
	Definition raw.Value   `json:"definition" definition:"table"` // the table as it would be saved; none is the present one
}

type constraintTried struct {
	Items []record.Trial `json:"items"`
	MS    float64        `json:"ms"` // for all of them
}

// constrained gives the table, as it is or would be, with another constraint on one of its fields.
func (c *call) constrained(table string, written raw.Value, field, constraint string) (*engine.Project, *engine.Table, error) {
	p, t, err := c.draft(table, written)
	if err != nil {
		return nil, nil, err
	}
	f, found := t.Fields.Get(field)
	if !found {
		return nil, nil, engine.Errorf(engine.NotFound, "There is no field %s.", field)
	}
	changed := *f
	if constraint != "" {
		changed.Constraint = constraint
	}
	p, t = withField(p, t, &changed)
	return p, t, nil
}

func (s *Server) tryConstraint(c *call, in *tryConstraintIn) (constraintTried, error) {
	p, t, err := c.constrained(in.Table, in.Definition, in.Field, in.Constraint)
	if err != nil {
		return constraintTried{}, err
	}
	if in.Count <= 0 {
		in.Count = 10
	}
	if len(in.Records) == 0 {
		in.Records = nil
	}
	start := time.Now()
	items, problems, err := s.cfg.Records.CheckConstraint(c.ctx(), p, t, in.Field, in.Records, in.Count)
	if problems != nil {
		err = problems
	}
	return constraintTried{items, milliseconds(time.Since(start))}, err
}

type tryRulesIn struct {
	Table      string    `path:"table" json:"-"`
	Field      string    `json:"field"`
	Constraint string    `json:"constraint"`                    // "" is the present one
	Definition raw.Value `json:"definition" definition:"table"` // the table as it would be saved; none is the present one
}

// tryRules counts the records that break the rules of a field, under another constraint where one is given.
func (s *Server) tryRules(c *call, in *tryRulesIn) (record.Violations, error) {
	p, t, err := c.constrained(in.Table, in.Definition, in.Field, in.Constraint)
	if err != nil {
		return record.Violations{}, err
	}
	lang := value.PickLang("auto", c.q.HTTP.Header.Get("Accept-Language"))
	found, problems, err := s.cfg.Records.CountViolations(c.ctx(), p, t, in.Field, lang)
	if problems != nil {
		err = problems
	}
	return found, err
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
	Session bool              `json:"session"` // with the session of whoever tries it, as the panel would send it
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

// tryEndpoint runs an endpoint that is not saved: through its whole onion, but limits do not count and what it
// writes is rolled back.
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
	out, err := s.runTrial(c, e, &in.Request)
	if err == nil {
		took := time.Duration(out.MS * float64(time.Millisecond))
		s.cfg.Traffic.Counter(c.project.ID, traffic.Trials).Count(time.Now(), out.Status, took, len(out.Body))
	}
	return out, err
}
