package plan

import (
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/template"
)

// A Plan is a compiled endpoint. It is immutable and safe for concurrent use.
type Plan struct {
	Project  *engine.Project
	Endpoint *engine.Endpoint
	Params   []*Param      // in the order of the definition, undeclared names of the route behind them; Env.Params has this order
	Steps    []engine.Step // the onion with the project's defaults applied; exactly one is main
	Response *template.Program
	One      *template.Program // of a bulk CREATE whose body is no list; nil: Response
	Errors   *template.Program // nil: application/problem+json
	Status   int               // where the response says none: 201 for CREATE, else 200

	BulkPath []string  // of a bulk CREATE: from the body to the list; nil is the body
	Lookups  []*Lookup // of parameters, before anything else
	Guards   []*Guard
	Table    *Table // nil: main does nothing
	Shape    *Shape // of the records the endpoint answers with; nil without a table
	Read     *Read  // of LIST and VIEW
	Write    *Write // of CREATE, UPDATE and DELETE

	Sources []*Source // further results, in the order of Env.Sources
	reads   bool      // some of them

	Touched []int // ids of the tables that a write may change

	Location *time.Location // the project's timezone
	scope    *template.Scope
}

// ReadsSources reports whether a request reads any of the plan's sources.
func (p *Plan) ReadsSources() bool { return p.reads }

// Scope gives the names that slots of the endpoint's middlewares may use: the request, who asks, the parameters.
func (p *Plan) Scope() *template.Scope {
	scope := *p.scope
	return &scope
}

// A Follower compiles what runs after the operation, such as a webhook: scope has the records too, hidden fields by name. It is called
// once, before the statements are made, and its problems are the plan's.
type Follower func(p *Plan, scope *template.Scope) engine.Problems

// Compile makes the plan of one endpoint of project p. Problems carry paths below the endpoint ("filter", "l", …).
func Compile(p *engine.Project, ep *engine.Endpoint, followers ...Follower) (*Plan, engine.Problems) {
	c := &compiler{project: p, endpoint: ep, plan: &Plan{Project: p, Endpoint: ep, Status: 200}, followers: followers}
	c.location()
	c.params()
	c.steps()
	c.table()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	c.guards()
	c.operation()
	if c.plan.Write != nil {
		c.plan.Touched = IDs(Touched(p, c.plan.Table.Def, ep.Kind))
	}
	if !c.sources() {
		return nil, c.problems
	}
	c.templates()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	if c.finish != nil {
		c.finish()
	}
	c.finishSources()
	return c.plan, c.problems
}

// A compiler gathers what is wrong with an endpoint while its parts are compiled.
type compiler struct {
	project   *engine.Project
	endpoint  *engine.Endpoint
	plan      *Plan
	problems  engine.Problems
	followers []Follower
	finish    func() // what waits until the templates have said which columns they need
}

func (c *compiler) problem(path []string, hint, format string, args ...any) {
	c.problems = append(c.problems, engine.Problemf(path, hint, format, args...))
}

func (c *compiler) add(found engine.Problems, path ...string) {
	c.problems = append(c.problems, found.At(path...)...)
}

func (c *compiler) location() {
	loc, err := time.LoadLocation(c.project.Timezone)
	if err != nil {
		c.problem(nil, "use an IANA name such as Asia/Shanghai", "the project's timezone %q is not known", c.project.Timezone)
		loc = time.UTC
	}
	c.plan.Location = loc
}

// steps applies the project's defaults; an onion without main gets it innermost.
func (c *compiler) steps() {
	steps := c.endpoint.Middlewares
	if steps == nil && c.project.Defaults != nil {
		steps = c.project.Defaults.Middlewares
	}
	mains := 0
	for _, s := range steps {
		if s.Name == "main" {
			mains++
		}
	}
	if mains > 1 {
		c.problem([]string{"middlewares"}, "", "main stands there %d times", mains)
	}
	c.plan.Steps = append([]engine.Step(nil), steps...)
	if mains == 0 {
		c.plan.Steps = append(c.plan.Steps, engine.Step{Name: "main"})
	}
}

func (c *compiler) table() {
	ep := c.endpoint
	switch {
	case ep.Table == "" && ep.Kind == "":
		return
	case ep.Table == "":
		c.problem([]string{"kind"}, "name its table", "a %s needs a table", ep.Kind)
		return
	case ep.Kind == "":
		c.problem([]string{"table"}, "say kind: LIST, VIEW, CREATE, UPDATE or DELETE", "an endpoint with a table needs a kind")
		return
	}
	t, found := c.project.Tables.Get(ep.Table)
	if !found {
		c.problem([]string{"table"}, near(ep.Table, c.project.Tables.Names()), "there is no table %q", ep.Table)
		return
	}
	if t.Kind == engine.KindFiles {
		c.problem([]string{"table"}, "", "tables of kind files are not supported yet")
		return
	}
	table, problems := CompileTable(c.project, t)
	for _, p := range problems {
		p.Message = "the table " + t.Name + " is broken: " + p.Error()
		p.Path = []string{"table"}
		c.problems = append(c.problems, p)
	}
	c.plan.Table = table
	if table == nil {
		return
	}
	c.plan.Shape = newShape(c.project, t, ep.Reveal)
	c.add(c.plan.Shape.checkReveal(), "reveal")
}

func (c *compiler) operation() {
	reads := c.endpoint.Kind == engine.List || c.endpoint.Kind == engine.View
	if c.endpoint.Include.Len() > 0 && !reads {
		c.problem([]string{"include"}, "give a source to the endpoint, which may include", "lists are joined to the records of a LIST, a VIEW or a source")
	}
	if c.plan.Table == nil {
		return
	}
	switch c.endpoint.Kind {
	case engine.List, engine.View:
		c.read()
	case engine.Create:
		c.plan.Status = 201
		c.create()
	case engine.Update, engine.Delete:
		c.change()
	default:
		c.problem([]string{"kind"}, "LIST, VIEW, CREATE, UPDATE or DELETE", "there is no kind %q", c.endpoint.Kind)
	}
}

// templates compiles the response and the errors, which tells the shape what to fetch.
func (c *compiler) templates() {
	ep, scope := c.endpoint, *c.plan.scope
	scope.Sources = c.plan.sourceNames()
	paged := false
	if c.plan.Shape != nil {
		if ep.Kind == engine.List && !c.plan.Read.One {
			scope.Records, scope.Pages = c.plan.Shape, true
			paged = ep.Page != nil
		} else {
			scope.Record = c.plan.Shape
		}
		if ep.Bulk != nil || c.plan.Write != nil && c.plan.Write.Limit > 1 {
			scope.Records = c.plan.Shape
		}
	}
	program, problems := c.response(&scope, paged)
	c.plan.Response = program
	c.add(problems, "response")
	if scope.Records != nil {
		scope.Records = opened{c.plan.Shape}
	}
	if scope.Record != nil {
		scope.Record = opened{c.plan.Shape}
	}
	for _, follower := range c.followers {
		after := scope
		c.add(follower(c.plan, &after))
	}
	errors, place := ep.Errors, "errors"
	if errors == nil && c.project.Defaults != nil {
		errors = c.project.Defaults.Errors
	}
	if errors != nil {
		failed := *c.plan.scope
		failed.Error = true
		c.plan.Errors, problems = template.Compile(errors, &failed)
		c.add(problems, place)
	}
}

// response compiles the endpoint's template; where it says no body, the default representation stands in.
func (c *compiler) response(scope *template.Scope, paged bool) (*template.Program, engine.Problems) {
	response := c.endpoint.Response
	if response == nil {
		response = &engine.Response{}
	}
	program, problems := template.Compile(response, scope)
	if program == nil || program.HasBody() || c.plan.Shape == nil {
		return program, problems
	}
	kind := c.endpoint.Kind
	if c.plan.Read != nil && c.plan.Read.One {
		kind = engine.View
	}
	if c.endpoint.Bulk != nil {
		c.plan.One = program.Or(template.Default(kind, c.plan.Shape, false))
		return program.Or(template.DefaultList(c.plan.Shape)), problems
	}
	return program.Or(template.Default(kind, c.plan.Shape, paged)), problems
}

// near makes the hint of a misspelt name.
func near(name string, candidates []string) string {
	if best := engine.Near(name, candidates); best != "" {
		return "did you mean " + best + "?"
	}
	return ""
}
