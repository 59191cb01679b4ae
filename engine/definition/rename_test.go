package definition_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
)

func parse(t *testing.T, source string) *engine.Project {
	t.Helper()
	f, err := parseWhole("f", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return f.Project
}

func parseFile(t *testing.T, name string) *engine.Project {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(source))
}

func TestRenameField(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/rename/in.yaml")
	if problems := definition.RenameField(p, "comments", "nick", "author"); problems != nil {
		t.Error(problems)
	}
	printed := definition.Print(p, false)
	golden(t, "testdata/rename/field.yaml", printed)
	if _, err := parseWhole("f", printed); err != nil {
		t.Error(err)
	}
	if problems := definition.RenameField(p, "comments", "author", "nick"); problems != nil {
		t.Error(problems)
	}
	for _, use := range definition.UsesOfField(p, "comments", "author") {
		t.Errorf("left behind: %v", use)
	}
}

func TestRenameTable(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/rename/in.yaml")
	if problems := definition.RenameTable(p, "comments", "remarks"); problems != nil {
		t.Error(problems)
	}
	golden(t, "testdata/rename/table.yaml", definition.Print(p, false))
	if uses := definition.UsesOfTable(p, "comments"); uses != nil {
		t.Error(uses)
	}
}

func TestUsesOfField(t *testing.T) {
	t.Parallel()
	p := parseFile(t, "testdata/rename/in.yaml")
	var got []string
	for _, use := range definition.UsesOfField(p, "comments", "nick") {
		got = append(got, strings.Join(use.Path, " "))
	}
	golden(t, "testdata/rename/uses.txt", []byte(strings.Join(got, "\n")+"\n"))
	before := string(definition.Print(p, false))
	definition.UsesOfTable(p, "comments")
	if diff := cmp.Diff(string(definition.Print(parseFile(t, "testdata/rename/in.yaml"), false)), before); diff != "" {
		t.Errorf("looking changed the project: %s", diff)
	}
}

func TestRenameRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, endpoint, want string }{
		{"computed member", `response: {body: "=$record['ni' + 'ck'] || $record['nick']"}`, "endpoints x response body"},
		{"destructuring", `response: {body: "=(({nick}) => nick)($record)"}`, "endpoints x response body"},
		{"name taken by a parameter", `params: {nick: {in: query}, author: {in: query, type: text}}`, "endpoints x params nick"},
		{"fields that clients choose", `params: {f: {in: query, type: text, values: [nick]}}, kind: UPDATE, filter: {uid: $params.f}, set: {$params.f: 1}`, "endpoints x set $params.f"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			kind := "kind: VIEW, filter: {uid: x}, "
			if strings.Contains(test.endpoint, "kind:") {
				kind = ""
			}
			p := parse(t, "project: a\ntables: {t: {fields: {nick: {type: text}}}}\nendpoints:\n  x: {route: GET /x, table: t, "+kind+test.endpoint+"}\n")
			problems := definition.RenameField(p, "t", "nick", "author")
			if len(problems) != 1 || strings.Join(problems[0].Path, " ") != test.want {
				t.Errorf("%v", problems)
			}
		})
	}
}
