package rest

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/secret"
)

// A Sample is a project that the first run offers.
type Sample struct {
	Project []byte            // the project file
	Records map[string][]byte // NDJSON, by table
}

// serverCheck says whether the server has what it needs.
type serverCheck struct {
	Version    string      `json:"version"`
	PostgreSQL string      `json:"postgresql"`
	Extensions []string    `json:"extensions"`
	Items      []checkItem `json:"items"`
}

// A checkItem is one thing that was tried. Name is version, encoding, write or files.
type checkItem struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // what was found, or what went wrong
	TookUS int64  `json:"took_us"`
}

const (
	oldestPostgreSQL = 150000 // server_version_num of 15.0
	checkPatience    = 10 * time.Second
	selectServer     = `
SELECT
  current_setting('server_version'),
  current_setting('server_version_num')::int,
  current_setting('server_encoding'),
  ARRAY(SELECT extname || ' ' || extversion FROM pg_extension ORDER BY extname)`
	tryTable  = `CREATE TEMPORARY TABLE sl_try (data jsonb) ON COMMIT DROP`
	tryInsert = `
INSERT INTO sl_try (data)
VALUES ('{"sayrud": true}')`
)

func (s *Server) check(c *call, _ *none) (serverCheck, error) {
	ctx, cancel := context.WithTimeout(c.ctx(), checkPatience)
	defer cancel()
	found := serverCheck{Version: s.cfg.Version}
	var number int
	var encoding string
	if err := s.cfg.DB.Pool().QueryRow(ctx, selectServer).Scan(&found.PostgreSQL, &number, &encoding, &found.Extensions); err != nil {
		return found, fmt.Errorf("ask PostgreSQL for its settings: %w", err)
	}
	found.Items = append(found.Items,
		checkItem{Name: "version", OK: number >= oldestPostgreSQL, Detail: found.PostgreSQL},
		checkItem{Name: "encoding", OK: encoding == "UTF8", Detail: encoding},
		tried("write", func() error { return s.tryWrite(ctx) }))
	if s.cfg.Files != nil {
		found.Items = append(found.Items, tried("files", func() error { return s.cfg.Files.Usable(ctx) }))
	}
	return found, nil
}

func tried(name string, try func() error) checkItem {
	begun := time.Now()
	item := checkItem{Name: name, OK: true}
	if err := try(); err != nil {
		item.OK, item.Detail = false, err.Error()
	}
	item.TookUS = time.Since(begun).Microseconds()
	return item
}

// tryWrite writes where nobody else looks.
func (s *Server) tryWrite(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.cfg.DB.Pool(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, tryTable); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, tryInsert)
		return err
	})
}

type sampleIn struct {
	Sample string `path:"sample"`
}

// sampled names the project that was made.
type sampled struct {
	Project string `json:"project"`
	Records int64  `json:"records"`
}

func (s *Server) createSample(c *call, in *sampleIn) (sampled, error) {
	sample, known := s.cfg.Samples[in.Sample]
	if !known {
		return sampled{}, engine.Errorf(engine.NotFound, "There is no sample named %s.", in.Sample)
	}
	f, err := definition.Parse("project.yaml", sample.Project)
	if err != nil {
		return sampled{}, fmt.Errorf("sample %s: %w", in.Sample, err)
	}
	made := sampled{Project: f.Project.Name}
	if s.cfg.Catalog.Schema().Project(made.Project) != nil {
		return sampled{}, engine.Errorf(engine.Conflict, "There is a project named %s already.", made.Project)
	}
	options := catalog.ApplyOptions{IfRevision: new(int64), Secrets: secret.Listed(s.cfg.Env), Author: c.author()}
	if _, err := s.cfg.Catalog.Apply(c.ctx(), f.Project, options); err != nil {
		return sampled{}, err
	}
	p := s.cfg.Catalog.Schema().Project(made.Project)
	for table, rows := range sample.Records {
		t, _ := p.Tables.Get(table)
		report, err := s.cfg.Records.Import(c.ctx(), p, t, bytes.NewReader(rows), record.ImportOptions{})
		if err == nil && report.Refused > 0 {
			err = fmt.Errorf("line %d: %s", report.Errors[0].Line, report.Errors[0].Message)
		}
		if err != nil {
			return sampled{}, fmt.Errorf("records of sample %s: %w", in.Sample, err)
		}
		made.Records += report.Records
	}
	return made, nil
}
