package auth

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
)

// SessionLifetime is how long a session lives after its last use.
const SessionLifetime = 14 * 24 * time.Hour

// sessionTouch is how often a use is written down.
const sessionTouch = time.Hour

const (
	sqlCredentials = `SELECT id, password_hash FROM sl_administrators WHERE email = $1 AND NOT disabled`
	sqlPassword    = `SELECT password_hash FROM sl_administrators WHERE id = $1`
	sqlNewSession  = `INSERT INTO sl_sessions (hash, administrator_id, created_at, seen_at, expires_at, address, agent)
SELECT $1, id, $3, $3, $4, $5, $6 FROM sl_administrators WHERE id = $2 AND password_hash = $7 AND NOT disabled`
	sqlSession = `SELECT a.id, a.email, coalesce(a.role, ''), s.seen_at,
	coalesce((SELECT jsonb_object_agg(p.name, r.role) FROM sl_administrator_roles AS r JOIN sl_projects AS p ON p.id = r.project_id
	WHERE r.administrator_id = a.id), '{}')
FROM sl_sessions AS s JOIN sl_administrators AS a ON a.id = s.administrator_id
WHERE s.hash = $1 AND s.expires_at > $2 AND NOT a.disabled`
	sqlTouchSession  = `UPDATE sl_sessions SET seen_at = $2, expires_at = $3 WHERE hash = $1`
	sqlEndSession    = `DELETE FROM sl_sessions WHERE hash = $1`
	sqlEndSessions   = `DELETE FROM sl_sessions WHERE administrator_id = $1 AND hash <> $2`
	sqlSweepSessions = `DELETE FROM sl_sessions WHERE expires_at <= $1`
	sqlSessions      = `SELECT encode(hash, 'hex'), created_at, seen_at, expires_at, address, agent FROM sl_sessions
WHERE administrator_id = $1 AND expires_at > $2 ORDER BY seen_at DESC`
	sqlEndSessionByID = `DELETE FROM sl_sessions WHERE administrator_id = $1 AND encode(hash, 'hex') LIKE $2 || '%'`
)

// A Place is where a sign-in comes from, for throttling and for the list of sessions.
type Place struct {
	Address string // an IP address, IPv6 as its /64; see middleware.Key
	Agent   string // the User-Agent header
}

var errLogin = &engine.Error{Code: engine.Unauthorized, Message: "Email or password is wrong."}

// Login checks the password and makes a session; secret is the value of the cookie. The refusal is the same, after the same time,
// whether the account is unknown, disabled or the password wrong. Attempts are bounded for the account and for the address.
func (a *Auth) Login(ctx context.Context, email, password string, place Place) (secret string, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	now := a.clock()
	if wait := max(a.accounts.take(email, now), a.places.take(place.Address, now)); wait > 0 {
		return "", tooManyAttempts(wait)
	}
	var id int64
	hash := dummyHash
	err = a.db.Pool().QueryRow(ctx, sqlCredentials, email).Scan(&id, &hash)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("look up administrator: %w", err)
	}
	if len(password) > 4*MaxPassword {
		password = ""
	}
	ok, err := a.verifyPassword(ctx, hash, password)
	if err != nil {
		return "", err
	}
	if !ok || id == 0 {
		return "", errLogin
	}
	a.accounts.giveBack(email, now)
	a.places.giveBack(place.Address, now)
	return a.newSession(ctx, id, hash, place)
}

// newSession stores a session unless the password changed since it was checked.
func (a *Auth) newSession(ctx context.Context, id int64, hash string, place Place) (string, error) {
	secret, now := newSecret(), a.clock()
	if _, err := a.db.Pool().Exec(ctx, sqlSweepSessions, now); err != nil {
		return "", fmt.Errorf("drop expired sessions: %w", err)
	}
	agent := place.Agent
	if len(agent) > 200 {
		agent = strings.ToValidUTF8(agent[:200], "")
	}
	tag, err := a.db.Pool().Exec(ctx, sqlNewSession, digest(secret), id, now, now.Add(SessionLifetime), place.Address, printable(agent), hash)
	if err != nil {
		return "", fmt.Errorf("store session: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return "", errLogin
	}
	return secret, nil
}

// printable drops control characters and what is not UTF-8, which PostgreSQL's text refuses.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// Session gives the principal of a session's secret, or nil where the session does not exist or has expired. A use moves the expiry.
func (a *Auth) Session(ctx context.Context, secret string) (*Principal, error) {
	if len(secret) != 43 {
		return nil, nil
	}
	var id int64
	var seen time.Time
	p := &Principal{Kind: KindAdministrator}
	now := a.clock()
	err := a.db.Pool().QueryRow(ctx, sqlSession, digest(secret), now).Scan(&id, &p.Email, &p.Role, &seen, &p.Roles)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up session: %w", err)
	}
	p.ID = strconv.FormatInt(id, 10)
	if now.Sub(seen) > sessionTouch {
		if _, err := a.db.Pool().Exec(ctx, sqlTouchSession, digest(secret), now, now.Add(SessionLifetime)); err != nil {
			return nil, fmt.Errorf("prolong session: %w", err)
		}
	}
	return p, nil
}

// Logout ends the session.
func (a *Auth) Logout(ctx context.Context, secret string) error {
	if _, err := a.db.Pool().Exec(ctx, sqlEndSession, digest(secret)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// ChangePassword replaces the password of the administrator who proves the old one and ends all sessions but the one of keep.
func (a *Auth) ChangePassword(ctx context.Context, id int64, old, password, keep string) error {
	name, now := "password of "+strconv.FormatInt(id, 10), a.clock()
	if wait := a.accounts.take(name, now); wait > 0 {
		return tooManyAttempts(wait)
	}
	var hash string
	if err := a.db.Pool().QueryRow(ctx, sqlPassword, id).Scan(&hash); err != nil {
		return fmt.Errorf("look up password: %w", err)
	}
	ok, err := a.verifyPassword(ctx, hash, old)
	if err != nil {
		return err
	}
	if !ok {
		return invalid("old_password", "The present password is wrong.")
	}
	a.accounts.giveBack(name, now)
	return a.ResetPassword(ctx, id, password, keep)
}

// ResetPassword replaces the password without the old one, as the operator or an owner may, and ends all sessions but that of keep.
func (a *Auth) ResetPassword(ctx context.Context, id int64, password, keep string) error {
	admin, err := a.Administrator(ctx, id)
	if err != nil {
		return err
	}
	if err := CheckPassword(admin.Email, password); err != nil {
		return err
	}
	hash, err := a.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	err = a.db.InTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlSetPassword, id, hash); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqlEndSessions, id, digest(keep))
		return err
	})
	return wrapInternal("change password", err)
}

// A SessionInfo describes a session to its owner.
type SessionInfo struct {
	ID        string    `json:"id"` // the first characters of the stored hash
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent"`
	Current   bool      `json:"current"`
}

// Sessions gives the sessions of an administrator, the last used first; the one of secret is marked as the current.
func (a *Auth) Sessions(ctx context.Context, id int64, secret string) ([]SessionInfo, error) {
	rows, err := a.db.Pool().Query(ctx, sqlSessions, id, a.clock())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	current := fmt.Sprintf("%x", digest(secret))
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (SessionInfo, error) {
		var s SessionInfo
		err := row.Scan(&s.ID, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, &s.Address, &s.Agent)
		s.Current = s.ID == current
		s.ID = s.ID[:16]
		s.CreatedAt, s.SeenAt, s.ExpiresAt = s.CreatedAt.UTC(), s.SeenAt.UTC(), s.ExpiresAt.UTC()
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// EndSession ends the session with the given SessionInfo.ID of an administrator.
func (a *Auth) EndSession(ctx context.Context, administrator int64, id string) error {
	if len(id) != 16 || strings.Trim(id, "0123456789abcdef") != "" {
		return engine.Errorf(engine.NotFound, "There is no such session.")
	}
	tag, err := a.db.Pool().Exec(ctx, sqlEndSessionByID, administrator, id)
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return engine.Errorf(engine.NotFound, "There is no such session.")
	}
	return nil
}
