package pg

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// migrateLock is the key of the advisory lock that migrations hold ("sayrud" in ASCII). Locks of this kind are kept
// per database.
const migrateLock = 0x736179727564

// migration is one file NNNN_verb_noun.sql.
type migration struct {
	version int
	name    string // without .sql
	sql     string
}

var migrationName = regexp.MustCompile(`^([0-9]{4})_[a-z0-9_]+\.sql$`)

// Migrate brings the database to the newest of files: NNNN_verb_noun.sql in the root of files, from 0001 on without
// gaps, each applied once in a transaction of its own. Programs that migrate at the same time wait for each other.
// Statements have no time limit. It refuses a database with migrations that files do not know.
func Migrate(ctx context.Context, db *DB, files fs.FS) error {
	all, err := readMigrations(files)
	if err != nil {
		return err
	}
	conn, err := migrationLock(ctx, db)
	if err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	applied, err := appliedMigrations(ctx, conn)
	if err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	if err := sameLine(all, applied); err != nil {
		return err
	}
	for _, m := range all[len(applied):] {
		if err := m.apply(ctx, conn); err != nil {
			return fmt.Errorf("migrate database: apply %s: %w", m.name, err)
		}
	}
	return nil
}

// Migrating calls fn under the lock of migrations, which programs that migrate wait for: for tables that a library brings.
func Migrating(ctx context.Context, db *DB, fn func() error) error {
	conn, err := migrationLock(ctx, db)
	if err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return fn()
}

// migrationLock takes the lock on a connection of its own: it belongs to the session, and ends with it.
func migrationLock(ctx context.Context, db *DB) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if err := lockMigrations(ctx, conn); err != nil {
		conn.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return conn, nil
}

func readMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	all := make([]migration, 0, len(names))
	for i, name := range names { // Glob sorts
		parts := migrationName.FindStringSubmatch(name)
		if parts == nil {
			return nil, fmt.Errorf("read migrations: %q is not named NNNN_verb_noun.sql", name)
		}
		version, _ := strconv.Atoi(parts[1])
		if version != i+1 {
			return nil, fmt.Errorf("read migrations: %q stands where %04d is due", name, i+1)
		}
		sql, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		all = append(all, migration{version: version, name: name[:len(name)-len(".sql")], sql: string(sql)})
	}
	return all, nil
}

const createMigrations = `
CREATE TABLE IF NOT EXISTS public.sl_migrations (
  version    int         CONSTRAINT sl_migrations_pkey PRIMARY KEY,
  name       text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`

func lockMigrations(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range []string{
		"SET statement_timeout = 0",
		"SELECT pg_advisory_lock(" + strconv.Itoa(migrateLock) + ")",
		createMigrations,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

const selectMigrations = `
SELECT version, name
FROM public.sl_migrations
ORDER BY version`

func appliedMigrations(ctx context.Context, conn *pgx.Conn) ([]migration, error) {
	rows, err := conn.Query(ctx, selectMigrations)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (m migration, err error) {
		return m, row.Scan(&m.version, &m.name)
	})
}

// sameLine reports a database that another line of this program, or a newer one, has written.
func sameLine(known, applied []migration) error {
	if len(applied) > len(known) {
		return fmt.Errorf("migrate database: it is at version %d (%s), but this program knows only %d; run a newer version of sayrud",
			len(applied), applied[len(applied)-1].name, len(known))
	}
	for i, a := range applied {
		if a.version != known[i].version || a.name != known[i].name {
			return fmt.Errorf("migrate database: its version %d is %q, but this program has %q there; it belongs to another build of sayrud", a.version, a.name, known[i].name)
		}
	}
	return nil
}

const insertMigration = `
INSERT INTO public.sl_migrations (version, name)
VALUES ($1, $2)`

// apply runs the file and records it in one transaction.
func (m migration) apply(ctx context.Context, conn *pgx.Conn) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Conn().PgConn().Exec(ctx, m.sql).ReadAll(); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertMigration, m.version, m.name)
		return err
	})
}
