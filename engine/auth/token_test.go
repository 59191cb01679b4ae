package auth

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
)

func TestTokenOfAProjectActsThereAlone(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	made, text, err := a.CreateToken(t.Context(), Token{Name: "site", Project: "blog", Role: Editor, Scopes: []Scope{RecordsWrite}, CreatedBy: "ada@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "sl_"+made.ID+"_") {
		t.Errorf("text %q", text)
	}
	p := must[*Principal](t)(a.Token(t.Context(), text))
	if p.RoleIn("blog") != Editor || p.RoleIn("shop") != "" || p.RoleIn("") != "" || p.Actor() != "token "+made.ID {
		t.Errorf("principal %+v", p)
	}
	got := map[Scope]bool{}
	for _, s := range Scopes() {
		got[s] = p.HasScope(s)
	}
	want := map[Scope]bool{RecordsRead: true, RecordsWrite: true, SchemaScope: false, Endpoints: false, Files: false, Deliveries: false, Admin: false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	list := must[[]*Token](t)(a.Tokens(t.Context()))
	if len(list) != 1 || list[0].LastUsedAt == nil || list[0].Project != "blog" {
		t.Errorf("tokens %+v", list[0])
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	a, clock := open(t)
	soon := clock.now().Add(time.Hour)
	made, text, err := a.CreateToken(t.Context(), Token{Name: "ci", Role: Owner, ExpiresAt: &soon})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "sl_", "sl__", text[:len(text)-1], text[:len(text)-1] + "!", strings.ToUpper(text), "sl_" + made.ID + "_" + strings.Repeat("a", 43),
		"sl_" + strings.Repeat("\x00", 16) + "_" + strings.Repeat("a", 43), "sl_" + strings.Repeat("\xff", 16) + "_" + strings.Repeat("a", 43)} {
		if p := must[*Principal](t)(a.Token(t.Context(), bad)); p != nil {
			t.Errorf("%q is good", bad)
		}
	}
	if p := must[*Principal](t)(a.Token(t.Context(), text)); p.RoleIn("blog") != Owner || p.RoleIn("") != Owner || !p.HasScope(Admin) {
		t.Errorf("principal %+v", p)
	}
	clock.advance(2 * time.Hour)
	if p := must[*Principal](t)(a.Token(t.Context(), text)); p != nil {
		t.Error("an expired token is good")
	}
	_, text, _ = a.CreateToken(t.Context(), Token{Name: "ci", Role: Viewer})
	for _, token := range must[[]*Token](t)(a.Tokens(t.Context())) {
		if err := a.RevokeToken(t.Context(), token.ID); err != nil {
			t.Fatal(err)
		}
	}
	if p := must[*Principal](t)(a.Token(t.Context(), text)); p != nil {
		t.Error("a revoked token is good")
	}
	for _, bad := range []Token{{Name: "", Role: Owner}, {Name: "x", Role: "king"}, {Name: "x", Role: Owner, Scopes: []Scope{"all"}}, {Name: "x", Role: Owner, Project: "nowhere"}} {
		_, _, err := a.CreateToken(t.Context(), bad)
		wantCode(t, err, engine.Invalid)
	}
	wantCode(t, a.RevokeToken(t.Context(), "x"), engine.NotFound)
}

func TestNobodyMayDoNothing(t *testing.T) {
	t.Parallel()
	var p *Principal
	if p.RoleIn("") != "" || p.RoleIn("blog") != "" || p.HasScope(RecordsRead) || string(p.ValueIn("blog")) != "null" || p.Actor() != "anonymous" {
		t.Error("nil is somebody")
	}
	if Role("").AtLeast(Viewer) || !Owner.AtLeast(Editor) || Role("king").AtLeast(Viewer) {
		t.Error("roles do not rank")
	}
}
