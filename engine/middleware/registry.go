package middleware

import (
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/outbound"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/engine/template"
)

// Main is the name of the step that is the data operation.
const Main = "main"

// A Handler serves a request: it answers by writing to the Request, or gives an error.
type Handler func(*Request) error

// A Wrap is a compiled step: it gives the handler that does its work around next.
type Wrap func(next Handler) Handler

// A Bench is what a step is compiled with.
type Bench struct {
	Project  int             // its ID, and
	Endpoint int             // that of the endpoint: limits are counted for each endpoint by itself; 0 is what has none
	Step     int             // its place in the onion
	Scope    *template.Scope // of the slots
	After    *template.Scope // of what runs after success: it has the records too; nil is Scope
	Limits   *Limiter        // nil lets every request pass: a trial counts nothing
	Secrets  *secret.Set     // of all projects; nil has none

	ProjectName string
	Writes      bool             // the endpoint changes records
	Auth        *auth.Auth       // nil knows nobody
	Outbound    *outbound.Client // to addresses that settings name; nil in a check, which connects to nothing
	KeySets     *KeySets         // by which JWTs are verified; nil in a check
	Captchas    *Captchas        // nil in a check and in a trial, which lets every request pass

	Def   *engine.Endpoint // the endpoint; nil is what has none
	Reads []int            // ids of the tables that it answers from
	Cache *Cache           // nil keeps nothing
	Keep  time.Duration    // how long an answer may be kept at most; 0 is no bound

	middleware string        // the name of the step
	steps      []engine.Step // all of the onion
}

// Secret gives the secret that the setting v, which lies at path in the settings ("signing_key", or "headers", "*" for a name the user
// chose), refers to, or nil where v is absent or a plain value. Its Value is to be asked for when it is used, not before.
func (b *Bench) Secret(v raw.Value, path ...string) *secret.Setting {
	return b.Secrets.Setting(b.Project, strings.Join(append([]string{b.middleware}, path...), "."), v)
}

// A Definition declares a middleware.
type Definition struct {
	Name       string
	Doc        string
	Properties []Property
	// Compile makes the step of settings that have passed the properties' checks.
	Compile func(settings raw.Value, b Bench) (Wrap, engine.Problems)
	// Notice is set where it sends something after success instead: then there is no Compile.
	Notice bool
	// Before is set where the step makes no sense behind main.
	Before bool
}

// Schema gives the JSON Schema of the settings.
func (d *Definition) Schema() raw.Value { return schemaOf(d.Properties) }

// Slots names the settings that may hold expressions: "by", "data.title", "headers.*".
func (d *Definition) Slots() []string { return slots(d.Properties, "") }

// Definitions lists the middlewares of this version in the order of the documentation.
func Definitions() []*Definition {
	return []*Definition{
		rateLimitDefinition(),
		authDefinition(),
		basicAuthDefinition(),
		captchaDefinition(),
		corsDefinition(),
		ipFilterDefinition(),
		refererDefinition(),
		bodyLimitDefinition(),
		cacheDefinition(),
		scriptDefinition(),
		webhookDefinition(),
		emailDefinition(),
		mainDefinition(),
	}
}

func mainDefinition() *Definition {
	return &Definition{Name: Main, Doc: "The data operation of the endpoint. It stands in the onion exactly once."}
}

// lookup gives the definition of name, or what is wrong with the name.
func lookup(name string) (*Definition, engine.Problems) {
	definitions := Definitions()
	names := make([]string, len(definitions))
	for i, d := range definitions {
		names[i] = d.Name
		if d.Name == name {
			return d, nil
		}
	}
	hint := "there are " + joined(names)
	if near := engine.Near(name, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, engine.Problems{engine.Problemf(nil, hint, "unknown middleware %q", name)}
}
