package e2e

import (
	"encoding/json"
	"slices"
	"strings"
)

// token makes an API token and gives it as the header Authorization wants it.
func (in *installation) token(name string, flags ...string) string {
	in.t.Helper()
	text, _ := in.run(0, "", append([]string{"token", "create", name}, flags...)...)
	return "Bearer " + strings.TrimSpace(text)
}

// asOwner gives the token of one who may do everything, made at the first call.
func (in *installation) asOwner() string {
	in.t.Helper()
	if in.owner == "" {
		in.owner = in.token("tests", "--role", "owner")
	}
	return in.owner
}

// admin sends a request to the admin API as an owner and reads its answer into out; the status must be want.
func (in *installation) admin(want int, method, path, body string, out any) {
	in.t.Helper()
	status, answer := in.request(method, "/_/api"+path, body, "Authorization", in.asOwner())
	if status != want {
		in.t.Fatalf("%s %s answers %d %s, want %d", method, path, status, answer, want)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal([]byte(answer), out); err != nil {
		in.t.Fatalf("%s %s answers %s: %v", method, path, answer, err)
	}
}

// A report is what apply --json prints.
type report struct {
	Project     string
	Revision    int64
	Differences []struct{ Action, Object, Detail string }
	Notes       []string
}

// lines gives the differences, one a line: "create table comments".
func (r report) lines() string {
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, d.Action+" "+d.Object)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// apply applies a project file given as text. When it is done, every running server answers by it.
func (in *installation) apply(source string, flags ...string) (made report) {
	in.t.Helper()
	printed, _ := in.run(0, source, append([]string{"apply", "--json", "-"}, flags...)...)
	if err := json.Unmarshal([]byte(printed), &made); err != nil {
		in.t.Fatalf("apply --json prints %s: %v", printed, err)
	}
	return made
}

// applyHere applies a project file through the admin API of the running server.
func (in *installation) applyHere(source string) report {
	in.t.Helper()
	body, err := json.Marshal(map[string]string{"source": source})
	if err != nil {
		in.t.Fatal(err)
	}
	var out struct{ Report report }
	in.admin(200, "POST", "/apply", string(body), &out)
	return out.Report
}

// uidOf finds the record of a table, as project/table, in which a text stands.
func (in *installation) uidOf(table, text string) string {
	in.t.Helper()
	dumped, _ := in.run(0, "", "dump", table)
	for line := range strings.Lines(dumped) {
		var record struct{ UID string }
		if err := json.Unmarshal([]byte(line), &record); err == nil && strings.Contains(line, text) {
			return record.UID
		}
	}
	in.t.Fatalf("%s has no record with %s:\n%s", table, text, dumped)
	return ""
}
