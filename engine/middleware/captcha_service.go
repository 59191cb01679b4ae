package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
)

// A siteverify is how a provider's tokens are verified. All of them take a form of secret, response and remoteip, and answer JSON.
type siteverify struct {
	name  string
	url   string
	field string // that the provider's widget sends
	// lives is how long a token may be used, with some room.
	lives time.Duration
	score bool // the answer has one
}

// siteverifies are the providers, as they document it: developers.cloudflare.com/turnstile/get-started/server-side-validation,
// docs.hcaptcha.com (Verify the User Response Server Side), developers.google.com/recaptcha/docs/verify.
var siteverifies = []siteverify{
	{"turnstile", "https://challenges.cloudflare.com/turnstile/v0/siteverify", "cf-turnstile-response", 10 * time.Minute, false},
	{"hcaptcha", "https://api.hcaptcha.com/siteverify", "h-captcha-response", 10 * time.Minute, false},
	{"recaptcha", "https://www.google.com/recaptcha/api/siteverify", "g-recaptcha-response", 10 * time.Minute, false},
	{"recaptcha_v3", "https://www.google.com/recaptcha/api/siteverify", "g-recaptcha-response", 10 * time.Minute, true},
}

// CaptchaProviders names the providers whose address of verification can be another.
func CaptchaProviders() []string {
	var names []string
	for _, s := range siteverifies {
		names = append(names, s.name)
	}
	return names
}

// A service is a provider with the settings of one step.
type service struct {
	siteverify
	bench     Bench
	secret    *secret.Setting
	hostnames []string
	action    string
	minScore  float64
}

func newService(provider string, settings raw.Value, b Bench) (*service, engine.Problems) {
	i := slices.IndexFunc(siteverifies, func(s siteverify) bool { return s.name == provider })
	s := &service{siteverify: siteverifies[i], bench: b, secret: b.Secret(settings.Get("secret"), "secret"), minScore: 0.5}
	if s.secret == nil {
		return nil, engine.Problems{engine.Problemf([]string{"secret"}, secret.Hint, "%s needs its secret", provider)}
	}
	for _, name := range texts(settings.Get("hostnames")) {
		s.hostnames = append(s.hostnames, strings.ToLower(name))
	}
	s.action, _ = settings.Get("action").Text()
	if n, err := strconv.Atoi(string(settings.Get("min_score"))); err == nil {
		s.minScore = float64(n) / 100
	}
	return s, nil
}

// A verdict is a provider's answer.
type verdict struct {
	Success  bool     `json:"success"`
	Hostname string   `json:"hostname"`
	Action   string   `json:"action"`
	Score    *float64 `json:"score"`
	Errors   []string `json:"error-codes"`
}

// tokenErrors are the codes that are about the token; any other is about us or the provider.
var tokenErrors = []string{
	"missing-input-response", "invalid-input-response", "timeout-or-duplicate", // Turnstile, reCAPTCHA
	"expired-input-response", "already-seen-response", "invalid-or-already-seen-response", "bad-request", // hCaptcha
}

func (s *service) verify(r *Request, token string) ([]byte, time.Time, error) {
	key, err := secretOf(s.secret)
	if err != nil {
		return nil, time.Time{}, err
	}
	form := url.Values{"secret": {key}, "response": {token}}
	if address := r.Address(); address != "" {
		form.Set("remoteip", address)
	}
	v, err := s.bench.Captchas.ask(r.HTTP.Context(), s.siteverify, form)
	if err != nil {
		return nil, time.Time{}, verifierDown(s.name, err)
	}
	if !v.Success {
		if len(v.Errors) == 0 || slices.ContainsFunc(v.Errors, func(code string) bool { return !slices.Contains(tokenErrors, code) }) {
			return nil, time.Time{}, verifierDown(s.name, fmt.Errorf("it says %q; check the secret", v.Errors))
		}
		return nil, time.Time{}, refused("the provider says " + strings.Join(v.Errors, ", "))
	}
	switch {
	case s.hostnames != nil && !slices.Contains(s.hostnames, strings.ToLower(v.Hostname)):
		return nil, time.Time{}, refused("solved on another page: " + strconv.Quote(v.Hostname))
	case s.action != "" && v.Action != s.action:
		return nil, time.Time{}, refused("solved for another action: " + strconv.Quote(v.Action))
	case s.score && (v.Score == nil || *v.Score < s.minScore):
		return nil, time.Time{}, refused("the score is too low")
	}
	return captchaKey(s.name, []byte(token)), s.bench.Captchas.clock().Add(s.lives), nil
}

func refused(why string) error { return &engine.Error{Code: engine.Captcha, Cause: errors.New(why)} }

func verifierDown(provider string, cause error) error {
	return &engine.Error{Code: engine.Unavailable, Sentence: "verifier", Cause: fmt.Errorf("captcha: verify by %s: %w", provider, cause)}
}

// ask sends a form to the provider. Its error never holds the form, which has the secret.
func (c *Captchas) ask(ctx context.Context, s siteverify, form url.Values) (*verdict, error) {
	address := s.url
	if other := c.urls[s.name]; other != "" {
		address = other
	}
	ctx, cancel := context.WithTimeout(ctx, verifyTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	var v verdict
	if err := json.Unmarshal(body, &v); err != nil || answer.StatusCode >= 500 {
		return nil, fmt.Errorf("it answered status %d with %d bytes", answer.StatusCode, len(body))
	}
	return &v, nil
}

// verifyTime is how long a provider may take.
const verifyTime = 5 * time.Second
