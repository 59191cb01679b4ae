package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMountTools changes records with programs that people use. Each write of a program is one write of the record: its version counts.
func TestMountTools(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.run(0, "", "apply", writeTemp(t, journal))
	m := in.mount("--project", "journal")
	before := filepath.Join(t.TempDir(), "before")
	if err := os.Mkdir(before, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		command string // changes the title of $f from "Old" to "New"; $d is a directory of its own outside
		writes  string // how often the record was written after it was made; 0: mv(1) from elsewhere removes what is there and makes it anew
	}{
		"sed -i":     {`sed -i 's/"Old"/"New"/' $f`, "1"},
		"vim":        {`vim -Nu NONE -es -c '%s/"Old"/"New"/' -c 'wq' $f`, "1"},
		"vim backup": {`vim -Nu NONE -es -c 'set backup backupcopy=no writebackup backupskip=' -c '%s/"Old"/"New"/' -c 'wq' $f && rm $f~`, "1"},
		"vim swap":   {`vim -Nu NONE -c 'set swapfile directory=. backupcopy=auto writebackup backupskip=' -c '%s/"Old"/"New"/' -c 'wq' $f >$d/out 2>&1 </dev/null`, "1"},
		"nano":       {"python3 -c '" + typeInNano + "' $f", "1"},
		"cp":         {`sed 's/"Old"/"New"/' $f >$d/n && cp $d/n $f`, "1"},
		"cp -p":      {`sed 's/"Old"/"New"/' $f >$d/n && chmod 640 $d/n && touch -d 2001-01-01 $d/n && cp -p $d/n $f`, "1"},
		"mv":         {`sed 's/"Old"/"New"/' $f >$d/n && mv $d/n $f`, "0"},
		"mv within":  {`sed 's/"Old"/"New"/' $f >new.txt && mv new.txt $f`, "1"},
		"rsync":      {`sed 's/"Old"/"New"/' $f >$d/$f && touch -d 2001-01-01 $d/$f && rsync -a $d/$f $f`, "1"},
		"tar":        {`sed 's/"Old"/"New"/' $f >$d/$f && tar -C $d -c $f | tar -x --overwrite`, "1"},
		"dd fsync":   {`sed 's/"Old"/"New"/' $f >$d/n && dd if=$d/n of=$f conv=fsync status=none`, "1"},
		"jq":         {`jq '.title = "New"' $f >$d/n && cat $d/n >$f`, "1"},
		"tee":        {`jq '.title = "New"' $f >$d/n && tee $f <$d/n >$d/out`, "1"},
		"os.replace": {`python3 -c 'import json, os, sys
d = json.load(open(sys.argv[1])); d["title"] = "New"
with open(sys.argv[1] + ".tmp", "w") as f: json.dump(d, f); f.flush(); os.fsync(f.fileno())
os.replace(sys.argv[1] + ".tmp", sys.argv[1])' $f`, "1"},
		"r+ truncate": {`python3 -c 'import json, sys
with open(sys.argv[1], "r+") as f:
    d = json.load(f); d["title"] = "New"; f.seek(0); f.truncate(); json.dump(d, f)' $f`, "1"},
		"VS Code": {`python3 -c 'import os, sys
text = open(sys.argv[1]).read().replace("Old", "New").encode()
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o666); os.write(fd, text); os.fdatasync(fd); os.close(fd)' $f`, "1"},
		"append":             {`printf '{"title": ' >part && printf '"New"}' >>part && mv part $f`, "1"},
		"append to a record": {`printf ' ' >>$f && mv $f $f~ && sed 's/"Old"/"New"/' $f~ >$f && rm $f~`, "2"},
	} {
		t.Run(name, func(t *testing.T) {
			file := strings.NewReplacer(" ", "-", ".", "_", "+", "p").Replace(name) + ".json"
			if err := m.write(`{"title": "Old"}`, "notes", file); err != nil {
				t.Fatal(err)
			}
			out := m.shell(0, "notes", "f="+file+" d="+t.TempDir()+"\n"+tt.command)
			got := m.read("notes", file)
			if !strings.Contains(got, `"title": "New"`) {
				t.Errorf("the file is now\n%s\nthe program says %s; %s", got, out, m.read("notes", ".lasterror"))
			}
			version := in.scalar("SELECT version - 1 FROM p_journal.notes WHERE uid = '" + strings.TrimSuffix(file, ".json") + "'")
			if version != tt.writes {
				t.Errorf("the record was written %s times, want %s", version, tt.writes)
			}
			if left := m.shell(0, "notes", "ls -A | grep -v '\\.json$' || true"); left != "" {
				t.Errorf("the program left %s", left)
			}
		})
	}
}

// typeInNano runs nano on a terminal of its own and types once it is there: replace all, write out, exit.
const typeInNano = `import os, pty, sys
os.environ["TERM"] = "vt100"
pid, fd = pty.fork()
if pid == 0: os.execvp("nano", ["nano", "--ignorercfiles", sys.argv[1]])
shown, keys = b"", [(b"Go To Line", b"\x1c"), (b"Search", b"Old\r"), (b"Replace with", b"New\r"), (b"this instance", b"A"), (b"Replaced ", b"\x0f"), (b"to Write", b"\r"), (b"Wrote", b"\x18")]
while True:
    try: got = os.read(fd, 4096)
    except OSError: break
    if not got: break
    shown += got
    while keys and keys[0][0] in shown:
        shown, typed = b"", keys.pop(0)[1]
        os.write(fd, typed)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

// scalar runs a statement with psql and gives its one value.
func (in *installation) scalar(statement string) string {
	in.t.Helper()
	out, _ := in.run(0, "", "sql", "journal", "-Atc", statement)
	return strings.TrimSpace(out)
}

// TestMountReading reads with programs that go through directories.
func TestMountReading(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.run(0, "", "apply", writeTemp(t, journal))
	m := in.mount("--project", "journal")
	m.shell(0, "notes", `for i in 1 2 3 4 5 6 7 8 9; do echo "{\"title\": \"T$i\", \"likes\": $i, \"slug\": \"s$i\"}" >n$i.json || exit 1; done`)
	d := t.TempDir()
	for _, tt := range []struct{ command, want string }{
		{`ls | wc -l`, "9"},
		{`ls n[5-9].json | wc -l`, "5"},
		{`find . -name '*.json' -not -name '.*' -size -2 | wc -l`, "9"},
		{`grep -rl '"T7"' .`, "./n7.json"},
		{`cat *.json | jq -s 'map(.likes) | add'`, "45"},
		{`tar -cf ` + d + `/t.tar *.json && tar -tf ` + d + `/t.tar | wc -l && tar -df ` + d + `/t.tar && echo same`, "9\nsame"},
		{`rsync -a ./ ` + d + `/copy/ && diff -r . ` + d + `/copy && echo same`, "same"},
		{`cp -r . ` + d + `/again && diff -r . ` + d + `/again && echo same`, "same"},
		{`python3 -c 'import mmap; f = open("n1.json"); print(mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ).find(b"T1") > 0)'`, "True"},
		{`wc -c <n1.json | xargs -I% test % -eq $(stat -c %s n1.json) && echo exact`, "exact"},
		{`ls .by`, "author\nparent\nslug\nstatus\ntitle"},
		{`ls .by/status`, "draft"},
		{`ls .by/title/T3`, "n3.json"},
		{`ls .filter/likes/gt:7`, "n8.json\nn9.json"},
		{`ls .filter/title/like:T%25/.filter/likes/lte:2`, "n1.json\nn2.json"},
		{`ls -U .order/-likes/.first/2`, "n9.json\nn8.json"},
		{`ls .last/1`, "n9.json"},
		{`ls .search/t4`, "n4.json"},
		{`jq -s 'length' .filter/likes/gt:3/.export/ndjson`, "6"},
		{`jq 'length' .export/json`, "9"},
		{`head -n1 .by/status/draft/.export/csv | cut -d, -f1-3`, "uid,title,slug"},
		{`rm .filter/likes/gt:7/* && ls | wc -l`, "7"},
		{`sed -i 's/T1/T0/' .by/title/T1/n1.json && ls .by/title/T0`, "n1.json"},
		{`stat -c '%i' n1.json .by/title/T0/n1.json | uniq | wc -l`, "1"},
		{`test $(df --output=used . | tail -n1) -gt 0 && echo some`, "some"},
	} {
		if got := strings.TrimSpace(m.shell(0, "notes", tt.command)); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.command, got, tt.want)
		}
	}
	for command, want := range map[string]string{
		`mkdir x`: "Operation not permitted", `ln -s a b`: "Operation not permitted", `ln n1.json n1b.json`: "Operation not permitted", `rmdir .by`: "Operation not permitted",
		`chmod 777 n1.json`: "Operation not permitted", `touch -d 2001-01-01 .schema.json`: "not permitted", `mv n1.json other.json`: "Operation not permitted",
		`mkfifo p`: "Operation not permitted", `truncate -s 0 n1.json`: "Invalid argument", `truncate -s 9 n1.json`: "Invalid argument", `ls .by/nothing`: "No such file",
		`ls .filter/likes/gt:many`: "Invalid argument", `cat nothing.json`: "No such file", `echo x >.by/new.json`: "Operation not permitted",
	} {
		if out := m.shell(map[bool]int{true: 2, false: 1}[strings.HasPrefix(command, "ls") || strings.HasPrefix(command, "echo")], "notes", command); !strings.Contains(out, want) {
			t.Errorf("%s says %q, want %q", command, out, want)
		}
	}
}

// TestMountFresh changes a record by the API and by SQL: the mount shows it within 100 ms. The other way it is at once.
func TestMountFresh(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(journal)
	m := in.mount("--project", "journal")
	if err := m.write(`{"title": "0"}`, "notes", "n.json"); err != nil {
		t.Fatal(err)
	}
	inode := m.shell(0, "notes", "stat -c %i n.json")
	var slowest time.Duration
	for i, change := range []func(title string){
		func(title string) {
			in.admin(200, "PATCH", "/projects/journal/tables/notes/records/n", `{"data": {"title": "`+title+`"}}`, nil)
		},
		func(title string) { in.scalar("UPDATE p_journal.notes SET title = '" + title + "' WHERE uid = 'n'") },
	} {
		title := []string{"by API", "by SQL"}[i]
		for range 5 {
			m.read("notes", "n.json") // it is known now
			title += "!"
			change(title)
			begun := time.Now()
			for !strings.Contains(m.read("notes", "n.json"), `"`+title+`"`) {
				time.Sleep(time.Millisecond)
			}
			slowest = max(slowest, time.Since(begun))
		}
	}
	t.Logf("the slowest change was seen after %v", slowest)
	if got := m.shell(0, "notes", "stat -c %i n.json"); got != inode {
		t.Errorf("the inode's number was %s and is %s", inode, got)
	}
	if err := m.write(`{"title": "by file"}`, "notes", "n.json"); err != nil {
		t.Fatal(err)
	}
	if _, answer := in.request("GET", "/_/api/projects/journal/tables/notes/records/n", "", "Authorization", in.asOwner()); !strings.Contains(answer, "by file") {
		t.Errorf("after close the API answers %s", answer)
	}
	in.admin(200, "DELETE", "/projects/journal/tables/notes/records/n", "", nil)
	for len(m.shell(0, "notes", "ls")) > 0 {
		time.Sleep(time.Millisecond)
	}
	var mounts struct {
		Items []struct{ Project, Directory string }
	}
	in.admin(200, "GET", "/mounts", "", &mounts)
	if len(mounts.Items) != 1 || mounts.Items[0].Project != "journal" || mounts.Items[0].Directory != m.dir {
		t.Errorf("the admin API lists the mounts %+v", mounts)
	}
}

// site is a table that a static-site generator reads.
const site = `
project: site
tables:
  posts:
    file: {name: slug, format: markdown, body: content}
    fields:
      title:   {type: text, required: true}
      slug:    {type: text, required: true, unique: true}
      date:    {type: datetime}
      content: {type: text}
`

// TestMountSite builds a site with Hugo from a table of Markdown, and again when a post was changed by the API.
func TestMountSite(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(site)
	m := in.mount("--project", "site")
	m.shell(0, "posts", `printf -- '---\ntitle: Hello\ndate: 2024-05-06\n---\nSome *text*.\n' >hello-world.md && ls | grep -qx hello-world.md`)
	root := t.TempDir()
	for name, content := range map[string]string{
		"config.toml":                  "title = 'Site'\ndisableKinds = ['taxonomy', 'term', 'sitemap', 'RSS', '404']\n",
		"layouts/_default/single.html": "<h1>{{.Title}}</h1>{{.Date.Year}}{{.Content}}",
		"layouts/_default/list.html":   "{{range .Site.RegularPages}}{{.Title}};{{end}}",
		"layouts/index.html":           "{{range .Site.RegularPages}}{{.Title}};{{end}}",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := func() string {
		t.Helper()
		hugo := exec.CommandContext(t.Context(), "hugo", "--source", root, "--contentDir", m.dir, "--destination", filepath.Join(root, "public"), "--quiet")
		if out, err := hugo.CombinedOutput(); err != nil {
			t.Fatalf("hugo: %v\n%s", err, out)
		}
		page, err := os.ReadFile(filepath.Join(root, "public/posts/hello-world/index.html"))
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	if got := build(); got != "<h1>Hello</h1>2024<p>Some <em>text</em>.</p>\n" {
		t.Errorf("Hugo makes %q", got)
	}
	in.admin(200, "PATCH", "/projects/site/tables/posts/records/"+in.uidOf("site/posts", "hello-world"), `{"data": {"title": "Changed"}}`, nil)
	for !strings.Contains(m.read("posts", "hello-world.md"), "Changed") {
		time.Sleep(time.Millisecond)
	}
	if got := build(); !strings.HasPrefix(got, "<h1>Changed</h1>") {
		t.Errorf("after a change by the API Hugo makes %q", got)
	}
	m.shell(0, "posts", `mv hello-world.md bye.md && grep -qx 'slug: bye' bye.md && ! test -e hello-world.md`)
	m.shell(0, "posts", `cp bye.md copy.md && sed -i 's/^title: .*/title: Two/' copy.md && grep -qx 'slug: copy' copy.md && grep -qx 'title: Changed' bye.md`)
	m.shell(1, "posts", `printf -- '---\ntitle: [\n---\n' >/dev/stdout | dd of=bye.md status=none`)
	if got := m.read("posts", ".lasterror"); !strings.Contains(got, "bye.md: The front matter is no YAML") {
		t.Errorf(".lasterror says %q", got)
	}
}
