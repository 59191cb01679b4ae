package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/outbound"
	"github.com/sayrud/sayrud/engine/rest"
)

type serveCommand struct {
	HTTP           string   `name:"http" help:"Address of the endpoints, the panel and the admin API." default:"127.0.0.1:8090" env:"SAYRUD_HTTP" placeholder:"ADDR"`
	PanelAddr      string   `help:"Another address for the panel and the admin API; --http serves only endpoints then." env:"SAYRUD_PANEL_ADDR" placeholder:"ADDR"`
	MetricsAddr    string   `help:"Address of /metrics; without it, nowhere." env:"SAYRUD_METRICS_ADDR" placeholder:"ADDR"`
	AllowOutbound  []string `help:"Networks, addresses or hosts beyond the public Internet that webhooks, mail, key sets and captchas may connect to." env:"SAYRUD_ALLOW_OUTBOUND" placeholder:"CIDR"`
	SMTPURL        string   `name:"smtp-url" help:"Mail server: smtp://user:password@host:port with STARTTLS, or smtps://… with TLS from the beginning." env:"SAYRUD_SMTP_URL" placeholder:"URL"`
	SMTPFrom       string   `name:"smtp-from" help:"Sender of mail: ada@example.org, or Ada <ada@example.org>." env:"SAYRUD_SMTP_FROM" placeholder:"ADDRESS"`
	CaptchaURL     []string `name:"captcha-url" help:"Another address of verification for a captcha provider, such as recaptcha=https://www.recaptcha.net/recaptcha/api/siteverify." env:"SAYRUD_CAPTCHA_URL" placeholder:"PROVIDER=URL"`
	TrustedProxies []string `help:"Addresses or networks of proxies whose X-Forwarded-For is believed." env:"SAYRUD_TRUSTED_PROXIES" placeholder:"CIDR"`
}

// shutdownTime is how long requests under way may take after a signal to stop.
const shutdownTime = 10 * time.Second

// Run serves until ctx ends, then lets requests under way finish.
func (c *serveCommand) Run(ctx context.Context, t terminal, g *Globals) (err error) {
	set, err := c.settings()
	if err != nil {
		return err
	}
	log, buffer := g.bufferedLogger(t.Err)
	defer buffer.Close()
	listeners, err := c.listen(ctx)
	if err != nil {
		return err
	}
	defer listeners.close()
	in, err := g.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	back, err := g.openBackend(ctx, in, set, log)
	if err != nil {
		return err
	}
	defer back.Close()
	if err := c.welcome(ctx, t, back.principals); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	back.run(ctx, group)
	serveOn(ctx, group, log, "http", listeners.http, c.endpoints(back.server), back.server.EndStreams)
	if listeners.panel != nil {
		serveOn(ctx, group, log, "panel", listeners.panel, back.server.Handler(), back.server.EndStreams)
	}
	if listeners.metrics != nil {
		serveOn(ctx, group, log, "metrics", listeners.metrics, back.server.Metrics(), func() {})
	}
	return group.Wait()
}

// settings reads the flags that are more than a text, before anything is opened.
func (c *serveCommand) settings() (set settings, err error) {
	if set.proxies, err = parseProxies(c.TrustedProxies); err != nil {
		return set, err
	}
	if set.allowed, err = outbound.ParseAllowlist(c.AllowOutbound); err != nil {
		return set, usagef("--allow-outbound: %s", err)
	}
	if set.mailer, err = c.mailer(); err != nil {
		return set, err
	}
	set.captchas, err = parseCaptchaURLs(c.CaptchaURL)
	return set, err
}

// mailer gives the mail server of the flags, nil where there is none.
func (c *serveCommand) mailer() (*job.Mailer, error) {
	if c.SMTPURL == "" && c.SMTPFrom == "" {
		return nil, nil
	}
	if c.SMTPURL == "" || c.SMTPFrom == "" {
		return nil, usagef("--smtp-url and --smtp-from go together; name both")
	}
	mailer, err := job.NewMailer(c.SMTPURL, c.SMTPFrom)
	if err != nil {
		return nil, usagef("--smtp-url: %s", err)
	}
	return mailer, nil
}

// endpoints gives the handler of --http: everything, or without /_/ where the panel has an address of its own.
func (c *serveCommand) endpoints(server *rest.Server) http.Handler {
	handler := server.Handler()
	if c.PanelAddr == "" {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_/") {
			http.NotFound(w, r)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// welcome says where the server is, and prints the setup link while there is no administrator.
func (c *serveCommand) welcome(ctx context.Context, t terminal, principals *auth.Auth) error {
	panel := c.HTTP
	if c.PanelAddr != "" {
		panel = c.PanelAddr
	}
	fmt.Fprintf(t.Out, "Sayrud %s\n  endpoints  http://%s/api/\n  panel      http://%s/_/\n", thisBuild().version, c.HTTP, panel)
	needed, err := principals.NeedsSetup(ctx)
	if err != nil || !needed {
		return err
	}
	token, err := principals.NewSetupToken(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.Out, "\nMake the first administrator (this link works once, for an hour):\n  http://%s/_/setup?token=%s\n", panel, token)
	return nil
}

// listenerSet holds the open listeners; they are opened before the database, so that a taken address is told at once.
type listenerSet struct{ http, panel, metrics net.Listener }

func (c *serveCommand) listen(ctx context.Context) (*listenerSet, error) {
	var set listenerSet
	for _, wanted := range []struct {
		flag, addr string
		listener   *net.Listener
	}{{"--http", c.HTTP, &set.http}, {"--panel-addr", c.PanelAddr, &set.panel}, {"--metrics-addr", c.MetricsAddr, &set.metrics}} {
		if wanted.addr == "" {
			continue
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", wanted.addr)
		if err != nil {
			set.close()
			return nil, fmt.Errorf("%s %s cannot be listened on (%w); choose another address", wanted.flag, wanted.addr, err)
		}
		*wanted.listener = listener
	}
	return &set, nil
}

func (s *listenerSet) close() {
	for _, listener := range []net.Listener{s.http, s.panel, s.metrics} {
		if listener != nil {
			listener.Close()
		}
	}
}

// serveOn serves handler until ctx ends, then calls stopping and lets requests under way finish.
func serveOn(ctx context.Context, group *errgroup.Group, log *slog.Logger, name string, listener net.Listener, handler http.Handler, stopping func()) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	group.Go(func() error {
		log.Info("serving", "what", name, "address", listener.Addr().String())
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", name, err)
		}
		return nil
	})
	server.RegisterOnShutdown(stopping)
	group.Go(func() error {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			log.Warn("requests were cut off", "what", name, "after", shutdownTime)
			return server.Close()
		}
		return nil
	})
}

// parseCaptchaURLs reads PROVIDER=URL pairs.
func parseCaptchaURLs(texts []string) (map[string]string, error) {
	urls := map[string]string{}
	for _, text := range texts {
		provider, address, _ := strings.Cut(text, "=")
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !slices.Contains(middleware.CaptchaProviders(), provider) {
			return nil, usagef("--captcha-url %s is no PROVIDER=URL; the providers are %s", text, strings.Join(middleware.CaptchaProviders(), ", "))
		}
		urls[provider] = address
	}
	return urls, nil
}

func parseProxies(texts []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if addr, addrErr := netip.ParseAddr(text); err != nil && addrErr == nil {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, usagef("--trusted-proxies %s is neither an address nor a network such as 10.0.0.0/8", text)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}

func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
