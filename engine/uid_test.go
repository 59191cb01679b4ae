package engine_test

import (
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/sayrud/sayrud/engine"
)

func TestUIDs(t *testing.T) {
	t.Parallel()
	var uids engine.UIDs
	form := regexp.MustCompile(`^[0-9a-v]{20}$`)
	previous := ""
	for range 50_000 { // more than one millisecond counts
		uid := uids.New()
		if uid <= previous {
			t.Fatalf("%s is not behind %s", uid, previous)
		}
		if !form.MatchString(uid) || !engine.ValidUID(uid) {
			t.Fatalf("%q has another form", uid)
		}
		previous = uid
	}
}

func TestUIDsConcurrent(t *testing.T) {
	t.Parallel()
	var uids engine.UIDs
	var mu sync.Mutex
	var all []string
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			var mine []string
			for range 2000 {
				mine = append(mine, uids.New())
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	group.Wait()
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 8000 {
		t.Errorf("%d of 8000 are different", n)
	}
}
