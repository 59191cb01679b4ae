package engine

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// comparison reads a node of the tree with operands.
func (p *filterParser) comparison(op FilterOp, v raw.Value, path []string) *Filter {
	f := &Filter{Op: op, Path: path, Optional: p.optional(v, path)}
	if op == OpIsNull {
		p.members(v, op, path, "v", "l")
		side := "v"
		if v.Get("v") == nil {
			side = "l"
		}
		f.Left = []Operand{p.operand(v.Get(side), op, below(path, side))}
		return f
	}
	p.members(v, op, path, "l", "r", "optional")
	left, right := v.Get("l"), v.Get("r")
	if left == nil || right == nil {
		p.refuse(path, fmt.Sprintf("{t: %q, l: {t: FIELD, v: field}, r: {t: LITERAL, v: value}}", op), "%s has l and r", op)
		return nil
	}
	f.Left = p.left(left, op, below(path, "l"))
	f.Right = p.right(right, op, below(path, "r"))
	return p.settle(f)
}

func (p *filterParser) optional(v raw.Value, path []string) bool {
	o := v.Get("optional")
	if o != nil && o.Kind() != raw.Bool {
		p.refuse(below(path, "optional"), "", "optional is true or false, not %s", kindWord(o))
	}
	return string(o) == "true"
}

func (p *filterParser) left(v raw.Value, op FilterOp, path []string) []Operand {
	if op != OpSearch {
		return []Operand{p.operand(v, op, path)}
	}
	items := v.Items
	if v.Kind() != raw.Array {
		items = func(yield func(int, raw.Value) bool) { yield(-1, v) }
	}
	var fields []Operand
	for i, item := range items {
		at := path
		if i >= 0 {
			at = below(path, strconv.Itoa(i))
		}
		o := p.operand(item, op, at)
		if o.Field == "" && o.Value != nil {
			p.refuse(at, "", "SEARCH looks into FIELDs only")
		}
		fields = append(fields, o)
	}
	if len(fields) == 0 {
		p.refuse(path, "", "SEARCH wants at least one FIELD")
	}
	return fields
}

// right reads r of the tree; lists of IN and BETWEEN become several operands.
func (p *filterParser) right(v raw.Value, op FilterOp, path []string) []Operand {
	if op != OpIn && op != OpBetween {
		return []Operand{p.operand(v, op, path)}
	}
	var out []Operand
	switch list := v.Get("v"); {
	case v.Kind() == raw.Array:
		for i, item := range v.Items {
			out = append(out, p.item(p.operand(item, op, below(path, strconv.Itoa(i))), op))
		}
	case list.Kind() == raw.Array && raw.EqualString(v.Get("t"), string(opLiteral)):
		for i, item := range list.Items {
			out = append(out, p.item(literal(item, below(path, "v", strconv.Itoa(i))), op))
		}
	default:
		out = []Operand{p.operand(v, op, path)}
		if constant(out[0]) && op == OpIn {
			p.refuse(path, "{t: LITERAL, v: [a, b]}", "IN wants a list, not %s", kindWord(out[0].Value))
		}
	}
	p.count(op, out, path)
	return out
}

func (p *filterParser) item(o Operand, op FilterOp) Operand {
	switch {
	case string(o.Value) == "null":
		p.refuse(o.Path, "OR with IS_NULL", "null is never %s anything", strings.ToLower(string(op)))
	case !o.Script && (o.Value.Kind() == raw.Array || o.Value.Kind() == raw.Object):
		p.refuse(o.Path, "", "%s compares with plain values, not %s", op, kindWord(o.Value))
	}
	return o
}

func (p *filterParser) count(op FilterOp, list []Operand, path []string) {
	if op == OpBetween && len(list) != 2 {
		p.refuse(path, "[from, to]", "BETWEEN wants a list of two")
	}
	if op == OpIn && len(list) > MaxFilterItems {
		p.refuse(path, "", "IN may list %d values", MaxFilterItems)
	}
}

// operand reads a FIELD or LITERAL node.
func (p *filterParser) operand(v raw.Value, op FilterOp, path []string) Operand {
	if op != OpIn {
		p.enter(path, 0)
	}
	kind, _ := v.Get("t").Text()
	inner := v.Get("v")
	switch {
	case v.Kind() != raw.Object || kind != string(opField) && kind != string(opLiteral):
		hint := "{t: FIELD, v: name} or {t: LITERAL, v: value}"
		if text, ok := v.Text(); ok && v.Kind() == raw.String {
			hint = fmt.Sprintf("{t: FIELD, v: %s} or {t: LITERAL, v: %q}", text, "'"+text+"'")
		}
		p.refuse(path, hint, "%s compares FIELDs and LITERALs, not %s", op, kindWord(v))
		return Operand{Path: path}
	case inner == nil:
		p.refuse(path, "", "%s without v", kind)
		return Operand{Path: path}
	}
	p.members(v, FilterOp(kind), path, "v")
	path = below(path, "v")
	if kind == string(opField) {
		return p.field(inner, path)
	}
	return literal(inner, path)
}

// literal makes the operand of a LITERAL: its text is JavaScript, anything else is itself. What is itself but would be read as a
// slot inside a list or object becomes JavaScript too, of which JSON is a part.
func literal(v raw.Value, path []string) Operand {
	switch v.Kind() {
	case raw.String:
		if path[len(path)-1] == "v" {
			return Operand{Value: v, Script: true, Path: path}
		}
	case raw.Array, raw.Object:
	default:
		return Operand{Value: v, Path: path}
	}
	if !bytes.ContainsAny(v, "$=\\") {
		return Operand{Value: v, Path: path}
	}
	return Operand{Value: raw.Text("(" + string(v) + ")"), Script: true, Path: path}
}

func (p *filterParser) field(v raw.Value, path []string) Operand {
	name, ok := v.Text()
	if !ok || v.Kind() != raw.String {
		p.refuse(path, "", "a FIELD's v is a field's name, not %s", kindWord(v))
	} else if reason := CheckFieldPath(name); reason != "" {
		p.refuse(path, "", "%s", reason)
	}
	return Operand{Field: name, Path: path}
}

// CheckFieldPath gives the sentence that refuses path as a field's name or a dotted path, or "".
func CheckFieldPath(path string) string {
	if strings.HasPrefix(path, "$") || strings.HasPrefix(path, "=") {
		return fmt.Sprintf("a field's name is fixed, %q is an expression", path)
	}
	parts := strings.Split(path, ".")
	if !ValidMemberName(parts[0]) {
		return fmt.Sprintf("%q is no name of a field", path)
	}
	for _, part := range parts[1:] {
		if part == "" || len(part) > 200 {
			return fmt.Sprintf("%q is no path to a field", path)
		}
	}
	if len(parts) > 10 {
		return "a path may have 10 parts"
	}
	return ""
}

// constant reports whether o is a value that no request can change.
func constant(o Operand) bool {
	if o.Field != "" || o.Script || o.Value == nil {
		return false
	}
	text, _ := o.Value.Text()
	return o.Value.Kind() != raw.String || !strings.HasPrefix(text, "$") && !strings.HasPrefix(text, "=")
}

// settle applies the rule of null: only one that is written in the definition means IS_NULL.
func (p *filterParser) settle(f *Filter) *Filter {
	other := -1
	sides := [][]Operand{f.Left, f.Right}
	for i, side := range sides {
		if len(side) == 1 && string(side[0].Value) == "null" {
			other = 1 - i
		}
	}
	if other < 0 || f.Op == OpIn || f.Op == OpBetween {
		return f
	}
	isNull := &Filter{Op: OpIsNull, Left: sides[other], Path: f.Path}
	switch f.Op {
	case OpEqual:
		return isNull
	case OpNotEqual:
		return &Filter{Op: OpNot, Filters: []*Filter{isNull}, Path: f.Path}
	}
	p.refuse(sides[1-other][0].Path, "IS_NULL, = or <>", "%s never holds for null", f.Op)
	return nil
}
