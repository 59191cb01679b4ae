package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
)

// A Token lets a program act, in one project or in the instance. Its secret is shown once, when it is made.
type Token struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Project    string     `json:"project"` // "" is the instance
	Role       Role       `json:"role"`
	Scopes     []Scope    `json:"scopes"` // empty is all
	CreatedBy  string     `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`   // nil is never
	LastUsedAt *time.Time `json:"last_used_at"` // to the minute; nil is never
}

// tokenTouch is how often a use is written down.
const tokenTouch = time.Minute

const (
	sqlInsertToken = `INSERT INTO sl_tokens (id, hash, name, project_id, role, scopes, created_by, expires_at)
SELECT $1, $2, $3, (SELECT id FROM sl_projects WHERE name = $4), $5, $6, $7, $8
WHERE $4 = '' OR EXISTS (SELECT FROM sl_projects WHERE name = $4)
RETURNING created_at`
	sqlTokens = `SELECT t.id, t.name, coalesce(p.name, ''), t.role, t.scopes, t.created_by, t.created_at, t.expires_at, t.last_used_at
FROM sl_tokens AS t LEFT JOIN sl_projects AS p ON p.id = t.project_id
WHERE t.project_id IS NULL OR p.id IS NOT NULL
ORDER BY t.created_at, t.id`
	sqlToken = `SELECT t.hash, t.name, coalesce(p.name, ''), t.role, t.scopes, t.last_used_at
FROM sl_tokens AS t LEFT JOIN sl_projects AS p ON p.id = t.project_id
WHERE t.id = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND (t.project_id IS NULL OR p.id IS NOT NULL)`
	sqlTouchToken  = `UPDATE sl_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)`
	sqlRevokeToken = `DELETE FROM sl_tokens WHERE id = $1`
)

var tokenEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// CreateToken makes a token as described by t (Name, Project, Role, Scopes, ExpiresAt, CreatedBy) and gives its text,
// sl_<id>_<secret>, of which only a hash is stored.
func (a *Auth) CreateToken(ctx context.Context, t Token) (*Token, string, error) {
	if err := a.checkToken(&t); err != nil {
		return nil, "", err
	}
	var b [10]byte
	rand.Read(b[:])
	t.ID = tokenEncoding.EncodeToString(b[:])
	secret := newSecret()
	if t.Scopes == nil {
		t.Scopes = []Scope{}
	}
	err := a.db.Pool().QueryRow(ctx, sqlInsertToken, t.ID, digest(secret), t.Name, t.Project, string(t.Role), t.Scopes, t.CreatedBy, t.ExpiresAt).
		Scan(&t.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", invalid("project", "There is no such project.")
	}
	if err != nil {
		return nil, "", fmt.Errorf("store token: %w", err)
	}
	t.CreatedAt = t.CreatedAt.UTC()
	return &t, "sl_" + t.ID + "_" + secret, nil
}

func (a *Auth) checkToken(t *Token) error {
	t.Name = strings.TrimSpace(printable(t.Name))
	if t.Name == "" || len(t.Name) > 200 {
		return invalid("name", "The name must have 1 to 200 characters.")
	}
	if !t.Role.Valid() {
		return invalid("role", "The role must be owner, editor or viewer.")
	}
	for _, s := range t.Scopes {
		if !slices.Contains(Scopes(), s) {
			return invalid("scopes", fmt.Sprintf("There is no scope %q; there are %v.", s, Scopes()))
		}
	}
	if t.ExpiresAt != nil && !t.ExpiresAt.After(a.clock()) {
		return invalid("expires_at", "The expiry must lie in the future.")
	}
	return nil
}

// Tokens gives all tokens in the order they were made.
func (a *Auth) Tokens(ctx context.Context) ([]*Token, error) {
	rows, err := a.db.Pool().Query(ctx, sqlTokens)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Token, error) {
		var t Token
		err := row.Scan(&t.ID, &t.Name, &t.Project, &t.Role, &t.Scopes, &t.CreatedBy, &t.CreatedAt, &t.ExpiresAt, &t.LastUsedAt)
		t.CreatedAt = t.CreatedAt.UTC()
		return &t, err
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// RevokeToken ends a token at once.
func (a *Auth) RevokeToken(ctx context.Context, id string) error {
	tag, err := a.db.Pool().Exec(ctx, sqlRevokeToken, id)
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return engine.Errorf(engine.NotFound, "There is no such token.")
	}
	return nil
}

// Token gives the principal of a token's text, or nil where it is malformed, unknown, revoked or expired.
func (a *Auth) Token(ctx context.Context, text string) (*Principal, error) {
	rest, isToken := strings.CutPrefix(text, "sl_")
	id, secret, whole := strings.Cut(rest, "_")
	if !isToken || !whole || len(id) != 16 || len(secret) != 43 || strings.ToValidUTF8(id, "") != id || strings.Contains(id, "\x00") {
		return nil, nil
	}
	p := &Principal{Kind: KindToken, ID: id}
	var hash []byte
	var role Role
	var used *time.Time
	now := a.clock()
	err := a.db.Pool().QueryRow(ctx, sqlToken, id, now).Scan(&hash, &p.Name, &p.Project, &role, &p.Scopes, &used)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up token: %w", err)
	}
	if subtle.ConstantTimeCompare(hash, digest(secret)) != 1 {
		return nil, nil
	}
	if len(p.Scopes) == 0 {
		p.Scopes = nil
	}
	if p.Project == "" {
		p.Role = role
	} else {
		p.Roles = map[string]Role{p.Project: role}
	}
	if used == nil || now.Sub(*used) > tokenTouch {
		if _, err := a.db.Pool().Exec(ctx, sqlTouchToken, id, now); err != nil {
			return nil, fmt.Errorf("note use of token: %w", err)
		}
	}
	return p, nil
}
