package script

import (
	"context"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/raw"
)

// hostileTexts are 100 KB that rendering takes seconds for.
var hostileTexts = map[string]string{
	"quotes":   strings.Repeat("> ", 50_000),
	"lists":    strings.Repeat("- ", 50_000) + "x",
	"numbers":  strings.Repeat("1. ", 33_000) + "x",
	"links":    strings.Repeat("[a](<[", 17_000),
	"brackets": strings.Repeat("[", 100_000),
	"images":   strings.Repeat("![[]()", 17_000),
	"emphasis": strings.Repeat("*a_b", 25_000),
	"large":    strings.Repeat("> ", 500_000),
	"empty":    strings.Repeat("- ", 50) + "x" + strings.Repeat("\n", 100_000),
}

// What somebody stored neither fails nor opens the breaker for the other texts of the program.
func TestMarkdown_hostileTexts(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for _, source := range []string{"$markdown($record.content)", "[$markdown($record.content)].concat(1)[0]"} {
		p := compileTest(t, source)
		for name, text := range hostileTexts {
			v, err := r.Run(context.Background(), p, testShared(), []raw.Value{raw.Text(text)})
			if html, _ := v.Text(); err != nil || html != string(plainMarkdown([]byte(text))) {
				t.Errorf("%s of %s = %.60s, %v", source, name, v, err)
			}
		}
		if v, err := r.Run(context.Background(), p, testShared(), []raw.Value{raw.Text("*good*")}); err != nil || string(v) != `"<p><em>good</em></p>\n"` {
			t.Errorf("then %s = %s, %v", source, v, err)
		}
		if len(p.guard.times) > 0 {
			t.Errorf("%s is blamed for its data", source)
		}
	}
}

func TestMarkdown_plain(t *testing.T) {
	t.Parallel()
	want := "<pre>a &lt;b&gt; &amp;amp; 'c'</pre>\n"
	if got := string(plainMarkdown([]byte("a <b> &amp; 'c'"))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A text that the judgement lets pass, in a program that has no time left, is asked for again and then left plain.
func TestMarkdown_secondTry(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	text := strings.Repeat("long *text*\n\n", 200)
	p := compileTest(t, "(() => { const html = $markdown($record.content); while (!html.startsWith('<pre>')); return html.slice(0, 9) })()")
	v, err := r.Run(context.Background(), p, testShared(), []raw.Value{raw.Text(text)})
	if err != nil || string(v) != `"<pre>long"` || len(p.guard.times) > 0 {
		t.Errorf("got %s, %v", v, err)
	}
}

func TestMarkdown_usualTextsAreRendered(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"paragraphs": strings.Repeat("Some *text* with [a link](https://example.org/x) and `code`, and more of it.\n\n", 4000),
		"list":       strings.Repeat("- an *item* with [a link](https://example.org/x) and `code`\n", 4000),
		"code":       "```go\n" + strings.Repeat("\tx := a[i] * *b // f(x)\n", 600) + "```\n",
		"quote":      strings.Repeat("> > > - said\n", 1000),
		"line":       strings.Repeat("-", 1000) + "\n\n" + strings.Repeat("*", 200),
	} {
		if costlyMarkdown([]byte(text), maxMarkdownCost) {
			t.Errorf("%s of %d bytes are left plain", name, len(text))
		}
	}
}
