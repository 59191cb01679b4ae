package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed project.yaml handwritten/schema.sql
var inputs embed.FS

// A lab is the two programs, built, and one embedded PostgreSQL with a database for each.
type lab struct {
	dir, data string
	url       string // of Sayrud's database
	sayrud    *exec.Cmd
	addr      string
	hand      *exec.Cmd
	handAddr  string
	filled    map[string]bool
	vars      string // address of Sayrud's expvar and profiles
}

// openLab builds both programs, starts Sayrud on an empty data directory and applies the project. Sayrud serves its profiles at the address
// profiles; "" is a free one.
func openLab(ctx context.Context, profiles string) (_ *lab, err error) {
	dir, err := os.MkdirTemp("", "sayrud-bench-")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir, data: filepath.Join(dir, "data"), filled: map[string]bool{}}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.vars = profiles; profiles == "" {
		if l.vars, err = freeAddr(ctx); err != nil {
			return nil, err
		}
	}
	if err := l.build(ctx); err != nil {
		return nil, err
	}
	if l.addr, err = freeAddr(ctx); err != nil {
		return nil, err
	}
	if err := l.serve(ctx); err != nil {
		return nil, err
	}
	project, err := inputs.ReadFile("project.yaml")
	if err != nil {
		return nil, err
	}
	if err := l.apply(ctx, string(project)); err != nil {
		return nil, err
	}
	url, err := l.command(ctx, nil, "sql", "bench", "--url")
	if err != nil {
		return nil, err
	}
	l.url = strings.TrimSpace(url)
	return l, nil
}

// build makes both programs. Sayrud gets one more file, which is no part of the product: it tells allocations and profiles.
func (l *lab) build(ctx context.Context) error {
	file, err := l.overlay(l.vars)
	if err != nil {
		return err
	}
	overlay := []string{"-overlay", file}
	for _, program := range []struct {
		name, pkg string
		flags     []string
	}{{"sayrud", ".", overlay}, {"handwritten", "./bench/handwritten", nil}} {
		args := append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(l.dir, program.name)}, program.flags...)
		build := exec.CommandContext(ctx, "go", append(args, program.pkg)...)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", program.name, err, out)
		}
	}
	return nil
}

// profiler is the file that the overlay adds; the commands that bench runs find the address taken, which is no harm.
const profiler = `package main

import (
	_ "expvar"
	"net/http"
	_ "net/http/pprof"
)

func init() { go http.ListenAndServe(%q, nil) }
`

// overlay writes the argument of -overlay (go help build).
func (l *lab) overlay(addr string) (string, error) {
	source, file := filepath.Join(l.dir, "profiler.go"), filepath.Join(l.dir, "overlay.json")
	place, err := filepath.Abs("profiler.go")
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {place: source}})
	if err != nil {
		return "", err
	}
	return file, errors.Join(os.WriteFile(source, fmt.Appendf(nil, profiler, addr), 0o600), os.WriteFile(file, text, 0o600))
}

func freeAddr(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// serve starts the Sayrud server and waits for its first ready answer.
func (l *lab) serve(ctx context.Context) error {
	l.sayrud = exec.Command(filepath.Join(l.dir, "sayrud"), "serve", "--data", l.data, "--http", l.addr, "--metrics-addr", "127.0.0.1:0")
	logFile, err := os.OpenFile(filepath.Join(l.dir, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer logFile.Close()
	l.sayrud.Stdout, l.sayrud.Stderr = logFile, logFile
	if err := l.sayrud.Start(); err != nil {
		return err
	}
	return waitFor(ctx, "http://"+l.addr+"/readyz")
}

func waitFor(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
			if response.StatusCode < 500 {
				return nil
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s does not answer: %w", url, errors.Join(ctx.Err(), err))
		}
		time.Sleep(time.Millisecond)
	}
}

// command runs a Sayrud command on the lab's data directory and gives its output.
func (l *lab) command(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	command := exec.CommandContext(ctx, filepath.Join(l.dir, "sayrud"), args...)
	command.Env = append(os.Environ(), "SAYRUD_DATA="+l.data, "SAYRUD_LOG_LEVEL=error")
	command.Stdin = stdin
	var problems strings.Builder
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("sayrud %s: %w\n%s", strings.Join(args, " "), err, problems.String())
	}
	return string(out), nil
}

func (l *lab) apply(ctx context.Context, project string) error {
	_, err := l.command(ctx, strings.NewReader(project), "apply", "-")
	return err
}

// startHand makes the hand-written program's database on the same PostgreSQL and starts it.
func (l *lab) startHand(ctx context.Context) (*pgx.Conn, error) {
	admin, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return nil, err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, `CREATE DATABASE handwritten`); err != nil {
		return nil, err
	}
	config := admin.Config().Copy()
	config.Database = "handwritten"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	schema, err := inputs.ReadFile("handwritten/schema.sql")
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, string(schema)); err != nil {
		return nil, fmt.Errorf("hand-written schema: %w", err)
	}
	if l.handAddr, err = freeAddr(ctx); err != nil {
		return nil, err
	}
	l.hand = exec.Command(filepath.Join(l.dir, "handwritten"), fmt.Sprintf("host=%s port=%d user=%s dbname=handwritten", config.Host, config.Port, config.User), l.handAddr)
	l.hand.Stderr = os.Stderr
	if err := l.hand.Start(); err != nil {
		return nil, err
	}
	return conn, waitFor(ctx, "http://"+l.handAddr+"/")
}

// postmaster gives the process id of the embedded PostgreSQL.
func (l *lab) postmaster() (int, error) {
	content, err := os.ReadFile(filepath.Join(l.data, "postgres", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return strconv.Atoi(line)
}

func (l *lab) close() {
	for _, program := range []*exec.Cmd{l.hand, l.sayrud} {
		if program != nil && program.Process != nil {
			_ = program.Process.Signal(syscall.SIGTERM)
			_ = program.Wait()
		}
	}
	_ = os.RemoveAll(l.dir)
}
