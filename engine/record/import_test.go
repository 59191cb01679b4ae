package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
)

func (h *house) table(name string) *engine.Table {
	t, _ := h.project.Tables.Get(name)
	return t
}

func (h *house) load(table, file string, opt ImportOptions) ImportReport {
	h.t.Helper()
	report, err := h.engine.Import(context.Background(), h.project, h.table(table), strings.NewReader(file), opt)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

func (h *house) dump(table string, opt DumpOptions) string {
	h.t.Helper()
	var out bytes.Buffer
	if _, err := h.engine.Dump(context.Background(), h.project, h.table(table), &out, opt); err != nil {
		h.t.Fatal(err)
	}
	return out.String()
}

const commentLines = `{"uid":"b","parent":"a","post":"p1","nick":"bob","content":"line\nbreak \"quoted\" \\ tab\t=1+1","meta":{"a":[1,"x\\y"]},"related":["a","c"],"likes":null}
{"uid":"a","post":"p1","nick":"ann","content":"","number":7,"created_at":"2026-01-01T00:00:00.120Z","updated_at":"2026-01-02T00:00:00Z","version":9,"email_md5":"ignored"}

{"uid":"c","post":{"u":"p1"},"nick":"=1+1","pinned":true,"seen":"2026-01-01T08:00:00+08:00","day":"2026-01-01","tags":["p1"],"meta":"text"}
`

func TestImportAndDumpGoRound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if got := h.load("posts", `{"uid":"p1","slug":"one"}`, ImportOptions{}); got.Records != 1 {
		t.Fatal(got)
	}
	if got := h.load("comments", commentLines, ImportOptions{}); got.Records != 3 || got.Refused != 0 {
		t.Fatal(got)
	}
	lines := h.dump("comments", DumpOptions{})
	for _, want := range []string{`"created_at":"2026-01-01T00:00:00.120Z","updated_at":"2026-01-02T00:00:00.000Z","version":1`, `"number":7`, `"number":8`, `"likes":null`, `"likes":0`, `"status":"waiting"`, `"email":null`, `"seen":"2026-01-01T00:00:00.000Z"`} {
		if !strings.Contains(lines, want) {
			t.Errorf("the dump lacks %s in\n%s", want, lines)
		}
	}
	table := h.dump("comments", DumpOptions{Format: CSV})
	empty := func() {
		if _, err := h.db.Pool().Exec(context.Background(), `DELETE FROM p_blog._r2`); err != nil {
			t.Fatal(err)
		}
	}
	empty()
	if got := h.load("comments", lines, ImportOptions{}); got.Records != 3 {
		t.Fatal(got)
	}
	if diff := cmp.Diff(lines, h.dump("comments", DumpOptions{})); diff != "" {
		t.Error(diff)
	}
	empty()
	if got := h.load("comments", table, ImportOptions{Format: CSV}); got.Records != 3 {
		t.Fatal(got)
	}
	if diff := cmp.Diff(lines, h.dump("comments", DumpOptions{})); diff != "" {
		t.Error(diff)
	}
	if safe := h.dump("comments", DumpOptions{Format: CSV, Spreadsheet: true}); !strings.Contains(safe, ",'=1+1,") || strings.Contains(safe, ",=1+1,") {
		t.Error(safe)
	}
	// Numbers go on behind those that came.
	uid := h.do(strings.Replace(addComment, `"$record.uid"`, `"$record.number"`, 1), `{"params":{"post":"p1","nick":"next"}}`)
	if uid != "10" {
		t.Errorf("the next number is %s", uid)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.load("posts", `{"uid":"p1","slug":"one"}`, ImportOptions{})
	h.load("comments", `{"uid":"old","post":"p1","nick":"old","content":"same"}`, ImportOptions{})
	file := `{"uid":"a","post":"p1","nick":"ann"}
{"post":"p1"}
{"post":"nobody","nick":"x"}
not json
{"uid":"a","post":"p1","nick":"again"}
{"uid":"b","post":"p1","nick":"b","parent":"c"}
{"uid":"c","post":"p1","nick":"c","parent":"nobody"}
{"uid":"d","post":"p1","nick":"d","likes":-1,"status":"x"}
{"uid":"e","post":"p1","nick":"e","nikc":1}
{"uid":"f","post":"p1","nick":"f","parent":"f"}
{"uid":"g","post":"p1","nick":"old","content":"same"}
{"uid":"old","post":"p1","nick":"h"}
{"uid":"bad uid","post":"p1","nick":"i"}
{"uid":"j","post":"p1","nick":"j","related":["a","zz"]}
{"uid":"k","post":"p1","nick":"k","parent":"a","related":["a"]}
`
	wantErrors := map[int]string{
		2: "Nickname is required.", 3: "post refers to a record that does not exist.", 5: "uid is taken already.",
		6: "You cannot answer that.", 7: "You cannot answer that.", 8: "likes must be at least 0. status must be one of: waiting, approved, spam.",
		9: "nikc is not a field of this table. (nick?)", 10: "You cannot answer that.", 11: "post + Nickname + content is taken already.",
		12: "uid is taken already.", 13: "uid must be the uid of a record.", 14: "related refers to a record that does not exist.",
	}
	report := h.load("comments", file, ImportOptions{Continue: true})
	if report.Records != 2 || report.Refused != 13 {
		t.Errorf("%d stored, %d refused", report.Records, report.Refused)
	}
	for _, e := range report.Errors {
		if want := wantErrors[e.Line]; want != "" && e.Message != want {
			t.Errorf("line %d: %q, want %q", e.Line, e.Message, want)
		}
	}
	if whole := h.load("comments", file, ImportOptions{}); whole.Records != 0 || whole.Refused == 0 {
		t.Errorf("all or nothing stored %d", whole.Records)
	}
	if got := strings.Count(h.dump("comments", DumpOptions{}), "\n"); got != 3 {
		t.Errorf("%d records are there, want 3", got)
	}
}

func TestImportManyReportsProgress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var file strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&file, `{"slug":"s%d","title":"%s"}`+"\n", i, strings.Repeat("x", 50))
	}
	calls := 0
	report := h.load("posts", file.String(), ImportOptions{Progress: func(bytes, records int64) { calls++ }})
	if report.Records != 5000 || calls != 5 {
		t.Errorf("%d stored, %d calls", report.Records, calls)
	}
	if got := h.load("posts", file.String(), ImportOptions{Continue: true}); got.Records != 0 || got.Refused != 5000 || len(got.Errors) != 100 {
		t.Errorf("%d stored, %d refused, %d told", got.Records, got.Refused, len(got.Errors))
	}
}

// What reading the file ends in is told as it is, not as what PostgreSQL makes of it.
func TestImportOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	broken := errors.New("read /data: is a directory")
	for _, format := range []Format{NDJSON, CSV} {
		_, err := h.engine.Import(context.Background(), h.project, h.table("posts"), iotest.ErrReader(broken), ImportOptions{Format: format})
		if !errors.Is(err, broken) || pg.Code(err) != "" {
			t.Errorf("%s: %v", format, err)
		}
	}
	_, err := h.engine.Import(context.Background(), h.project, h.table("posts"), io.MultiReader(strings.NewReader("slug\na\n"), iotest.ErrReader(broken)), ImportOptions{Format: CSV})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestImportOfCSVWithoutHeader(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for file, want := range map[string]string{
		"":                  "The first line must name fields of the table: slug",
		"one,One\n":         "The first line must name fields of the table: slug",
		"id,version\n1,1\n": "The first line must name fields of the table: slug",
		"slug,titel\na,b\n": "title?",
	} {
		_, err := h.engine.Import(context.Background(), h.project, h.table("posts"), strings.NewReader(file), ImportOptions{Format: CSV})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", file, err, want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"", "a,b\r\n1,2\n", "\"a\"\"b\",\n\"\",x", "a\n\n\nb", "\"open", "\"a\"x", "\xef\xbb\xbfa,,b\r"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := newCSVReader(strings.NewReader(s), 1000)
		for range len(s) + 2 {
			cells, err := r.read()
			if err != nil {
				return
			}
			var line []byte
			for i, c := range cells {
				if i > 0 {
					line = append(line, ',')
				}
				line = appendCell(line, c.text, len(c.text) == 0 && !c.quoted)
			}
			again, err := newCSVReader(bytes.NewReader(line), 5000).read()
			if len(line) == 0 || len(cells) == 1 && len(line) == 0 {
				continue
			}
			if err != nil || len(again) != len(cells) {
				t.Fatalf("%q was read as %d cells, written as %q and read as %d: %v", s, len(cells), line, len(again), err)
			}
			for i := range again {
				if !bytes.Equal(again[i].text, cells[i].text) {
					t.Fatalf("%q became %q", cells[i].text, again[i].text)
				}
			}
		}
	})
}
