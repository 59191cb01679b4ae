package e2e

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// gallery is a table whose records hold files.
const gallery = `
project: gallery
tables:
  albums:
    fields:
      title:  {type: text, required: true}
      year:   {type: number, integer: true}
      open:   {type: boolean}
      extra:  {type: json}
      upper:  {type: generated, expression: upper(title)}
      cover:  {type: file, types: ["image/*"]}
      papers: {type: file, many: true, max_size: 100000}
`

// TestMountFields reads and writes a record as a directory: a file for each field, attachments as real files.
func TestMountFields(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.run(0, "", "apply", writeTemp(t, gallery))
	m := in.mount("--project", "gallery")
	m.shell(0, "albums", `echo '{"title": "Sea", "year": 1999}' >a.json`)
	for _, tt := range []struct{ command, want string }{
		{`ls a`, "cover\nextra\nopen\npapers\ntitle\nupper\nyear\n"},
		{`cat a/title a/year a/open a/upper`, "Sea\n1999\nSEA\n"},
		{`echo Lake >a/title && cat a/title && jq -r .title a.json`, "Lake\nLake\n"},
		{`echo 2001 >a/year && echo true >a/open && echo '{"b": [1]}' >a/extra && jq -c '[.year, .open, .extra]' a.json`, "[2001,true,{\"b\":[1]}]\n"},
		{`: >a/year && jq -c .year a.json && wc -c <a/year`, "null\n0\n"},
		{`sed 's/Lake/Pond/' a/title >a/../t.txt && cat t.txt >a/title && rm t.txt && cat a/title`, "Pond\n"},
	} {
		if got := m.shell(0, "albums", tt.command); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.command, got, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		content string
		errno   syscall.Errno
	}{"year": {"soon", syscall.EINVAL}, "upper": {"x", syscall.EPERM}, "open": {"perhaps", syscall.EINVAL}} {
		if err := m.write(tt.content, "albums", "a", name); !errors.Is(err, tt.errno) {
			t.Errorf("writing %s gives %v, want %v", name, err, tt.errno)
		}
		if got := m.shell(0, "albums", "getfattr --only-values -n user.sayrud.error a/"+name); !strings.Contains(got, name) {
			t.Errorf("the attribute of %s says %q", name, got)
		}
	}
	m.shell(0, "albums", `: >a/title; getfattr --only-values -n user.sayrud.error a/title | grep -q required && cat a/title | grep -qx Pond`)

	big := bytes.Repeat([]byte("0123456789"), 9000)
	source := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(source, big, 0o600); err != nil {
		t.Fatal(err)
	}
	m.shell(0, "albums", "cp "+source+" a/papers/ && cp -p "+source+" a/papers/again.txt && cmp "+source+" a/papers/notes.txt")
	if got := m.shell(0, "albums", "ls a/papers && jq -r '.papers[].size' a.json"); got != "again.txt\nnotes.txt\n90000\n90000\n" {
		t.Errorf("the files are %q", got)
	}
	m.shell(0, "albums", "tail -c 5 a/papers/notes.txt | grep -q 56789 && rm a/papers/notes.txt && ls a/papers | grep -qx again.txt")
	if out := m.shell(1, "albums", "cp "+source+" a/cover/"); !strings.Contains(out, "Invalid argument") {
		t.Errorf("a text as a picture says %q", out)
	}
	if out := m.shell(1, "albums", "cat "+source+" "+source+" >/tmp/$$ && cp /tmp/$$ a/papers/; code=$?; rm /tmp/$$; exit $code"); !strings.Contains(out, "File too large") {
		t.Errorf("a file that is too large says %q", out)
	}
	if got := m.read("albums", ".lasterror"); !strings.Contains(got, "papers") {
		t.Errorf(".lasterror says %q", got)
	}
	if got := m.shell(0, "albums", "ls a/cover a/papers"); got != "a/cover:\n\na/papers:\nagain.txt\n" {
		t.Errorf("after refusals the files are %q", got)
	}
}
