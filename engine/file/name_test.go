package file

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSafeName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.txt": "a.txt", "../../etc/passwd": "passwd", `C:\dir\a b.txt`: "a b.txt", "": "file.png", "..": "file.png", ".htaccess": "htaccess", "a\x00b\r\nX: y.txt": "abX: y.txt",
		"脸.png": "脸.png", "evil\u202egpj.exe": "evilgpj.exe", "\xff\xfea.txt": "a.txt", "dir/": "file.png", "  a  ": "a", "... ..a ": "a",
	} {
		if got := SafeName(name, "image/png"); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", name, got, want)
		}
	}
	long := SafeName(strings.Repeat("长", 300)+".tar.gz", "application/gzip")
	if len(long) > maxName || !utf8.ValidString(long) || !strings.HasSuffix(long, "长.gz") {
		t.Errorf("a long name becomes %q", long)
	}
}

func FuzzSafeName(f *testing.F) {
	f.Add("../a\x00\r\n.png")
	f.Fuzz(func(t *testing.T, name string) {
		got := SafeName(name, "text/plain; charset=utf-8")
		if got == "" || got[0] == '.' || len(got) > maxName || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\x00\r\n") {
			t.Errorf("SafeName(%q) = %q", name, got)
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	images := Limit{Types: []string{"image/*", "text/plain"}}
	for mediaType, want := range map[string]bool{"image/png": true, "text/plain; charset=utf-8": true, "text/html; charset=utf-8": false, "imagex/png": false, "": false} {
		if images.Allows(mediaType) != want {
			t.Errorf("Allows(%q) = %t", mediaType, !want)
		}
	}
}
