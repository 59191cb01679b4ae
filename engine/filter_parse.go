package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// The bounds of a filter: levels inside one another, nodes (comparisons, connectives and their operands), items of one IN.
const (
	MaxFilterDepth = 20
	MaxFilterNodes = 200
	MaxFilterItems = 1000
)

// ParseFilter reads the written form of a filter (LANGUAGE, Filters): the tree of {t, v, l, r}, or the shorthand {field: value}.
// An absent filter, null and {} are nil. The Problems' paths begin at the filter. It knows no tables: whether a field exists and
// its type fits is for whoever compiles the filter.
func ParseFilter(v raw.Value) (*Filter, Problems) {
	if v.IsNull() {
		return nil, nil
	}
	if v.Kind() == raw.Object && v.Len() == 0 {
		return nil, nil
	}
	p := &filterParser{}
	f := p.node(v, nil, 1)
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return f, nil
}

type filterParser struct {
	problems Problems
	nodes    int
}

func (p *filterParser) refuse(path []string, hint, format string, args ...any) {
	if len(p.problems) >= MaxFilterNodes {
		return
	}
	p.problems = append(p.problems, Problemf(slices.Clone(path), hint, format, args...))
}

// below gives path with further parts, never sharing memory with another path.
func below(path []string, parts ...string) []string {
	return append(slices.Clone(path), parts...)
}

// enter counts a node and reports whether the bounds still hold.
func (p *filterParser) enter(path []string, depth int) bool {
	p.nodes++
	switch {
	case p.nodes == MaxFilterNodes+1:
		p.refuse(path, "", "a filter may have %d nodes", MaxFilterNodes)
	case depth > MaxFilterDepth:
		p.refuse(path, "", "a filter may be %d levels deep", MaxFilterDepth)
	default:
		return p.nodes <= MaxFilterNodes
	}
	return false
}

// node reads a filter in either form.
func (p *filterParser) node(v raw.Value, path []string, depth int) *Filter {
	if !p.enter(path, depth) {
		return nil
	}
	switch v.Kind() {
	case raw.Array:
		p.refuse(path, "{AND: […]} joins filters", "a filter is an object, not a list")
		return nil
	case raw.Object:
	default:
		p.refuse(path, `{field: value} or {t: "=", l: {t: FIELD, v: field}, r: {t: LITERAL, v: value}}`, "a filter is an object, not %s", kindWord(v))
		return nil
	}
	if v.Len() == 0 {
		p.refuse(path, "", "an empty filter")
		return nil
	}
	op, isTree := p.operator(v, path)
	if !isTree {
		return p.shorthand(v, path, depth)
	}
	switch op {
	case "":
		return nil
	case OpAnd, OpOr:
		return p.connective(op, v, path, depth)
	case OpNot:
		return p.not(v, path, depth)
	case opField, opLiteral:
		p.refuse(path, "", "%s is no filter by itself; it stands at l or r of a comparison", op)
		return nil
	}
	return p.comparison(op, v, path)
}

const (
	opField   FilterOp = "FIELD"
	opLiteral FilterOp = "LITERAL"
)

var comparisonOps = []FilterOp{OpEqual, OpNotEqual, OpGreater, OpLess, OpAtLeast, OpAtMost, OpLike, OpILike, OpIn, OpIsNull,
	OpContains, OpStartsWith, OpBetween, OpSearch}

var treeOps = append([]FilterOp{OpAnd, OpOr, OpNot, opField, opLiteral}, comparisonOps...)

// operator gives the operator of a node of the tree, and whether v is one. A `t` that is no operator makes v shorthand about a
// field named t, unless the rest of v has the look of a tree: then the operator was misspelt.
func (p *filterParser) operator(v raw.Value, path []string) (FilterOp, bool) {
	t := v.Get("t")
	if t.Kind() != raw.String {
		return "", false
	}
	word, _ := t.Text()
	if slices.Contains(treeOps, FilterOp(word)) {
		return FilterOp(word), true
	}
	if !looksLikeTree(v, word) {
		return "", false
	}
	p.refuse(below(path, "t"), didYouMean(nearOp(word, treeOps), treeOps), "unknown operator %q", word)
	return "", true
}

func looksLikeTree(v raw.Value, word string) bool {
	sides := 0
	for _, side := range []string{"l", "r", "v"} {
		if child := v.Get(side); child.Get("t").Kind() == raw.String || child.Index(0).Get("t").Kind() == raw.String {
			return true
		} else if child != nil {
			sides++
		}
	}
	return sides > 0 && nearOp(word, treeOps) != ""
}

// otherOps are operators as other languages write them.
var otherOps = map[string]FilterOp{
	"==": OpEqual, "===": OpEqual, "EQ": OpEqual, "EQUAL": OpEqual, "EQUALS": OpEqual, "IS": OpEqual,
	"!=": OpNotEqual, "!==": OpNotEqual, "NE": OpNotEqual, "NEQ": OpNotEqual,
	"GT": OpGreater, "LT": OpLess, "GTE": OpAtLeast, "GE": OpAtLeast, "LTE": OpAtMost, "LE": OpAtMost,
	"&&": OpAnd, "||": OpOr, "!": OpNot, "ISNULL": OpIsNull, "IS NULL": OpIsNull, "NULL": OpIsNull,
	"HAS": OpContains, "INCLUDES": OpContains, "STARTSWITH": OpStartsWith, "PREFIX": OpStartsWith, "~": OpLike,
}

func nearOp(word string, ops []FilterOp) FilterOp {
	upper := strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(word), "$"))
	if slices.Contains(ops, FilterOp(upper)) {
		return FilterOp(upper)
	}
	if op, found := otherOps[upper]; found && slices.Contains(ops, op) {
		return op
	}
	names := make([]string, 0, len(ops))
	for _, op := range ops {
		if len(op) > 2 {
			names = append(names, string(op))
		}
	}
	return FilterOp(Near(word, names))
}

func didYouMean(near FilterOp, ops []FilterOp) string {
	if near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	words := make([]string, len(ops))
	for i, op := range ops {
		words[i] = string(op)
	}
	return "operators are " + strings.Join(words, " ")
}

// members refuses members of a tree's node that mean nothing there.
func (p *filterParser) members(v raw.Value, op FilterOp, path []string, allowed ...string) {
	for key := range v.Members {
		name, _ := key.Text()
		if name != "t" && !slices.Contains(allowed, name) {
			p.refuse(below(path, name), fmt.Sprintf("it has t, %s", strings.Join(allowed, ", ")), "%s has no %q", op, name)
		}
	}
}

func (p *filterParser) connective(op FilterOp, v raw.Value, path []string, depth int) *Filter {
	p.members(v, op, path, "l", "r", "v")
	f := &Filter{Op: op, Path: path}
	list, left, right := v.Get("v"), v.Get("l"), v.Get("r")
	if list != nil && (left != nil || right != nil) {
		p.refuse(path, "", "%s has either l and r or v", op)
		return nil
	}
	if list != nil {
		f.Filters = p.list(list, op, below(path, "v"), depth)
		return f
	}
	if left == nil || right == nil {
		p.refuse(path, fmt.Sprintf("{t: %s, v: [filters]}", op), "%s has l and r, or v with a list of filters", op)
		return nil
	}
	f.Filters = []*Filter{p.node(left, below(path, "l"), depth+1), p.node(right, below(path, "r"), depth+1)}
	return f
}

func (p *filterParser) list(v raw.Value, op FilterOp, path []string, depth int) []*Filter {
	if v.Kind() != raw.Array || v.Len() == 0 {
		p.refuse(path, "", "%s wants a list of filters", op)
		return nil
	}
	var filters []*Filter
	for i, item := range v.Items {
		filters = append(filters, p.node(item, below(path, strconv.Itoa(i)), depth+1))
	}
	return filters
}

func (p *filterParser) not(v raw.Value, path []string, depth int) *Filter {
	p.members(v, OpNot, path, "v", "l")
	inner, side := v.Get("v"), "v"
	if inner == nil {
		inner, side = v.Get("l"), "l"
	}
	if inner == nil || v.Get("v") != nil && v.Get("l") != nil {
		p.refuse(path, "{t: NOT, v: filter}", "NOT has v with one filter")
		return nil
	}
	return &Filter{Op: OpNot, Path: path, Filters: []*Filter{p.node(inner, below(path, side), depth+1)}}
}

// kindWord names a JSON value's kind in a sentence.
func kindWord(v raw.Value) string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a text", "a list", "an object"}[v.Kind()]
}
