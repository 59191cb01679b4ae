package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine/raw"
)

// An Entry of the audit log says who did what to which thing.
type Entry struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`    // of the principal
	Actor   string    `json:"actor"`   // Principal.Actor
	Project string    `json:"project"` // "" is the instance
	Action  string    `json:"action"`  // verb and noun: "create record", "apply project"
	Target  string    `json:"target"`  // "comments/04hs…"
	Detail  raw.Value `json:"detail"`  // an object, or null; never a hidden value or a secret
	Address string    `json:"address"`
}

const (
	sqlInsertAudit = `INSERT INTO sl_audit (kind, actor, project, action, target, detail, address) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	sqlAudit       = `SELECT id, at, kind, actor, project, action, target, detail::text, address FROM sl_audit
WHERE ($1 = '' OR project = $1) AND ($2 = 0 OR id < $2)
  AND ($3 = '' OR strpos(lower(actor), lower($3)) > 0) AND ($4 = '' OR strpos(lower(action), lower($4)) > 0) AND ($5 = '' OR strpos(lower(target), lower($5)) > 0)
  AND ($6 = '' OR target = $6)
ORDER BY id DESC LIMIT $7`
)

// Record writes an entry of what p did.
func (a *Auth) Record(ctx context.Context, p *Principal, e Entry) error {
	var detail *string
	if !e.Detail.IsNull() {
		text := string(e.Detail)
		detail = &text
	}
	var kind string
	if p != nil {
		kind = string(p.Kind)
	}
	_, err := a.db.Pool().Exec(ctx, sqlInsertAudit, kind, p.Actor(), e.Project, e.Action, printable(e.Target), detail, e.Address)
	if err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}

// An AuditFilter chooses entries of the audit log; zero members choose all.
type AuditFilter struct {
	Project string
	Actor   string // part of it, as Action and Target; without regard to case
	Action  string
	Target  string
	Before  int64 // the ID to go on from
}

// Entries gives up to limit entries that a filter chooses, the newest first.
func (a *Auth) Entries(ctx context.Context, f AuditFilter, limit int) ([]Entry, error) {
	return a.entries(ctx, f, "", limit)
}

// EntriesOf gives the newest entries about one target of a project, such as "comments/04hs…".
func (a *Auth) EntriesOf(ctx context.Context, project, target string, limit int) ([]Entry, error) {
	return a.entries(ctx, AuditFilter{Project: project}, target, limit)
}

func (a *Auth) entries(ctx context.Context, f AuditFilter, about string, limit int) ([]Entry, error) {
	rows, err := a.db.Pool().Query(ctx, sqlAudit, f.Project, f.Before, f.Actor, f.Action, f.Target, about, limit)
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Entry, error) {
		var e Entry
		var detail *string
		err := row.Scan(&e.ID, &e.At, &e.Kind, &e.Actor, &e.Project, &e.Action, &e.Target, &detail, &e.Address)
		e.At = e.At.UTC()
		if detail != nil {
			e.Detail = raw.Value(*detail)
		}
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return list, nil
}
