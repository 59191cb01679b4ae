package middleware

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func sample() []Property {
	return []Property{
		{Name: "mode", Type: TypeString, Values: []string{"fast", "slow"}, Required: true},
		{Name: "url", Type: TypeString, Slot: true, OrSecret: true},
		{Name: "names", Type: TypeTexts},
		{Name: "headers", Type: TypeMap, Max: 2, Of: &Property{Type: TypeString, Slot: true, OrSecret: true}},
		{Name: "server", Type: TypeObject, Members: []Property{
			{Name: "host", Type: TypeString, Required: true}, {Name: "port", Type: TypeInteger, Min: 1, Max: 65535},
			{Name: "password", Type: TypeSecret, When: func(o raw.Value) bool { return o.Get("host") != nil }}}},
		{Name: "routes", Type: TypeArray, Of: &Property{Type: TypeObject, Members: []Property{{Name: "to", Type: TypeString, Slot: true}}}},
		{Name: "data", Type: TypeAny},
	}
}

func TestPropertiesCheckWhatIsInside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ settings, want string }{
		{`{"mode":"fast","url":"=x","names":"a","headers":{"A":"b","C":{"env":"TOKEN"}},"server":{"host":"h","port":25,"password":{"file":"/p"}},"routes":[{"to":"$x"}],"data":[1,null]}`, ""},
		{`{"mode":"fast","url":{"env":"HOOK"},"names":["a","b"],"server":null}`, ""},
		{`{}`, "the setting mode is missing"},
		{`{"mode":null}`, "mode: must be a text"},
		{`{"mode":"fsat"}`, "mode: must be one of fast, slow; did you mean fast?"},
		{`{"mode":"fast","url":{"value":7}}`, "url: the value of a secret must be a text"},
		{`{"mode":"fast","names":["a",1]}`, "names: must be a text or a list of texts"},
		{`{"mode":"fast","headers":{"A":"1","B":"2","C":"3"}}`, "headers: must have 0 to 2 items"},
		{`{"mode":"fast","headers":["A"]}`, "headers: must be an object"},
		{`{"mode":"fast","server":{"port":0}}`, "server: the setting host is missing\nserver.port: must lie between 1 and 65535"},
		{`{"mode":"fast","server":{"host":"h","password":"open sesame"}}`, "server.password: a secret is not written as it is; write {env: NAME} or {file: PATH}"},
		{`{"mode":"fast","server":{"host":"h","pasword":{"env":"P"}}}`, "server.pasword: unknown setting pasword; did you mean password?"},
		{`{"mode":"fast","routes":[{"to":"a"},7]}`, "routes.1: must be an object"},
	} {
		problems := checkSettings(raw.Value(test.settings), sample())
		got := problems.Error()
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s\n got %q\nwant %q", test.settings, got, test.want)
		}
		if strings.Contains(got, "sesame") {
			t.Errorf("the secret is in the message: %s", got)
		}
	}
}

func TestPropertiesPrintJSONSchema(t *testing.T) {
	t.Parallel()
	var schema struct {
		Properties map[string]map[string]any
	}
	if err := json.Unmarshal(schemaOf(sample()), &schema); err != nil {
		t.Fatalf("%v\n%s", err, schemaOf(sample()))
	}
	for name, want := range map[string]string{
		"mode":   `{"enum":["fast","slow"],"type":"string"}`,
		"names":  `{"anyOf":[{"type":"string"},{"items":{"type":"string"},"type":"array"}]}`,
		"routes": `{"items":{"additionalProperties":false,"properties":{"to":{"x-slot":true}},"type":"object"},"type":"array"}`,
	} {
		if got, _ := json.Marshal(schema.Properties[name]); string(got) != want {
			t.Errorf("%s\n got %s\nwant %s", name, got, want)
		}
	}
	password := schema.Properties["server"]["properties"].(map[string]any)["password"].(map[string]any)
	if password["x-secret"] != true || schema.Properties["url"]["x-secret"] != true {
		t.Errorf("no x-secret: %v, %v", password, schema.Properties["url"])
	}
	if diff := cmp.Diff([]string{"url", "headers.*", "routes.*.to"}, slots(sample(), "")); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsAreFoundWhereverTheyStand(t *testing.T) {
	t.Parallel()
	found := map[string]string{}
	out := mapMembers(raw.Value(`{"url":"plain","headers":{"A":"b","C":{"env":"TOKEN"}},"server":{"host":"h"}}`), sample(), "demo", nil,
		func(use string, path []string, v raw.Value) raw.Value {
			found[strings.Join(path, "/")] = use + " " + string(v)
			return raw.Value(`{"stored":"x"}`)
		})
	if diff := cmp.Diff(map[string]string{"headers/C": `demo.headers.* {"env":"TOKEN"}`, "server/password": "demo.server.password "}, found); diff != "" {
		t.Error(diff)
	}
	want := `{"url":"plain","headers":{"A":"b","C":{"stored":"x"}},"server":{"host":"h","password":{"stored":"x"}}}`
	if string(out) != want {
		t.Errorf("got %s", out)
	}
	if s := MapSecrets(engine.Step{Name: "cors"}, nil); s.Settings != nil {
		t.Errorf("cors has %s now", s.Settings)
	}
}
