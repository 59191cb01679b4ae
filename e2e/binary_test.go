package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sayrud/sayrud/storage/blob/s3test"
)

// binary is the program under test, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "sayrud-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // an ordinary user runs it too
		return 0, err
	}
	binary = filepath.Join(dir, "sayrud")
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return s3test.Run(m), nil
}

// An installation is one data directory and, while it runs, its server.
type installation struct {
	t    *testing.T
	data string
	addr string
	env  []string
	as   *syscall.SysProcAttr // of every process; nil: ours

	owner  string // an API token, as a header wants it
	server *exec.Cmd
	ended  chan struct{} // closed when the server has ended
	output *lockedBuffer
}

// install makes an empty data directory and picks an address; start runs a server on them.
func install(t *testing.T) *installation {
	t.Helper()
	in := &installation{t: t, data: filepath.Join(t.TempDir(), "data"), addr: freeAddress(t), env: os.Environ()}
	t.Cleanup(in.stop)
	return in
}

// beside gives another server on the same database, with an address of its own.
func (in *installation) beside() *installation {
	in.t.Helper()
	other := &installation{t: in.t, data: in.data, addr: freeAddress(in.t), env: in.env, as: in.as}
	in.t.Cleanup(other.stop)
	return other
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (in *installation) start() {
	in.t.Helper()
	in.output = &lockedBuffer{}
	in.server = exec.CommandContext(context.Background(), binary, "serve", "--data", in.data, "--http", in.addr)
	in.server.Env, in.server.SysProcAttr = in.env, in.as
	in.server.Stdout, in.server.Stderr = in.output, in.output
	if err := in.server.Start(); err != nil {
		in.t.Fatal(err)
	}
	server, ended := in.server, make(chan struct{})
	in.ended = ended
	go func() {
		_ = server.Wait()
		close(ended)
	}()
	in.ready()
}

// ready waits until /readyz answers 200, or fails when the server has ended.
func (in *installation) ready() {
	in.t.Helper()
	for {
		if response, err := http.Get("http://" + in.addr + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-in.ended:
			in.t.Fatalf("the server ended:\n%s", in.output)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stop ends the server with SIGTERM and waits for it.
func (in *installation) stop() {
	if in.server == nil {
		return
	}
	in.signal(syscall.SIGTERM)
	in.server = nil
}

// signal sends sig and waits until the process is gone.
func (in *installation) signal(sig syscall.Signal) {
	_ = in.server.Process.Signal(sig) // it may have ended already
	<-in.ended
}

// run runs a command of the binary on the data directory and gives its output; it must exit with code.
func (in *installation) run(code int, stdin string, args ...string) (stdout, stderr string) {
	in.t.Helper()
	var out, problems bytes.Buffer
	command := in.command(args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(stdin), &out, &problems
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		in.t.Fatal(err)
	}
	if got := command.ProcessState.ExitCode(); got != code {
		in.t.Fatalf("sayrud %s exits with %d, want %d\n%s%s", strings.Join(args, " "), got, code, out.String(), problems.String())
	}
	return out.String(), problems.String()
}

// command makes a command of the binary on the data directory.
func (in *installation) command(args ...string) *exec.Cmd {
	command := exec.CommandContext(in.t.Context(), binary, args...)
	command.Env, command.SysProcAttr = append(slices.Clip(in.env), "SAYRUD_DATA="+in.data), in.as
	return command
}

// request sends one HTTP request; a body that begins with { is JSON, any other a form.
func (in *installation) request(method, path, body string, headers ...string) (status int, answer string) {
	in.t.Helper()
	status, _, answer = in.exchange(method, path, body, headers...)
	return status, answer
}

// exchange is request with the answer's header.
func (in *installation) exchange(method, path, body string, headers ...string) (status int, header http.Header, answer string) {
	in.t.Helper()
	request, err := http.NewRequestWithContext(in.t.Context(), method, "http://"+in.addr+path, strings.NewReader(body))
	if err != nil {
		in.t.Error(err)
		return 0, nil, ""
	}
	if strings.HasPrefix(body, "{") {
		request.Header.Set("Content-Type", "application/json")
	} else if body != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		in.t.Error(err)
		return 0, nil, ""
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		in.t.Error(err)
	}
	return response.StatusCode, response.Header, string(content)
}

// A lockedBuffer collects output that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// An object is one of JSON, written in Go.
type object = map[string]any
