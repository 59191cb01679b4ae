package rest

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/sayrud/sayrud/engine/auth"
)

// validate holds a document to OpenAPI 3.1.
func validate(t *testing.T, document []byte) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, document)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Errorf("%v\n%.2000s", err, document)
	}
	if !doc.IsOpenAPI31OrLater() {
		t.Errorf("version %s", doc.OpenAPI)
	}
	return doc
}

func TestAdminDocumentIsValidAndComplete(t *testing.T) {
	t.Parallel()
	d := open(t)
	doc := validate(t, d.do(scenario{path: "/_/api/openapi.json"}).Body.Bytes())
	for _, op := range d.server.operations() {
		item := doc.Paths.Find(op.path)
		if item == nil || item.GetOperation(op.method) == nil || item.GetOperation(op.method).Summary != op.summary {
			t.Errorf("%s %s is not in the document", op.method, op.path)
		}
	}
}

func TestProjectDocument(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	const path = "/api/blog/openapi.json"
	for _, s := range []scenario{
		{name: "closed", path: path, status: 401},
		{name: "of another project", path: path, headers: d.token("", auth.Viewer), status: 200},
	} {
		d.check(s)
	}
	d.apply(strings.Replace(blog, "language: auto", "public: true", 1))
	w := d.do(scenario{path: path})
	doc := validate(t, w.Body.Bytes())
	list := doc.Paths.Find("/comments").Get
	if list.Parameters.GetByInAndName("query", "size").Schema.Value.Max == nil {
		t.Error("size has no maximum")
	}
	body := doc.Paths.Find("/comments").Post.RequestBody.Value.Content["application/json"].Schema.Value
	if body.Properties["nick"].Value.MaxLength == nil {
		t.Error("nick has no maximum")
	}
	item := list.Responses.Status(200).Value.Content["application/json"].Schema.Value.Properties["items"].Value.Items.Value
	if item.Properties["nick"].Value.Description != "Nickname" {
		t.Errorf("the answer's shape is not known: %+v", item)
	}
	if text := w.Body.String(); strings.Contains(text, `"ip":`) && !strings.Contains(text, `"operationId":"echo"`) || strings.Contains(text, "/off") {
		t.Error("hidden fields or endpoints off the air are shown")
	}
}
