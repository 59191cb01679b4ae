package plan

import (
	"slices"
	"strconv"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/value"
)

// A Lookup finds the records that a parameter names by something else than their uids.
type Lookup struct {
	Param     int        // in Plan.Params
	Statement *Statement // $1 an array of names: a row for each in their order, its uid or NULL
}

// byID is the value of `by` that names a record by its number.
const byID = "id"

// refer makes a parameter of type reference take what `by` says instead of a uid.
func (c *compiler) refer(p *Param, declared *engine.Param) {
	at := []string{"params", p.Name, "by"}
	if p.Field == nil || p.Field.Type != engine.TypeReference && p.Field.Type != engine.TypeReferences {
		c.problem(at, "leave it out", "by is for parameters with the name of a reference, %s is none", p.Name)
		return
	}
	target, found := c.project.Tables.Get(p.Field.To)
	if !found {
		return // the table's own problem
	}
	p.By, p.plain = declared.By, false
	p.List = p.List || p.Field.Type == engine.TypeReferences
	p.Rules.Min, p.Rules.Max, p.Rules.Pattern, p.Rules.Values = declared.Min, declared.Max, declared.Pattern, declared.Values
	column, cast := "x.id", "bigint"
	if p.Type = engine.TypeInteger; p.By != byID {
		f := target.Field(p.By)
		if f == nil || !f.Unique || relation.Type(f.Type) == relation.JSONB {
			c.problem(at, "id, or a field with unique: true", "nothing makes %s of %s unique", p.By, target.Name)
			return
		}
		p.Type = f.Type
		if f.Type == engine.TypeEnum {
			p.Rules.Values = f.Values
		}
		sql, typ := relation.Column(c.project, target, f, "x")
		column, cast = sql, castOf(typ)
		if relation.Prefixed(f) {
			column = "md5(" + sql + ") = md5(w.v) AND " + sql
		}
	}
	p.lookup = &Statement{SQL: "SELECT (SELECT x.uid FROM " + relation.Leaf(c.project, target) + " x WHERE " + column + " = w.v LIMIT 1)\n" +
		"FROM unnest($1::" + cast + "[]) WITH ORDINALITY AS w (v, n)\nORDER BY w.n"}
}

// lookups lines up the parameters that are looked up.
func (c *compiler) lookups() {
	for i, p := range c.plan.Params {
		if p.lookup != nil {
			c.plan.Lookups = append(c.plan.Lookups, &Lookup{Param: i, Statement: p.lookup})
		}
	}
}

// named gives what an object says of the record it stands for: {"id": 5} or {slug: "x"} where that is how the parameter names records.
func (p *Param) named(v raw.Value) raw.Value {
	if p.By == "" || v.Kind() != raw.Object {
		return v
	}
	for _, name := range []string{p.By, "id", "u"} {
		if found := v.Get(name); found != nil {
			return found
		}
	}
	return raw.NullValue
}

// Names appends the array literal of the names in v, a value of the parameter, and gives how many there are.
func (p *Param) Names(dst []byte, v raw.Value) (out []byte, n int) {
	dst = append(dst, '{')
	add := func(_ int, item raw.Value) bool {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		dst = appendElement(dst, string(raw.AppendText(nil, item)))
		return true
	}
	if v.Kind() == raw.Array {
		v.Items(add)
	} else {
		add(0, v)
	}
	return append(dst, '}'), n
}

// Missing refuses a name that no record has.
func (p *Param) Missing(lang value.Lang) *engine.FieldError {
	return p.Checker.Refuse(lang, "reference", "missing")
}

// format makes the checker read numbers as `format` says.
func (c *compiler) format(p *Param, format string) {
	units := map[string]time.Duration{engine.FormatEpoch: time.Second, engine.FormatEpochMillis: time.Millisecond}
	switch unit, known := units[format]; {
	case format == "" || p.Checker == nil:
	case p.Type != engine.TypeDatetime || !known:
		c.problem([]string{"params", p.Name, "format"}, "epoch or epoch_ms on a datetime", "%s has no format %q", p.Type, format)
	default:
		p.Checker, p.Format = p.Checker.Epoch(unit), format
	}
}

// name resolves how the request calls the parameter.
func (p *Param) name(routeNames []string) {
	if p.In == engine.InPath || slices.Contains(routeNames, p.As) {
		return
	}
	p.Path = NamePath(p.As)
	if p.In == engine.InQuery || p.In == engine.InBody {
		p.Spellings = spellings(p.As, p.Path, p.IsList())
	}
}

// quotedUID gives a uid, which needs no escapes, as JSON.
func quotedUID(uid []byte) raw.Value { return raw.Value(strconv.Quote(string(uid))) }

// Resolve gives the parameter's value from the uids of what it names.
func (p *Param) Resolve(uids [][]byte) raw.Value {
	if !p.IsList() {
		return quotedUID(uids[0])
	}
	list := raw.Value{'['}
	for _, uid := range uids {
		list = appendItem(list, quotedUID(uid))
	}
	return append(list, ']')
}
