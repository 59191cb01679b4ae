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
	Leaf     string   // quoted, with its schema
	Keys     raw.Keys // of the stored fields: their slots
	Fields   []*Field // the stored fields, in order
	Location *time.Location

	byName      map[string]*Field
	constrained []*Field
}

// A Field is a stored field with its rules compiled.
type Field struct {
	Def        *engine.Field
	Slot       int            // of its key in Table.Keys
	Checker    *value.Checker // nil for an autonumber's input, which does not exist
	Default    *template.Slot // nil is none, or constant
	Constant   raw.Value      // the canonical form of a constant default; nil is none
	Constraint *Constraint    // nil is none
	Target     *engine.Table  // of reference and references
	TargetLeaf string
	TargetKeys raw.Keys   // of the target's stored fields
	Exists     *Statement // $1 uids, an array: whether all of them are records of the target
	Read       *Statement // $1 a uid: the target's data
	Sequence   string     // of an autonumber: its sequence, as the text of a regclass
	Next       *Statement // of an autonumber: draws a number

	message *template.Slot
}

// Explain replaces the sentence of a refusal of v by the field's own message where that is computed. The message may name $value,
// and $this and $that of a constraint, which the caller puts into env.
func (f *Field) Explain(refused *engine.FieldError, env *template.Env, v raw.Value) {
	explain(f.message, refused, env, v)
}

// Speaks reports whether the field has a message that is computed.
func (f *Field) Speaks() bool { return f.message != nil }

// messageScope gives the names that the message of a field may use.
func messageScope(p *engine.Project, t *engine.Table, f *engine.Field) *template.Scope {
	scope := &template.Scope{Request: true, Auth: true, Value: true}
	if f != nil && f.Constraint != "" {
		scope.This = t
		if f.Type == engine.TypeReference {
			scope.That, _ = p.Tables.Get(f.To)
		}
	}
	return scope
}

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
	out.Keys = storedKeys(t)
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
			if field.Constraint != nil {
				out.constrained = append(out.constrained, field)
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

func compileField(t *Table, f *engine.Field) (*Field, engine.Problems) {
	field := &Field{Def: f, Slot: t.Keys.Slot(f.Key)}
	var problems engine.Problems
	scope := &template.Scope{Request: true, Auth: true}
	rules := f.Rules
	var found engine.Problems
	field.message, rules.Message, found = compileMessage(rules.Message, messageScope(t.Project, t.Def, f))
	problems = append(problems, found.At("message")...)
	field.Checker, found = value.Compile(checkedAs(f), &rules, f.Name, t.Location)
	problems = append(problems, found...)
	if f.Type == engine.TypeAutonumber {
		field.Sequence = relation.Sequence(t.Project, f)
		field.Next = &Statement{SQL: "SELECT nextval(" + literal(field.Sequence) + ")"}
	}
	if f.Type == engine.TypeReference || f.Type == engine.TypeReferences {
		target, exists := t.Project.Tables.Get(f.To)
		if !exists {
			return nil, append(problems, engine.Problemf([]string{"to"}, near(f.To, t.Project.Tables.Names()), "there is no table %q", f.To))
		}
		field.refer(relation.Leaf(t.Project, target), target)
	}
	if f.Default != nil {
		found = field.compileDefault(scope)
		problems = append(problems, found.At("default")...)
	}
	if f.Constraint != "" {
		field.Constraint, found = compileConstraint(t, f)
		problems = append(problems, found.At("constraint")...)
		if field.Constraint != nil && field.message != nil {
			field.Constraint.hear(field.message.Mentions())
		}
	}
	return field, problems
}

// checkedAs gives the type that inputs of a field are checked as.
func checkedAs(f *engine.Field) engine.FieldType {
	if f.Type == engine.TypeFile && f.Many {
		return value.TypeFiles
	}
	return f.Type
}

// refer prepares what a reference asks of its target.
func (f *Field) refer(leaf string, target *engine.Table) {
	f.Target, f.TargetLeaf, f.TargetKeys = target, leaf, storedKeys(target)
	f.Exists = &Statement{SQL: "SELECT count(*) = cardinality($1::text[])\nFROM " + leaf + " x\nWHERE x.uid = ANY ($1::text[])"}
	f.Read = &Statement{SQL: "SELECT x.data\nFROM " + leaf + " x\nWHERE x.uid = $1::text"}
}

// storedKeys gives the finder of a table's stored values.
func storedKeys(t *engine.Table) raw.Keys {
	var keys []string
	for _, f := range t.Fields.All() {
		if f.Stored() {
			keys = append(keys, f.Key)
		}
	}
	return raw.NewKeys(keys)
}

// Constrained gives the fields that have a constraint.
func (t *Table) Constrained() []*Field { return t.constrained }

// compileDefault compiles the slot; a constant one must fit the field.
func (f *Field) compileDefault(scope *template.Scope) engine.Problems {
	slot, problems := template.CompileSlot(f.Def.Default, scope)
	if slot == nil || f.Checker == nil || len(problems) > 0 {
		return problems
	}
	if f.Def.Type == engine.TypeAutonumber {
		return engine.Problems{engine.Problemf(nil, "", "an autonumber takes no default")}
	}
	constant, known := slot.Const()
	if !known {
		f.Default = slot
		return nil
	}
	canonical, refused := f.Checker.JSON(constant, value.English)
	if refused != nil {
		return engine.Problems{engine.Problemf(nil, "", "the default is not allowed: %s", strings.TrimSuffix(refused.Message, "."))}
	}
	f.Constant = canonical
	return nil
}

// HasDefault reports whether CREATE gives the field a value where none comes.
func (f *Field) HasDefault() bool { return f.Default != nil || f.Constant != nil }

// checkExpression parses a generated field's fragment over the columns it may name.
func checkExpression(p *engine.Project, t *engine.Table, f *engine.Field) engine.Problems {
	_, problems := expr.Parse(f.Expression, relation.Columns(t), p.Timezone)
	return problems
}

// Fragment gives the SQL of a generated field's fragment over row r and its type, or what is wrong with it.
func Fragment(p *engine.Project, t *engine.Table, source string) (sql, typ string, problems engine.Problems) {
	if _, problems = expr.Parse(source, relation.Columns(t), p.Timezone); len(problems) > 0 {
		return "", "", problems
	}
	sql, column := relation.Column(p, t, &engine.Field{Type: engine.TypeGenerated, Expression: source}, "r")
	return asJSON(sql, column), string(column), nil
}
