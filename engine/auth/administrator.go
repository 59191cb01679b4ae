package auth

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
)

// An Administrator signs in with email and password.
type Administrator struct {
	ID        int64           `json:"id"`
	Email     string          `json:"email"` // in lower case
	Role      Role            `json:"role"`  // in the instance; "" is none
	Roles     map[string]Role `json:"roles"` // by project name
	Disabled  bool            `json:"disabled"`
	CreatedAt time.Time       `json:"created_at"`
}

// Principal gives what the administrator may do; nil where they are disabled.
func (a *Administrator) Principal() *Principal {
	if a.Disabled {
		return nil
	}
	return &Principal{Kind: KindAdministrator, ID: strconv.FormatInt(a.ID, 10), Email: a.Email, Role: a.Role, Roles: a.Roles}
}

const (
	sqlAdministrators = `SELECT a.id, a.email, coalesce(a.role, ''), a.disabled, a.created_at,
	coalesce((SELECT jsonb_object_agg(p.name, r.role) FROM sl_administrator_roles AS r JOIN sl_projects AS p ON p.id = r.project_id
	WHERE r.administrator_id = a.id), '{}')
FROM sl_administrators AS a`
	sqlInsertAdministrator = `INSERT INTO sl_administrators (email, password_hash, role) VALUES ($1, $2, nullif($3, '')) RETURNING id, created_at`
	sqlSetPassword         = `UPDATE sl_administrators SET password_hash = $2, updated_at = now() WHERE id = $1`
	sqlSetRole             = `UPDATE sl_administrators SET role = nullif($2, ''), disabled = $3, updated_at = now() WHERE id = $1`
	sqlDeleteAdministrator = `DELETE FROM sl_administrators WHERE id = $1`
	sqlDropRoles           = `DELETE FROM sl_administrator_roles WHERE administrator_id = $1`
	sqlInsertRole          = `INSERT INTO sl_administrator_roles (administrator_id, project_id, role) SELECT $1, id, $3 FROM sl_projects WHERE name = $2`
	sqlOwnersLeft          = `SELECT EXISTS (SELECT FROM sl_administrators WHERE role = 'owner' AND NOT disabled)`
)

// normaliseEmail gives the email in lower case, or a refusal.
func normaliseEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email || len(email) > 254 {
		return "", invalid("email", "The email must be an address such as ada@example.org.")
	}
	return email, nil
}

func scanAdministrator(row pgx.Row) (*Administrator, error) {
	var a Administrator
	err := row.Scan(&a.ID, &a.Email, &a.Role, &a.Disabled, &a.CreatedAt, &a.Roles)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, engine.Errorf(engine.NotFound, "There is no such administrator.")
	}
	a.CreatedAt = a.CreatedAt.UTC()
	return &a, err
}

// Administrators gives all of them in the order of their emails.
func (a *Auth) Administrators(ctx context.Context) ([]*Administrator, error) {
	rows, err := a.db.Pool().Query(ctx, sqlAdministrators+` ORDER BY a.email`)
	if err != nil {
		return nil, fmt.Errorf("list administrators: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Administrator, error) { return scanAdministrator(row) })
	if err != nil {
		return nil, fmt.Errorf("list administrators: %w", err)
	}
	return list, nil
}

// Administrator gives one by its number; engine.NotFound where there is none.
func (a *Auth) Administrator(ctx context.Context, id int64) (*Administrator, error) {
	return scanAdministrator(a.db.Pool().QueryRow(ctx, sqlAdministrators+` WHERE a.id = $1`, id))
}

// AdministratorByEmail gives one by its email, without case; engine.NotFound where there is none.
func (a *Auth) AdministratorByEmail(ctx context.Context, email string) (*Administrator, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	return scanAdministrator(a.db.Pool().QueryRow(ctx, sqlAdministrators+` WHERE a.email = $1`, email))
}

func insertAdministrator(ctx context.Context, tx pgx.Tx, email, hash string, role Role) (*Administrator, error) {
	admin := &Administrator{Email: email, Role: role, Roles: map[string]Role{}}
	err := tx.QueryRow(ctx, sqlInsertAdministrator, email, hash, string(role)).Scan(&admin.ID, &admin.CreatedAt)
	if pg.Code(err) == pg.UniqueViolation {
		return nil, engine.Errorf(engine.Conflict, "An administrator with this email exists.")
	}
	admin.CreatedAt = admin.CreatedAt.UTC()
	return admin, err
}

// CreateAdministrator makes one with an instance role (may be "") and roles by project name.
func (a *Auth) CreateAdministrator(ctx context.Context, email, password string, role Role, roles map[string]Role) (*Administrator, error) {
	email, err := checkCredentials(email, password)
	if err == nil {
		err = checkRoles(role, roles)
	}
	if err != nil {
		return nil, err
	}
	hash, err := a.hashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	var admin *Administrator
	err = a.db.InTx(ctx, func(tx pgx.Tx) error {
		if admin, err = insertAdministrator(ctx, tx, email, hash, role); err != nil {
			return err
		}
		admin.Roles = roles
		if _, err := tx.Exec(ctx, sqlClearSetup); err != nil {
			return err
		}
		return setRoles(ctx, tx, admin.ID, roles)
	})
	if err != nil {
		return nil, wrapInternal("create administrator", err)
	}
	return admin, nil
}

// A Change is what UpdateAdministrator changes; nil members stay.
type Change struct {
	Role     *Role
	Roles    map[string]Role
	Disabled *bool
}

// UpdateAdministrator changes roles or disables. Disabling ends all sessions. The last owner of the instance can't be taken away.
func (a *Auth) UpdateAdministrator(ctx context.Context, id int64, change Change) (*Administrator, error) {
	admin, err := a.Administrator(ctx, id)
	if err != nil {
		return nil, err
	}
	if change.Role != nil {
		admin.Role = *change.Role
	}
	if change.Disabled != nil {
		admin.Disabled = *change.Disabled
	}
	if change.Roles != nil {
		admin.Roles = change.Roles
	}
	if err := checkRoles(admin.Role, admin.Roles); err != nil {
		return nil, err
	}
	err = a.db.InTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlLockSetup); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlSetRole, id, string(admin.Role), admin.Disabled); err != nil {
			return err
		}
		if admin.Disabled {
			if _, err := tx.Exec(ctx, sqlEndSessions, id, []byte{}); err != nil {
				return err
			}
		}
		if change.Roles != nil {
			if err := setRoles(ctx, tx, id, change.Roles); err != nil {
				return err
			}
		}
		return keepOwner(ctx, tx)
	})
	if err != nil {
		return nil, wrapInternal("change administrator", err)
	}
	return admin, nil
}

// DeleteAdministrator removes one with its sessions and roles. The last owner of the instance stays.
func (a *Auth) DeleteAdministrator(ctx context.Context, id int64) error {
	err := a.db.InTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlLockSetup); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlDeleteAdministrator, id)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return engine.Errorf(engine.NotFound, "There is no such administrator.")
		}
		return keepOwner(ctx, tx)
	})
	return wrapInternal("delete administrator", err)
}

func keepOwner(ctx context.Context, tx pgx.Tx) error {
	var left bool
	if err := tx.QueryRow(ctx, sqlOwnersLeft).Scan(&left); err != nil {
		return err
	}
	if !left {
		return engine.Errorf(engine.Conflict, "The last owner must stay. Make another administrator an owner first.")
	}
	return nil
}

func checkRoles(role Role, roles map[string]Role) error {
	if role != "" && !role.Valid() {
		return invalid("role", "The role must be owner, editor, viewer or empty.")
	}
	for project, r := range roles {
		if !r.Valid() {
			return invalid("roles."+project, "The role must be owner, editor or viewer.")
		}
	}
	return nil
}

func setRoles(ctx context.Context, tx pgx.Tx, id int64, roles map[string]Role) error {
	if _, err := tx.Exec(ctx, sqlDropRoles, id); err != nil {
		return err
	}
	for project, role := range roles {
		tag, err := tx.Exec(ctx, sqlInsertRole, id, project, string(role))
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return invalid("roles."+project, "There is no such project.")
		}
	}
	return nil
}

// wrapInternal says what failed, unless err is nil or a refusal that speaks for itself.
func wrapInternal(what string, err error) error {
	if e := (*engine.Error)(nil); err == nil || errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}
