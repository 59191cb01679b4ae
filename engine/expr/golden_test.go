package expr

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAccepted(t *testing.T) {
	t.Parallel()
	golden(t, "accepted.txt", func(source string) string {
		e, problems := Parse(source, columns(), "Asia/Shanghai")
		if e == nil {
			return "refused: " + problems.Error() + "\n"
		}
		return fmt.Sprintf("type  %s\ntree  %s\nsql   %s\n", e.Type(), e, e.SQL(quotedColumn))
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	golden(t, "refused.txt", func(source string) string {
		e, problems := Parse(source, columns(), "Asia/Shanghai")
		if e != nil {
			return "accepted: " + e.String() + "\n"
		}
		var b strings.Builder
		for _, p := range problems {
			b.WriteString(strings.Repeat(" ", 2+p.Offset) + "^\n")
			fmt.Fprintf(&b, "%d: %s\n", p.Offset, p.Message)
			switch {
			case p.Hint == allowedHint:
				b.WriteString("   (what is allowed)\n")
			case strings.HasPrefix(p.Hint, "functions are "):
				b.WriteString("   (the functions)\n")
			case p.Hint != "":
				b.WriteString("   " + p.Hint + "\n")
			}
		}
		return b.String()
	})
}

// golden compares what print says to each fragment of a file with the lines after it.
func golden(t *testing.T, name string, print func(source string) string) {
	t.Helper()
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, source := range sources(t, name) {
		got.WriteString("> " + source + "\n" + print(source) + "\n")
	}
	if *update {
		if err := os.WriteFile("testdata/"+name, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
