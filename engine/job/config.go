package job

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/pg"
)

// Config wires a Queue.
type Config struct {
	DB       *pg.DB // that the catalog has migrated
	Schema   func() *engine.Schema
	Records  *record.Engine
	Scripts  *script.Runner
	Secrets  *secret.Set
	HTTP     *http.Client         // that dials only what the operator allows; redirects are not followed whatever it says
	Mail     *Mailer              // nil: there is no mail server, and mail is dead
	Log      *slog.Logger         // nil: slog.Default()
	Registry *prometheus.Registry // nil makes one

	FirstPause time.Duration // before the second attempt; each further one is three times as long; 0 is 5 s
	Poll       time.Duration // how often the outbox is looked at without being told; 0 is 1 s
	Workers    int           // attempts at once; 0 is 20
}

func (c *Config) validate() error {
	if c.DB == nil || c.Schema == nil || c.Records == nil || c.Scripts == nil || c.HTTP == nil {
		return errors.New("open queue: DB, Schema, Records, Scripts and HTTP are needed")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	if c.FirstPause == 0 {
		c.FirstPause = 5 * time.Second
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	if c.Workers == 0 {
		c.Workers = 20
	}
	return nil
}
