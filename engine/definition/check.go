package definition

import (
	"fmt"
	"slices"
	"strings"
	"time"

	_ "time/tzdata" // time zones wherever the binary runs

	"github.com/sayrud/sayrud/engine"
)

// The bounds of a project.
const (
	maxTables    = 5000
	maxFields    = 800 // of a table; a view has up to two columns a field, PostgreSQL at most 1,600
	maxEndpoints = 5000
	maxParams    = 500
	maxPattern   = 1000 // characters
)

// Check holds every rule that needs neither SQL nor a compiled plan: names, types and their attributes, references, lists of
// unique fields, routes and their conflicts, what fits which kind of endpoint. Paths of Problems in endpoints that `crud` makes
// point at the table's crud.
func Check(p *engine.Project) engine.Problems { return CheckPart(p, p) }

// CheckPart is Check of a part of a project: the names that its problems propose are those of the whole.
func CheckPart(p, whole *engine.Project) engine.Problems {
	c := &checker{project: p, whole: whole}
	c.projectRules()
	for name, t := range p.Tables.All() {
		c.table(name, t)
	}
	for name, ep := range p.Endpoints.All() {
		c.endpoint(ep, "endpoints", name)
	}
	c.crud()
	c.routes()
	return c.problems
}

// A checker collects Problems.
type checker struct {
	project  *engine.Project
	whole    *engine.Project // whose names are proposed
	problems engine.Problems
}

// A site is a place of the definition with a way to refuse what stands there.
type site struct {
	c    *checker
	path []string
}

func (c *checker) at(path ...string) site { return site{c, path} }

// in gives a place further inside.
func (s site) in(parts ...string) site { return site{s.c, append(slices.Clone(s.path), parts...)} }

func (s site) refuse(hint, format string, args ...any) {
	if len(s.c.problems) < maxFaults {
		s.c.problems = append(s.c.problems, engine.Problemf(slices.Clone(s.path), hint, format, args...))
	}
}

// refuseName refuses the name in front of the value.
func (s site) refuseName(hint, format string, args ...any) {
	n := len(s.c.problems)
	if s.refuse(hint, format, args...); len(s.c.problems) > n {
		s.c.problems[n].Offset = atName
	}
}

func (c *checker) projectRules() {
	p := c.project
	if !engine.ValidObjectName(p.Name) {
		c.at("project").refuse(objectNameHint(p.Name), "%q cannot name a project", p.Name)
	}
	if p.Timezone != "" {
		if _, err := time.LoadLocation(p.Timezone); err != nil || p.Timezone == "Local" {
			c.at("timezone").refuse("an IANA name such as Asia/Shanghai, or UTC", "unknown time zone %q", p.Timezone)
		}
	}
	if p.Defaults != nil {
		c.onion(c.at("defaults", "middlewares"), p.Defaults.Middlewares)
		c.response(c.at("defaults", "errors"), p.Defaults.Errors)
	}
	if n := p.Tables.Len(); n > maxTables {
		c.at("tables").refuse("", "%d tables are more than %d", n, maxTables)
	}
	if n := p.Endpoints.Len(); n > maxEndpoints {
		c.at("endpoints").refuse("", "%d endpoints are more than %d", n, maxEndpoints)
	}
	c.distinct(c.at("endpoints"), "endpoint", p.Endpoints.Names())
}

const (
	objectNameRule = "lower-case letters, digits and _, a letter first, at most 48"
	memberNameRule = "letters, digits and _, no digit first, at most 63"
)

// objectNameHint proposes the name that was probably meant.
func objectNameHint(name string) string {
	proposal := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r == '-' || r == ' ' || r == '.':
			return '_'
		}
		return r
	}, name)
	if proposal != name && engine.ValidObjectName(proposal) {
		return fmt.Sprintf("%s: %s", objectNameRule, proposal)
	}
	return objectNameRule
}

// distinct refuses names that no field, endpoint or parameter may have, and those that differ in case only.
func (c *checker) distinct(at site, noun string, names []string) {
	seen := make(map[string]string, len(names))
	for _, name := range names {
		if !engine.ValidMemberName(name) {
			at.in(name).refuseName(memberNameRule, "%q cannot name %s %s", name, article(noun), noun)
		}
		folded := strings.ToLower(name)
		if first, twice := seen[folded]; twice {
			at.in(name).refuseName("names are unique without case", "%q is the %s %q again", name, noun, first)
		}
		seen[folded] = name
	}
}

func article(noun string) string {
	if strings.IndexByte("aeiou", noun[0]) >= 0 {
		return "an"
	}
	return "a"
}

// unknown gives the hint for a name that is not among names: the nearest, or all of them.
func unknown(name string, names []string) string {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return fmt.Sprintf("did you mean %q?", n)
		}
	}
	if near := engine.Near(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(names) == 0 {
		return "there are none"
	}
	if len(names) > 20 {
		names = append(slices.Clone(names[:20]), "…")
	}
	return "there are " + strings.Join(names, ", ")
}

// tableNamed gives the table that a definition names, or refuses.
func (c *checker) tableNamed(at site, name string) *engine.Table {
	t, found := c.project.Tables.Get(name)
	if !found {
		at.refuse(unknown(name, c.whole.Tables.Names()), "there is no table %q", name)
		return nil
	}
	return t
}

// fieldNamed gives the field that a definition names, or refuses.
func (c *checker) fieldNamed(at site, t *engine.Table, name string) *engine.Field {
	f, found := t.Fields.Get(name)
	if !found {
		at.refuse(unknown(name, t.Fields.Names()), "%s has no field %q", t.Name, name)
	}
	return f
}

// fieldPath refuses a field's name or dotted path that leads nowhere. Reserved names are fields of every record.
func (c *checker) fieldPath(at site, t *engine.Table, path string) {
	parts := strings.Split(path, ".")
	for i, part := range parts {
		if slices.Contains(engine.ReservedFields, part) {
			if i < len(parts)-1 {
				at.refuse("", "%s is no reference, nothing is inside it", part)
			}
			return
		}
		f, found := t.Fields.Get(part)
		if !found && t.Kind == engine.KindFiles && slices.Contains(fileMembers, part) {
			return
		}
		if !found {
			at.refuse(unknown(part, append(slices.Clone(t.Fields.Names()), "uid", "created_at", "updated_at")), "%s has no field %q", t.Name, part)
			return
		}
		if i == len(parts)-1 || f.Type == engine.TypeJSON || f.Type == engine.TypeFile {
			return
		}
		if f.Type != engine.TypeReference {
			at.refuse("a dotted path leads through references or into json", "%s is %s, nothing is inside it", part, typeWord(f.Type))
			return
		}
		if t, found = c.project.Tables.Get(f.To); !found {
			return // refused at the field
		}
	}
}

// fileMembers are what a record of a table of files has beside its fields: DESIGN, The mount: volumes.
var fileMembers = []string{"name", "path", "under", "parent", "type", "size", "mode", "owner", "group", "links", "target", "sha256", "atime", "mtime", "ctime", "btime"}

func typeWord(t engine.FieldType) string {
	if t == tJSON || t == tGenerated {
		return string(t)
	}
	if strings.IndexByte("aeiu", t[0]) >= 0 && t != engine.TypeURL {
		return "an " + string(t)
	}
	return "a " + string(t)
}
