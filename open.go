package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/pg"
)

// Globals are the flags of every command. Each has an environment variable; a flag beats it.
type Globals struct {
	Data        string   `help:"Directory of the embedded database." default:"./sayrud_data" env:"SAYRUD_DATA" type:"path" placeholder:"DIR"`
	DatabaseURL string   `name:"database-url" help:"PostgreSQL 15 or newer to use instead of the embedded one; a direct connection, not a pooler in transaction mode." env:"SAYRUD_DATABASE_URL" placeholder:"URL"`
	Storage     string   `help:"Where files are kept: a directory (DIR of --data, then blobs) or s3://bucket/prefix?endpoint=URL&region=NAME, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY." env:"SAYRUD_STORAGE" placeholder:"URL"`
	Env         []string `name:"env" help:"Names of environment variables that definitions may read with $$env; any other is null there." env:"SAYRUD_ENV" placeholder:"NAME"`
	SecretKey   string   `name:"secret-key-file" help:"File of the key that seals secrets in the database; made when the first one is stored. Servers of one database share it. Default: secret.key in --data." env:"SAYRUD_SECRET_KEY_FILE" type:"path" placeholder:"FILE"`
	LogLevel    string   `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"SAYRUD_LOG_LEVEL"`
}

// secretVariables can be given as a file too: SAYRUD_DATABASE_URL_FILE names a file that holds SAYRUD_DATABASE_URL.
var secretVariables = []string{"SAYRUD_DATABASE_URL", "SAYRUD_SMTP_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}

func readSecretFiles() error {
	for _, name := range secretVariables {
		file := os.Getenv(name + "_FILE")
		if file == "" {
			continue
		}
		if os.Getenv(name) != "" {
			return fmt.Errorf("%s and %s_FILE are both set; keep one", name, name)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s_FILE: %w", name, err)
		}
		if err := os.Setenv(name, strings.TrimSpace(string(content))); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}

// logger writes text where w is a terminal, else JSON.
func (g *Globals) logger(w io.Writer) *slog.Logger {
	return slog.New(g.logHandler(w, isTerminal(w)))
}

// bufferedLogger is logger for a server, which logs every request: lines reach w a little later, all of them when the buffer is closed.
func (g *Globals) bufferedLogger(w io.Writer) (*slog.Logger, *logBuffer) {
	buffer := newLogBuffer(w)
	return slog.New(buffer.handler(g.logHandler(buffer, isTerminal(w)))), buffer
}

func (g *Globals) logHandler(w io.Writer, text bool) slog.Handler {
	var level slog.Level
	_ = level.UnmarshalText([]byte(g.LogLevel)) // the flag allows only levels
	options := &slog.HandlerOptions{Level: level}
	if text {
		return slog.NewTextHandler(w, options)
	}
	return slog.NewJSONHandler(w, options)
}

func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// An instance is an open database with its definitions and the machinery to run records. Close ends it in reverse order.
type instance struct {
	log      *slog.Logger
	url      string
	db       *pg.DB
	catalog  *catalog.Catalog
	secrets  *secret.Set
	scripts  *script.Runner
	records  *record.Engine
	files    *file.Files  // of openFiles
	embedded *pg.Embedded // nil with --database-url
}

// openDatabase starts or joins the embedded server, or connects to the given one.
func (g *Globals) openDatabase(ctx context.Context, log *slog.Logger) (_ *instance, err error) {
	in := &instance{log: log, url: g.DatabaseURL}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.Close())
		}
	}()
	if in.url == "" {
		dir, err := filepath.Abs(g.Data)
		if err != nil {
			return nil, fmt.Errorf("data directory %s: %w", g.Data, err)
		}
		if in.embedded, err = pg.StartEmbedded(ctx, dir, log); err != nil {
			return nil, err
		}
		in.url = in.embedded.URL()
	}
	if in.db, err = pg.Open(ctx, pg.Config{URL: in.url, Log: log}); err != nil {
		return nil, err
	}
	return in, nil
}

// open opens the database and everything above it that commands share.
func (g *Globals) open(ctx context.Context, log *slog.Logger) (_ *instance, err error) {
	in, err := g.openDatabase(ctx, log)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.Close())
		}
	}()
	in.secrets = secret.NewSet(secret.NewKey(cmp.Or(g.SecretKey, filepath.Join(g.Data, "secret.key"))))
	if in.catalog, err = catalog.Open(ctx, in.db, catalog.Config{
		Log: log, Check: middleware.Check, Secrets: in.secrets, MapSecrets: middleware.MapSecrets,
	}); err != nil {
		return nil, err
	}
	in.scripts = script.NewRunner(script.Config{Env: g.lookupEnv})
	in.records = record.New(in.db, in.scripts, log)
	return in, nil
}

func (g *Globals) lookupEnv(name string) (string, bool) {
	if !slices.Contains(g.Env, name) {
		return "", false
	}
	return os.LookupEnv(name)
}

// with opens the instance, runs do and closes it again.
func (g *Globals) with(ctx context.Context, t terminal, do func(*instance) error) error {
	in, err := g.open(ctx, g.logger(t.Err))
	if err != nil {
		return err
	}
	return errors.Join(do(in), in.Close())
}

// Close ends what was opened; a nil part is passed over.
func (in *instance) Close() error {
	if in.scripts != nil {
		in.scripts.Close()
	}
	if in.db != nil {
		in.db.Close()
	}
	if in.embedded != nil {
		return in.embedded.Close()
	}
	return nil
}
