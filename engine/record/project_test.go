package record

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func TestMain(m *testing.M) {
	script.RunWorkerIfAsked()
	os.Exit(m.Run())
}

// A house is a project with its leaves in a database of its own.
type house struct {
	t       testing.TB
	db      *pg.DB
	engine  *Engine
	project *engine.Project
}

// newHouse makes the tables of testdata/project.json; a field's key is its name, filled up to eight letters.
func newHouse(t testing.TB) *house {
	t.Helper()
	source, err := os.ReadFile("testdata/project.json")
	if err != nil {
		t.Fatal(err)
	}
	var p engine.Project
	if err := json.Unmarshal(source, &p); err != nil {
		t.Fatal(err)
	}
	p.ID = 7
	id := 0
	for name, table := range p.Tables.All() {
		id++
		table.ID, table.Name = id, name
		for field, f := range table.Fields.All() {
			f.Name, f.Key = field, (strings.ReplaceAll(field, "_", "") + "00000000")[:8]
		}
	}
	db := pgtest.New(t)
	if err := pg.Migrate(context.Background(), db, os.DirFS("../catalog/migrations")); err != nil {
		t.Fatal(err)
	}
	makeLeaves(t, db, &p)
	runner := script.NewRunner(script.Config{})
	t.Cleanup(runner.Close)
	return &house{t: t, db: db, engine: New(db, runner, slog.New(slog.DiscardHandler)), project: &p}
}

func makeLeaves(t testing.TB, db *pg.DB, p *engine.Project) {
	t.Helper()
	statements := relation.CreateProject(p)
	for _, table := range p.Tables.All() {
		statements = append(statements, relation.CreateLeaf(p, table)...)
		for _, index := range relation.Indexes(p, table) {
			statements = append(statements, index.SQL(p, table, false))
		}
		for _, f := range table.Fields.All() {
			if f.Type == engine.TypeAutonumber {
				statements = append(statements, relation.CreateSequence(p, f))
			}
		}
	}
	if err := db.InTx(context.Background(), func(tx pgx.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Exec(context.Background(), sql); err != nil {
				t.Fatalf("%v in %s", err, sql)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A request is a $request of JSON: {"query": …, "headers": …, "ip": …}.
type request raw.Value

func (r request) Value(path []string) raw.Value { return plan.Step(raw.Value(r), path) }

// compile compiles an endpoint written as JSON.
func (h *house) compile(source string) *plan.Plan {
	h.t.Helper()
	var ep engine.Endpoint
	if err := json.Unmarshal([]byte(source), &ep); err != nil {
		h.t.Fatalf("%v in %s", err, source)
	}
	ep.Name = "test"
	p, problems := plan.Compile(h.project, &ep)
	if len(problems) > 0 {
		h.t.Fatal(problems)
	}
	return p
}

// env binds the request's query or body members to the plan's parameters, as the HTTP door does.
func (h *house) env(p *plan.Plan, req string) (*template.Env, *engine.Error) {
	env := &template.Env{Context: context.Background(), Scripts: h.engine.scripts, Now: time.Unix(1795411680, 0).UTC(), Timezone: p.Location, Request: request(req)}
	env.Params = make([]raw.Value, len(p.Params))
	for i, param := range p.Params {
		v, refused := param.JSON(raw.Value(req).Get("params").Get(param.As), value.English)
		switch {
		case refused != nil:
		case v == nil && param.Default != nil:
			v, _ = param.Default.Eval(env)
		case param.Required && param.Checker.Missing(v):
			refused = param.Checker.Required(value.English)
		}
		if refused != nil {
			return nil, &engine.Error{Code: engine.Invalid, Fields: []engine.FieldError{*refused}}
		}
		env.Params[i] = v
	}
	return env, nil
}

// run runs an endpoint and gives the rendered body, or "code: text" of the refusal.
func (h *house) run(p *plan.Plan, req string) string {
	h.t.Helper()
	env, refused := h.env(p, req)
	if refused != nil {
		return refused.Error()
	}
	if err := h.engine.Run(context.Background(), p, env); err != nil {
		var known *engine.Error
		if errors.As(err, &known) {
			return string(known.Code) + ": " + known.Text()
		}
		h.t.Fatal(err)
	}
	answer, err := p.Response.Render(nil, env)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(answer.Body)
}

// do compiles and runs.
func (h *house) do(endpoint, req string) string {
	h.t.Helper()
	return h.run(h.compile(endpoint), req)
}
