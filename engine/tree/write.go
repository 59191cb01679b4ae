package tree

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// MaxFile bounds what a file of a record may hold, in bytes.
const MaxFile = 16 << 20

// Create makes a record of what a file holds, under its uid.
func (t *Table) Create(ctx context.Context, uid string, data raw.Value) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	names := memberNames(data)
	var given map[string]raw.Value
	ep := t.direct.Create()
	given, err := t.direct.Writable(ep, data)
	if err != nil {
		return err
	}
	p, err := t.plan("create "+strings.Join(names, " "), func() (*engine.Endpoint, error) {
		t.direct.Demand(ep)
		ep.Response = wholeRecord
		return ep, nil
	})
	if err != nil {
		return err
	}
	env, err := t.env(ctx, p, given)
	if err != nil {
		return err
	}
	env.NewUID = uid
	if err := t.change(ctx, p, env); err != nil {
		return t.there(uid, err)
	}
	return t.audit(ctx, "create record", uid, names)
}

// Update changes the fields that data names; null clears one. engine.NotFound says that there is no such record.
func (t *Table) Update(ctx context.Context, uid string, data raw.Value) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	names := memberNames(data)
	if len(names) == 0 {
		_, err := t.Read(ctx, uid)
		return err
	}
	ep := t.direct.ByUID(engine.Update)
	given, err := t.direct.Writable(ep, data)
	if err != nil {
		return err
	}
	p, err := t.plan("update "+strings.Join(names, " "), func() (*engine.Endpoint, error) {
		ep.Response = wholeRecord
		return ep, nil
	})
	if err != nil {
		return err
	}
	given["uid"] = raw.Text(uid)
	env, err := t.env(ctx, p, given)
	if err != nil {
		return err
	}
	if err := t.change(ctx, p, env); err != nil {
		return err
	}
	return t.audit(ctx, "change record", uid, names)
}

// Delete removes a record.
func (t *Table) Delete(ctx context.Context, uid string) error {
	if err := t.mayWrite(); err != nil {
		return err
	}
	p, err := t.plan("delete", func() (*engine.Endpoint, error) {
		ep := t.direct.ByUID(engine.Delete)
		ep.Response = &engine.Response{Body: raw.Value(`{}`)}
		return ep, nil
	})
	if err != nil {
		return err
	}
	env, err := t.env(ctx, p, map[string]raw.Value{"uid": raw.Text(uid)})
	if err != nil {
		return err
	}
	if err := t.change(ctx, p, env); err != nil {
		return err
	}
	return t.audit(ctx, "delete record", uid, nil)
}

// change runs a write; what was read before it is old from then on, whether it succeeded or not.
func (t *Table) change(ctx context.Context, p *plan.Plan, env *template.Env) error {
	body, err := t.run(ctx, p, env)
	now := readMark{at: time.Now(), written: t.written.Add(1)}
	if err == nil && body.Get("record") != nil {
		t.keep(body, now) // for whoever looks at what they wrote
	}
	return err
}

// there says of a creation that lost a race that there is such a record.
func (t *Table) there(uid string, err error) error {
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.Conflict || refused.Fields != nil {
		return err
	}
	return &engine.Error{Code: engine.Conflict, Cause: err, Fields: []engine.FieldError{
		{Param: "uid", Label: "uid", Code: "unique", Message: "There is a record " + uid + " already."},
	}}
}

func (t *Table) mayWrite() error {
	if t.tree.may(t.Project.Name, auth.Editor) {
		return nil
	}
	return engine.Errorf(engine.Forbidden, "Writing needs the role %s in %s.", auth.Editor, t.Project.Name)
}

func (t *Table) audit(ctx context.Context, action, uid string, fields []string) error {
	e := auth.Entry{Project: t.Project.Name, Action: action, Target: t.Def.Name + "/" + uid}
	if fields != nil {
		detail, err := raw.Of(map[string]any{"fields": fields, "door": "mount"})
		if err != nil {
			return err
		}
		e.Detail = detail
	}
	t.tree.statements.Add(1)
	return t.tree.cfg.Auth.Record(context.WithoutCancel(ctx), t.tree.cfg.Principal(), e)
}

// memberNames gives the names of an object's members, in order.
func memberNames(data raw.Value) []string {
	names := []string{}
	data.Members(func(key, _ raw.Value) bool {
		name, _ := key.Text()
		names = append(names, name)
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func isNotFound(err error) bool {
	var refused *engine.Error
	return errors.As(err, &refused) && refused.Code == engine.NotFound
}
