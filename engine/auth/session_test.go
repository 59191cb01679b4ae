package auth

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine"
)

func TestLoginGivesASessionWithRoles(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	admin := must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, "", map[string]Role{"blog": Editor}))
	secret := must[string](t)(a.Login(t.Context(), "ADA@example.org", goodPassword, Place{Address: "1.2.3.4", Agent: "test\x00\n\xff"}))
	p := must[*Principal](t)(a.Session(t.Context(), secret))
	if p == nil || p.ID != strconv.FormatInt(admin.ID, 10) || p.RoleIn("blog") != Editor || p.RoleIn("shop") != "" || p.RoleIn("") != "" {
		t.Errorf("principal %+v", p)
	}
	var stored int
	err := a.db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM sl_sessions WHERE encode(hash, 'escape') LIKE '%' || $1 || '%'`, secret).Scan(&stored)
	if err != nil || stored != 0 {
		t.Errorf("the secret stands in the database: %d, %v", stored, err)
	}
	if err := a.Logout(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	if p := must[*Principal](t)(a.Session(t.Context(), secret)); p != nil {
		t.Error("the session outlived logout")
	}
}

func TestLoginRefusesAlikeWhoeverItIs(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	off := must[*Administrator](t)(a.CreateAdministrator(t.Context(), "off@example.org", goodPassword, Editor, nil))
	disabled := true
	must[*Administrator](t)(a.UpdateAdministrator(t.Context(), off.ID, Change{Disabled: &disabled}))
	texts := map[string]bool{}
	for _, try := range [][2]string{
		{"ada@example.org", "wrong password"}, {"nobody@example.org", "wrong password"}, {"off@example.org", goodPassword},
		{"ada@example.org", strings.Repeat("x", 5000)}, {"", ""},
	} {
		_, err := a.Login(t.Context(), try[0], try[1], Place{Address: "1.2.3.4"})
		wantCode(t, err, engine.Unauthorized)
		texts[err.Error()] = true
	}
	if len(texts) != 1 {
		t.Errorf("the refusals differ: %v", texts)
	}
}

func TestLoginIsThrottledForAccountAndAddress(t *testing.T) {
	t.Parallel()
	a, clock := open(t)
	must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	for _, throttled := range []func(i int) (email, address string){
		func(i int) (string, string) { return "ada@example.org", "10.0.0." + strconv.Itoa(i) },
		func(i int) (string, string) { return "user" + strconv.Itoa(i) + "@example.org", "192.168.1.1" },
	} {
		var err error
		tries := 0
		for ; tries < 100; tries++ {
			email, address := throttled(tries)
			if _, err = a.Login(t.Context(), email, "wrong", Place{Address: address}); refusal(err).Code == engine.RateLimited {
				break
			}
		}
		wantCode(t, err, engine.RateLimited)
		if tries > 30 || refusal(err).RetryAfter < 1 {
			t.Errorf("%d tries, %+v", tries, err)
		}
	}
	_, err := a.Login(t.Context(), "ada@example.org", goodPassword, Place{Address: "9.9.9.9"})
	wantCode(t, err, engine.RateLimited)
	clock.advance(time.Minute)
	must[string](t)(a.Login(t.Context(), "ada@example.org", goodPassword, Place{Address: "9.9.9.9"}))
}

func TestSessionExpiresFourteenDaysAfterItsLastUse(t *testing.T) {
	t.Parallel()
	a, clock := open(t)
	must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	secret := must[string](t)(a.Login(t.Context(), "ada@example.org", goodPassword, Place{}))
	for range 3 {
		clock.advance(13 * 24 * time.Hour)
		if p := must[*Principal](t)(a.Session(t.Context(), secret)); p == nil {
			t.Fatal("a used session expired")
		}
	}
	clock.advance(SessionLifetime + time.Second)
	if p := must[*Principal](t)(a.Session(t.Context(), secret)); p != nil {
		t.Error("an idle session is still good")
	}
}

func TestPasswordChangeEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	admin := must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	mine := must[string](t)(a.Login(t.Context(), "ada@example.org", goodPassword, Place{}))
	other := must[string](t)(a.Login(t.Context(), "ada@example.org", goodPassword, Place{}))
	wantCode(t, a.ChangePassword(t.Context(), admin.ID, "wrong", "another password", mine), engine.Invalid)
	if err := a.ChangePassword(t.Context(), admin.ID, goodPassword, "another password", mine); err != nil {
		t.Fatal(err)
	}
	if p := must[*Principal](t)(a.Session(t.Context(), mine)); p == nil {
		t.Error("the own session ended")
	}
	if p := must[*Principal](t)(a.Session(t.Context(), other)); p != nil {
		t.Error("another session outlived the password")
	}
	_, err := a.Login(t.Context(), "ada@example.org", goodPassword, Place{})
	wantCode(t, err, engine.Unauthorized)
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	admin := must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	mine := must[string](t)(a.Login(t.Context(), "ada@example.org", goodPassword, Place{Address: "1.1.1.1"}))
	other := must[string](t)(a.Login(t.Context(), "ada@example.org", goodPassword, Place{Address: "2.2.2.2"}))
	list := must[[]SessionInfo](t)(a.Sessions(t.Context(), admin.ID, mine))
	if len(list) != 2 {
		t.Fatalf("%d sessions", len(list))
	}
	for _, s := range list {
		if s.Current {
			continue
		}
		if err := a.EndSession(t.Context(), admin.ID, s.ID); err != nil {
			t.Fatal(err)
		}
	}
	if p := must[*Principal](t)(a.Session(t.Context(), other)); p != nil {
		t.Error("the session was not ended")
	}
	wantCode(t, a.EndSession(t.Context(), admin.ID, "%"), engine.NotFound)
}
