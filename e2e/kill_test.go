package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestKillServer kills the server twenty times under eight writers. Every comment that was acknowledged is there in the end.
func TestKillServer(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(unlimitedExample(t))
	acknowledged := map[string]bool{}
	for round := range 20 {
		for id := range in.writeUntilKilled(round, func() { in.signal(syscall.SIGKILL) }) {
			acknowledged[id] = true
		}
		in.start()
	}
	in.expectAll(acknowledged)
}

// TestKillPostgreSQL kills the database under the same writers; the server finds its way back by itself.
func TestKillPostgreSQL(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(unlimitedExample(t))
	acknowledged := map[string]bool{}
	for round := range 3 {
		for id := range in.writeUntilKilled(round, func() {
			if err := syscall.Kill(in.postmaster(), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}) {
			acknowledged[id] = true
		}
		in.ready()
	}
	in.expectAll(acknowledged)
}

// unlimitedExample gives the example's project file with a rate limit that writers never meet.
func unlimitedExample(t *testing.T) string {
	t.Helper()
	return strings.ReplaceAll(readExample(t), "rate_limit: {limit: 10", "rate_limit: {limit: 1000000")
}

// readExample gives the example without its puzzle, which only a browser solves; see TestCommentsInBrowser.
func readExample(t *testing.T) string {
	t.Helper()
	whole := wholeExample(t)
	plain := strings.Replace(whole, "      - captcha: {provider: pow}\n", "", 1)
	if plain == whole {
		t.Fatal("the example has no puzzle")
	}
	return plain
}

func wholeExample(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// postmaster reads the process id of PostgreSQL from its lock file.
func (in *installation) postmaster() int {
	in.t.Helper()
	content, err := os.ReadFile(filepath.Join(in.data, "postgres", "postmaster.pid"))
	if err != nil {
		in.t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		in.t.Fatal(err)
	}
	return pid
}

// writeUntilKilled runs eight writers, calls kill once 200 comments were acknowledged, and gives the ids that were acknowledged
// before the writers first failed.
func (in *installation) writeUntilKilled(round int, kill func()) map[string]bool {
	acknowledged := map[string]bool{}
	enough := make(chan struct{})
	var mu sync.Mutex
	var writers sync.WaitGroup
	for writer := range 8 {
		writers.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			for n := 0; ; n++ {
				body := fmt.Sprintf(`{"post":"kill","nick":"w%d","content":"round %d number %d"}`, writer, round, n)
				id, ok := create(client, "http://"+in.addr+"/api/blog/comments", body)
				if !ok {
					return
				}
				mu.Lock()
				if acknowledged[id] = true; len(acknowledged) == 200 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	kill()
	writers.Wait()
	return acknowledged
}

// create posts one comment and reports whether it was acknowledged.
func create(client *http.Client, url, body string) (id string, ok bool) {
	response, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return "", false
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	var made struct{ ID string }
	if err != nil || response.StatusCode != http.StatusCreated || json.Unmarshal(content, &made) != nil {
		return "", false
	}
	return made.ID, true
}

// expectAll checks that every acknowledged comment is among the dumped ones.
func (in *installation) expectAll(acknowledged map[string]bool) {
	in.t.Helper()
	dumped, _ := in.run(0, "", "dump", "blog/comments")
	there := map[string]bool{}
	for line := range strings.Lines(dumped) {
		var record struct{ UID string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			in.t.Fatal(err)
		}
		there[record.UID] = true
	}
	lost := 0
	for id := range acknowledged {
		if !there[id] {
			lost++
		}
	}
	if lost > 0 {
		in.t.Errorf("%d of %d acknowledged comments are lost", lost, len(acknowledged))
	}
	in.t.Logf("%d acknowledged, %d there", len(acknowledged), len(there))
}
