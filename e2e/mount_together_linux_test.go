package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// TestMountTogether writes, lists, reads and removes at the same time: nobody waits for ever, and nothing is lost.
func TestMountTogether(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.run(0, "", "apply", writeTemp(t, journal))
	m := in.mount("--project", "journal")
	const writers, rounds = 4, 25
	var writing, listing sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		listing.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				entries, err := os.ReadDir(m.path("notes"))
				if err != nil {
					t.Error(err)
				}
				for _, e := range entries {
					_, _ = os.ReadFile(m.path("notes", e.Name())) // it may have gone
				}
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			for i := range rounds {
				name, other := fmt.Sprintf("w%d-%d.json", w, i), fmt.Sprintf("w%d-%d.txt", w, i)
				err := m.write(fmt.Sprintf(`{"title": "%d"}`, i), "notes", other)
				if err == nil {
					err = os.Rename(m.path("notes", other), m.path("notes", name))
				}
				if err == nil {
					err = m.write(`{"title": "shared"}`, "notes", "shared.json")
				}
				if err == nil && i%2 == 1 {
					err = os.Remove(m.path("notes", name))
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	close(done)
	listing.Wait()
	if got, want := strings.TrimSpace(m.shell(0, "notes", "ls | wc -l")), fmt.Sprint(writers*(rounds+1)/2+1); got != want {
		t.Errorf("there are %s records, want %s", got, want)
	}
}
