// Package s3test runs a real S3 server, versitygw, for tests. The program is built from the module in tools/s3, once: the build cache
// keeps it.
package s3test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The credentials of the server. [Main] puts them into the environment, where a store looks for them.
const (
	AccessKey = "sayrud-tests"
	SecretKey = "sayrud-tests-secret"
)

// The server of this process: started by the first test that asks, ended by Main.
var (
	once   sync.Once
	server *process
	failed error
)

// Main runs the tests of a package and ends the server: func TestMain(m *testing.M) { s3test.Main(m) }.
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for who has more to do in the end.
func Run(m *testing.M) int {
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": AccessKey, "AWS_SECRET_ACCESS_KEY": SecretKey} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code := m.Run()
	if server != nil {
		server.stop()
	}
	return code
}

// Location makes a bucket of its own for the test and gives its address for --storage, together with the directory that holds it.
func Location(t testing.TB) (location, dir string) {
	t.Helper()
	once.Do(func() { server, failed = start() })
	if failed != nil {
		t.Fatalf("start the S3 server: %v", failed)
	}
	bucket, err := os.MkdirTemp(server.root, "b") //nolint:usetesting // a bucket is a directory of the server
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(bucket, 0o755); err != nil { //nolint:gosec // as the server makes it
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(bucket) })
	return "s3://" + filepath.Base(bucket) + "/data?endpoint=" + url.QueryEscape(server.url), bucket
}

type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	root  string
	url   string
}

// tool is the program's package.
const tool = "github.com/versity/versitygw/cmd/versitygw"

// Build builds the server where it is not in the build cache yet, and gives its path.
func Build(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "-n", tool)
	cmd.Dir = filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "tools", "s3")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath", "GOWORK=off") // one build for all callers
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("build versitygw: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// watch ends the server when the pipe to its standard input is closed, however this process ended.
const watch = `"$@" & server=$!; cat >/dev/null; kill -9 $server`

func start() (*process, error) {
	program, err := Build(context.Background())
	if err != nil {
		return nil, err
	}
	p := &process{}
	if p.root, err = os.MkdirTemp("", "sayrud-s3-"); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p.url = "http://" + address
	p.cmd = exec.CommandContext(context.Background(), "sh", "-c", watch, "sh", program, "--port", address, "posix", p.root)
	p.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey)
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	p.stdin = stdin
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	var said strings.Builder
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), p.url) {
			go io.Copy(io.Discard, stdout) //nolint:errcheck // until the server ends
			return p, nil
		}
	}
	return nil, fmt.Errorf("versitygw ended: %s", said.String())
}

func freeAddress() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (p *process) stop() {
	p.stdin.Close()
	_ = p.cmd.Wait() // ended by the signal
	os.RemoveAll(p.root)
}
