package rest

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
)

// Records of the admin API go the way of all records: an endpoint is put together, compiled and run.

// adhoc compiles ep, which nobody has saved, for the call's project.
func (c *call) adhoc(p *engine.Project, ep *engine.Endpoint) (*endpoint, error) {
	compiled, problems := plan.Compile(p, ep)
	if problems != nil {
		return nil, problems
	}
	return &endpoint{server: c.server, plan: compiled, metrics: c.server.metrics.none}, nil
}

// run runs ep with the given parameters, by name, and gives the rendered body.
func (c *call) run(ep *engine.Endpoint, given map[string]raw.Value) (raw.Value, error) {
	e, err := c.adhoc(c.project, ep)
	if err != nil {
		return nil, err
	}
	return c.runEndpoint(e, given)
}

func (c *call) runEndpoint(e *endpoint, given map[string]raw.Value) (raw.Value, error) {
	if err := c.bindParams(e, given); err != nil {
		return nil, err
	}
	if err := c.server.cfg.Records.RunInto(c.ctx(), e.plan, &c.q.Env, new(record.Result)); err != nil {
		return nil, direct.ScriptRefusal(err)
	}
	if e.plan.Write != nil && len(e.plan.Table.Def.OnWrite) > 0 && c.server.cfg.Jobs != nil {
		c.server.cfg.Jobs.Wake()
	}
	answer, err := e.plan.Response.Render(nil, &c.q.Env)
	if err != nil {
		return nil, direct.ScriptRefusal(err)
	}
	return answer.Body, nil
}

// bindParams readies the call's request for e: the principal's values, and the parameters, checked.
func (c *call) bindParams(e *endpoint, given map[string]raw.Value) error {
	e.prepare(c.q)
	c.q.Env.AnyFile = true
	c.q.Env.Auth = c.principal.ValueIn(c.project.Name)
	return direct.Bind(e.plan, &c.q.Env, given, c.lang())
}

// seesHidden reports whether the principal may see hidden fields: editors and owners.
func (c *call) seesHidden() bool { return c.principal.RoleIn(c.project.Name).AtLeast(auth.Editor) }

// direct gives a table as the principal may use it.
func (c *call) direct(t *engine.Table) *direct.Table {
	return &direct.Table{Project: c.project, Def: t, Hidden: c.seesHidden(), Lang: c.lang()}
}

// reveal lists the hidden fields of t that the principal may see.
func (c *call) reveal(t *engine.Table) []string { return c.direct(t).Reveal() }
