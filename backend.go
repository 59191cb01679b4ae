package main

import (
	"context"
	"log/slog"
	"net/netip"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/outbound"
	"github.com/sayrud/sayrud/engine/rest"
	"github.com/sayrud/sayrud/engine/traffic"
	"github.com/sayrud/sayrud/examples"
	"github.com/sayrud/sayrud/ui"
)

// settings are what the flags of serve say to the backend.
type settings struct {
	proxies  []netip.Prefix
	allowed  outbound.Allowlist
	mailer   *job.Mailer       // nil: there is no mail server
	captchas map[string]string // provider: where its captchas are verified
}

// A backend is what serve opens above an instance: who asks, what is counted, sent and kept, and the HTTP door in front of it.
type backend struct {
	in         *instance
	principals *auth.Auth
	limits     *middleware.Limiter
	feed       *change.Feed
	outbound   *outbound.Client
	jobs       *job.Queue
	captchas   *middleware.Captchas
	traffic    *traffic.Log
	server     *rest.Server
}

func (g *Globals) openBackend(ctx context.Context, in *instance, set settings, log *slog.Logger) (_ *backend, err error) {
	if err := in.secrets.Verify(); err != nil {
		log.Error("secrets cannot be opened; endpoints that need them answer unavailable", "error", err)
	}
	if err := g.openFiles(ctx, in, log); err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	b := &backend{
		in: in, principals: auth.New(in.db), limits: middleware.NewLimiter(in.db, log), feed: change.New(in.db, log),
		outbound: outbound.New(outbound.Config{Allow: set.allowed}), traffic: traffic.New(in.db, log),
	}
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	in.records.OnChange(b.feed.Changed)
	if b.jobs, err = job.Open(ctx, job.Config{
		DB: in.db, Schema: in.catalog.Schema, Records: in.records, Scripts: in.scripts, Secrets: in.secrets, HTTP: b.outbound.HTTP(),
		Mail: set.mailer, Log: log, Registry: registry,
	}); err != nil {
		return nil, err
	}
	b.captchas = middleware.NewCaptchas(middleware.CaptchaConfig{DB: in.db, Outbound: b.outbound, Key: in.secrets.Key(), URLs: set.captchas, Log: log})
	made := thisBuild()
	b.server, err = rest.New(rest.Config{
		DB: in.db, Catalog: in.catalog, Records: in.records, Files: in.files, Scripts: in.scripts, Auth: b.principals, Limits: b.limits, Log: log,
		Cache: middleware.NewCache(b.feed, 0), Changes: b.feed, Secrets: in.secrets, Env: g.lookupEnv, Outbound: b.outbound, Captchas: b.captchas, Jobs: b.jobs, Traffic: b.traffic,
		Samples: samples(), Registry: registry, Panel: ui.Handler("/_/"), TrustedProxies: set.proxies, Version: made.version, Commit: made.commit,
	})
	return b, err
}

// samples are the projects that the panel's first run offers.
func samples() map[string]rest.Sample {
	return map[string]rest.Sample{
		"comments": {Project: examples.Comments, Records: map[string][]byte{"comments": examples.CommentRecords}},
	}
}

// run does what goes on beside requests, until ctx ends.
func (b *backend) run(ctx context.Context, group *errgroup.Group) {
	for _, follow := range []func(context.Context) error{b.in.catalog.Run, b.in.records.Tend, b.feed.Run, b.jobs.Run} {
		group.Go(func() error { return ignoreCanceled(follow(ctx)) })
	}
	for _, tidy := range []func(context.Context){b.limits.Run, b.captchas.Run, b.in.files.Run, b.traffic.Run} {
		group.Go(func() error {
			tidy(ctx)
			return nil
		})
	}
}

// Close ends what openBackend opened; the instance stays.
func (b *backend) Close() {
	b.traffic.Close()
	if b.jobs != nil {
		b.jobs.Close()
	}
	b.outbound.CloseIdle()
}
