package definition

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// params checks each parameter as what it is after it inherited from the field of its name.
func (c *checker) params(at site, ep *engine.Endpoint, t *engine.Table) {
	if n := ep.Params.Len(); n > maxParams {
		at.refuse("", "%d parameters are more than %d", n, maxParams)
	}
	c.distinct(at, "parameter", ep.Params.Names())
	sent := make(map[string]string)
	for name, param := range ep.Params.All() {
		at := at.in(name)
		in := paramIn(ep, param)
		key := string(in) + " " + param.Request()
		if in == engine.InHeader {
			key = strings.ToLower(key)
		}
		if other, twice := sent[key]; twice {
			at.refuseName("give one of them another name with as", "%q and %q are both %q in the %s", other, name, param.Request(), in)
		}
		sent[key] = name
		c.paramPlace(at, ep, param, in)
		c.param(at, param, inherited(t, name))
	}
}

// wholeBody as the name of a parameter is the body itself.
const wholeBody = "$"

// inherited gives the field of the parameter's name, whose type, label and rules it takes over.
func inherited(t *engine.Table, name string) *engine.Field {
	if t == nil {
		return nil
	}
	f, _ := t.Fields.Get(name)
	return f
}

// paramIn says where a parameter comes from.
func paramIn(ep *engine.Endpoint, param *engine.Param) engine.ParamIn {
	switch {
	case param.In != "":
		return param.In
	case slices.Contains(ep.Route.Names(), param.Request()):
		return engine.InPath
	case ep.Route.Method == "GET" || ep.Route.Method == "DELETE":
		return engine.InQuery
	}
	return engine.InBody
}

func (c *checker) paramPlace(at site, ep *engine.Endpoint, param *engine.Param, in engine.ParamIn) {
	inRoute := slices.Contains(ep.Route.Names(), param.Request())
	switch {
	case in == engine.InPath && !inRoute:
		at.in("in").refuse("put {"+param.Request()+"} into the route", "%q is not in the path of %s", param.Request(), ep.Route)
	case in != engine.InPath && inRoute:
		at.in("in").refuse("in: path", "{%s} stands in the route", param.Request())
	case param.As == wholeBody && in != engine.InBody:
		at.in("as").refuse("in: body", "$ is the whole body, this parameter is in the %s", in)
	case in == engine.InBody && ep.Route.Method == "GET":
		at.in("in").refuse("in: query", "a GET has no body")
	case (in == engine.InHeader || in == engine.InCookie) && !token(param.Request()):
		at.in("as").refuse("letters, digits and -", "%q is no name of a %s", param.Request(), in)
	}
}

func (c *checker) param(at site, param *engine.Param, field *engine.Field) {
	rules, typ := param.Rules, param.Type
	if field != nil {
		typ = cmp.Or(typ, field.Type)
		if typ == tGenerated || typ == tAutonumber {
			typ = tText // nobody writes them; here it is an input like any other
		}
		if rules.Values == nil && param.Type == "" {
			rules.Values = field.Values
		}
		rules.Integer = rules.Integer || field.Integer && typ == tNumber
	}
	c.paramBy(at, param, field)
	typ = cmp.Or(typ, tText)
	c.attributes(at, typ, append(ruleAttributes(&param.Rules), attribute{"trim", param.Trim}, attribute{"split", param.Split != ""}, attribute{"list", param.List}))
	if param.Split != "" || param.List {
		rules.Default = nil // a list; its items are checked when it is compiled
	}
	c.rules(at, typ, &rules)
	if typ == tEnum && len(rules.Values) == 0 {
		at.refuse("values: [new, top]", "an enum wants its values")
	}
	if typ == tFile && param.In != "" && param.In != engine.InBody {
		at.in("in").refuse("in: body", "a file comes in the body")
	}
}

// paramBy checks by what a parameter names a record.
func (c *checker) paramBy(at site, param *engine.Param, field *engine.Field) {
	switch {
	case param.By == "":
		return
	case field == nil || field.Type != tReference && field.Type != tReferences || param.Type != "":
		at.in("by").refuse("a parameter with the name of a reference, without a type", "%s refers to no record", param.Name)
		return
	}
	target, found := c.project.Tables.Get(field.To)
	if !found || param.By == "id" {
		return
	}
	if f := c.fieldNamed(at.in("by"), target, param.By); f != nil && !f.Unique {
		at.in("by").refuse("id, or a field with unique: true", "several records of %s may have the same %s", target.Name, param.By)
	}
}
