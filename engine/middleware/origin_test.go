package middleware

import (
	"net/http/httptest"
	"testing"
)

func TestOrigin(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"a.org":                 "a.org",
		"Blog.Example.org:8443": "blog.example.org:8443",
		"my_host":               "my_host",
		"127.0.0.1:80":          "127.0.0.1:80",
		"[::1]":                 "[::1]",
		"[2001:DB8::1]:8080":    "[2001:db8::1]:8080",
		"":                      "",
		":80":                   "",
		"a.org:":                "",
		"a.org:99999":           "",
		"a.org:+1":              "",
		"a.org:80:80":           "",
		"a.org/evil":            "",
		"a.org?x":               "",
		"a.org#x":               "",
		"user@a.org":            "",
		"a.org\"onload=x":       "",
		"<script>":              "",
		"a.org, b.org":          "",
		"a%2eorg":               "",
		"b\u00fccher.example":   "",
		"[::1":                  "",
		"::1":                   "",
		"[1.2.3.4]":             "",
		"[fe80::1%25eth0]":      "",
		"[::1]x":                "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		q := Request{HTTP: r}
		plain, quoted := "", ""
		if want != "" {
			plain, quoted = "http://"+want, `"https://`+want+`"`
		}
		if got := q.Origin(); got != plain {
			t.Errorf("%q: %q, want %q", host, got, plain)
		}
		q.Secure = true
		if got := string(q.Value([]string{"origin"})); got != quoted {
			t.Errorf("%q over TLS: %s, want %s", host, got, quoted)
		}
	}
}
