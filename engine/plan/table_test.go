package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func TestCheckTable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field engine.Field
		want  string
	}{
		{engine.Field{Type: engine.TypeText, Rules: engine.Rules{Pattern: "("}}, "fields.x.pattern: missing closing ): `(`; patterns are RE2 expressions"},
		{engine.Field{Type: engine.TypeNumber, Rules: engine.Rules{Default: raw.Value(`"many"`)}}, "fields.x.default: the default is not allowed: x must be a number"},
		{engine.Field{Type: engine.TypeNumber, Rules: engine.Rules{Default: raw.Value(`"$request.query.n"`)}}, ""},
		{engine.Field{Type: engine.TypeAutonumber, Rules: engine.Rules{Default: raw.Value(`1`)}}, "fields.x.default: an autonumber takes no default"},
		{engine.Field{Type: engine.TypeReference, To: "pots"}, `fields.x.to: there is no table "pots"; did you mean posts?`},
		{engine.Field{Type: engine.TypeNumber, Constraint: "$this.titel !== null"}, "fields.x.constraint: $this.titel does not exist; did you mean title?"},
		{engine.Field{Type: engine.TypeNumber, Constraint: "$value > $this.title.length && $this.uid !== ''"}, ""},
		{engine.Field{Type: engine.TypeReference, To: "posts", Constraint: "$that.slug !== $this.slug"}, ""},
	} {
		p := readProject(t)
		posts, _ := p.Tables.Get("posts")
		tt.field.Name, tt.field.Key = "x", "x0000000"
		posts.Fields.Set("x", &tt.field)
		got := ""
		if problems := CheckTable(p, posts); len(problems) > 0 {
			got = problems.Error()
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v: %s", tt.field, diff)
		}
	}
	p := readProject(t)
	posts, _ := p.Tables.Get("posts")
	for constraint, field := range map[string]engine.Field{"$value >": {Type: engine.TypeNumber}, "$valu > 1": {Type: engine.TypeNumber}, "$that.x": {Type: engine.TypeNumber}, "$that.y > 1": {Type: engine.TypeReference, To: "posts"}} {
		field.Name, field.Key, field.Constraint = "x", "x0000000", constraint
		posts.Fields.Set("x", &field)
		if CheckTable(p, posts) == nil {
			t.Errorf("the constraint %s is let through", constraint)
		}
	}
	posts.Fields.Set("x", &engine.Field{Name: "x", Key: "x0000000", Type: engine.TypeGenerated, Expression: "pg_sleep(1)"})
	if CheckTable(p, posts) == nil {
		t.Error("pg_sleep is let through")
	}
}
