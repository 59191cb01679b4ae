package pg_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func migrations(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, sql := range files {
		out[name] = &fstest.MapFile{Data: []byte(sql)}
	}
	return out
}

var (
	firstMigration = migrations(map[string]string{"0001_create_things.sql": "CREATE TABLE things (n int); INSERT INTO things VALUES (1);"})
	bothMigrations = migrations(map[string]string{
		"0001_create_things.sql": "CREATE TABLE things (n int); INSERT INTO things VALUES (1);",
		"0002_add_name.sql":      "ALTER TABLE things ADD name text; UPDATE things SET n = n + 1;",
	})
)

func TestMigrate_appliesEachOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, files := range []fstest.MapFS{firstMigration, firstMigration, bothMigrations, bothMigrations} {
		if err := pg.Migrate(context.Background(), db, files); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := rows(t, db, "SELECT n, name FROM things"); len(got) != 1 || got[0][0] != "2" {
		t.Errorf("rows %v", got)
	}
}

func TestMigrate_atTheSameTime(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	errs := make(chan error)
	for range 6 {
		go func() { errs <- pg.Migrate(context.Background(), db, bothMigrations) }()
	}
	for range 6 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got, _ := rows(t, db, "SELECT n FROM things"); len(got) != 1 || got[0][0] != "2" {
		t.Errorf("rows %v", got)
	}
}

func TestMigrate_refusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		before, files map[string]string
		want          string
	}{
		{"newer database", map[string]string{"0001_a.sql": "", "0002_b.sql": ""}, map[string]string{"0001_a.sql": ""}, "run a newer version of sayrud"},
		{"another history", map[string]string{"0001_a.sql": ""}, map[string]string{"0001_x.sql": ""}, "another build"},
		{"gap", nil, map[string]string{"0001_a.sql": "", "0003_c.sql": ""}, "where 0002 is due"},
		{"name", nil, map[string]string{"first.sql": ""}, "NNNN_verb_noun.sql"},
		{"broken", nil, map[string]string{"0001_a.sql": "CREATE TABLE t (n int); SELEC"}, "apply 0001_a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			if tt.before != nil {
				if err := pg.Migrate(context.Background(), db, migrations(tt.before)); err != nil {
					t.Fatal(err)
				}
			}
			err := pg.Migrate(context.Background(), db, migrations(tt.files))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want …%s…", err, tt.want)
			}
			if got, _ := rows(t, db, "SELECT to_regclass('t')"); got[0][0] != "∅" {
				t.Error("a failed migration left something")
			}
		})
	}
}
