package middleware

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, test := range []struct {
		name, peer string
		forwarded  []string
		want       string
		forged     bool
	}{
		{"plain", "1.2.3.4:5", nil, "1.2.3.4", false},
		{"mapped", "[::ffff:1.2.3.4]:5", nil, "1.2.3.4", false},
		{"untrusted peer lies", "1.2.3.4:5", []string{"9.9.9.9"}, "1.2.3.4", true},
		{"trusted", "10.0.0.1:5", []string{"9.9.9.9"}, "9.9.9.9", false},
		{"trusted, mapped", "[::ffff:10.0.0.1]:5", []string{"::ffff:9.9.9.9"}, "9.9.9.9", false},
		{"client's own entry is left of the proxy's", "10.0.0.1:5", []string{"6.6.6.6, 9.9.9.9"}, "9.9.9.9", false},
		{"two proxies", "10.0.0.1:5", []string{"6.6.6.6, 9.9.9.9, 10.0.0.2"}, "9.9.9.9", false},
		{"two headers", "10.0.0.1:5", []string{"6.6.6.6", "9.9.9.9,10.0.0.2"}, "9.9.9.9", false},
		{"rubbish ends the walk", "10.0.0.1:5", []string{"6.6.6.6, unknown, 10.0.0.2"}, "10.0.0.2", false},
		{"only proxies", "10.0.0.1:5", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3", false},
		{"port and brackets", "10.0.0.1:5", []string{"[2001:db8::1]:443"}, "2001:db8::1", false},
		{"empty", "10.0.0.1:5", []string{""}, "10.0.0.1", false},
		{"unix socket", "@", nil, "invalid IP", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{RemoteAddr: test.peer, Header: http.Header{"X-Forwarded-For": test.forwarded}}
			if got, _, forged := Address(r, trusted); got.String() != test.want || forged != test.forged {
				t.Errorf("got %s, forged %v", got, forged)
			}
		})
	}
}

func TestLimitKey(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.2.3.4": "1.2.3.4", "::ffff:1.2.3.4": "1.2.3.4", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "ada": "ada", "": "",
	} {
		if got := LimitKey(text); got != want {
			t.Errorf("LimitKey(%q) = %q, want %q", text, got, want)
		}
	}
}
