package plan

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCompile_golden compiles the endpoint of each file and compares its statements, or what is wrong with it. A file has the
// sections "-- endpoint --" and "-- want --".
func TestCompile_golden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, want, _ := strings.Cut(string(source), "-- want --\n")
			_, endpoint, _ := strings.Cut(head, "-- endpoint --\n")
			p, problems := Compile(readProject(t), readEndpoint(t, endpoint))
			var got string
			if len(problems) > 0 {
				got = problems.Error() + "\n"
			} else {
				got = describe(p)
			}
			if *update {
				if err := os.WriteFile(file, []byte(head+"-- want --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// describe prints the parameters and the statements of a plan that say something new.
func describe(p *Plan) string {
	var b strings.Builder
	for _, param := range p.Params {
		fmt.Fprintf(&b, "param %s: %s in %s as %s, required %v\n", param.Name, param.Type, param.In, param.As, param.Required)
	}
	for i, g := range p.Guards {
		if g.Query != nil {
			describeStatement(&b, "guard "+fmt.Sprint(i), g.Query, g.Query.Statement(0))
		}
	}
	if r := p.Read; r != nil {
		for i := range r.Sort.Orders {
			describeStatement(&b, "order "+fmt.Sprint(i), r.Query, r.Query.Statement(r.Variant(0, i, AtTop, r.Usual)))
		}
		if r.Page != nil && r.Page.Cursor != nil {
			for i := range r.Sort.Orders {
				describeStatement(&b, "behind a key, order "+fmt.Sprint(i), r.Query, r.Query.Statement(r.Variant(0, i, BehindKey, r.Usual)))
			}
		} else if r.Page != nil {
			describeStatement(&b, "further page", r.Query, r.Query.Statement(r.Variant(0, 0, AtOffset, 0)))
		}
		if all := 1<<len(r.Query.Optional) - 1; all > 0 {
			describeStatement(&b, "without what is optional", r.Query, r.Query.Statement(r.Variant(all, 0, AtTop, r.Usual)))
		}
		if r.Total {
			describeStatement(&b, "count", r.Query, r.Count(0))
		}
	}
	for _, source := range p.Sources {
		title := "source " + source.Name
		if !source.Used {
			title = "unused " + title
		}
		for i := range source.Read.Sort.Orders {
			describeStatement(&b, title, source.Read.Query, source.Read.Query.Statement(source.Read.Variant(0, i, AtTop, 0)))
		}
	}
	if w := p.Write; w != nil {
		describeStatement(&b, "plain", w.Query, w.Query.Statement(0))
		if all := w.VersionBit() - 1; all > 0 {
			describeStatement(&b, "with everything", w.Query, w.Query.Statement(all))
		}
		if w.Bulk != nil {
			describeStatement(&b, "all items", w.Query, w.Bulk.Statement(0))
		}
		if w.Upsert != nil {
			describeStatement(&b, "find", w.Query, w.Upsert.Find.Statement(0))
			describeStatement(&b, "change what is there", w.Upsert.Write.Query, w.Upsert.Write.Query.Statement(0))
		}
		if w.Count != nil {
			describeStatement(&b, "with a version", w.Query, w.Query.Statement(w.VersionBit()))
			describeStatement(&b, "count", w.Query, w.Count.Statement(0))
		}
		if w.Lock != nil && len(w.Constrained) > 0 {
			describeStatement(&b, "lock", w.Query, w.Lock.Statement(0))
			describeStatement(&b, "by id", w.Query, w.ByID.Statement(0))
		}
	}
	return b.String()
}

func describeStatement(b *strings.Builder, title string, q *Query, s *Statement) {
	fmt.Fprintf(b, "\n[%s]\n%s\n", title, s.SQL)
	for i, arg := range s.Args {
		fmt.Fprintf(b, "  $%d = %s\n", i+1, describeArg(q, arg))
	}
}

func describeArg(q *Query, arg int) string {
	names := map[int]string{ArgLimit: "limit", ArgOffset: "offset", ArgUID: "uid", ArgData: "data", ArgRemove: "removed keys", ArgVersions: "version", ArgID: "ids", ArgUIDs: "uids", ArgRows: "rows of data"}
	if name, found := names[arg]; found {
		return name
	}
	if i := KeyOfArg(arg); i >= 0 {
		return fmt.Sprintf("sort key %d", i)
	}
	if i := FieldOfArg(arg); i >= 0 {
		return fmt.Sprintf("value of field %d", i)
	}
	v := q.Values[arg]
	if text, known := v.Constant(); known {
		return fmt.Sprintf("constant %q", text)
	}
	if v.Param >= 0 {
		return fmt.Sprintf("parameter %d for %s", v.Param, v.Name)
	}
	return fmt.Sprintf("slot for %s", v.Name)
}
