package middleware

import (
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

func TestCacheKeepsNoLongerThanLinksLast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings   string
		most, want time.Duration
	}{
		{`{}`, 0, time.Minute},
		{`{}`, time.Second, time.Second},
		{`{"ttl":"2h"}`, 0, 2 * time.Hour},
		{`{"ttl":"2h"}`, 30 * time.Minute, 30 * time.Minute},
		{`{"ttl":"10m"}`, 30 * time.Minute, 10 * time.Minute},
	} {
		if got := cacheTTL(raw.Value(test.settings), test.most); got != test.want {
			t.Errorf("%s within %s: %s, want %s", test.settings, test.most, got, test.want)
		}
	}
}
