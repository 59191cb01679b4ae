package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/secret"
)

// ApplyOptions say how a file is applied.
type ApplyOptions struct {
	DryRun     bool          // say the difference, change nothing
	Prune      bool          // drop what the file lacks
	Yes        bool          // also tables that hold records
	IfRevision *int64        // refuse when the project has another revision; 0: when there is one; nil and below 0: any
	Secrets    secret.Source // resolves what the file refers to; nil: only what is stored
	// ForgetSecrets drops secrets of all projects that another key has sealed, instead of refusing to seal beside them.
	ForgetSecrets bool
	Author        // for the audit log
}

// An Author is who changes definitions, as the audit log shows it.
type Author struct {
	Actor   string // "ada@example.org", "token 4f7k2…", "operator"
	Kind    string // of the actor: administrator, token, operator
	Address string // where the request came from; "" for the command line
}

// EditOptions say how an edit is applied.
type EditOptions struct {
	DryRun     bool
	Yes        bool   // drop tables that hold records
	IfRevision *int64 // as in ApplyOptions
	// Alters names the tables that the edit alters in place. What else it changes, it replaces, adds, removes, orders: then a large
	// project need not be copied. nil: it may alter anything.
	Alters  []string
	Secrets secret.Source // resolves references that are new; nil: only what is stored
	Author
}

// Apply makes each object named in the file exactly as written, in one transaction; an attribute left out returns to its default. What
// the file does not name stays, unless the options say prune. Tables, fields and endpoints with `was` are renamed. The project is made
// if there is none.
//
// Errors: engine.Problems with paths from the root of the file; *engine.Error with Conflict where the revision is another or a table
// with records would be dropped without Yes. The file is not changed and not kept.
func (c *Catalog) Apply(ctx context.Context, file *engine.Project, opt ApplyOptions) (*Report, error) {
	if !engine.ValidObjectName(file.Name) {
		return nil, engine.Problems{engine.Problemf([]string{"project"}, "a small letter, then small letters, digits and _, at most 48",
			"%q cannot name a project", file.Name)}
	}
	o := operation{name: file.Name, create: true, options: opt, action: "apply project"}
	o.merge = func(base *engine.Project) (*merge, error) {
		return &merge{base: base, file: cloneProject(file), prune: opt.Prune}, nil
	}
	return c.run(ctx, o)
}

// Edit calls change with a copy of the project's definitions and makes them what change leaves behind: what it removed is dropped,
// `was` renames, and objects it did not touch follow a rename. change may run several times. Errors are those of Apply and of change,
// and NotFound.
func (c *Catalog) Edit(ctx context.Context, project string, opt EditOptions, change func(p *engine.Project) error) (*Report, error) {
	o := operation{name: project, action: "edit project",
		options: ApplyOptions{DryRun: opt.DryRun, Yes: opt.Yes, IfRevision: opt.IfRevision, Secrets: opt.Secrets, Author: opt.Author}}
	o.merge = func(base *engine.Project) (*merge, error) {
		edited := cloneAltered(base, opt.Alters)
		if err := change(edited); err != nil {
			return nil, err
		}
		return &merge{base: base, file: edited, prune: true, follow: true}, nil
	}
	return c.run(ctx, o)
}

// An operation is one change of one project's definitions.
type operation struct {
	name    string
	create  bool // make the project where there is none
	action  string
	options ApplyOptions
	merge   func(base *engine.Project) (*merge, error)
}

var errDryRun = errors.New("dry run")

func (c *Catalog) run(ctx context.Context, o operation) (*Report, error) {
	var report *Report
	var next *engine.Project
	var done *change
	err := c.db.InTx(ctx, func(tx pgx.Tx) error {
		base, err := c.lock(ctx, tx, o)
		if err != nil {
			return err
		}
		report = &Report{Project: o.name, Revision: base.Revision, DryRun: o.options.DryRun, Differences: []Difference{}}
		var secrets *secretsIn
		if done, secrets, err = c.plot(base, o, report); err != nil {
			return err
		}
		if err := c.plotSecrets(ctx, tx, done, secrets, o.options, report); err != nil {
			return err
		}
		next = base
		if done.empty() {
			return nil
		}
		if err := guardFiles(done); err != nil {
			return err
		}
		if err := c.guardRecords(ctx, tx, done, o.options.Yes); err != nil {
			return err
		}
		if o.options.DryRun {
			return errDryRun
		}
		next = done.next
		w := writer{ctx: ctx, tx: tx, catalog: c, change: done, report: report, options: o.options}
		return w.write(o)
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	if !o.options.DryRun && next.Revision > 0 {
		c.publishSecrets(done)
		c.publish(o.name, next)
		c.follow(ctx, next)
		c.awaitTriggers(ctx, done, report)
	}
	c.noteMisfits(ctx, done, report)
	return report, nil
}

// projectLock is the first key of the advisory locks that changes of a project hold; the second is a hash of its name. A project that
// is not there yet has no row to lock.
const projectLock = 0x73617972

// lock gives the project as it is, held until the transaction ends so that changes come one after the other. A dry run holds nothing.
func (c *Catalog) lock(ctx context.Context, tx pgx.Tx, o operation) (*engine.Project, error) {
	const selectForUpdate = `
SELECT id
FROM public.sl_projects
WHERE name = $1
FOR UPDATE`
	if !o.options.DryRun {
		if o.create {
			if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, projectLock, o.name); err != nil {
				return nil, fmt.Errorf("lock project %s: %w", o.name, err)
			}
		}
		var id int
		if err := tx.QueryRow(ctx, selectForUpdate, o.name).Scan(&id); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, fmt.Errorf("lock project %s: %w", o.name, err)
		}
	}
	base, err := loadProject(ctx, tx, o.name, c.Schema().Project(o.name))
	if err != nil {
		return nil, err
	}
	if base == nil && !o.create {
		return nil, engine.Errorf(engine.NotFound, "There is no project %s.", o.name)
	}
	if base == nil {
		base = &engine.Project{Name: o.name}
	}
	if want := o.options.IfRevision; want != nil && *want >= 0 && *want != base.Revision {
		return nil, otherRevision(base, *want)
	}
	return base, nil
}

func otherRevision(base *engine.Project, want int64) error {
	switch {
	case want == 0:
		return engine.Errorf(engine.Conflict, "There is a project %s already, of revision %d.", base.Name, base.Revision)
	case base.Revision == 0:
		return engine.Errorf(engine.Conflict, "There is no project %s, so it has no revision %d.", base.Name, want)
	}
	return engine.Errorf(engine.Conflict, "The project %s has revision %d, not %d: somebody changed it since.", base.Name, base.Revision, want)
}

// plot finds what leads from base to where the operation wants to be, and whether that stands up.
func (c *Catalog) plot(base *engine.Project, o operation, report *Report) (*change, *secretsIn, error) {
	m, err := o.merge(base)
	if err != nil {
		return nil, nil, err
	}
	m.before = idsOf(base)
	var stuck engine.Problems
	m.renamed, stuck = renames(base, m.file)
	secrets := c.takeSecrets(m, o.options.Secrets == nil || o.options.Secrets.Typing())
	next := m.project()
	done := compare(base, next, report)
	done.file = !m.follow
	if !m.prune {
		noteKept(m, report)
	}
	if problems := slices.Concat(secrets.problems, standing(stuck, m.renamed, next), done.check(c.check)); len(problems) > 0 {
		return nil, nil, problems
	}
	return done, secrets, nil
}

// noteKept reports what the file lacks and stays.
func noteKept(m *merge, report *Report) {
	for name, t := range m.renamed.Tables.All() {
		file, named := m.file.Tables.Get(name)
		if !named {
			report.add(ActionKeep, "table "+name, "not in the file")
			continue
		}
		for field := range t.Fields.All() {
			if !has(&file.Fields, field) {
				report.add(ActionKeep, "field "+name+"."+field, "not in the file")
			}
		}
	}
	for name := range m.renamed.Endpoints.All() {
		if !has(&m.file.Endpoints, name) {
			report.add(ActionKeep, "endpoint "+name, "not in the file")
		}
	}
}
