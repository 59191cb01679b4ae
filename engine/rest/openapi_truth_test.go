package rest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/openapi"
)

// asDocumented holds an answer of an endpoint to what the project's OpenAPI document says of it: its status stands there, and its JSON
// fits the schema. Every scenario that goes through check is held to it.
func (d *door) asDocumented(s scenario, w *httptest.ResponseRecorder) {
	d.t.Helper()
	path, _, _ := strings.Cut(s.path, "?")
	rest, ok := strings.CutPrefix(path, "/api/")
	if !ok || s.method == http.MethodHead || s.method == http.MethodOptions {
		return
	}
	name, rest, _ := strings.Cut(rest, "/")
	p := d.server.generation.Load().projects[name]
	if p == nil {
		return
	}
	method := s.method
	if method == "" {
		method = http.MethodGet
	}
	segments, ok := cutPath(nil, rest)
	q := middleware.Acquire(httptest.NewRequest(method, "/", nil), http.Header{})
	defer q.Release()
	find := search{q: q, method: method, segments: segments, all: true}
	if find.walk(&p.routes, 0); !ok {
		return
	}
	for _, e := range find.at {
		if e.plan.Endpoint.Route.Method == method {
			d.fitsDocument(p, e, w)
			return
		}
	}
}

func (d *door) fitsDocument(p *project, e *endpoint, w *httptest.ResponseRecorder) {
	d.t.Helper()
	text, err := openapi.Document(p.def, p.plans())
	if err != nil {
		d.t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		d.t.Fatal(err)
	}
	item, _ := document.(map[string]any)["paths"].(map[string]any)[openapi.Path(p.plans(), e.plan)].(map[string]any)
	operation, _ := item[strings.ToLower(e.plan.Endpoint.Route.Method)].(map[string]any)
	answers, _ := operation["responses"].(map[string]any)
	status := strconv.Itoa(w.Code)
	if answers[status] == nil {
		status = "default"
	}
	media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	answer, _ := answers[status].(map[string]any)
	if answer == nil {
		d.t.Errorf("%s: the document has no answer %d", e.plan.Endpoint.Name, w.Code)
		return
	}
	contents, _ := answer["content"].(map[string]any)
	if contents[media] == nil || !strings.Contains(media, "json") {
		return
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("mem:document", document); err != nil {
		d.t.Fatal(err)
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "%", "%25").Replace
	schema, err := c.Compile("mem:document#/paths/" + escape(openapi.Path(p.plans(), e.plan)) + "/" + strings.ToLower(e.plan.Endpoint.Route.Method) +
		"/responses/" + status + "/content/" + escape(media) + "/schema")
	if err != nil {
		d.t.Fatal(err)
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		d.t.Errorf("%s: %v\n%s", e.plan.Endpoint.Name, err, w.Body)
		return
	}
	if err := schema.Validate(body); err != nil {
		d.t.Errorf("%s: the answer is not as documented: %v\n%s", e.plan.Endpoint.Name, err, w.Body)
	}
}
