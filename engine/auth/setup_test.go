package auth

import (
	"sync"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine"
)

func TestSetupLinkWorksOnceAndMakesAnOwner(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	first := must[string](t)(a.NewSetupToken(t.Context()))
	second := must[string](t)(a.NewSetupToken(t.Context()))
	if first == "" || first == second {
		t.Fatalf("links %q and %q", first, second)
	}
	_, err := a.Setup(t.Context(), "wrong", "ada@example.org", goodPassword)
	wantCode(t, err, engine.Forbidden)
	_, err = a.Setup(t.Context(), first, "ada@example.org", "short")
	wantCode(t, err, engine.Invalid)
	admin := must[*Administrator](t)(a.Setup(t.Context(), first, " Ada@Example.org ", goodPassword))
	if admin.Email != "ada@example.org" || admin.Role != Owner {
		t.Errorf("made %+v", admin)
	}
	for _, used := range []string{first, second} {
		_, err = a.Setup(t.Context(), used, "eve@example.org", goodPassword)
		wantCode(t, err, engine.Forbidden)
	}
	if again := must[string](t)(a.NewSetupToken(t.Context())); again != "" {
		t.Error("a link was made although an administrator exists")
	}
}

func TestSetupLinkExpires(t *testing.T) {
	t.Parallel()
	a, clock := open(t)
	link := must[string](t)(a.NewSetupToken(t.Context()))
	clock.advance(SetupLifetime + time.Second)
	_, err := a.Setup(t.Context(), link, "ada@example.org", goodPassword)
	wantCode(t, err, engine.Forbidden)
}

func TestSetupLinkDiesWithTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	link := must[string](t)(a.NewSetupToken(t.Context()))
	must[*Administrator](t)(a.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, Owner, nil))
	wantCode(t, a.CheckSetup(t.Context(), link), engine.Forbidden)
}

func TestConcurrentSetupsMakeOneAdministrator(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	var wait sync.WaitGroup
	for range 4 {
		link := must[string](t)(a.NewSetupToken(t.Context()))
		wait.Go(func() { _, _ = a.Setup(t.Context(), link, "ada@example.org", goodPassword) })
	}
	wait.Wait()
	if all := must[[]*Administrator](t)(a.Administrators(t.Context())); len(all) != 1 {
		t.Errorf("%d administrators", len(all))
	}
}
