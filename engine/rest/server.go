package rest

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/outbound"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/engine/traffic"
	"github.com/sayrud/sayrud/storage/pg"
)

// Config wires a Server.
type Config struct {
	DB       *pg.DB
	Catalog  *catalog.Catalog
	Records  *record.Engine
	Scripts  *script.Runner
	Auth     *auth.Auth
	Jobs     *job.Queue                       // the caller runs its Run; nil refuses what sends something
	Captchas *middleware.Captchas             // the caller runs its Run; nil makes one
	Limits   *middleware.Limiter              // the caller runs its Run; nil makes one that drops nothing
	Cache    *middleware.Cache                // nil keeps no answers
	Changes  *change.Feed                     // of the Cache; nil makes one that hears of no write of this process
	Secrets  *secret.Set                      // that of the Catalog; nil has none
	Outbound *outbound.Client                 // connects to what definitions name; nil makes one that reaches the public Internet only
	Env      func(name string) (string, bool) // variables that the operator listed, for secrets that come by the admin API; nil lists none
	Files    *file.Files                      // nil: records hold no files
	Traffic  *traffic.Log                     // the caller runs its Run; nil makes one that writes nothing
	Log      *slog.Logger
	Panel    http.Handler         // of /_/ ; nil is none
	Registry *prometheus.Registry // nil makes one

	Samples map[string]Sample // what the first run offers, by name

	TrustedProxies []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Proto are believed
	MaxBody        int64          // bytes of a request's body; 0 is 1 MiB
	MetricsToken   string         // "" leaves /metrics off this address; see Server.Metrics
	Version        string
	Commit         string
}

func (c *Config) validate() error {
	switch {
	case c.DB == nil || c.Catalog == nil || c.Records == nil || c.Scripts == nil || c.Auth == nil || c.Log == nil:
		return errors.New("make HTTP server: DB, Catalog, Records, Scripts, Auth and Log are needed")
	case c.MaxBody < 0:
		return errors.New("make HTTP server: MaxBody is negative")
	}
	if c.MaxBody == 0 {
		c.MaxBody = 1 << 20
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	if c.Version == "" {
		c.Version = "unknown"
	}
	if c.Env == nil {
		c.Env = func(string) (string, bool) { return "", false }
	}
	if c.Outbound == nil {
		c.Outbound = outbound.New(outbound.Config{})
	}
	if c.Changes == nil {
		c.Changes = change.New(c.DB, c.Log)
	}
	if c.Captchas == nil {
		cfg := middleware.CaptchaConfig{DB: c.DB, Outbound: c.Outbound, Log: c.Log}
		if c.Secrets != nil {
			cfg.Key = c.Secrets.Key()
		}
		c.Captchas = middleware.NewCaptchas(cfg)
	}
	if c.Traffic == nil {
		c.Traffic = traffic.New(c.DB, c.Log)
	}
	if c.Limits == nil {
		c.Limits = middleware.NewLimiter(c.DB, c.Log)
	}
	return nil
}

// A Server answers HTTP requests. It is safe for concurrent use.
type Server struct {
	cfg        Config
	log        *slog.Logger
	generation atomic.Pointer[generation]
	metrics    *metrics
	admin      http.Handler
	keySets    *middleware.KeySets
	forged     sync.Once // the warning about X-Forwarded-For
	live       *live
	pace       pace // of event streams
	started    time.Time
}

// New makes a Server and compiles the endpoints of the present Schema, and again whenever it changes.
func New(cfg Config) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, log: cfg.Log, metrics: newMetrics(cfg.Registry), started: time.Now(),
		keySets: middleware.NewKeySets(cfg.Outbound, cfg.Log), live: newLive(), pace: usualPace}
	if cfg.Cache != nil {
		cfg.Cache.Register(cfg.Registry)
	}
	cfg.Limits.Register(cfg.Registry)
	cfg.Traffic.Register(cfg.Registry)
	var err error
	if s.admin, err = s.adminHandler(); err != nil {
		return nil, err
	}
	cfg.Catalog.OnChange(s.swap)
	return s, nil
}

// swap compiles a generation aside and puts it in place.
func (s *Server) swap(schema *engine.Schema) {
	s.generation.Store(s.compile(schema, s.generation.Load()))
	s.live.tell()
}

// EndStreams ends the event streams, which would hold up a shutdown. Those that begin later end at once.
func (s *Server) EndStreams() { s.live.end() }

// Handler gives the handler of the public address.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) uptime() time.Duration { return time.Since(s.started) }
