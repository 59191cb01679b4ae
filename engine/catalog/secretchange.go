package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/secret"
)

// A secretChange is what becomes of a project's stored secrets.
type secretChange struct {
	touched bool                       // the stored ones were looked at
	keep    map[secretID]secret.Sealed // as they are
	put     map[secretID]secret.Value
	drop    []secretID
}

func (c *secretChange) empty() bool { return len(c.put) == 0 && len(c.drop) == 0 }

// plotSecrets finds what the change does to secrets: those that are typed, those that the file names, as far as the source has
// them, and those that are new. One that cannot be resolved stays as it is stored; where it is not stored either, that is a problem.
func (c *Catalog) plotSecrets(ctx context.Context, tx pgx.Tx, done *change, in *secretsIn, opt ApplyOptions, report *Report) error {
	if c.mapSecrets == nil {
		return nil
	}
	before, after := c.references(done.base), c.references(done.next)
	fresh := len(in.named) > 0 && done.file
	if len(in.typed) == 0 && !fresh && !opt.ForgetSecrets && maps.EqualFunc(before, after, func(_, _ []string) bool { return true }) {
		return nil
	}
	stored := map[secretID]secret.Sealed{}
	if done.base.ID != 0 {
		list, err := loadSecrets(ctx, tx, done.base.ID)
		if err != nil {
			return fmt.Errorf("load secrets: %w", err)
		}
		if opt.ForgetSecrets {
			list = slices.DeleteFunc(list, func(s secret.Sealed) bool { return !c.seals(s) })
		}
		for _, s := range list {
			stored[secretID{s.Use, s.Reference}] = s
		}
	}
	sc := &done.secrets
	sc.touched, sc.keep, sc.put = true, map[secretID]secret.Sealed{}, map[secretID]secret.Value{}
	var problems engine.Problems
	for _, id := range slices.SortedFunc(maps.Keys(after), secretID.compare) {
		present, known := stored[id]
		v, typed := in.typed[id]
		var err error
		if !typed && (!known || done.file && in.named[id]) {
			v, err = resolve(opt.Secrets, id)
		}
		switch {
		case !v.IsZero() && !(known && c.opens(done.base.ID, present, v)):
			sc.put[id] = v
			action := ActionCreate
			if known {
				action = ActionChange
			}
			report.add(action, "secret "+id.use, "%s", strings.Replace(id.reference, ":", " ", 1))
		case known:
			sc.keep[id] = present
		case strings.HasPrefix(id.reference, string(secret.Stored)):
			report.note("the secret %s of %s is not in this database; until it is typed in the panel, or written as {env: NAME} or {file: PATH}, what needs it answers unavailable",
				id.reference, id.use)
		default:
			problems = append(problems, engine.Problemf(after[id], "", "%s", err))
		}
	}
	for id := range stored {
		if _, used := after[id]; !used {
			sc.drop = append(sc.drop, id)
		}
	}
	return problems.Err()
}

// seals reports whether the present key has sealed s.
func (c *Catalog) seals(s secret.Sealed) bool {
	id, err := c.secrets.Key().ID()
	return err == nil && bytes.Equal(id, s.KeyID)
}

func (id secretID) compare(other secretID) int {
	return strings.Compare(id.use+"\x00"+id.reference, other.use+"\x00"+other.reference)
}

// opens reports whether the stored secret is v.
func (c *Catalog) opens(project int, stored secret.Sealed, v secret.Value) bool {
	opened, err := c.secrets.Key().Open(project, stored)
	return err == nil && opened == v
}

func resolve(source secret.Source, id secretID) (secret.Value, error) {
	kind, name, _ := strings.Cut(id.reference, ":")
	if source == nil {
		return secret.Value{}, errors.New("no secret can be given here")
	}
	return source.Resolve(secret.Reference{Kind: secret.Kind(kind), Name: name})
}

const (
	selectOtherKey = `
SELECT key_id
FROM (SELECT key_id FROM public.sl_secrets UNION ALL SELECT key_id FROM public.sl_server_keys) AS sealed
WHERE key_id <> $1
LIMIT 1`
	forgetOtherKey = `
WITH keys AS (DELETE FROM public.sl_server_keys WHERE key_id <> $1)
DELETE FROM public.sl_secrets
WHERE key_id <> $1`
	upsertSecret = `
INSERT INTO public.sl_secrets (project_id, use, reference, sealed, key_id)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (project_id, use, reference) DO UPDATE
SET sealed = excluded.sealed, key_id = excluded.key_id, changed_at = now()`
	deleteSecret = `
DELETE FROM public.sl_secrets
WHERE project_id = $1 AND use = $2 AND reference = $3`
)

// secrets seals and writes what changed. It refuses to mix keys: a server that has another one could not open what is sealed here.
func (w *writer) secrets() error {
	sc := &w.change.secrets
	next := w.change.next
	for _, id := range sc.drop {
		w.later("drop secret", deleteSecret, next.ID, id.use, id.reference)
	}
	for id, v := range sc.put {
		s, err := w.catalog.secrets.Key().Seal(next.ID, id.use, id.reference, v)
		if err != nil {
			return err
		}
		sc.keep[id] = s
		w.later("write secret", upsertSecret, next.ID, id.use, id.reference, s.Bytes, s.KeyID)
	}
	if len(sc.put) == 0 {
		return nil
	}
	key, err := w.catalog.secrets.Key().ID()
	if err != nil {
		return err
	}
	if w.options.ForgetSecrets {
		w.later("forget secrets", forgetOtherKey, key)
		return nil
	}
	var other []byte
	switch err := w.tx.QueryRow(w.ctx, selectOtherKey, key).Scan(&other); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look for other keys: %w", err)
	}
	return engine.Errorf(engine.Conflict, "The secrets of this database are sealed with another key than that in %s; give the right file as --secret-key-file. "+
		"Where it is lost, sayrud apply --forget-secrets drops what it sealed.", w.catalog.secrets.Key().Path())
}

// publishSecrets hands the secrets of a written change to those who use them.
func (c *Catalog) publishSecrets(done *change) {
	if !done.secrets.touched {
		return
	}
	c.secrets.Replace(done.next.ID, done.next.Revision, slices.Collect(maps.Values(done.secrets.keep)))
}

const selectAllSecrets = `
SELECT s.project_id, p.revision, s.use, s.reference, s.sealed, s.key_id
FROM public.sl_secrets s
JOIN public.sl_projects p ON p.id = s.project_id
ORDER BY s.project_id`

// loadAllSecrets fills the set.
func (c *Catalog) loadAllSecrets(ctx context.Context, q querier) error {
	if c.mapSecrets == nil {
		return nil
	}
	rows, err := q.Query(ctx, selectAllSecrets)
	if err != nil {
		return err
	}
	revisions, all := map[int]int64{}, map[int][]secret.Sealed{}
	var project int
	var revision int64
	var s secret.Sealed
	_, err = pgx.ForEachRow(rows, []any{&project, &revision, &s.Use, &s.Reference, &s.Bytes, &s.KeyID}, func() error {
		one := s
		one.Bytes, one.KeyID = bytes.Clone(s.Bytes), bytes.Clone(s.KeyID)
		revisions[project], all[project] = revision, append(all[project], one)
		return nil
	})
	for project, list := range all {
		c.secrets.Replace(project, revisions[project], list)
	}
	return err
}

func collectSecrets(rows pgx.Rows) ([]secret.Sealed, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s secret.Sealed, err error) {
		return s, row.Scan(&s.Use, &s.Reference, &s.Bytes, &s.KeyID)
	})
}
