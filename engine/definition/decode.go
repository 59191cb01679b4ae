package definition

import (
	"encoding/json"
	"fmt"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// DecodeProject reads a whole project strictly: unknown names, wrong types and what is missing are Problems. It does not Check.
func DecodeProject(v raw.Value) (*engine.Project, engine.Problems) {
	p := &engine.Project{}
	if problems := decodeInto(projectShape(), v, p); problems != nil {
		return nil, problems
	}
	for name, t := range p.Tables.All() {
		p.Tables.Set(name, settleTable(name, t))
	}
	for name, ep := range p.Endpoints.All() {
		settleEndpoint(name, ep)
	}
	if p.Defaults != nil {
		settleSteps(p.Defaults.Middlewares)
	}
	return p, nil
}

// DecodeTable reads a table as it stands in a project file under name.
func DecodeTable(name string, v raw.Value) (*engine.Table, engine.Problems) {
	t := &engine.Table{}
	if problems := decodeInto(tableShape(), v, t); problems != nil {
		return nil, problems
	}
	return settleTable(name, t), nil
}

// DecodeField reads a field as it stands in a project file under name.
func DecodeField(name string, v raw.Value) (*engine.Field, engine.Problems) {
	f := &engine.Field{}
	if problems := decodeInto(fieldShape(), v, f); problems != nil {
		return nil, problems
	}
	f.Name = name
	return f, nil
}

// DecodeEndpoint reads an endpoint as it stands in a project file under name.
func DecodeEndpoint(name string, v raw.Value) (*engine.Endpoint, engine.Problems) {
	ep := &engine.Endpoint{}
	if problems := decodeInto(endpointShape(), v, ep); problems != nil {
		return nil, problems
	}
	settleEndpoint(name, ep)
	return ep, nil
}

func decodeInto(s *shape, v raw.Value, into any) engine.Problems {
	d := &decoder{}
	v = raw.Trim(v)
	d.value(s, v, nil)
	if len(d.problems) > 0 {
		return d.problems
	}
	if v.IsNull() {
		return nil
	}
	if err := json.Unmarshal(canonical(nil, v), into); err != nil {
		return engine.Problems{engine.Problemf(nil, "", "read definition: %v", err)}
	}
	return nil
}

// canonical appends v without space between its tokens and with each text escaped in one way, so that equal definitions have
// equal bytes.
func canonical(dst []byte, v raw.Value) []byte {
	switch v.Kind() {
	case raw.String:
		text, _ := v.Text()
		return raw.AppendString(dst, text)
	case raw.Array:
		dst = append(dst, '[')
		for i, item := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = canonical(dst, item)
		}
		return append(dst, ']')
	case raw.Object:
		dst = append(dst, '{')
		first := true
		for key, member := range v.Members {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(canonical(dst, key), ':')
			dst = canonical(dst, member)
		}
		return append(dst, '}')
	}
	return append(dst, v...)
}

func settleTable(name string, t *engine.Table) *engine.Table {
	if t == nil {
		t = &engine.Table{}
	}
	t.Name = name
	for name, f := range t.Fields.All() {
		f.Name = name
	}
	settleSteps(t.OnWrite)
	settleNull(&t.Crud)
	return t
}

func settleEndpoint(name string, ep *engine.Endpoint) {
	ep.Name = name
	for name, param := range ep.Params.All() {
		if param == nil {
			param = &engine.Param{}
			ep.Params.Set(name, param)
		}
		param.Name = name
	}
	settleSteps(ep.Middlewares)
	settleNull(&ep.Filter, &ep.Sort)
	settleIncludes(&ep.Include)
	for _, source := range ep.Sources.All() {
		settleNull(&source.Filter, &source.Sort)
		settleIncludes(&source.Include)
	}
	for _, g := range ep.Guards {
		for _, q := range []*engine.GuardQuery{g.Exists, g.NotExists, g.Count} {
			if q != nil {
				settleNull(&q.Filter)
			}
		}
	}
}

func settleIncludes(m *engine.Map[*engine.Include]) {
	for _, include := range m.All() {
		settleNull(&include.Filter, &include.Sort)
		settleIncludes(&include.Include)
	}
}

func settleSteps(steps []engine.Step) {
	for i := range steps {
		if steps[i].Settings != nil && steps[i].Settings.IsNull() {
			steps[i].Settings = raw.Value("{}")
		}
	}
}

// settleNull makes a filter or sort that is written as null, or as {}, absent.
func settleNull(values ...*raw.Value) {
	for _, v := range values {
		if v.IsNull() || string(*v) == "{}" {
			*v = nil
		}
	}
}

// found names what stands where something else was expected.
func found(v raw.Value) string {
	if v.Kind() == raw.Number {
		return fmt.Sprintf("the number %s", v)
	}
	if v.Kind() == raw.Bool {
		return string(v)
	}
	return kindWords[v.Kind()]
}
