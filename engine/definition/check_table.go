package definition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func (c *checker) table(name string, t *engine.Table) {
	at := c.at("tables", name)
	if !engine.ValidObjectName(name) {
		at.refuseName(objectNameHint(name), "%q cannot name a table", name)
	}
	if t.Was != "" && !engine.ValidObjectName(t.Was) {
		at.in("was").refuse(objectNameRule, "%q cannot name a table", t.Was)
	}
	if n := t.Fields.Len(); n > maxFields {
		at.in("fields").refuse("", "%d fields are more than %d", n, maxFields)
	}
	c.distinct(at.in("fields"), "field", t.Fields.Names())
	c.formerNames(at.in("fields"), t)
	for name, f := range t.Fields.All() {
		for _, reserved := range engine.ReservedFields {
			if strings.EqualFold(name, reserved) {
				at.in("fields", name).refuseName("every record has it; choose another name", "the field name %q is reserved", name)
			}
		}
		c.field(at.in("fields", name), t, f)
	}
	c.uniqueLists(at.in("unique"), t)
	for i, step := range t.OnWrite {
		if step.Name == "main" {
			at.in("on_write", strconv.Itoa(i)).refuse("leave it out", "on_write runs after the write, there is no main")
		}
	}
	c.mounted(at.in("file"), t)
}

// formerNames refuses two objects that claim to be the same former one.
func (c *checker) formerNames(at site, t *engine.Table) {
	claimed := make(map[string]string)
	for name, f := range t.Fields.All() {
		if f.Was == "" {
			continue
		}
		if other := claimed[f.Was]; other != "" {
			at.in(name, "was").refuse("", "%q was renamed to %s already", f.Was, other)
		}
		if !engine.ValidMemberName(f.Was) {
			at.in(name, "was").refuse(memberNameRule, "%q cannot name a field", f.Was)
		}
		claimed[f.Was] = name
	}
}

func (c *checker) uniqueLists(at site, t *engine.Table) {
	seen := make(map[string]bool)
	for i, names := range t.Unique {
		at := at.in(strconv.Itoa(i))
		if t.Kind == engine.KindFiles {
			at.refuse("", "a table of files cannot have unique fields")
		}
		for j, name := range names {
			if slices.Contains(names[:j], name) {
				at.in(strconv.Itoa(j)).refuse("", "%q stands twice", name)
			}
			f := c.fieldNamed(at.in(strconv.Itoa(j)), t, name)
			if f != nil && !attributeFits("unique", f.Type) {
				at.in(strconv.Itoa(j)).refuse("", "%s cannot be unique, it is %s", name, typeWord(f.Type))
			}
		}
		sorted := slices.Sorted(slices.Values(names))
		if all := strings.Join(sorted, ","); seen[all] {
			at.refuse("", "these fields are unique together already")
		} else {
			seen[all] = true
		}
	}
}

// mounted checks how the mount names and writes the records.
func (c *checker) mounted(at site, t *engine.Table) {
	if t.File == nil || t.File.Kind() != raw.Object {
		return
	}
	for _, key := range []string{"name", "body"} {
		name, given := t.File.Get(key).Text()
		if !given {
			continue
		}
		if f := c.fieldNamed(at.in(key), t, name); f != nil && (f.Type == engine.TypeFile || f.Type == engine.TypeJSON || f.Type == engine.TypeReferences) {
			at.in(key).refuse("a field of texts", "%s is %s", name, typeWord(f.Type))
		}
	}
	markdown := raw.EqualString(t.File.Get("format"), "markdown")
	if body := t.File.Get("body"); markdown && body == nil {
		at.refuse("body: content", "a Markdown file wants the field of its body")
	} else if !markdown && body != nil {
		at.in("body").refuse("format: markdown", "only a Markdown file has a body")
	}
}

// crud checks what `crud` of each table makes.
func (c *checker) crud() {
	own := make(map[string]bool, c.project.Endpoints.Len())
	for name := range c.project.Endpoints.All() {
		own[strings.ToLower(name)] = true
	}
	for name, t := range c.project.Tables.All() {
		spec := t.ParseCrud()
		if spec == nil {
			continue
		}
		at := c.at("tables", name, "crud")
		for i, action := range spec.Only {
			if slices.Contains(spec.Only[:i], action) {
				at.in("only", strconv.Itoa(i)).refuse("", "%q stands twice", action)
			}
		}
		before := len(c.problems)
		if reason, hint := checkPath(spec.Path); reason != "" {
			at.refuse(hint, "%s", reason)
			continue
		}
		if strings.ContainsAny(spec.Path, "{}") {
			at.refuse("write the endpoints out", "the path of crud has no parameters")
			continue
		}
		for _, ep := range c.project.CrudEndpoints(t) {
			if own[strings.ToLower(ep.Name)] {
				at.refuse(fmt.Sprintf("rename it, or list the others in {path: %s, only: […]}", spec.Path), "crud makes the endpoint %s, which exists already", ep.Name)
			}
			if len(c.problems) == before {
				c.endpoint(ep, at.path...)
			}
		}
	}
}
