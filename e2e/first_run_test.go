package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const example = "../examples/comments/project.yaml"

// TestFirstRun is the newcomer's story: start, set up, apply a file, use it with curl and psql.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	firstRun(t, install(t))
}

// TestFirstRunOnAnotherPostgreSQL is the same story on a PostgreSQL 15 of the user's own; the data directory holds no other.
func TestFirstRunOnAnotherPostgreSQL(t *testing.T) {
	t.Parallel()
	in := installOn(t, newCluster(t))
	firstRun(t, in)
	if entries, err := os.ReadDir(filepath.Join(in.data, "postgres")); !os.IsNotExist(err) {
		t.Errorf("with --database-url there is a PostgreSQL in the data directory: %v %v", entries, err)
	}
}

func firstRun(t *testing.T, in *installation) {
	in.start()

	_, token, _ := strings.Cut(in.setupLink(), "token=")
	administrator := `{"token":"` + token + `","email":"ann@example.org","password":"correct horse battery"}`
	if status, body := in.request("POST", "/_/api/setup", administrator, "X-Sayrud-CSRF", "1"); status >= 300 {
		t.Fatalf("setup answers %d %s", status, body)
	}
	if status, _ := in.request("POST", "/_/api/setup", administrator, "X-Sayrud-CSRF", "1"); status < 400 {
		t.Fatalf("the setup link works twice (%d)", status)
	}

	in.apply(readExample(t))
	if out, _ := in.run(0, readExample(t), "apply", "--dry-run", "-"); strings.Contains(out, "+ ") || strings.Contains(out, "~ ") {
		t.Errorf("a second apply would change something:\n%s", out)
	}

	ann := in.post("post=hello-world&nick=Ann&email=Ann@Example.org&content=**Hello**", 201)
	ben := in.post(`{"post":"hello-world","nick":"Ben","content":"Hi Ann <script>alert(1)</script>","parent":"`+ann+`"}`, 201)
	var list struct {
		Total int
		Items []struct{ ID, Parent, Answers, Nick, Avatar, HTML string }
	}
	status, body := in.request("GET", "/api/blog/comments?post=hello-world&sort=old", "")
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 || list.Total != 2 || len(list.Items) != 2 {
		t.Fatalf("list answers %d %s", status, body)
	}
	first, second := list.Items[0], list.Items[1]
	if first.ID != ann || !strings.Contains(first.HTML, "<strong>Hello</strong>") || !strings.Contains(first.Avatar, "1c87b7dd") && !strings.Contains(first.Avatar, "/avatar/") {
		t.Errorf("the first comment is %+v", first)
	}
	if second.ID != ben || second.Parent != ann || second.Answers != "Ann" || strings.Contains(second.HTML, "<script") {
		t.Errorf("the reply is %+v", second)
	}
	for _, secret := range []string{"Example.org", "127.0.0.1"} {
		if strings.Contains(body, secret) {
			t.Errorf("the list shows the hidden %q", secret)
		}
	}

	for _, tt := range []struct{ body, want string }{
		{"post=hello-world&content=x", "Nickname is required."},
		{"post=hello-world&nick=Ann&content=" + strings.Repeat("x", 5001), "Comment may have at most 5000 characters."},
		{"post=hello-world&nick=Ann&content=x&email=nonsense", "Email must be an email address."},
		{"post=hello-world&nick=Ann&content=**Hello**", "taken already"},
		{"post=other&nick=Cy&content=x&parent=" + ann, "A reply belongs to another comment of the same post"},
		{"post=hello-world&nick=Cy&content=x&parent=nobody", `"code":"reference"`},
	} {
		if status, body := in.request("POST", "/api/blog/comments", tt.body); status < 400 || status > 422 || !strings.Contains(body, tt.want) {
			t.Errorf("%.60s answers %d %s, want %q", tt.body, status, body, tt.want)
		}
	}

	if got := in.psql(`SELECT nick, "parent.nick", version FROM p_blog.comments ORDER BY number`); got != "Ann||1\nBen|Ann|1" {
		t.Errorf("psql reads %q", got)
	}
	in.psql(`UPDATE p_blog.comments SET likes = 41 WHERE nick = 'Ann'`)
	if status, body := in.request("POST", "/api/blog/comments/"+ann+"/like", ""); status != 200 || body != `{"likes":42}` {
		t.Errorf("like answers %d %s after psql set 41", status, body)
	}
	in.psql(`DELETE FROM p_blog.comments WHERE nick = 'Ann'`)
	if status, body := in.request("GET", "/api/blog/comments?post=hello-world", ""); status != 200 || !strings.Contains(body, `"total":0`) {
		t.Errorf("after the delete in psql, which cascades, the list answers %d %s", status, body)
	}
}

// setupLink finds the one-time link that the server printed.
func (in *installation) setupLink() string {
	in.t.Helper()
	link := regexp.MustCompile(`http://\S+/_/setup\?token=\S+`).FindString(in.output.String())
	if link == "" {
		in.t.Fatalf("no setup link on screen:\n%s", in.output)
	}
	return link
}

// post adds a comment and gives its id.
func (in *installation) post(body string, want int) string {
	in.t.Helper()
	status, answer := in.request("POST", "/api/blog/comments", body)
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(answer), &made); err != nil || status != want || made.ID == "" {
		in.t.Fatalf("POST %.60s answers %d %s, want %d", body, status, answer, want)
	}
	return made.ID
}

// TestCommandsBesideTheServer runs the other commands on the data directory of a running server.
func TestCommandsBesideTheServer(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(readExample(t))

	out, _ := in.run(0, `{"post":"a","nick":"Ann","content":"1"}`+"\n"+`{"post":"a","nick":"Ben","content":"2"}`+"\n", "import", "blog/comments", "-")
	if !strings.Contains(out, "2 records imported") {
		t.Errorf("import prints %q", out)
	}
	_, problems := in.run(1, `{"post":"a","nick":"Cy","content":"3"}`+"\n"+`{"post":"a","content":"4"}`+"\n", "import", "blog/comments", "-")
	if !strings.Contains(problems, "-:2: Nickname is required.") {
		t.Errorf("a refused import prints %q", problems)
	}
	dumped, _ := in.run(0, "", "dump", "blog/comments")
	if n := strings.Count(dumped, "\n"); n != 2 {
		t.Errorf("dump gives %d lines after an import of two and a refused one:\n%s", n, dumped)
	}

	other := install(t)
	exported, _ := in.run(0, "", "export", "blog")
	other.run(0, exported, "apply", "-")
	again, _ := other.run(0, "", "export", "blog")
	if again != exported {
		t.Errorf("export, apply elsewhere, export gives another file:\n%s\n---\n%s", exported, again)
	}
	other.run(0, dumped, "import", "blog/comments", "-")
	if copied, _ := other.run(0, "", "dump", "blog/comments"); copied != dumped {
		t.Errorf("dump, import elsewhere, dump gives other records:\n%s\n---\n%s", dumped, copied)
	}

	in.run(0, "correct horse battery\n", "admin", "create", "ann@example.org")
	token, _ := in.run(0, "", "token", "create", "ci", "--project", "blog", "--role", "viewer")
	if status, body := in.request("GET", "/_/api/projects/blog/tables/comments/records", "", "Authorization", "Bearer "+strings.TrimSpace(token)); status != 200 || !strings.Contains(body, "Ben") {
		t.Errorf("a viewer's token reads the records: %d %s", status, body)
	}
	if status, _ := in.request("DELETE", "/_/api/projects/blog", "", "Authorization", "Bearer "+strings.TrimSpace(token)); status != 403 {
		t.Errorf("a viewer's token drops the project: %d", status)
	}
	in.run(0, "", "health", "--http", in.addr)
	in.run(2, "", "health", "--nonsense")
	in.run(2, "", "dump", "blog")
	if out, _ := in.run(0, "", "version"); !strings.Contains(out, "PostgreSQL 18") {
		t.Errorf("version prints %q", out)
	}
	_, problems = in.run(1, strings.Replace(exported, "kind: LIST", "kind: LITS", 1), "apply", "-")
	if !strings.Contains(problems, "standard input:") || !strings.Contains(problems, "LIST") {
		t.Errorf("a broken project file prints %q", problems)
	}
}
