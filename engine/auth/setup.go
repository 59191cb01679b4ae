package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
)

// SetupLifetime is how long a setup link can be used.
const SetupLifetime = time.Hour

const (
	sqlAnyAdministrator = `SELECT EXISTS (SELECT FROM sl_administrators)`
	sqlLockSetup        = `LOCK TABLE sl_administrators IN SHARE ROW EXCLUSIVE MODE`
	sqlInsertSetup      = `INSERT INTO sl_setup_links (hash, expires_at) VALUES ($1, $2)`
	sqlExpireSetup      = `DELETE FROM sl_setup_links WHERE expires_at <= $1`
	sqlUseSetup         = `DELETE FROM sl_setup_links WHERE hash = $1 AND expires_at > $2`
	sqlClearSetup       = `DELETE FROM sl_setup_links`
	sqlSetupStands      = `SELECT EXISTS (SELECT FROM sl_setup_links WHERE hash = $1 AND expires_at > $2)`
)

// NeedsSetup reports whether there is no administrator yet.
func (a *Auth) NeedsSetup(ctx context.Context) (bool, error) {
	var any bool
	if err := a.db.Pool().QueryRow(ctx, sqlAnyAdministrator).Scan(&any); err != nil {
		return false, fmt.Errorf("look for administrators: %w", err)
	}
	return !any, nil
}

// NewSetupToken makes the secret of a one-time setup link, good for SetupLifetime. It gives "" where an administrator exists.
// Links of other servers on the same database stay good, so that each of several servers may print its own.
func (a *Auth) NewSetupToken(ctx context.Context) (string, error) {
	needed, err := a.NeedsSetup(ctx)
	if err != nil || !needed {
		return "", err
	}
	secret, now := newSecret(), a.clock()
	if _, err := a.db.Pool().Exec(ctx, sqlExpireSetup, now); err != nil {
		return "", fmt.Errorf("drop expired setup links: %w", err)
	}
	if _, err := a.db.Pool().Exec(ctx, sqlInsertSetup, digest(secret), now.Add(SetupLifetime)); err != nil {
		return "", fmt.Errorf("store setup link: %w", err)
	}
	return secret, nil
}

var errSetupLink = &engine.Error{Code: engine.Forbidden,
	Message: "This setup link has expired or was used. Restart the server to get a fresh one, or run `sayrud admin create EMAIL`."}

// CheckSetup gives nil where the link is good, else the refusal.
func (a *Auth) CheckSetup(ctx context.Context, token string) error {
	var stands bool
	err := a.db.Pool().QueryRow(ctx, sqlSetupStands+` AND NOT EXISTS (SELECT FROM sl_administrators)`, digest(token), a.clock()).Scan(&stands)
	if err != nil {
		return fmt.Errorf("look up setup link: %w", err)
	}
	if !stands {
		return errSetupLink
	}
	return nil
}

// Setup makes the first administrator, an owner of the instance, and uses up the link. However many try at once, one succeeds.
func (a *Auth) Setup(ctx context.Context, token, email, password string) (*Administrator, error) {
	if err := a.CheckSetup(ctx, token); err != nil {
		return nil, err
	}
	email, err := checkCredentials(email, password)
	if err != nil {
		return nil, err
	}
	hash, err := a.hashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	var admin *Administrator
	err = a.db.InTx(ctx, func(tx pgx.Tx) error {
		admin, err = a.useSetup(ctx, tx, token, email, hash)
		return err
	})
	if e := (*engine.Error)(nil); err != nil && !errors.As(err, &e) {
		return nil, fmt.Errorf("set up the first administrator: %w", err)
	}
	return admin, err
}

func (a *Auth) useSetup(ctx context.Context, tx pgx.Tx, token, email, hash string) (*Administrator, error) {
	if _, err := tx.Exec(ctx, sqlLockSetup); err != nil {
		return nil, err
	}
	var any bool
	if err := tx.QueryRow(ctx, sqlAnyAdministrator).Scan(&any); err != nil {
		return nil, err
	}
	tag, err := tx.Exec(ctx, sqlUseSetup, digest(token), a.clock())
	if err != nil {
		return nil, err
	}
	if any || tag.RowsAffected() == 0 {
		return nil, errSetupLink
	}
	if _, err := tx.Exec(ctx, sqlClearSetup); err != nil {
		return nil, err
	}
	return insertAdministrator(ctx, tx, email, hash, Owner)
}
