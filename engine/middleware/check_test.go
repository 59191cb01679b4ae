package middleware

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
)

func TestCheckNamesThePlace(t *testing.T) {
	t.Parallel()
	p := &engine.Project{Defaults: &engine.Defaults{Middlewares: steps(t, `["nothing","main"]`)}}
	p.Endpoints.Set("list", &engine.Endpoint{Route: engine.Route{Method: "GET", Path: "/x/{id}"},
		Middlewares: steps(t, `[{"rate_limit":{"limit":1,"by":"$params.id"}},{"cors":{"orgins":[]}},"main"]`)})
	text := Check(p).Error()
	for _, want := range []string{`defaults.middlewares.0.nothing: unknown middleware "nothing"`, "endpoints.list.middlewares.1.cors.orgins: unknown setting orgins; did you mean origins?"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	if strings.Contains(text, "list.middlewares.0") {
		t.Error(text)
	}
}
