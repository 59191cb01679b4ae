package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// mountedProject has a table for each piece of work.
const mountedProject = `
project: mounted
tables:
  large:   {fields: {title: {type: text, index: true}, body: {type: text}, likes: {type: number}}}
  small:   {fields: {title: {type: text, index: true}, body: {type: text}, likes: {type: number}}}
  written: {fields: {title: {type: text, index: true}, body: {type: text}, likes: {type: number}}}
`

// The sizes of what is done.
const (
	readFiles   = 1_000
	listedFiles = 10_000
	exported    = 100_000
	writtenOnce = 1_000
)

// A mountLab is a mount of the project beside the lab's server.
type mountLab struct {
	*lab
	dir   string
	token string
}

// A deed is the same work by three ways. Each may be done any number of times; round makes names of its own.
type deed struct {
	name  string
	files int
	mount func(round int) error
	psql  func(round int) string // a script for one psql
	api   func(round int) error
}

// measureMount prints how long work on files takes beside the same work through one psql and through the admin API, and how many
// statements a file takes.
func measureMount(ctx context.Context, l *lab, c config) error {
	m, end, err := openMount(ctx, l)
	if err != nil {
		return err
	}
	defer end()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "the mount\tmount ms\tpsql ms\tAPI ms\tmount/psql\tmount/API\tstatements a file\t")
	for _, d := range m.deeds(ctx) {
		var took [3]time.Duration
		var statements int64
		for round := range c.rounds {
			for i, way := range []func(int) error{d.mount, func(round int) error { return m.psql(ctx, d.psql(round)) }, d.api} {
				before, err := m.statements()
				if err != nil {
					return err
				}
				began := time.Now()
				if err := way(round); err != nil {
					return fmt.Errorf("%s: %w", d.name, err)
				}
				if t := time.Since(began); took[i] == 0 || t < took[i] {
					took[i] = t
				}
				after, err := m.statements()
				if err != nil {
					return err
				}
				if i == 0 {
					statements = after - before
				}
			}
		}
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.2f\t%.2f\t%.3f\t\n", d.name, millis(took[0]), millis(took[1]), millis(took[2]),
			millis(took[0])/millis(took[1]), millis(took[0])/millis(took[2]), float64(statements)/float64(d.files))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Println()
	return nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// openMount fills the tables and mounts them.
func openMount(ctx context.Context, l *lab) (_ *mountLab, end func(), err error) {
	if err := l.apply(ctx, mountedProject); err != nil {
		return nil, nil, err
	}
	for table, records := range map[string]int{"large": exported, "small": listedFiles} {
		var file bytes.Buffer
		for i := range records {
			fmt.Fprintf(&file, `{"uid":"r%06d","title":"Record %d","body":"%s","likes":%d}`+"\n", i, i, strings.Repeat("word ", 20), i%100)
		}
		if _, err := l.command(ctx, &file, "import", "mounted/"+table, "-"); err != nil {
			return nil, nil, err
		}
	}
	token, err := l.command(ctx, nil, "token", "create", "bench", "--role", "owner")
	if err != nil {
		return nil, nil, err
	}
	m := &mountLab{lab: l, dir: filepath.Join(l.dir, "mount"), token: strings.TrimSpace(token)}
	if err := os.Mkdir(m.dir, 0o700); err != nil {
		return nil, nil, err
	}
	process := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(l.dir, "sayrud"), "mount", "--project", "mounted", "--data", l.data, "--log-level", "error", m.dir)
	process.Stderr = os.Stderr
	if err := process.Start(); err != nil {
		return nil, nil, err
	}
	for ctx.Err() == nil {
		if _, err = m.statements(); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(time.Second) // the triggers on the tables follow
	return m, func() {
		_ = process.Process.Signal(syscall.SIGTERM)
		_ = process.Wait()
	}, errors.Join(err, ctx.Err())
}

// statements reads how many the mount has run.
func (m *mountLab) statements() (n int64, err error) {
	content, err := os.ReadFile(filepath.Join(m.dir, ".stats"))
	if err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(string(content), "statements %d", &n)
	return n, err
}

func (m *mountLab) psql(ctx context.Context, script string) error {
	_, err := m.command(ctx, strings.NewReader(script), "sql", "mounted", "-XqAt", "-f", "-")
	return err
}

// request asks the admin API and reads the whole answer.
func (m *mountLab) request(ctx context.Context, method, path, body string) error {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+m.addr+"/_/api/projects/mounted/tables/"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+m.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return nil
}

// run runs a program of files in a table's directory and drops what it prints.
func (m *mountLab) run(ctx context.Context, table, script string) error {
	sh := exec.CommandContext(ctx, "sh", "-c", script)
	sh.Dir = filepath.Join(m.dir, table)
	if out, err := sh.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%.500s", script, err, out)
	}
	return nil
}

func (m *mountLab) deeds(ctx context.Context) []deed {
	uid := func(round, i int) string { return fmt.Sprintf("r%06d", round*readFiles+i) }
	return []deed{
		{
			name: "cat of 1,000 records", files: readFiles,
			mount: func(round int) error {
				return m.run(ctx, "small", fmt.Sprintf("seq -f r%%06g.json %d %d | xargs cat >/dev/null", round*readFiles, (round+1)*readFiles-1))
			},
			psql: func(round int) string {
				var script strings.Builder
				for i := range readFiles {
					fmt.Fprintf(&script, "SELECT row_to_json(r) FROM p_mounted.small r WHERE uid = '%s';\n", uid(round, i))
				}
				return script.String()
			},
			api: func(round int) error {
				for i := range readFiles {
					if err := m.request(ctx, "GET", "small/records/"+uid(round, i), ""); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			name: "ls -l of 10,000", files: listedFiles,
			mount: func(int) error { return m.run(ctx, "small", "ls -l >/dev/null") },
			psql: func(int) string {
				return "SELECT uid, updated_at, length(row_to_json(r)::text) FROM p_mounted.small r ORDER BY uid;\n"
			},
			api: func(int) error {
				for page := 1; page <= listedFiles/1000; page++ {
					if err := m.request(ctx, "GET", fmt.Sprintf("small/records?size=1000&page=%d", page), ""); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			name: "export of 100,000", files: exported,
			mount: func(int) error { return m.run(ctx, "large", "cat .export/ndjson >/dev/null") },
			psql:  func(int) string { return "COPY (SELECT row_to_json(r) FROM p_mounted.large r) TO STDOUT;\n" },
			api:   func(int) error { return m.request(ctx, "GET", "large/export?format=ndjson", "") },
		},
		{
			name: "write of 1,000 records", files: writtenOnce,
			mount: func(round int) error {
				for i := range writtenOnce {
					name := filepath.Join(m.dir, "written", fmt.Sprintf("m%d-%d.json", round, i))
					if err := os.WriteFile(name, fmt.Appendf(nil, `{"title": "Record %d", "body": "some text", "likes": 1}`, i), 0o600); err != nil {
						return err
					}
				}
				return nil
			},
			psql: func(round int) string {
				var script strings.Builder
				for i := range writtenOnce {
					fmt.Fprintf(&script, "INSERT INTO p_mounted.written (uid, title, body, likes) VALUES ('p%d-%d', 'Record %d', 'some text', 1);\n", round, i, i)
				}
				return script.String()
			},
			api: func(int) error {
				for i := range writtenOnce {
					if err := m.request(ctx, "POST", "written/records", fmt.Sprintf(`{"data": {"title": "Record %d", "body": "some text", "likes": 1}}`, i)); err != nil {
						return err
					}
				}
				return nil
			},
		},
	}
}
