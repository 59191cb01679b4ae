package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// journal is a project whose fields have every rule that a file can break.
const journal = `
project: journal
tables:
  people:
    fields:
      name: {type: text, required: true}
  notes:
    fields:
      title:  {type: text, required: true, max: 80, index: true}
      slug:   {type: text, unique: true}
      likes:  {type: number, integer: true, default: 0, min: 0}
      status: {type: enum, values: [draft, live], default: draft, index: true}
      author: {type: reference, to: people, display: name}
      parent: {type: reference, to: notes, on_delete: restrict, constraint: "$this.uid !== $that.uid", message: A note cannot hang on itself}
      secret: {type: text, hidden: true}
      upper:  {type: generated, expression: upper(title)}
      number: {type: autonumber}
`

// A mounted is a mount served by a process of its own.
type mounted struct {
	in      *installation
	dir     string
	process *exec.Cmd
	ended   chan struct{}
	output  *lockedBuffer
}

// mount mounts with the given flags on a new directory. The mount ends with the test.
func (in *installation) mount(flags ...string) *mounted {
	in.t.Helper()
	return in.mountOn(in.t.TempDir(), flags...)
}

func (in *installation) mountOn(dir string, flags ...string) *mounted {
	in.t.Helper()
	m := &mounted{in: in, dir: dir, output: &lockedBuffer{}, ended: make(chan struct{})}
	m.process = exec.CommandContext(context.Background(), binary, append(append([]string{"mount", "--data", in.data}, flags...), m.dir)...)
	m.process.Env, m.process.SysProcAttr = in.env, in.as
	m.process.Stdout, m.process.Stderr = m.output, m.output
	if err := m.process.Start(); err != nil {
		in.t.Fatal(err)
	}
	go func() {
		_ = m.process.Wait()
		close(m.ended)
	}()
	in.t.Cleanup(m.end)
	for !answers(in.t, m.dir) {
		select {
		case <-m.ended:
			in.t.Fatalf("the mount ended:\n%s", m.output)
		case <-time.After(10 * time.Millisecond):
		}
	}
	return m
}

// answers reports whether one of our mounts is on dir, and its process there.
func answers(t *testing.T, dir string) bool {
	t.Helper()
	_, err := os.ReadFile(filepath.Join(dir, ".stats"))
	return err == nil && isMounted(t, dir)
}

// end unmounts by SIGTERM and waits for the process.
func (m *mounted) end() {
	_ = m.process.Process.Signal(syscall.SIGTERM) // it may have ended already
	<-m.ended
}

// isMounted reports whether one of our mounts is on dir (proc(5), mountinfo).
func isMounted(t *testing.T, dir string) bool {
	t.Helper()
	content, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(content), " "+dir+" ") && strings.Contains(string(content), " - fuse.sayrud ")
}

// path gives a path in the mount.
func (m *mounted) path(parts ...string) string {
	return filepath.Join(append([]string{m.dir}, parts...)...)
}

// read gives the content of a file.
func (m *mounted) read(parts ...string) string {
	m.in.t.Helper()
	content, err := os.ReadFile(m.path(parts...))
	if err != nil {
		m.in.t.Error(err)
	}
	return string(content)
}

// write writes a file anew, as cp and most programs do, and gives the error of whichever call had one.
func (m *mounted) write(content string, parts ...string) error {
	return os.WriteFile(m.path(parts...), []byte(content), 0o600)
}

// shell runs a command of the shell in the mount's directory dir; it must exit with code.
func (m *mounted) shell(code int, dir, command string) (output string) {
	m.in.t.Helper()
	sh := exec.CommandContext(m.in.t.Context(), "sh", "-c", command)
	sh.Dir = m.path(dir)
	var out bytes.Buffer
	sh.Stdout, sh.Stderr, sh.SysProcAttr = &out, &out, m.in.as
	sh.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TERM=dumb")
	err := sh.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		m.in.t.Fatal(err)
	}
	if got := sh.ProcessState.ExitCode(); got != code {
		m.in.t.Errorf("%s exits with %d, want %d\n%s", command, got, code, out.String())
	}
	return out.String()
}

// TestMount makes, reads, changes and removes records as files, and sees what others do.
func TestMount(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(journal)
	m := in.mount("--project", "journal")

	if got := m.shell(0, "", "ls"); got != "notes\npeople\n" {
		t.Errorf("ls gives %q", got)
	}
	m.shell(0, "people", `echo '{"name": "Ann"}' > ann.json`)
	m.shell(0, "notes", `echo '{"title": "First", "author": "ann", "slug": "first"}' > n1.json`)
	got := m.read("notes", "n1.json")
	for _, line := range []string{`"uid": "n1"`, `"title": "First"`, `"author": {"u":"ann","v":"Ann"}`, `"likes": 0`, `"upper": "FIRST"`, `"number": 1`, `"parent": null`} {
		if !strings.Contains(got, "\n  "+line+",\n") {
			t.Errorf("the file lacks %s:\n%s", line, got)
		}
	}
	if strings.Contains(got, "secret") {
		t.Errorf("the file shows a hidden field:\n%s", got)
	}
	m.shell(0, "notes", `sed -i 's/First/Second/' n1.json && grep -q '"upper": "SECOND"' n1.json && cp n1.json /tmp/$$ && rm /tmp/$$`)
	if got := m.shell(0, "notes", "ls -A"); got != ".schema.json\nn1.json\n" {
		t.Errorf("ls -A gives %q", got)
	}
	owner := in.asOwner()
	status, answer := in.request("GET", "/_/api/projects/journal/tables/notes/records/n1", "", "Authorization", owner)
	if status != 200 || !strings.Contains(answer, `"title":"Second"`) || !strings.Contains(answer, `"version":2`) {
		t.Errorf("the API answers %d %s", status, answer)
	}
	m.shell(0, "notes", "rm n1.json && ! test -e n1.json")
	if status, _ := in.request("GET", "/_/api/projects/journal/tables/notes/records/n1", "", "Authorization", owner); status != 404 {
		t.Errorf("after rm the API answers %d", status)
	}
}

// TestMountRefusals breaks each rule. The errno says which kind of rule, the extended attribute and .lasterror say it in words, and the
// record stays as it was.
func TestMountRefusals(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.run(0, "", "apply", writeTemp(t, journal))
	m := in.mount("--project", "journal")
	for name, content := range map[string]string{"a": `{"title": "A", "slug": "a"}`, "b": `{"title": "B", "slug": "b"}`} {
		if err := m.write(content, "notes", name+".json"); err != nil {
			t.Fatal(err)
		}
	}
	before := m.read("notes", "a.json")
	for name, tt := range map[string]struct {
		content string
		errno   syscall.Errno
		text    string
	}{
		"no JSON":           {`{"title": `, syscall.EINVAL, "line 1, column 10"},
		"a list":            {`[1]`, syscall.EINVAL, "object"},
		"nothing":           {``, syscall.EINVAL, "empty"},
		"a type":            {`{"likes": "many"}`, syscall.EINVAL, "likes"},
		"a bound":           {`{"likes": -1}`, syscall.EINVAL, "likes"},
		"a missing value":   {`{"title": null}`, syscall.EINVAL, "title"},
		"a value of a list": {`{"status": "dead"}`, syscall.EINVAL, "status"},
		"an unknown field":  {`{"titel": "x"}`, syscall.EINVAL, "titel"},
		"a hidden field":    {`{"secret": "x"}`, syscall.EINVAL, "secret"},
		"uniqueness":        {`{"slug": "b"}`, syscall.EEXIST, "slug"},
		"a constraint":      {`{"parent": "a"}`, syscall.EPERM, "A note cannot hang on itself"},
		"a reference":       {`{"author": "nobody"}`, syscall.ENOENT, "author"},
	} {
		err := m.write(tt.content, "notes", "a.json")
		if !errors.Is(err, tt.errno) {
			t.Errorf("%s: writing gives %v, want %v", name, err, tt.errno)
		}
		if got := m.read("notes", "a.json"); got != before {
			t.Errorf("%s: the record is now\n%s", name, got)
		}
		if got := m.shell(0, "notes", "getfattr --only-values -n user.sayrud.error a.json"); !strings.Contains(got, tt.text) {
			t.Errorf("%s: the attribute says %q, want %q", name, got, tt.text)
		}
		if got := m.read("notes", ".lasterror"); !strings.HasPrefix(got, "a.json: ") || !strings.Contains(got, tt.text) {
			t.Errorf("%s: .lasterror says %q, want %q", name, got, tt.text)
		}
	}
	if err := m.write(`{"title": "A"}`, "notes", "a.json"); err != nil {
		t.Error(err)
	}
	if got := m.read("notes", ".lasterror"); got != "" {
		t.Errorf("after a good write .lasterror says %q", got)
	}
}

// writeTemp writes a file of its own.
func writeTemp(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.yaml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
