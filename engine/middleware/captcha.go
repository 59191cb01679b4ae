package middleware

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/engine/template"
)

const captchaName = "captcha"

// powProvider is the proof of work, which needs no third party.
const powProvider = "pow"

func captchaDefinition() *Definition {
	providers := []string{powProvider}
	for _, p := range siteverifies {
		providers = append(providers, p.name)
	}
	return &Definition{
		Name: captchaName,
		Doc: "Lets in who solved a puzzle: a widget of Turnstile, hCaptcha or reCAPTCHA, or the built-in proof of work (GET /api/<project>/_captcha?endpoint=<name> " +
			"gives one, /api/<project>/_captcha.js solves it). A token serves once, on all servers. Who has none gets 403 with the code captcha; where the " +
			"provider does not answer, everybody gets 503.",
		Before: true,
		Properties: []Property{
			{Name: "provider", Type: TypeString, Required: true, Values: providers, Doc: "whose puzzle; recaptcha is v2"},
			{Name: "secret", Type: TypeSecret, When: isService, Doc: "the provider's secret key; the proof of work has none"},
			{Name: "header", Type: TypeString, Form: headerForm, Check: checkHeader, Doc: "header that has the token, instead of a parameter"},
			{Name: "param", Type: TypeString, Doc: "parameter of the query or body that has the token; where absent, the one that the provider's widget sends"},
			{Name: "hostnames", Type: TypeTexts, Doc: "pages whose puzzles count: example.org"},
			{Name: "action", Type: TypeString, Doc: "turnstile and recaptcha_v3: the action that the page must have named"},
			{Name: "min_score", Type: TypeInteger, Min: 0, Max: 100, Default: raw.Int(50), Doc: "recaptcha_v3: the least score, in hundredths"},
			{Name: "difficulty", Type: TypeInteger, Min: minDifficulty, Max: maxDifficulty, Default: raw.Int(defaultDifficulty),
				Doc: "pow: bits to be found; each more doubles the work. 17 takes a phone about a second"},
			{Name: "expires", Type: TypeInteger, Min: 10, Max: 3600, Default: raw.Int(300), Doc: "pow: seconds in which the puzzle has to be solved and sent"},
			{Name: "when", Type: TypeAny, Slot: true, Doc: `asks only where this is true: "=!$auth", behind auth, spares who signed in`},
		},
		Compile: compileCaptcha,
	}
}

func isService(settings raw.Value) bool {
	name, _ := settings.Get("provider").Text()
	return name != powProvider
}

// A captcha is a compiled captcha step.
type captcha struct {
	bench  Bench
	header string
	param  string
	when   *template.Slot
	// verify tells whether a token is good, by nil; key is what it must not be used twice by, until expires.
	verify func(r *Request, token string) (key []byte, expires time.Time, err error)
}

func compileCaptcha(settings raw.Value, b Bench) (Wrap, engine.Problems) {
	c := &captcha{bench: b}
	provider, _ := settings.Get("provider").Text()
	if provider == powProvider {
		c.param, c.verify = "captcha", newPuzzle(settings, b).verify
	} else {
		s, problems := newService(provider, settings, b)
		if problems != nil {
			return nil, problems
		}
		c.param, c.verify = s.field, s.verify
	}
	for _, name := range []string{"action", "min_score", "hostnames", "difficulty", "expires"} {
		if !settings.Get(name).IsNull() && !slices.Contains(captchaSettings[provider], name) {
			return nil, engine.Problems{engine.Problemf([]string{name}, "leave it out", "%s has no %s", provider, name)}
		}
	}
	c.header, _ = settings.Get("header").Text()
	if param, found := settings.Get("param").Text(); found {
		if c.header != "" {
			return nil, engine.Problems{engine.Problemf([]string{"param"}, "keep one", "the token comes by the header or by a parameter")}
		}
		c.param = param
	}
	if v := settings.Get("when"); !v.IsNull() {
		var problems engine.Problems
		if c.when, problems = template.CompileSlot(v, b.Scope); problems != nil {
			return nil, problems.At("when")
		}
	}
	return c.wrap, nil
}

// captchaSettings are the settings that make sense for some providers only.
var captchaSettings = map[string][]string{
	powProvider: {"difficulty", "expires"}, "turnstile": {"action", "hostnames"}, "hcaptcha": {"hostnames"}, "recaptcha": {"hostnames"},
	"recaptcha_v3": {"action", "min_score", "hostnames"},
}

var errCaptcha = &engine.Error{Code: engine.Captcha}

func (c *captcha) wrap(next Handler) Handler {
	return func(r *Request) error {
		if c.bench.Captchas == nil { // a trial
			return next(r)
		}
		if err := r.Params(); err != nil { // a typing error does not cost the token
			return err
		}
		if c.when != nil {
			v, err := c.when.Eval(&r.Env)
			if err != nil {
				return err
			}
			if !v.Truthy() {
				return next(r)
			}
		}
		if err := c.check(r); err != nil {
			return err
		}
		return next(r)
	}
}

func (c *captcha) check(r *Request) error {
	token := c.find(r)
	if token == "" || len(token) > maxCaptcha {
		return errCaptcha
	}
	key, expires, err := c.verify(r, token)
	if err != nil {
		return err
	}
	return c.bench.Captchas.use(r.HTTP.Context(), key, expires)
}

// maxCaptcha bounds a token, in bytes: Turnstile's have at most 2048, reCAPTCHA's grow with the page.
const maxCaptcha = 8 << 10

// find gives the token of a request, or "".
func (c *captcha) find(r *Request) string {
	if c.header != "" {
		return strings.TrimSpace(r.HTTP.Header.Get(c.header))
	}
	if texts := r.QueryTexts(nil, c.param); len(texts) > 0 {
		return texts[0]
	}
	v := r.bodyValue([]string{c.param})
	if v.Kind() != raw.String {
		return ""
	}
	text, _ := v.Text()
	return text
}

// A puzzle is the proof of work of an endpoint.
type puzzle struct {
	bench      Bench
	difficulty int
	lifetime   time.Duration
}

// newPuzzle reads the settings, which may be those of another provider.
func newPuzzle(settings raw.Value, b Bench) *puzzle {
	p := &puzzle{bench: b, difficulty: defaultDifficulty, lifetime: 5 * time.Minute}
	if n, err := strconv.Atoi(string(settings.Get("difficulty"))); err == nil {
		p.difficulty = n
	}
	if n, err := strconv.Atoi(string(settings.Get("expires"))); err == nil {
		p.lifetime = time.Duration(n) * time.Second
	}
	return p
}

func (p *puzzle) verify(r *Request, token string) ([]byte, time.Time, error) {
	text, counter, ok := cutSolution(token)
	if !ok {
		return nil, time.Time{}, errCaptcha
	}
	captchas := p.bench.Captchas
	key, err := captchas.signingKey(r.HTTP.Context())
	if err != nil {
		return nil, time.Time{}, err
	}
	ch, ok := parseChallenge(key, text)
	now := captchas.clock()
	if !ok || ch.project != uint32(p.bench.Project) || ch.endpoint != endpointHash(p.bench.Def.Name) || int(ch.difficulty) < p.difficulty ||
		!now.Before(ch.expires) || ch.expires.After(now.Add(maxChallenge)) || !solves(text, counter, int(ch.difficulty)) {
		return nil, time.Time{}, errCaptcha
	}
	return captchaKey("pow", ch.nonce[:]), ch.expires, nil
}

// Challenge gives a puzzle for the endpoint, as the text that a solution begins with, how many bits have to be found, and until when.
func (p *puzzle) challenge(ctx context.Context) (text string, difficulty int, expires time.Time, err error) {
	key, err := p.bench.Captchas.signingKey(ctx)
	if err != nil {
		return "", 0, time.Time{}, err
	}
	expires = p.bench.Captchas.clock().Add(p.lifetime).Truncate(time.Second)
	ch := newChallenge(p.bench.Project, p.bench.Def.Name, p.difficulty, expires)
	return ch.sign(key), p.difficulty, expires, nil
}

// AnswerChallenge answers with the puzzle of the chain's captcha step; false where it has none, or another provider.
func (c *Chain) AnswerChallenge(r *Request) (bool, error) {
	if c.puzzle == nil || c.puzzle.bench.Captchas == nil {
		return false, nil
	}
	text, difficulty, expires, err := c.puzzle.challenge(r.HTTP.Context())
	if err != nil {
		return true, err
	}
	b := raw.AppendString(append(r.Body[:0], `{"challenge":`...), text)
	b = strconv.AppendInt(append(b, `,"difficulty":`...), int64(difficulty), 10)
	b = raw.AppendString(append(b, `,"expires":`...), expires.UTC().Format(time.RFC3339))
	b = append(b, `,"algorithm":"SHA-256"}`...)
	r.Body = b
	r.Status, r.ContentType = 200, "application/json"
	r.Header.Set("Cache-Control", "no-store")
	return true, nil
}

// captchaKey names a used token: no token stands in the database.
func captchaKey(what string, token []byte) []byte {
	sum := sha256.Sum256(bytes.Join([][]byte{[]byte(what), token}, []byte{0}))
	return sum[:]
}

// secretOf gives the value of a provider's secret, or the refusal.
func secretOf(s *secret.Setting) (string, error) {
	v, err := s.Value()
	return v.Reveal(), err
}
