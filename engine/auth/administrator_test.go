package auth

import (
	"testing"

	"github.com/sayrud/sayrud/engine"
)

func TestAdministratorsHaveUniqueEmailsWithoutCase(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	_, err := a.CreateAdministrator(t.Context(), "Ada@EXAMPLE.org", goodPassword, Owner, nil)
	wantCode(t, err, engine.Conflict)
	for _, bad := range []string{"", "ada", "ada@", "Ada <ada@example.org>", "a b@example.org", "ada@example.org\r\nBcc: x@y.z"} {
		_, err := a.CreateAdministrator(t.Context(), bad, goodPassword, Owner, nil)
		wantCode(t, err, engine.Invalid)
	}
	_, err = a.CreateAdministrator(t.Context(), "b@example.org", goodPassword, "", map[string]Role{"nowhere": Viewer})
	wantCode(t, err, engine.Invalid)
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	ada := must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	editor, disabled := Editor, true
	_, err := a.UpdateAdministrator(t.Context(), ada.ID, Change{Role: &editor})
	wantCode(t, err, engine.Conflict)
	_, err = a.UpdateAdministrator(t.Context(), ada.ID, Change{Disabled: &disabled})
	wantCode(t, err, engine.Conflict)
	wantCode(t, a.DeleteAdministrator(t.Context(), ada.ID), engine.Conflict)
	must[*Administrator](t)(a.CreateAdministrator(t.Context(), "bob@example.org", goodPassword, Owner, nil))
	must[*Administrator](t)(a.UpdateAdministrator(t.Context(), ada.ID, Change{Role: &editor}))
	wantCode(t, a.DeleteAdministrator(t.Context(), 12345), engine.NotFound)
}

func TestRoleAndDisableActOnLivingSessions(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	bob := must[*Administrator](t)(a.CreateAdministrator(t.Context(), "bob@example.org", goodPassword, Editor, nil))
	secret := must[string](t)(a.Login(t.Context(), "bob@example.org", goodPassword, Place{}))
	none, disabled := Role(""), true
	must[*Administrator](t)(a.UpdateAdministrator(t.Context(), bob.ID, Change{Role: &none, Roles: map[string]Role{"shop": Viewer}}))
	if p := must[*Principal](t)(a.Session(t.Context(), secret)); p.RoleIn("blog") != "" || p.RoleIn("shop") != Viewer {
		t.Errorf("principal %+v", p)
	}
	must[*Administrator](t)(a.UpdateAdministrator(t.Context(), bob.ID, Change{Disabled: &disabled}))
	if p := must[*Principal](t)(a.Session(t.Context(), secret)); p != nil {
		t.Error("the session of a disabled administrator is good")
	}
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	p := &Principal{Kind: KindAdministrator, ID: "1", Email: "ada@example.org"}
	for i, project := range []string{"blog", "shop", "blog"} {
		e := Entry{Project: project, Action: "create record", Target: "comments/\x00" + string(rune('a'+i)), Detail: []byte(`{"n": 1}`), Address: "1.2.3.4"}
		if err := a.Record(t.Context(), p, e); err != nil {
			t.Fatal(err)
		}
	}
	all := must[[]Entry](t)(a.Entries(t.Context(), AuditFilter{Project: "blog"}, 10))
	if len(all) != 2 || all[0].Target != "comments/c" || all[0].Actor != "ada@example.org" || string(all[0].Detail) == "" {
		t.Errorf("entries %+v", all)
	}
	if rest := must[[]Entry](t)(a.Entries(t.Context(), AuditFilter{Before: all[0].ID}, 1)); len(rest) != 1 || rest[0].Project != "shop" {
		t.Errorf("entries %+v", rest)
	}
	for _, f := range []AuditFilter{{Actor: "ADA@", Action: "create", Target: "/b"}, {Project: "shop", Action: "record"}} {
		if found := must[[]Entry](t)(a.Entries(t.Context(), f, 10)); len(found) != 1 || found[0].Target != "comments/b" {
			t.Errorf("%+v finds %+v", f, found)
		}
	}
	if none := must[[]Entry](t)(a.Entries(t.Context(), AuditFilter{Actor: "bob"}, 10)); len(none) != 0 {
		t.Errorf("entries %+v", none)
	}
}
