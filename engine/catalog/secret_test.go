package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/pg"
)

// mapHook finds the secret "key" of a middleware "hook", the only one there is in these tests.
func mapHook(s engine.Step, change func(string, []string, raw.Value) raw.Value) engine.Step {
	if s.Name != "hook" && s.Name != "auth" {
		return s
	}
	before := s.Settings.Get("key")
	if now := change(s.Name+".key", []string{"key"}, before); now != nil && string(now) != string(before) {
		s.Settings = append(append(raw.Value(`{"key":`), now...), '}')
	}
	return s
}

// A vault is a server with secrets.
type vault struct {
	*catalog.Catalog
	t   *testing.T
	set *secret.Set
}

func openVault(t *testing.T, db *pg.DB, key string) *vault {
	t.Helper()
	set := secret.NewSet(secret.NewKey(key))
	c, err := catalog.Open(context.Background(), db, catalog.Config{Secrets: set, MapSecrets: mapHook})
	if err != nil {
		t.Fatal(err)
	}
	return &vault{c, t, set}
}

// source gives variables as "NAME=value" texts.
func source(pairs ...string) secret.Listed {
	return func(name string) (string, bool) {
		for _, p := range pairs {
			if n, v, _ := strings.Cut(p, "="); n == name {
				return v, true
			}
		}
		return "", false
	}
}

func (v *vault) apply(text string, src secret.Source) *catalog.Report {
	v.t.Helper()
	report, err := v.Apply(context.Background(), parse(v.t, text), catalog.ApplyOptions{Secrets: src})
	if err != nil {
		v.t.Fatal(err)
	}
	return report
}

// value gives the value of the first step of an endpoint.
func (v *vault) value(endpoint string) string {
	v.t.Helper()
	p := v.Schema().Project("blog")
	ep, _ := p.Endpoints.Get(endpoint)
	got, err := v.set.Setting(p.ID, "hook.key", ep.Middlewares[0].Settings.Get("key")).Value()
	if err != nil {
		return "!" + err.Error()
	}
	return got.Reveal()
}

func hooks(settings string) string {
	return `{"project": "blog", "endpoints": {"a": {"route": "GET /a", "middlewares": [{"hook": ` + settings + `}, "main"]}}}`
}

func TestSecrets_areStoredSealedAndFollowWhatIsApplied(t *testing.T) {
	t.Parallel()
	s := open(t)
	key := filepath.Join(t.TempDir(), "secret.key")
	v := openVault(t, s.db, key)
	v.apply(hooks(`{"key": {"env": "HOOK"}}`), source("HOOK=sesame one"))
	if got := v.value("a"); got != "sesame one" {
		t.Fatal(got)
	}
	if report := v.apply(hooks(`{"key": {"env": "HOOK"}}`), source("HOOK=sesame one")); report.Changed() {
		t.Errorf("the same again: %s", report)
	}
	report := v.apply(hooks(`{"key": {"env": "HOOK"}}`), source("HOOK=sesame two"))
	if report.String() != "~ secret hook.key: env HOOK\n" || v.value("a") != "sesame two" {
		t.Errorf("%s, %s", report, v.value("a"))
	}
	v.apply(hooks(`{"key": {"env": "HOOK"}}`), source()) // another machine, without the variable: the value stays
	v.apply(hooks(`{}`), source("HOOK=sesame three"))    // absent: so does the reference, and it is resolved
	if v.value("a") != "sesame three" {
		t.Error(v.value("a"))
	}
	export := string(definition.Print(v.Schema().Project("blog"), false))
	if !strings.Contains(export, "{hook: {key: {env: HOOK}}}") {
		t.Error(export)
	}
	again := openVault(t, s.db, key)
	if again.value("a") != "sesame three" || again.set.Verify() != nil {
		t.Error(again.value("a"))
	}
	s.want(`SELECT count(*) FROM public.sl_secrets`, "1")
	s.wantNowhere("sesame")
	v.apply(hooks(`{"key": null}`), source())
	s.want(`SELECT count(*) FROM public.sl_secrets`, "0")
}

// wantNowhere fails where a text stands in a table of ours.
func (s *shop) wantNowhere(text string) {
	s.t.Helper()
	s.want(`SELECT coalesce(string_agg(t, ' '), '') FROM (
		SELECT definition::text AS t FROM public.sl_endpoints UNION ALL SELECT definition::text FROM public.sl_tables
		UNION ALL SELECT settings::text FROM public.sl_projects UNION ALL SELECT detail::text FROM public.sl_audit
		UNION ALL SELECT use || reference || encode(sealed, 'escape') FROM public.sl_secrets) AS all_of_it WHERE t LIKE '%`+text+`%'`, "")
}

func TestSecrets_typedOnesAreReferencesAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := openVault(t, s.db, filepath.Join(t.TempDir(), "secret.key"))
	v.apply(`{"project": "blog", "endpoints": {"a": {"route": "GET /a", "middlewares": [{"hook": {"key": {"value": "sesame a"}}}, "main"]},
		"b": {"route": "GET /b", "middlewares": [{"hook": {"key": {"value": "sesame b"}}}, "main"]}}}`, source())
	if v.value("a") != "sesame a" || v.value("b") != "sesame b" {
		t.Errorf("%s, %s", v.value("a"), v.value("b"))
	}
	report, err := v.Edit(t.Context(), "blog", catalog.EditOptions{Secrets: source()}, func(p *engine.Project) error {
		ep := &engine.Endpoint{Name: "a", Route: engine.Route{Method: "GET", Path: "/a"}, Middlewares: []engine.Step{
			{Name: "hook", Settings: raw.Value(`{"key":{"value":"sesame c"}}`)}, {Name: "main"}}}
		p.Endpoints.Set("a", ep)
		return nil
	})
	if err != nil || v.value("a") != "sesame c" || v.value("b") != "sesame b" {
		t.Fatalf("%v %s %s", err, v.value("a"), v.value("b"))
	}
	text, _ := json.Marshal(report)
	if strings.Contains(string(text), "sesame") {
		t.Errorf("%s", text)
	}
	s.wantNowhere("sesame")
	s.want(`SELECT count(*) FROM public.sl_secrets`, "2")
	exported := string(definition.Print(v.Schema().Project("blog"), false))
	if strings.Contains(exported, "sesame") || !strings.Contains(exported, "{stored: ") {
		t.Error(exported)
	}
	if report := v.apply(exported, source()); report.Changed() {
		t.Errorf("an export applied: %s", report)
	}
	elsewhere := openVault(t, open(t).db, filepath.Join(t.TempDir(), "secret.key"))
	if report := elsewhere.apply(exported, source()); len(report.Notes) != 2 || !strings.Contains(elsewhere.value("a"), "it has no value") {
		t.Errorf("%s %s", report, elsewhere.value("a"))
	}
}

func TestSecrets_whatCannotBeResolvedIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := openVault(t, s.db, filepath.Join(t.TempDir(), "secret.key"))
	for _, test := range []struct {
		settings string
		source   secret.Source
		want     string
	}{
		{`{"key": {"env": "SAYRUD_NOT_THERE"}}`, secret.Operator{}, "endpoints.a.middlewares.0.hook.key: the environment variable SAYRUD_NOT_THERE is not set"},
		{`{"key": {"env": "PATH"}}`, source(), "endpoints.a.middlewares.0.hook.key: the server does not give out the variable PATH"},
		{`{"key": {"file": "/etc/passwd"}}`, source(), "a file is read by sayrud apply only"},
		{`{"key": {"value": "sesame"}}`, secret.Operator{}, "endpoints.a.middlewares.0.hook.key: a secret does not stand in a project file; write {env: NAME}"},
	} {
		_, err := v.Apply(t.Context(), parse(t, hooks(test.settings)), catalog.ApplyOptions{Secrets: test.source})
		var problems engine.Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", test.settings, err)
		}
	}
	if v.Schema().Project("blog") != nil {
		t.Error("something was made")
	}
}

func TestSecrets_reachOtherServersWithTheDefinition(t *testing.T) {
	t.Parallel()
	s := open(t)
	key := filepath.Join(t.TempDir(), "secret.key")
	v, other := openVault(t, s.db, key), openVault(t, s.db, key)
	changed := make(chan string, 10)
	other.OnChange(func(schema *engine.Schema) {
		p := schema.Project("blog")
		if p == nil {
			return
		}
		ep, _ := p.Endpoints.Get("a")
		got, _ := other.set.Setting(p.ID, "hook.key", ep.Middlewares[0].Settings.Get("key")).Value()
		changed <- got.Reveal()
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- other.Run(ctx) }()
	defer func() { stop(); <-done }()
	var got []string
	for _, value := range []string{"one", "two"} {
		v.apply(hooks(`{"key": {"env": "HOOK"}}`), source("HOOK="+value))
		got = append(got, <-changed)
	}
	if diff := cmp.Diff([]string{"one", "two"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecrets_anotherKeyIsNotMixedIn(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := openVault(t, s.db, filepath.Join(t.TempDir(), "secret.key"))
	v.apply(hooks(`{"key": {"env": "HOOK"}}`), source("HOOK=one"))
	stranger := openVault(t, s.db, filepath.Join(t.TempDir(), "other.key"))
	file := parse(t, hooks(`{"key": {"env": "HOOK"}}`))
	_, err := stranger.Apply(t.Context(), file, catalog.ApplyOptions{Secrets: source("HOOK=two")})
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.Conflict || !strings.Contains(err.Error(), "other.key") {
		t.Fatalf("%v", err)
	}
	if err := stranger.set.Verify(); !errors.Is(err, secret.ErrOtherKey) || !strings.HasPrefix(stranger.value("a"), "!unavailable") {
		t.Errorf("%v, %s", err, stranger.value("a"))
	}
	if v.value("a") != "one" {
		t.Error(v.value("a"))
	}
	if _, err := stranger.Apply(t.Context(), file, catalog.ApplyOptions{Secrets: source("HOOK=two"), ForgetSecrets: true}); err != nil || stranger.value("a") != "two" {
		t.Errorf("%v, %s", err, stranger.value("a"))
	}
}

func TestSecrets_standInDefaultsTablesAndCrudToo(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := openVault(t, s.db, filepath.Join(t.TempDir(), "secret.key"))
	text := `{"project": "blog", "defaults": {"middlewares": [{"hook": {"key": {"value": "sesame"}}}, "main"]},
		"tables": {"t": {"fields": {"x": {"type": "text"}}, "crud": {"path": "/t", "auth": {"key": {"value": "sesame"}}}}}}`
	v.apply(text, source())
	s.want(`SELECT string_agg(use, ' ' ORDER BY use) FROM public.sl_secrets`, "auth.key hook.key")
	s.wantNowhere("sesame")
	p := v.Schema().Project("blog")
	v.apply(`{"project": "blog", "tables": {"t": {"fields": {"x": {"type": "text"}}, "crud": {"path": "/t", "auth": {}}}}, "defaults": {"middlewares": [{"hook": {}}, "main"]}}`, source())
	now := v.Schema().Project("blog")
	was, _ := p.Tables.Get("t")
	is, _ := now.Tables.Get("t")
	if string(is.Crud) != string(was.Crud) || string(now.Defaults.Middlewares[0].Settings) != string(p.Defaults.Middlewares[0].Settings) {
		t.Errorf("%s, %s", is.Crud, now.Defaults.Middlewares[0].Settings)
	}
	if err := v.DropProject(t.Context(), "blog", catalog.DropOptions{}); err != nil {
		t.Fatal(err)
	}
	s.want(`SELECT count(*) FROM public.sl_secrets`, "0")
}
