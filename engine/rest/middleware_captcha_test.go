package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/middleware"
)

const puzzles = `
project: site
tables: {notes: {fields: {text: {type: text, required: true, max: 10}}}}
endpoints:
  add: {kind: CREATE, route: POST /notes, table: notes, params: {text: {}}, middlewares: [{cors: {origins: ["https://page.test"]}}, {captcha: {provider: pow, difficulty: 8}}, main]}
  other: {kind: CREATE, route: POST /other, table: notes, params: {text: {}}, middlewares: [{captcha: {provider: pow, difficulty: 8, header: x-captcha}}, main]}
  harder: {kind: CREATE, route: POST /harder, table: notes, params: {text: {}}, middlewares: [{captcha: {provider: pow, difficulty: 9, expires: 60}}, main]}
  guests: {kind: LIST, route: GET /notes, table: notes, middlewares: [{auth: {optional: true}}, {captcha: {provider: pow, difficulty: 8, when: "=!$auth"}}, main]}
  styled: {route: GET /styled, middlewares: [{captcha: {provider: pow}}, main], errors: {status: 200, body: {code: $error.code, message: $error.message}}}
  plain: {route: GET /plain, response: {body: {}}}
`

// puzzle asks for a challenge and solves it.
func (d *door) puzzle(endpoint string) string {
	d.t.Helper()
	path := "/api/site/_captcha?endpoint=" + endpoint
	d.check(scenario{path: path, status: 200, want: []string{"Cache-Control: no-store", `"algorithm":"SHA-256"`}})
	var answer struct {
		Challenge  string
		Difficulty int
	}
	if err := json.Unmarshal(d.do(scenario{path: path}).Body.Bytes(), &answer); err != nil {
		d.t.Fatal(err)
	}
	return answer.Challenge + ":" + strconv.FormatUint(work(answer.Challenge, answer.Difficulty), 10)
}

// work finds the first solution, by the words of the documentation.
func work(challenge string, difficulty int) uint64 {
	seed := sha256.Sum256([]byte(challenge))
	for n := uint64(0); ; n++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(seed[:], n))
		if bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:])) >= difficulty {
			return n
		}
	}
}

func note(token string) string {
	text, _ := json.Marshal(map[string]string{"text": "a", "captcha": token})
	return string(text)
}

func TestCaptcha_workIsAskedFor(t *testing.T) {
	t.Parallel()
	d := open(t, puzzles)
	clock := time.Now()
	var mu sync.Mutex
	d.server.cfg.Captchas.SetClock(func() time.Time { mu.Lock(); defer mu.Unlock(); return clock })
	good := d.puzzle("add")
	challenge, n, _ := strings.Cut(good, ":")
	refused := []string{`"code":"captcha"`, "The check against robots failed."}
	wrong := uint64(0)
	for seed := sha256.Sum256([]byte(challenge)); ; wrong++ {
		if sum := sha256.Sum256(binary.BigEndian.AppendUint64(seed[:], wrong)); sum[0] != 0 {
			break
		}
	}
	changed := []byte(challenge)
	changed[20] ^= 1
	for _, s := range []scenario{
		{name: "nothing", body: `{"text":"a"}`, status: 403, want: refused},
		{name: "an empty token", body: note(""), status: 403, want: refused},
		{name: "not solved", body: note(challenge + ":" + strconv.FormatUint(wrong, 10)), status: 403},
		{name: "without a number", body: note(challenge), status: 403},
		{name: "a number too large", body: note(challenge + ":99999999999999999999"), status: 403},
		{name: "another challenge", body: note(string(changed) + ":" + n), status: 403},
		{name: "made up", body: note(base64.RawURLEncoding.EncodeToString(make([]byte, 70)) + ":1"), status: 403},
		{name: "no text", body: `{"text":"a","captcha":{"a":1}}`, status: 403},
		{name: "of another endpoint", path: "/api/site/harder", body: note(good), status: 403},
		{name: "by parameter where a header is asked for", path: "/api/site/other", body: note(d.puzzle("other")), status: 403},
		{name: "by header", path: "/api/site/other", headers: "X-Captcha: " + d.puzzle("other"), body: `{"text":"a"}`, status: 201},
		{name: "a mistake does not cost the token", body: strings.Replace(note(good), `"a"`, `"far too long"`, 1), status: 400},
		{name: "solved", body: note(good), status: 201},
		{name: "twice", body: note(good), status: 403, want: refused},
		{name: "as a form", body: url.Values{"text": {"a"}, "captcha": {d.puzzle("add")}}.Encode(), status: 201},
		{name: "in the query", path: "/api/site/notes?captcha=" + url.QueryEscape(d.puzzle("add")), body: `{"text":"a"}`, status: 201},
		{name: "by the endpoint's template", method: "GET", path: "/api/site/styled", status: 200, want: []string{`{"code":"captcha","message":"The check`}},
		{name: "guests are asked", method: "GET", path: "/api/site/notes", status: 403},
		{name: "who signed in is not", method: "GET", path: "/api/site/notes", headers: d.token("site", auth.Viewer), status: 200},
		{name: "no puzzle there", method: "GET", path: "/api/site/_captcha?endpoint=plain", status: 404},
		{name: "no such endpoint", method: "GET", path: "/api/site/_captcha?endpoint=none", status: 404},
		{name: "none named", method: "GET", path: "/api/site/_captcha", status: 404},
		{name: "pages of the endpoint's cors may read it", method: "GET", path: "/api/site/_captcha?endpoint=add", headers: "Origin: https://page.test", status: 200,
			want: []string{"Access-Control-Allow-Origin: https://page.test"}},
		{name: "others may not", method: "GET", path: "/api/site/_captcha?endpoint=add", headers: "Origin: https://evil.test", status: 200, lacks: []string{"Allow-Origin"}},
		{name: "the solver", method: "GET", path: "/api/site/_captcha.js", status: 200, want: []string{"Content-Type: text/javascript", "sayrudCaptcha", "nosniff"}},
	} {
		if s.method == "" {
			s.method = "POST"
		}
		if s.path == "" {
			s.path = "/api/site/notes"
		}
		d.check(s)
	}
	late := d.puzzle("harder")
	mu.Lock()
	clock = clock.Add(61 * time.Second)
	mu.Unlock()
	d.check(scenario{name: "too late", method: "POST", path: "/api/site/harder", body: note(late), status: 403})
	d.apply(strings.Replace(puzzles, "project: site", "project: twin", 1))
	d.check(scenario{name: "of another project", method: "POST", path: "/api/twin/notes", body: note(d.puzzle("add")), status: 403})
	cheap := d.puzzle("add")
	d.apply(strings.Replace(puzzles, "difficulty: 8}}, main]}", "difficulty: 12}}, main]}", 1))
	d.check(scenario{name: "it got harder meanwhile", method: "POST", path: "/api/site/notes", body: note(cheap), status: 403})
}

func TestCaptcha_aTokenServesOnceOnAllServers(t *testing.T) {
	t.Parallel()
	d := open(t, puzzles)
	other, err := New(Config{DB: d.server.cfg.DB, Catalog: d.catalog, Records: d.server.cfg.Records, Scripts: d.server.cfg.Scripts, Auth: d.auth,
		Log: d.server.log, Secrets: d.server.cfg.Secrets})
	if err != nil {
		t.Fatal(err)
	}
	token := d.puzzle("add")
	var created, refused atomic.Int32
	var wg sync.WaitGroup
	for i := range 16 {
		handler := d.handler
		if i%2 == 1 {
			handler = other.Handler()
		}
		wg.Go(func() {
			r := httptest.NewRequest("POST", "/api/site/notes", strings.NewReader(note(token)))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			switch w.Code {
			case 201:
				created.Add(1)
			case 403:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if created.Load() != 1 || refused.Load() != 15 {
		t.Errorf("%d created, %d refused", created.Load(), refused.Load())
	}
}

func TestCaptcha_theScriptSolvesWhatTheServerAsks(t *testing.T) {
	t.Parallel()
	for _, difficulty := range []int{8, 14} {
		for _, challenge := range []string{"a", strings.Repeat("b", 55), strings.Repeat("c", 56), strings.Repeat("d", 64), strings.Repeat("e", 94), strings.Repeat("f", 128)} {
			program := string(middleware.Solver) + `
				const search = sayrudCaptcha.search();
				console.log(search(` + strconv.Quote(challenge) + `, ` + strconv.Itoa(difficulty) + `, 0, 1e9));`
			out, err := exec.CommandContext(t.Context(), "node", "-e", program).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if got, want := strings.TrimSpace(string(out)), strconv.FormatUint(work(challenge, difficulty), 10); got != want {
				t.Errorf("%d bits of %.5s… (%d): %s, want %s", difficulty, challenge, len(challenge), got, want)
			}
		}
	}
}

// A provider is a stand-in for a captcha service, as it is documented: a form of secret, response and remoteip, tokens that serve once.
type provider struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	used    map[string]bool
	answers map[string]string // by token
	asked   int
	forms   []url.Values
}

func newProvider(t *testing.T, answers map[string]string, duplicate string) *provider {
	t.Helper()
	p := &provider{t: t, used: map[string]bool{}, answers: answers}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked++
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.RawQuery != "" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		p.forms = append(p.forms, r.PostForm)
		token := r.PostForm.Get("response")
		answer := p.answers[token]
		switch {
		case r.PostForm.Get("secret") != "the provider's secret":
			answer = `{"success":false,"error-codes":["invalid-input-secret"]}`
		case answer == "":
			answer = `{"success":false,"error-codes":["invalid-input-response"]}`
		case answer == "status 500":
			w.WriteHeader(http.StatusInternalServerError)
		case answer == "hang up":
			panic(http.ErrAbortHandler)
		case p.used[token]:
			answer = `{"success":false,"error-codes":["` + duplicate + `"]}`
		}
		p.used[token] = true
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(p.Close)
	return p
}

// heard gives how often it was asked, and what.
func (p *provider) heard() (asked int, forms []url.Values) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, p.forms
}

// forget makes it take every token as new.
func (p *provider) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.used)
}

func serviceProject(settings string) string {
	return `{"project": "site", "endpoints": {"a": {"route": "POST /a", "middlewares": [{"captcha": ` + settings + `}, "main"], "response": {"body": {"ok": true}}}}}`
}

func TestCaptcha_providers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		provider, field, settings, duplicate string
		answers                              map[string]string
		want                                 map[string]int // status by token
	}{
		{"turnstile", "cf-turnstile-response", `, "hostnames": ["example.org"], "action": "comment"`, "timeout-or-duplicate", map[string]string{
			"good":      `{"success":true,"challenge_ts":"2026-11-26T12:00:00.000Z","hostname":"example.org","error-codes":[],"action":"comment","cdata":""}`,
			"host":      `{"success":true,"hostname":"evil.example","error-codes":[],"action":"comment"}`,
			"action":    `{"success":true,"hostname":"example.org","error-codes":[],"action":"login"}`,
			"no action": `{"success":true,"hostname":"example.org","error-codes":[]}`,
			"internal":  `{"success":false,"error-codes":["internal-error"],"messages":[]}`,
		}, map[string]int{"good": 200, "host": 403, "action": 403, "no action": 403, "internal": 503, "unknown": 403}},
		{"hcaptcha", "h-captcha-response", `, "hostnames": "EXAMPLE.org"`, "already-seen-response", map[string]string{
			"good":    `{"success":true,"challenge_ts":"2026-11-26T12:00:00.000000Z","hostname":"example.org","credit":false}`,
			"host":    `{"success":true,"hostname":"not-provided"}`,
			"expired": `{"success":false,"error-codes":["expired-input-response"]}`,
			"sitekey": `{"success":false,"error-codes":["sitekey-secret-mismatch"]}`,
		}, map[string]int{"good": 200, "host": 403, "expired": 403, "sitekey": 503, "unknown": 403}},
		{"recaptcha", "g-recaptcha-response", "", "timeout-or-duplicate", map[string]string{
			"good":    `{"success":true,"challenge_ts":"2026-11-26T12:00:00Z","hostname":"example.org"}`,
			"broken":  `<html>`,
			"nothing": `{}`,
			"500":     "status 500",
			"gone":    "hang up",
			"null":    `{"success":null,"error-codes":null}`,
		}, map[string]int{"good": 200, "broken": 503, "nothing": 503, "500": 503, "gone": 503, "null": 503, "unknown": 403}},
		{"recaptcha_v3", "g-recaptcha-response", `, "min_score": 70, "action": "comment"`, "timeout-or-duplicate", map[string]string{
			"good":     `{"success":true,"score":0.7,"action":"comment","challenge_ts":"2026-11-26T12:00:00Z","hostname":"example.org"}`,
			"low":      `{"success":true,"score":0.69,"action":"comment","hostname":"example.org"}`,
			"action":   `{"success":true,"score":0.9,"action":"login","hostname":"example.org"}`,
			"no score": `{"success":true,"action":"comment","hostname":"example.org"}`,
		}, map[string]int{"good": 200, "low": 403, "action": 403, "no score": 403, "unknown": 403}},
	} {
		t.Run(test.provider, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t, test.answers, test.duplicate)
			d := openWith(t, func(cfg *Config) {
				cfg.Captchas = middleware.NewCaptchas(middleware.CaptchaConfig{DB: cfg.DB, Outbound: cfg.Outbound, URLs: map[string]string{test.provider: p.URL}, Log: cfg.Log})
			}, serviceProject(`{"provider": "`+test.provider+`", "secret": {"value": "the provider's secret"}`+test.settings+`}`))
			post := func(name, token string, status int) {
				t.Helper()
				body, _ := json.Marshal(map[string]string{test.field: token})
				d.check(scenario{name: name, method: "POST", path: "/api/site/a", body: string(body), status: status, lacks: []string{"the provider's secret"}})
			}
			for token, status := range test.want {
				post(token, token, status)
			}
			asked, _ := p.heard()
			post("used before", "good", 403)
			post("none", "", 403)
			post("too long", strings.Repeat("x", 9000), 403)
			askedNow, forms := p.heard()
			if askedNow != asked+1 {
				t.Errorf("asked %d times for what is no token", askedNow-asked-1)
			}
			if form := forms[0]; form.Get("remoteip") != "192.0.2.1" || len(form) != 3 {
				t.Errorf("the form is %v", form)
			}
			p.forget() // we do not
			post("used before, says our own table", "good", 403)
			d.apply(serviceProject(`{"provider": "` + test.provider + `", "secret": {"value": "a wrong secret"}` + test.settings + `}`))
			post("the secret is wrong", "other", 503)
			p.Close()
			post("the provider is away", "another", 503)
		})
	}
}

func TestCaptcha_settingsAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	for settings, want := range map[string]string{
		`{}`: "the setting provider is missing", `{"provider": "captcha"}`: "must be one of pow, turnstile", `{"provider": "turnstile"}`: "turnstile needs its secret",
		`{"provider": "hcaptcha", "secret": "0xsesame"}`:                    "a secret is not written as it is",
		`{"provider": "hcaptcha", "secret": {"value": "x"}, "action": "a"}`: "hcaptcha has no action",
		`{"provider": "pow", "hostnames": "a"}`:                             "pow has no hostnames",
		`{"provider": "pow", "difficulty": 40}`:                             "must lie between 8 and 26",
		`{"provider": "pow", "param": "a", "header": "b"}`:                  "by the header or by a parameter",
		`{"provider": "pow", "when": "=nothing"}`:                           "nothing",
	} {
		err := d.tryApply(serviceProject(settings))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
