package rest

import (
	"os"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

func TestCheckTriesWhatTheServerNeeds(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.check(scenario{path: "/_/api/check", headers: d.token("", auth.Owner), status: 200, want: []string{
		`"name":"version","ok":true`, `"name":"encoding","ok":true,"detail":"UTF8"`, `"name":"write","ok":true`, `"name":"files","ok":true`, "plpgsql",
	}})
}

func TestSampleIsMadeOnce(t *testing.T) {
	t.Parallel()
	read := func(name string) []byte {
		content, err := os.ReadFile("../../examples/comments/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	sample := Sample{Project: read("project.yaml"), Records: map[string][]byte{"comments": read("records.ndjson")}}
	d := openWith(t, func(cfg *Config) { cfg.Samples = map[string]Sample{"comments": sample} })
	owner := d.token("", auth.Owner)
	for _, s := range []scenario{
		{name: "unknown", method: "POST", path: "/_/api/samples/nothing", headers: owner, status: 404},
		{name: "made", method: "POST", path: "/_/api/samples/comments", headers: owner, status: 201, want: []string{`{"project":"blog","records":20}`}},
		{name: "there already", method: "POST", path: "/_/api/samples/comments", headers: owner, status: 409, want: []string{"blog"}},
		{name: "usable", path: "/api/blog/comments?post=hello-world", status: 200, want: []string{`"total":6`, `"answers":"Ann"`}},
	} {
		d.check(s)
	}
}
