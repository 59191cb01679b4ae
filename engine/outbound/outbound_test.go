package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"1.1.1.1": true, "93.184.216.34": true, "172.15.255.255": true, "172.32.0.1": true, "100.63.255.255": true, "2606:4700::1111": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "100.64.0.1": false, "100.100.100.200": false, "127.0.0.1": false, "127.255.255.254": false,
		"168.63.129.16": false, "169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.192": false, "192.168.1.1": false,
		"198.18.0.1": false, "224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false, "203.0.113.7": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:1.1.1.1": true, "::127.0.0.1": false, "::1.1.1.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b::101:101": true, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2002:a9fe:a9fe::1": false, "2002:101:101::1": true, "2001:0:7f00:1::": false, "2001:db8::1": false, "3fff::1": false, "100::1": false,
		"2606:4700::1111%eth0": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestParseAllowlist(t *testing.T) {
	t.Parallel()
	list, err := ParseAllowlist([]string{"10.0.0.7/8", "::1", "[fd00::1]", "Mail.Internal.", "192.168.1.2"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"10.200.0.1": true, "::ffff:10.0.0.1": true, "::1": true, "fd00::1": true, "192.168.1.2": true, "192.168.1.3": false, "127.0.0.1": false} {
		if got := list.allowsAddr(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if !list.allowsHost("mail.internal") || list.allowsHost("evil.mail.internal") || list.allowsHost("internal") {
		t.Error("hosts")
	}
	for _, text := range []string{"", "2130706433", "10.0.0.0/99", "http://x", "a b", "-a.b", "127.1"} {
		if _, err := ParseAllowlist([]string{text}); err == nil {
			t.Errorf("%q is allowed", text)
		}
	}
}

// A names is a DNS server that gives, for each question in turn, the next of a name's answers, and the last one from then on.
type names map[string][]string

func (n names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		asked := map[string]int{}
		buffer := make([]byte, 1500)
		for {
			size, from, err := socket.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer, err := n.answer(buffer[:size], asked); err == nil {
				_, _ = socket.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}

func (n names) answer(question []byte, asked map[string]int) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	q := m.Questions[0]
	name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	answers, found := n[name]
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RCode: dnsmessage.RCodeNameError}, Questions: m.Questions}
	if found {
		reply.RCode = dnsmessage.RCodeSuccess
	}
	if found && q.Type == dnsmessage.TypeA {
		i := min(asked[name], len(answers)-1)
		asked[name]++
		for one := range strings.SplitSeq(answers[i], " ") {
			reply.Answers = append(reply.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.AResource{A: netip.MustParseAddr(one).As4()}})
		}
	}
	return reply.Pack()
}

// A target counts what reaches it.
type target struct {
	hits atomic.Int32
	port string
	*httptest.Server
}

func newTarget(t *testing.T, handler http.HandlerFunc) *target {
	t.Helper()
	tg := &target{}
	tg.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tg.hits.Add(1)
		if handler != nil {
			handler(w, r)
		}
	}))
	t.Cleanup(tg.Close)
	_, tg.port, _ = net.SplitHostPort(tg.Listener.Addr().String())
	return tg
}

func newClient(t *testing.T, n names, allow ...string) *Client {
	t.Helper()
	list, err := ParseAllowlist(allow)
	if err != nil {
		t.Fatal(err)
	}
	c := New(Config{Allow: list, Resolver: n.resolver(t)})
	t.Cleanup(c.CloseIdle)
	return c
}

func get(t *testing.T, c *Client, url string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.HTTP().Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

func TestNoSpellingOfAHostLeadsInside(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, nil)
	// Some resolvers take 2130706433 or 127.1 for an address; here they are names of a DNS that answers as those would.
	c := newClient(t, names{
		"2130706433": {"127.0.0.1"}, "0x7f000001": {"127.0.0.1"}, "017700000001": {"127.0.0.1"}, "127.1": {"127.0.0.1"}, "0x7f.1": {"127.0.0.1"}, "0": {"0.0.0.0"},
		"private.test": {"10.0.0.1"}, "loop.test": {"127.0.0.1"}, "metadata.test": {"169.254.169.254"}, "several.test": {"10.0.0.1 127.0.0.1 192.168.0.1"},
	})
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::]", "0.0.0.0", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
		"2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "0", "127.0.0.1.", "LOCALHOST",
		"private.test", "loop.test", "loop.test.", "metadata.test", "several.test", "user:pass@127.0.0.1",
	} {
		_, err := get(t, c, "http://"+host+":"+tg.port+"/")
		// The machine's resolver knows some of these spellings; then nothing is found at all.
		var missing *net.DNSError
		if !errors.Is(err, ErrRefused) && !errors.As(err, &missing) {
			t.Errorf("%s: %v", host, err)
		}
		if strings.HasSuffix(host, ".test") && !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if n := tg.hits.Load(); n > 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestRedirectsAreJudgedToo(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "arrived")
	})
	c := newClient(t, names{"inside.test": {"127.0.0.3"}}, "127.0.0.1")
	base := "http://127.0.0.1:" + tg.port + "/"
	if body, err := get(t, c, base+"?to=/"); err != nil || body != "arrived" {
		t.Fatalf("%q, %v", body, err)
	}
	before := tg.hits.Load()
	for _, to := range []string{"http://127.0.0.2:" + tg.port + "/", "http://inside.test:" + tg.port + "/", "//[::ffff:127.0.0.2]:" + tg.port} {
		if _, err := get(t, c, base+"?to="+to); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", to, err)
		}
	}
	for _, to := range []string{"file:///etc/passwd", "gopher://127.0.0.1:" + tg.port + "/", "ftp://127.0.0.1/"} {
		if _, err := get(t, c, base+"?to="+to); err == nil || !strings.Contains(err.Error(), "not served") {
			t.Errorf("%s: %v", to, err)
		}
	}
	if n := tg.hits.Load() - before; n != 6 {
		t.Errorf("%d requests, want the 6 that were redirected", n)
	}
	loop := newTarget(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	if _, err := get(t, c, "http://127.0.0.1:"+loop.port); err == nil || !strings.Contains(err.Error(), "more than 3 redirects") || loop.hits.Load() != 4 {
		t.Errorf("%v after %d requests", err, loop.hits.Load())
	}
}

func TestRebindingIsSeenWhenItHappens(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "arrived") })
	// 127.0.0.1 stands for a public address, 127.0.0.2 for a private one.
	c := newClient(t, names{"changing.test": {"127.0.0.1", "127.0.0.2"}}, "127.0.0.1")
	url := "http://changing.test:" + tg.port + "/"
	if body, err := get(t, c, url); err != nil || body != "arrived" {
		t.Fatalf("%q, %v", body, err)
	}
	c.CloseIdle()
	if _, err := get(t, c, url); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
	if n := tg.hits.Load(); n != 1 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestAllowedNamesAndSMTP(t *testing.T) {
	t.Parallel()
	tg := newTarget(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "arrived") })
	c := newClient(t, names{"mail.test": {"127.0.0.1"}, "other.test": {"127.0.0.1"}}, "mail.test")
	if body, err := get(t, c, "http://MAIL.test:"+tg.port+"/"); err != nil || body != "arrived" {
		t.Fatalf("%q, %v", body, err)
	}
	if _, err := get(t, c, "http://other.test:"+tg.port+"/"); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
	conn, err := c.Dial(t.Context(), "tcp", "mail.test:"+tg.port)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	for _, wrong := range [][2]string{{"tcp", "127.0.0.1:" + tg.port}, {"tcp", "other.test:" + tg.port}, {"udp", "mail.test:53"}, {"unix", "/tmp/x"}, {"tcp", "mail.test"}} {
		if conn, err := c.Dial(t.Context(), wrong[0], wrong[1]); err == nil {
			_ = conn.Close()
			t.Errorf("%v: connected", wrong)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	tg := newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/said":
			w.Header().Set("Content-Length", "1000000000")
		case "/unsaid":
			for range 100 {
				_, _ = fmt.Fprint(w, strings.Repeat("x", 1000))
			}
		case "/exact":
			_, _ = fmt.Fprint(w, strings.Repeat("x", 1000))
		case "/zip":
			if r.Header.Get("Accept-Encoding") != "" {
				w.WriteHeader(http.StatusTeapot)
			}
		case "/never":
			<-release
		}
	})
	defer close(release)
	list, _ := ParseAllowlist([]string{"127.0.0.1"})
	c := New(Config{Allow: list, MaxBytes: 1000, Timeout: 300 * time.Millisecond})
	defer c.CloseIdle()
	base := "http://127.0.0.1:" + tg.port
	for _, path := range []string{"/said", "/unsaid"} {
		if body, err := get(t, c, base+path); !errors.Is(err, ErrTooLarge) || len(body) > 1000 {
			t.Errorf("%s: %d bytes, %v", path, len(body), err)
		}
	}
	if body, err := get(t, c, base+"/exact"); err != nil || len(body) != 1000 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	if _, err := get(t, c, base+"/zip"); err != nil {
		t.Error(err)
	}
	var late net.Error
	if _, err := get(t, c, base+"/never"); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("%v", err)
	}
}

func TestTheEnvironmentsProxyIsNotUsed(t *testing.T) {
	proxy := newTarget(t, nil)
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:"+proxy.port)
	}
	c := newClient(t, names{"inside.test": {"10.0.0.1"}})
	if _, err := get(t, c, "http://inside.test/"); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
	if n := proxy.hits.Load(); n > 0 {
		t.Errorf("%d requests went through the proxy", n)
	}
}
