package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrRefused is why no connection was made: the address is not of the public Internet, and not allowed.
var ErrRefused = errors.New("the address is not on the public Internet; the operator can allow it with --allow-outbound")

// ErrTooLarge ends the reading of an answer that has more bytes than a Client takes.
var ErrTooLarge = errors.New("the answer is too large")

// Config is what a Client can be told. The zero value is ready: the public Internet only.
type Config struct {
	Allow       Allowlist
	Resolver    *net.Resolver // nil: the system's
	Timeout     time.Duration // of a request with its redirects and the reading of its answer; 0 is 10 s
	DialTimeout time.Duration // of one connection; 0 is 5 s
	MaxBytes    int64         // of an answer's body; 0 is 1 MiB
	Redirects   int           // that are followed; 0 is 3, less is none
}

// A Client connects to what definitions name. It is safe for concurrent use.
type Client struct {
	cfg    Config
	dialer net.Dialer
	http   *http.Client
}

// New makes a Client.
func New(cfg Config) *Client {
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.DialTimeout == 0 {
		cfg.DialTimeout = 5 * time.Second
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 1 << 20
	}
	if cfg.Redirects == 0 {
		cfg.Redirects = 3
	}
	c := &Client{cfg: cfg}
	c.dialer = net.Dialer{Timeout: cfg.DialTimeout, KeepAlive: 30 * time.Second, Resolver: cfg.Resolver, ControlContext: c.control}
	transport := &http.Transport{ // no Proxy: a proxy would connect where we do not look
		DialContext: c.Dial, ForceAttemptHTTP2: true, DisableCompression: true, // a small answer must not unpack to a large one
		MaxIdleConns: 100, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 64, IdleConnTimeout: 30 * time.Second,
		TLSHandshakeTimeout: cfg.DialTimeout, ResponseHeaderTimeout: cfg.Timeout, MaxResponseHeaderBytes: 64 << 10,
	}
	c.http = &http.Client{Transport: &bounded{transport, cfg.MaxBytes}, Timeout: cfg.Timeout, CheckRedirect: c.redirect}
	return c
}

// HTTP gives the HTTP client. Its answers end in ErrTooLarge behind MaxBytes, its connections in ErrRefused.
func (c *Client) HTTP() *http.Client { return c.http }

// CloseIdle closes connections that wait for the next request.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

type allowedHost struct{}

// Dial connects to host:port over "tcp", "tcp4" or "tcp6", for other protocols than HTTP such as SMTP. The error is ErrRefused where
// no address of the host may be reached.
func (c *Client) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, fmt.Errorf("connect to %s: the network %s is not served", address, network)
	}
	ctx = context.WithValue(ctx, allowedHost{}, c.cfg.Allow.allowsHost(host))
	return c.dialer.DialContext(ctx, network, address)
}

// control judges the address that a socket is about to connect to; by then every name is resolved.
func (c *Client) control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	if allowed, _ := ctx.Value(allowedHost{}).(bool); allowed {
		return nil
	}
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", address, ErrRefused)
	}
	if c.cfg.Allow.allowsAddr(addr.Addr()) || Public(addr.Addr()) {
		return nil
	}
	return ErrRefused
}

// redirect follows a few redirects, none of which gives up TLS.
func (c *Client) redirect(next *http.Request, via []*http.Request) error {
	if len(via) > c.cfg.Redirects {
		return fmt.Errorf("more than %d redirects", max(0, c.cfg.Redirects))
	}
	if via[len(via)-1].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return fmt.Errorf("a redirect from https to %s is not followed", next.URL.Scheme)
	}
	return nil
}

// bounded refuses other schemes than http and https, and bounds what is read of an answer.
type bounded struct {
	next     http.RoundTripper
	maxBytes int64
}

// RoundTrip makes one exchange.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, fmt.Errorf("the scheme %q is not served; use http or https", r.URL.Scheme)
	}
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.ContentLength > b.maxBytes {
		_ = answer.Body.Close()
		return nil, ErrTooLarge
	}
	answer.Body = &boundedBody{answer.Body, b.maxBytes}
	return answer, nil
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

// Read reads at most what is left, and one byte to know that there is more.
func (b *boundedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		err = ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}

// CloseIdleConnections serves http.Client.
func (b *bounded) CloseIdleConnections() {
	if t, ok := b.next.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}
