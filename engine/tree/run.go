package tree

import (
	"context"
	"time"

	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/template"
)

// maxPage bounds what a page of records is written to, in bytes.
const maxPage = 256 << 20

// env gives what slots and templates of p see: no request, the principal, the given parameters.
func (t *Table) env(ctx context.Context, p *plan.Plan, given map[string]raw.Value) (*template.Env, error) {
	env := &template.Env{
		Context: ctx, Scripts: t.tree.cfg.Scripts, Now: time.Now(), Timezone: p.Location, Total: -1, AnyFile: true, MaxBytes: maxPage,
		Auth: t.tree.cfg.Principal().ValueIn(t.Project.Name),
	}
	return env, direct.Bind(p, env, given, t.direct.Lang)
}

// run runs p and gives its rendered body. What it reads of files has no link: the files themselves stand beside.
func (t *Table) run(ctx context.Context, p *plan.Plan, env *template.Env) (raw.Value, error) {
	t.tree.statements.Add(1)
	if err := t.tree.cfg.Records.RunInto(ctx, p, env, new(record.Result)); err != nil {
		return nil, direct.ScriptRefusal(err)
	}
	if env.Record != nil {
		env.Record.Links = nil
	}
	for i := range env.Records {
		env.Records[i].Links = nil
	}
	answer, err := p.Response.Render(nil, env)
	if err != nil {
		return nil, direct.ScriptRefusal(err)
	}
	return answer.Body, nil
}
