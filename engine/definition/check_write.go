package definition

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// writes checks what CREATE and UPDATE put into a record.
func (c *checker) writes(at site, ep *engine.Endpoint, t *engine.Table) {
	c.set(at.in("set"), ep, t, &ep.Set, ep.Kind == kUpdate)
	if ep.Kind == kUpdate && ep.Set.Len() == 0 && !writesParams(ep, t) {
		at.refuse("set: {field: value}, or parameters with the names of fields", "UPDATE changes nothing")
	}
	if ep.Upsert == nil {
		return
	}
	at = at.in("upsert")
	for i, name := range ep.Upsert.Key {
		c.fieldNamed(at.in("key", itoa(i)), t, name)
	}
	if !uniqueTogether(t, ep.Upsert.Key) {
		at.in("key").refuse("unique: true on the field, or unique: [["+strings.Join(ep.Upsert.Key, ", ")+"]] on the table", "nothing makes %s unique", strings.Join(ep.Upsert.Key, ", "))
	}
	c.set(at.in("set"), ep, t, &ep.Upsert.Set, true)
}

// writesParams reports whether a parameter is written to the field of its name.
func writesParams(ep *engine.Endpoint, t *engine.Table) bool {
	for name, param := range ep.Params.All() {
		if f := inherited(t, name); f != nil && writable(f) && paramIn(ep, param) != engine.InPath {
			return true
		}
	}
	return false
}

func writable(f *engine.Field) bool { return f.Type != tGenerated && f.Type != tAutonumber }

func uniqueTogether(t *engine.Table, names []string) bool {
	sorted := slices.Sorted(slices.Values(names))
	if len(names) == 1 {
		if f, found := t.Fields.Get(names[0]); found && f.Unique {
			return true
		}
	}
	return slices.ContainsFunc(t.Unique, func(list []string) bool { return slices.Equal(slices.Sorted(slices.Values(list)), sorted) })
}

func (c *checker) set(at site, ep *engine.Endpoint, t *engine.Table, set *engine.Map[raw.Value], operations bool) {
	for key, v := range set.All() {
		at := at.in(key)
		if strings.HasPrefix(key, "$") || strings.HasPrefix(key, "=") {
			c.chosenField(at, ep, t, key, v, operations)
			continue
		}
		c.setField(at, t, key, v, operations)
	}
}

func (c *checker) setField(at site, t *engine.Table, name string, v raw.Value, operations bool) {
	if slices.Contains(engine.ReservedFields, name) {
		at.refuseName("", "%s is set by the server", name)
		return
	}
	f, known := t.Fields.Get(name)
	switch {
	case !known:
		at.refuseName(unknown(name, t.Fields.Names()), "%s has no field %q", t.Name, name)
	case !writable(f):
		at.refuseName("", "%s cannot be set, it is %s", name, typeWord(f.Type))
	default:
		c.operation(at, f, v, operations)
	}
}

// chosenField checks a key that a parameter chooses: each of its values must be a field.
func (c *checker) chosenField(at site, ep *engine.Endpoint, t *engine.Table, key string, v raw.Value, operations bool) {
	name, isParam := strings.CutPrefix(key, "$params.")
	param, declared := ep.Params.Get(name)
	switch {
	case !isParam:
		at.refuseName("a field's name, or $params.name", "%q cannot choose a field", key)
		return
	case !declared:
		at.refuseName(unknown(name, ep.Params.Names()), "there is no parameter %q", name)
		return
	}
	values := param.Values
	if f := inherited(t, name); values == nil && f != nil {
		values = f.Values
	}
	if len(values) == 0 {
		at.refuseName("values: ["+strings.Join(t.Fields.Names()[:min(2, t.Fields.Len())], ", ")+"] on the parameter", "the parameter %q could choose any field", name)
	}
	for _, value := range values {
		c.setField(at, t, value, v, operations)
	}
}

var setOperations = []string{"increment", "append", "remove"}

// operation checks {increment: n, min: 0}, {append: v} and {remove: v}.
func (c *checker) operation(at site, f *engine.Field, v raw.Value, allowed bool) {
	if v.Kind() != raw.Object {
		return
	}
	word := ""
	for _, op := range setOperations {
		if v.Get(op) != nil {
			word = op
		}
	}
	isList := f.Type == tReferences || f.Type == tJSON
	if word == "" || f.Type == tJSON && v.Len() != 1 {
		if f.Type != tJSON && f.Type != tFile && f.Type != tReference {
			at.refuse("a slot, or "+operationForms(f), "%s is %s, an object does not fit", f.Name, typeWord(f.Type))
		}
		return
	}
	switch {
	case !allowed:
		at.refuse("a value", "a new record has nothing to %s", word)
	case word == "increment" && f.Type == tJSON:
	case word == "increment" && f.Type != tNumber, word != "increment" && !isList:
		at.refuse("a slot"+orOperation(f), "%s is %s, it has no %s", f.Name, typeWord(f.Type), word)
	}
	for key := range v.Members {
		name, _ := key.Text()
		if name != word && !(word == "increment" && (name == "min" || name == "max")) {
			at.in(name).refuseName("", "%s has no %q", word, name)
		}
	}
}

func operationForms(f *engine.Field) string {
	if f.Type == tNumber {
		return "{increment: 1, min: 0}"
	}
	return "{append: value} for lists, {increment: 1} for numbers"
}

func orOperation(f *engine.Field) string {
	if f.Type == tNumber {
		return ", or {increment: 1}"
	}
	return ""
}
