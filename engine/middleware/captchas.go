package middleware

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/outbound"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/pg"
)

// Captchas is what captcha steps share, over all servers of a database: which tokens are used up, and the key that signs puzzles. It
// is safe for concurrent use.
type Captchas struct {
	db     *pg.DB
	client *http.Client
	key    *secret.Key
	urls   map[string]string
	log    *slog.Logger
	clock  func() time.Time
	signs  atomic.Pointer[[]byte]
}

// CaptchaConfig wires a Captchas.
type CaptchaConfig struct {
	DB       *pg.DB
	Outbound *outbound.Client
	Key      *secret.Key       // seals the key of puzzles; nil: there are no puzzles
	URLs     map[string]string // of verification, by provider; the provider's own where absent
	Log      *slog.Logger
}

// NewCaptchas makes a Captchas over a migrated database.
func NewCaptchas(cfg CaptchaConfig) *Captchas {
	return &Captchas{db: cfg.DB, client: cfg.Outbound.HTTP(), key: cfg.Key, urls: cfg.URLs, log: cfg.Log, clock: time.Now}
}

// SetClock makes now the time, for tests. It comes before the first use.
func (c *Captchas) SetClock(now func() time.Time) { c.clock = now }

const (
	sqlUseCaptcha = `
INSERT INTO sl_used_captchas (key, expires_at)
VALUES ($1, $2)
ON CONFLICT DO NOTHING`
	sqlSweepCaptchas = `
DELETE FROM sl_used_captchas
WHERE expires_at < $1`
	sqlServerKey = `
SELECT sealed, key_id
FROM sl_server_keys
WHERE name = $1`
	sqlNewServerKey = `
INSERT INTO sl_server_keys (name, sealed, key_id)
VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING`
)

// use notes that a token is used up; its error is the refusal of one that was.
func (c *Captchas) use(ctx context.Context, key []byte, expires time.Time) error {
	tag, err := c.db.Pool().Exec(ctx, sqlUseCaptcha, key, expires)
	if err != nil {
		return fmt.Errorf("note used captcha: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return &engine.Error{Code: engine.Captcha, Cause: errors.New("the token was used before")}
	}
	return nil
}

// Run forgets expired tokens, until ctx ends.
func (c *Captchas) Run(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := c.sweep(ctx); err != nil && ctx.Err() == nil {
				c.log.Warn("forget used captchas", "error", err)
			}
		}
	}
}

func (c *Captchas) sweep(ctx context.Context) error {
	_, err := c.db.Pool().Exec(ctx, sqlSweepCaptchas, c.clock())
	return err
}

// signingName is the row of the key that signs puzzles.
const signingName = "captcha"

// signingKey gives the key that signs puzzles, the same on every server. The first to need it makes it.
func (c *Captchas) signingKey(ctx context.Context) ([]byte, error) {
	if key := c.signs.Load(); key != nil {
		return *key, nil
	}
	key, err := c.loadSigningKey(ctx)
	var known *engine.Error
	if err != nil && !errors.As(err, &known) && !pg.IsUnavailable(err) && ctx.Err() == nil {
		err = &engine.Error{Code: engine.Unavailable, Sentence: "incomplete", Cause: fmt.Errorf("key of puzzles: %w", err)}
	}
	if err != nil {
		return nil, err
	}
	c.signs.Store(&key)
	return key, nil
}

func (c *Captchas) loadSigningKey(ctx context.Context) ([]byte, error) {
	if c.key == nil {
		return nil, errors.New("this server keeps no secrets")
	}
	sealed, err := c.sealedKey(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		var fresh [32]byte
		rand.Read(fresh[:])
		made, sealing := c.key.Seal(0, signingName, "", secret.NewValue(base64.StdEncoding.EncodeToString(fresh[:])))
		if sealing != nil {
			return nil, sealing
		}
		if _, err := c.db.Pool().Exec(ctx, sqlNewServerKey, signingName, made.Bytes, made.KeyID); err != nil {
			return nil, fmt.Errorf("store key: %w", err)
		}
		sealed, err = c.sealedKey(ctx) // another server's, where it was faster
	}
	if err != nil {
		return nil, err
	}
	v, err := c.key.Open(0, sealed)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(v.Reveal())
}

func (c *Captchas) sealedKey(ctx context.Context) (secret.Sealed, error) {
	s := secret.Sealed{Use: signingName}
	err := c.db.Pool().QueryRow(ctx, sqlServerKey, signingName).Scan(&s.Bytes, &s.KeyID)
	return s, err
}
