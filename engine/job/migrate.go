package job

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/sayrud/sayrud/storage/pg"
)

// migrate brings River's tables to its newest version, under the lock that our own migrations hold. It only goes forward: tables of a
// newer program are refused.
func migrate(ctx context.Context, db *pg.DB, driver riverdriver.Driver[pgx.Tx], log *slog.Logger) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Schema: schemaName, Logger: log})
	if err != nil {
		return err
	}
	all := m.AllVersions()
	newest := all[len(all)-1].Version
	return pg.Migrating(ctx, db, func() error {
		present, err := presentVersion(ctx, db)
		switch {
		case err != nil || present == newest:
			return err
		case present > newest:
			return fmt.Errorf("the queue is at version %d, but this program knows only %d; run a newer version of sayrud", present, newest)
		}
		if _, err := db.Pool().Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schemaName); err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}

// presentVersion gives the version of the tables; 0 is none.
func presentVersion(ctx context.Context, db *pg.DB) (version int, err error) {
	var there bool
	if err := db.Pool().QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, schemaName+".river_migration").Scan(&there); err != nil || !there {
		return 0, err
	}
	err = db.Pool().QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM `+schemaName+`.river_migration`).Scan(&version)
	return version, err
}
