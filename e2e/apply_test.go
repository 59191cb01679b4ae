package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const library = `
project: library
tables:
  books:
    fields:
      title: {type: text, required: true, index: true}
      pages: {type: number, integer: true, default: 0}
      slug: {type: generated, expression: "lower(title)"}
  authors:
    fields:
      name: {type: text, required: true}
endpoints:
  books:
    kind: LIST
    route: GET /books
    table: books
    params: {title: {in: query, required: false}}
    filter: {title: {"=": $params.title, optional: true}}
    sort: [title]
    response:
      body:
        - {$each: $records, title: $record.title, long: "=$record.pages > 500", line: "${$record.title} (${$record.pages})"}
  add: {kind: CREATE, route: POST /books, table: books, params: {title: {}, pages: {}}}
  author: {kind: CREATE, route: POST /authors, table: authors, params: {name: {}}}
`

// TestApply changes a project step by step with what the command line offers.
func TestApply(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	for _, dry := range []string{"--dry-run", "--dry-run --json"} {
		out, _ := in.run(0, library, append([]string{"apply", "-"}, strings.Fields(dry)...)...)
		if !strings.Contains(out, "table books") {
			t.Errorf("apply %s prints %s", dry, out)
		}
	}
	in.run(1, "", "export", "library") // nothing was made
	first := in.apply(library)
	in.request("POST", "/api/library/books", "title=Ulysses&pages=730")
	in.request("POST", "/api/library/authors", "name=Joyce")

	// What a file lacks stays, unless it says so; what holds records goes only with another word.
	head, _, _ := strings.Cut(library, "  authors:")
	_, tail, _ := strings.Cut(library, "endpoints:")
	smaller := strings.ReplaceAll(head+"endpoints:"+tail, "  author: {", "  #")
	if kept := in.apply(smaller); kept.Revision != first.Revision || kept.lines() != "keep endpoint author\nkeep table authors" {
		t.Errorf("a smaller file without --prune reports revision %d after %d: %+v", kept.Revision, first.Revision, kept)
	}
	if out, _ := in.run(0, smaller, "apply", "-", "--prune", "--yes", "--dry-run"); !strings.Contains(out, "- table authors") {
		t.Errorf("--prune --dry-run prints %s", out)
	}
	if _, problems := in.run(1, smaller, "apply", "-", "--prune"); !strings.Contains(problems, "--yes") || !strings.Contains(problems, "authors") {
		t.Errorf("--prune of a table with a record says %s", problems)
	}
	if status, _ := in.request("POST", "/api/library/authors", "name=Beckett"); status != 201 {
		t.Errorf("after a refused --prune its endpoint answers %d", status)
	}
	dropped := in.apply(smaller, "--prune", "--yes")
	if dropped.lines() != "drop endpoint author\ndrop table authors" {
		t.Errorf("--prune --yes reports %+v", dropped)
	}
	if status, _ := in.request("POST", "/api/library/authors", "name=Beckett"); status != 404 {
		t.Errorf("a dropped endpoint answers %d", status)
	}

	// A file that is wrong changes nothing and says where.
	_, problems := in.run(1, strings.Replace(library, "lower(title)", "lowr(title)", 1), "apply", "-")
	if !strings.Contains(problems, "standard input:8:") || !strings.Contains(problems, "lower") {
		t.Errorf("a wrong expression is reported as %s", problems)
	}
	if _, body := in.request("GET", "/api/library/books?title=Ulysses", ""); body != `[{"title":"Ulysses","long":true,"line":"Ulysses (730)"}]` {
		t.Errorf("in the end the list answers %s", body)
	}
}

// TestApplyRaces lets many commands change one project from the same revision. One wins; the others are told and change nothing.
func TestApplyRaces(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	revision := in.apply(library).Revision
	var won atomic.Int32
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			command := in.command("apply", "-", "--if-revision", fmt.Sprint(revision))
			command.Stdin = strings.NewReader(strings.Replace(library, "GET /books", fmt.Sprintf("GET /books%d", i), 1))
			out, err := command.CombinedOutput()
			var exit *exec.ExitError
			switch {
			case err == nil:
				won.Add(1)
			case !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.HasPrefix(string(out), "sayrud: The project library has revision"):
				t.Errorf("a lost race ends with %v: %s", err, out)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d commands won the race", won.Load())
	}
	if now := in.applyHere(library).Revision; now != revision+2 {
		t.Errorf("after one change and its reversal the revision is %d, was %d", now, revision)
	}
}

// TestRename renames a field that holds data and is named everywhere, then drops it and brings it back.
func TestRename(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(library)
	in.request("POST", "/api/library/books", "title=Ulysses&pages=730")

	definition := strings.NewReplacer("title: {type: text,", "name: {type: text, was: title,", "lower(title)", "lower(name)", "title: {in: query,", "name: {in: query,",
		`title: {"=": $params.title`, `name: {"=": $params.name`, "sort: [title]", "sort: [name]", "title: $record.title", "title: $record.name",
		"${$record.title}", "${$record.name}", "params: {title: {}", "params: {name: {}").Replace(library)
	if made := in.apply(definition); !strings.Contains(made.lines(), "rename field books.name") && !strings.Contains(made.lines(), "rename field books.title") {
		t.Errorf("was: title reports %+v", made)
	}
	if _, body := in.request("GET", "/api/library/books?name=Ulysses", ""); body != `[{"title":"Ulysses","long":true,"line":"Ulysses (730)"}]` {
		t.Errorf("after the rename the list answers %s", body)
	}

	// The admin API renames every mention by itself.
	in.admin(200, "PATCH", "/projects/library/tables/books/fields/name", `{"name":"heading"}`, nil)
	exported, _ := in.run(0, "", "export", "library")
	for _, mention := range []string{"heading: {type: text", "lower(heading)", "$record.heading", "${$record.heading}", "[heading]"} {
		if !strings.Contains(exported, mention) {
			t.Errorf("the exported file lacks %s:\n%s", mention, exported)
		}
	}
	if strings.Contains(exported, "$record.name") || strings.Contains(exported, "lower(name)") {
		t.Errorf("the exported file still mentions the old name:\n%s", exported)
	}
	if _, body := in.request("GET", "/api/library/books?name=Ulysses", ""); body != `[{"title":"Ulysses","long":true,"line":"Ulysses (730)"}]` {
		t.Errorf("after the second rename, of which callers know nothing, the list answers %s", body)
	}
	if status, body := in.request("POST", "/api/library/books", "name=Dubliners&pages=152"); status != 201 || !strings.Contains(body, `"heading":"Dubliners"`) {
		t.Errorf("after the second rename a write answers %d %s", status, body)
	}
	in.admin(200, "DELETE", "/projects/library/tables/books/records/"+in.uidOf("library/books", "Dubliners"), "", nil)
	if again := in.apply(exported); len(again.Differences) != 0 {
		t.Errorf("applying what was exported would change %+v", again)
	}

	// A file that names only the table takes its endpoints along.
	table, _, _ := strings.Cut(exported, "endpoints:")
	in.apply(strings.NewReplacer("heading: {type: text,", "label: {type: text, was: heading,", "lower(heading)", "lower(label)").Replace(table))
	if exported, _ = in.run(0, "", "export", "library"); strings.Count(exported, "$record.label") != 2 || strings.Contains(exported, "heading") {
		t.Errorf("after the third rename the exported file is\n%s", exported)
	}
	restoreDropped(t, in)
}

// restoreDropped drops a field, which is refused while it is in use, and brings it back with its values.
func restoreDropped(t *testing.T, in *installation) {
	t.Helper()
	const pages = "/projects/library/tables/books/fields/pages"
	_, refusal := in.request("DELETE", "/_/api"+pages, "", "Authorization", in.asOwner())
	if !strings.Contains(refusal, "endpoints") || !strings.Contains(refusal, "books") {
		t.Errorf("dropping a field in use is answered %s", refusal)
	}
	for _, endpoint := range []string{"books", "add"} {
		in.admin(200, "DELETE", "/projects/library/endpoints/"+endpoint, "", nil)
	}
	in.admin(200, "DELETE", pages, "", nil)
	var dropped struct {
		Items []struct{ Table, Name string }
	}
	in.admin(200, "GET", "/projects/library/dropped-fields", "", &dropped)
	if got := fmt.Sprint(dropped.Items); got != "[{books pages}]" {
		t.Errorf("the dropped fields are %s", got)
	}
	out, _ := in.run(0, "", "dump", "library/books")
	if strings.Contains(out, "730") {
		t.Errorf("a dropped field is dumped: %s", out)
	}
	in.admin(200, "POST", pages+"/restore", "", nil)
	out, _ = in.run(0, "", "dump", "library/books")
	var record struct {
		Label   string
		Pages   int
		Version int
	}
	if err := json.Unmarshal([]byte(out), &record); err != nil || record.Pages != 730 || record.Label != "Ulysses" || record.Version != 1 {
		t.Errorf("after the restore the dump gives %s (%v)", out, err)
	}
}
