package script

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

func TestHelpers(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for _, tt := range []struct{ source, want string }{
		{"$now()", `"2026-11-23T05:28:00.123Z"`},
		{"$ago('60s')", `"2026-11-23T05:27:00.123Z"`},
		{"$ago('1h30m')", `"2026-11-23T03:58:00.123Z"`},
		{"$ago('7d')", `"2026-11-16T05:28:00.123Z"`},
		{"$ago('1w1d12h')", `"2026-11-14T17:28:00.123Z"`},
		{"$ago('-24h')", `"2026-11-24T05:28:00.123Z"`},
		{"$ago('0d')", `"2026-11-23T05:28:00.123Z"`},
		{"$md5('a')", `"0cc175b9c0f1b6a831c399e269772661"`},
		{"$md5(null)", "null"},
		{"$md5(5)", `"e4da3b7fbbce2345d7772b0674a318d5"`},
		{"$sha256('a')", `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`},
		{"$epoch($record.created_at)", "1795152480"},
		{"$epoch_ms($record.created_at)", "1795152480123"},
		{"$epoch()", "1795411680"},
		{"$epoch(null)", "null"},
		{"$epoch_ms(5)", "5"},
		{"$epoch('2026-11-23')", "1795363200"},
		{"$int(true) + $int(false) + $int(null)", "1"},
		{"$int(3.9)", "3"},
		{"$int('-7.5')", "-7"},
		{"$int('x')", "null"},
		{"$json($that)", `"{\"uid\":\"u2\"}"`},
		{"$json([1, 'a', null])", `"[1,\"a\",null]"`},
		{"$json(undefined)", ""},
		{"$env('HOOK')", `"https://example.org"`},
		{"$env('PATH')", `null`},
		{"$date($record.created_at)", `"2026-11-20 13:28:00"`},
		{"$date($record.created_at, 'YYYY/M/D H:m:s.SSS Z')", `"2026/11/20 13:28:0.123 +08:00"`},
		{"$date($now(), 'dddd ddd MMMM MMM DD YY hh:mm A a [at] ZZ')", `"Monday Mon November Nov 23 26 01:28 PM pm at +0800"`},
		{"$date('2026-11-23', 'YYYY-MM-DD')", `"2026-11-23"`},
		{"$date(null)", "null"},
		{"$date(0)", `"1970-01-01 08:00:00"`},
		{"$markdown('Hi *there*')", `"<p>Hi <em>there</em></p>\n"`},
		{"$markdown($record.content)", `"<p>Hi <em>there</em> </p>\n"`},
		{"$markdown('[x](javascript:alert(1))')", `"<p>x</p>\n"`},
		{"$markdown('<img src=x onerror=alert(1)>')", `"<img src=\"x\">"`},
		{"$markdown('```go\\nx\\n```')", `"<pre><code class=\"language-go\">x\n</code></pre>\n"`},
		{"$markdown('')", `""`},
		{"$markdown(null)", "null"},
	} {
		for _, source := range []string{tt.source, "(() => " + tt.source + ")()"} { // in the small set, and by goja
			if got, err := runTest(t, r, source); err != nil || string(got) != tt.want {
				t.Errorf("%s = %s, %v; want %s", source, got, err, tt.want)
			}
		}
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	pattern := regexp.MustCompile(`^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$`)
	first, err := runTest(t, r, "$uuid()")
	if err != nil || !pattern.Match(first) {
		t.Errorf("got %s, %v", first, err)
	}
	if second, err := runTest(t, r, "(() => $uuid())()"); err != nil || !pattern.Match(second) || string(first) == string(second) {
		t.Errorf("then %s, %v", second, err)
	}
}

func TestHelpersRefuse(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for _, source := range []string{
		"$ago()", "$ago(5)", "$ago('x')", "$ago('1e9d')", "$md5({})", "$md5([1])", "$markdown($record)", "$date('x')", "$date(0, 5)",
		"$date(1e300)", "$epoch({})", "$int([])", "$env()", "$md5(Symbol())", "$md5(5n)", "$json(() => 1)",
	} {
		var e *Error
		if v, err := runTest(t, r, source); !errors.As(err, &e) {
			t.Errorf("%s = %s, %v", source, v, err)
		}
	}
}

// The timezone of a project is known by its name in a worker, with its daylight saving time.
func TestDateInTimezone(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{
		"[$date('2026-07-01T00:00:00Z', 'HH'), $date('2026-12-01T00:00:00Z', 'HH')]",
		"(() => [$date('2026-07-01T00:00:00Z', 'HH'), $date('2026-12-01T00:00:00Z', 'HH')])()",
		"['2026-07-01T00:00:00Z', '2026-12-01T00:00:00Z'].map(s => `0${new Date(s).getHours()}`)",
	} {
		v, err := r.Run(context.Background(), compileTest(t, source), Shared{Now: testNow, Timezone: zone}, nil)
		if err != nil || string(v) != `["02","01"]` {
			t.Errorf("%s = %s, %v", source, v, err)
		}
	}
}

func TestMarkdownCache(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	p := compileTest(t, "$markdown($record.content)")
	long := raw.Text(strings.Repeat("long *text*\n\n", 200))
	first, err := r.Run(context.Background(), p, testShared(), []raw.Value{long})
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat("long *text*\n\n", 200))
	if r.markdown.get(text) == nil {
		t.Error("what a worker rendered is not kept")
	}
	again, err := r.Run(context.Background(), p, testShared(), []raw.Value{long})
	if err != nil || string(again) != string(first) {
		t.Errorf("from the cache comes %s, %v", again, err)
	}
	var c markdownCache
	for i := range 3000 {
		c.set([]byte(strings.Repeat(string(rune('a'+i%26)), 10<<10)+string(rune(i+1000))), []byte("x"))
		if size := len(c.young) + len(c.old); size*(10<<10) > cacheSize+2*cacheEntry {
			t.Fatalf("%d texts are kept", size)
		}
	}
}

func TestHelpersAreListed(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, h := range Helpers() {
		listed[h.Name] = true
		if helpers[h.Name] == nil {
			t.Errorf("%s is listed and does not exist", h.Name)
		}
	}
	for name := range helpers {
		if !listed[name] {
			t.Errorf("%s is not listed", name)
		}
	}
}
