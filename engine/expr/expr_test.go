package expr

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRename(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, old, now, want string }{
		{"lower(email)", "email", "mail", "lower(mail)"},
		{"  lower( Email )||'email' || title", "email", "mail", "  lower( mail )||'email' || title"},
		{`"email" = email`, "email", "mail", `"mail" = mail`},
		{"email", "email", "order", `"order"`},
		{`"order" || title`, "order", "sort_key", `"sort_key" || title`},
		{"extract(year FROM created_at) - year", "year", "age", "extract(year FROM created_at) - age"},
		{"title::text || CAST(title AS text)", "title", "text", `"text"::text || CAST("text" AS text)`},
		{"updatedat IS NULL", "updatedAt", "changed", "changed IS NULL"},
		{"likes", "email", "mail", "likes"},
	} {
		e, problems := Parse(c.source, columns(), "")
		if e == nil {
			t.Fatalf("%s: %v", c.source, problems)
		}
		if got := e.Rename(c.old, c.now); got != c.want {
			t.Errorf("%s: %s → %s gives %s, not %s", c.source, c.old, c.now, got, c.want)
		}
	}
}

func TestColumnsAreNamedOnce(t *testing.T) {
	t.Parallel()
	e, problems := Parse("Email || title || email || updatedat", columns(), "UTC")
	if e == nil {
		t.Fatal(problems)
	}
	if diff := cmp.Diff([]string{"email", "title", "updatedAt"}, e.Columns()); diff != "" {
		t.Error(diff)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"bytes":       {strings.Repeat(" ", 4097), "may have 4096 bytes"},
		"depth":       {strings.Repeat("(", 100) + "email" + strings.Repeat(")", 100), "nested deeper than 32"},
		"depth calls": {strings.Repeat("lower(", 33) + "email" + strings.Repeat(")", 33), "nested deeper than 32"},
		"parts":       {strings.TrimSuffix(strings.Repeat("likes+", 201), "+"), "more than 400 parts"},
		"number":      {strings.Repeat("9", 201), "may have 200 digits"},
		"exponent":    {"1e999999999999999999", "may have 200 digits"},
		"pattern":     {"email LIKE '" + strings.Repeat("%", 501) + "'", "may have 500 characters"},
		"UTF-8":       {"email = '\xff'", "not UTF-8"},
		"NUL":         {"email = '\x00'", "NUL byte"},
		"minus signs": {strings.Repeat("- ", 2000) + "likes", "nested deeper than 32"},
		"NOTs":        {strings.Repeat("NOT ", 1000) + "ok", "nested deeper than 32"},
	} {
		_, problems := Parse(c.source, columns(), "UTC")
		if len(problems) == 0 || !strings.Contains(problems[0].Message, c.want) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestTimezoneMustBeKnown(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Mars/Olympus", "Local", "'; DROP", "../etc/passwd"} {
		if e, problems := Parse("email", columns(), zone); e != nil || len(problems) != 1 {
			t.Errorf("%s: %v", zone, problems)
		}
	}
}

// TestFunctionsAreDocumentedAndTried holds the table, the documentation and the golden file together.
func TestFunctionsAreDocumentedAndTried(t *testing.T) {
	t.Parallel()
	tried := make(map[*function]bool)
	var mark func(n *node)
	mark = func(n *node) {
		tried[n.fn] = true
		for _, arg := range n.args {
			mark(arg)
		}
	}
	for _, source := range sources(t, "accepted.txt") {
		if e, _ := Parse(source, columns(), "UTC"); e != nil {
			mark(e.root)
		}
	}
	for i := range functions {
		if !tried[&functions[i]] {
			t.Errorf("no accepted fragment tries %s", functions[i].signature)
		}
	}
	for _, f := range Functions() {
		if f.Doc == "" || !strings.Contains(f.Signature, " → ") {
			t.Errorf("%s is not documented", f.Name)
		}
	}
}
