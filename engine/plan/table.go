package plan

import (
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// A Table holds the rules of writing to a table, compiled.
type Table struct {
	Project  *engine.Project
	Def      *engine.Table
	Leaf     string     // quoted, with its schema
	Keys     raw.Keys   // of the stored fields: their slots
	Fields   []*Field   // the stored fields, in order
	Location *time.Location

	byName map[string]*Field
}

// A Field is a stored field with its rules compiled.
type Field struct {
	Def        *engine.Field
	Slot       int            // of its key in Table.Keys
	Checker    *value.Checker // nil for an autonumber's input, which does not exist
	Default    *template.Slot // nil is none
	Constraint *Constraint    // nil is none
	Target     *engine.Table  // of reference and references
	TargetLeaf string
	Sequence   string // of an autonumber: its sequence, as the text of a regclass

	message *template.Slot
}

// Explain replaces the sentence of a refusal by the field's own message where that is computed from the request.
func (f *Field) Explain(refused *engine.FieldError, env *template.Env) { explain(f.message, refused, env) }

// Field gives the stored field named name, or nil.
func (t *Table) Field(name string) *Field { return t.byName[name] }

// CheckTable tells what is wrong with the rules of a table: expressions, patterns, bounds, constraints, defaults, messages. Problems
// carry paths below the table ("fields", name, …).
func CheckTable(p *engine.Project, t *engine.Table) engine.Problems {
	_, problems := CompileTable(p, t)
	return problems
}

// CompileTable compiles the rules of table t of project p.
func CompileTable(p *engine.Project, t *engine.Table) (*Table, engine.Problems) {
	loc, err := time.LoadLocation(p.Timezone)
	if err != nil {
		return nil, engine.Problems{engine.Problemf(nil, "use an IANA name such as Asia/Shanghai", "the project's timezone %q is not known", p.Timezone)}
	}
	out := &Table{Project: p, Def: t, Leaf: relation.Leaf(p, t), Location: loc, byName: make(map[string]*Field)}
	var keys []string
	for _, f := range t.Fields.All() {
		if f.Stored() {
			keys = append(keys, f.Key)
		}
	}
	out.Keys = raw.NewKeys(keys)
	var problems engine.Problems
	for name, f := range t.Fields.All() {
		if !f.Stored() {
			problems = append(problems, checkExpression(p, t, f).At("fields", name, "expression")...)
			continue
		}
		field, found := compileField(out, f)
		problems = append(problems, found.At("fields", name)...)
		if field != nil {
			out.Fields = append(out.Fields, field)
			out.byName[name] = field
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

func compileField(t *Table, f *engine.Field) (*Field, engine.Problems) {
	field := &Field{Def: f, Slot: t.Keys.Slot(f.Key)}
	if f.Type == engine.TypeFile {
		return nil, engine.Problems{engine.Problemf([]string{"type"}, "", "fields of type file are not supported yet")}
	}
	var problems engine.Problems
	scope := &template.Scope{Request: true, Auth: true}
	rules := f.Rules
	var found engine.Problems
	field.message, rules.Message, found = compileMessage(rules.Message, scope)
	problems = append(problems, found.At("message")...)
	field.Checker, found = value.Compile(f.Type, &rules, f.Name, t.Location)
	problems = append(problems, found...)
	if f.Type == engine.TypeAutonumber {
		field.Sequence = relation.Sequence(t.Project, f)
	}
	if f.Type == engine.TypeReference || f.Type == engine.TypeReferences {
		target, exists := t.Project.Tables.Get(f.To)
		if !exists {
			return nil, append(problems, engine.Problemf([]string{"to"}, near(f.To, t.Project.Tables.Names()), "there is no table %q", f.To))
		}
		field.Target, field.TargetLeaf = target, relation.Leaf(t.Project, target)
	}
	if f.Default != nil {
		field.Default, found = compileDefault(f, field.Checker, scope)
		problems = append(problems, found.At("default")...)
	}
	if f.Constraint != "" {
		field.Constraint, found = compileConstraint(t, f)
		problems = append(problems, found.At("constraint")...)
	}
	return field, problems
}

// compileDefault compiles the slot; a constant one must fit the field.
func compileDefault(f *engine.Field, checker *value.Checker, scope *template.Scope) (*template.Slot, engine.Problems) {
	slot, problems := template.CompileSlot(f.Default, scope)
	if slot == nil || checker == nil || len(problems) > 0 {
		return nil, problems
	}
	if f.Type == engine.TypeAutonumber {
		return nil, engine.Problems{engine.Problemf(nil, "", "an autonumber takes no default")}
	}
	if constant, ok := slot.Const(); ok {
		if _, refused := checker.JSON(constant, value.English); refused != nil {
			return nil, engine.Problems{engine.Problemf(nil, "", "the default is not allowed: %s", strings.TrimSuffix(refused.Message, "."))}
		}
	}
	return slot, nil
}

// checkExpression parses a generated field's fragment over the columns it may name.
func checkExpression(p *engine.Project, t *engine.Table, f *engine.Field) engine.Problems {
	_, problems := expr.Parse(f.Expression, relation.Columns(t), p.Timezone)
	return problems
}
