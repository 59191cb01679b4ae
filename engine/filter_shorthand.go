package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// shorthand reads {field: value, field: {op: value}, OR: […], NOT: {…}}: all of it must hold.
func (p *filterParser) shorthand(v raw.Value, path []string, depth int) *Filter {
	all := &Filter{Op: OpAnd, Path: path}
	for key, value := range v.Members {
		name, _ := key.Text()
		at := below(path, name)
		switch op := FilterOp(name); op {
		case OpAnd, OpOr:
			all.Filters = append(all.Filters, &Filter{Op: op, Path: at, Filters: p.list(value, op, at, depth+1)})
		case OpNot:
			all.Filters = append(all.Filters, &Filter{Op: op, Path: at, Filters: []*Filter{p.node(value, at, depth+1)}})
		default:
			all.Filters = append(all.Filters, p.about(name, value, at)...)
		}
	}
	if len(all.Filters) == 1 {
		return all.Filters[0]
	}
	return all
}

// about reads what is asked of one field.
func (p *filterParser) about(name string, v raw.Value, path []string) []*Filter {
	if reason := CheckFieldPath(name); reason != "" {
		hint := ""
		if near := nearOp(name, []FilterOp{OpAnd, OpOr, OpNot}); near != "" {
			hint = didYouMean(near, nil)
		}
		p.refuse(path, hint, "%s", reason)
		return nil
	}
	switch v.Kind() {
	case raw.Array:
		hint := "{IN: […]}"
		if v.Index(0).Kind() == raw.Object {
			if near := nearOp(name, []FilterOp{OpAnd, OpOr}); near != "" {
				hint = didYouMean(near, nil)
			}
		}
		p.refuse(path, hint, "a field is not compared with a list")
		return nil
	case raw.Object:
		return p.operations(name, v, path)
	}
	return p.short(OpEqual, name, v, path, false)
}

// operations reads {op: value, …, optional: true}.
func (p *filterParser) operations(name string, v raw.Value, path []string) []*Filter {
	optional := p.optional(v, path)
	var filters []*Filter
	for key, value := range v.Members {
		word, _ := key.Text()
		if word == "optional" {
			continue
		}
		at := below(path, word)
		if !slices.Contains(comparisonOps, FilterOp(word)) {
			p.refuse(at, didYouMean(nearOp(word, comparisonOps), comparisonOps), "unknown operator %q", word)
			continue
		}
		filters = append(filters, p.short(FilterOp(word), name, value, at, optional)...)
	}
	if len(filters) == 0 && len(p.problems) == 0 {
		p.refuse(path, fmt.Sprintf("%s: value, or %s: {\">\": value}", name, name), "an operator is missing")
	}
	return filters
}

func (p *filterParser) short(op FilterOp, name string, v raw.Value, path []string, optional bool) []*Filter {
	if !p.enter(path, 0) {
		return nil
	}
	f := &Filter{Op: op, Path: path, Optional: optional, Left: []Operand{{Field: name, Path: path}}}
	switch {
	case op == OpIsNull:
		return p.shortIsNull(f, v)
	case op == OpIn || op == OpBetween:
		f.Right = p.shortList(op, v, path)
	case v.Kind() == raw.Array || v.Kind() == raw.Object:
		p.refuse(path, "", "%s wants one value, not %s", op, kindWord(v))
		return nil
	default:
		f.Right = []Operand{{Value: v, Path: path}}
	}
	if f = p.settle(f); f == nil {
		return nil
	}
	return []*Filter{f}
}

func (p *filterParser) shortIsNull(f *Filter, v raw.Value) []*Filter {
	f.Optional = false
	switch string(v) {
	case "true":
		return []*Filter{f}
	case "false":
		return []*Filter{{Op: OpNot, Filters: []*Filter{f}, Path: f.Path}}
	}
	p.refuse(f.Path, "", "IS_NULL is true or false, not %s", kindWord(v))
	return nil
}

func (p *filterParser) shortList(op FilterOp, v raw.Value, path []string) []Operand {
	var list []Operand
	switch {
	case v.Kind() == raw.Array:
		for i, item := range v.Items {
			list = append(list, p.item(Operand{Value: item, Path: below(path, strconv.Itoa(i))}, op))
		}
	case op == OpIn && constant(Operand{Value: v}):
		text := strings.TrimSpace(string(v))
		p.refuse(path, fmt.Sprintf("[%s], or a path to a list", text), "IN wants a list, not %s", kindWord(v))
	default:
		list = []Operand{{Value: v, Path: path}}
	}
	if len(p.problems) == 0 {
		p.count(op, list, path)
	}
	return list
}
