package engine

import "github.com/sayrud/sayrud/engine/raw"

// FilterOp is an operator of the filter language.
type FilterOp string

// The operators of LANGUAGE, Filters.
const (
	OpAnd        FilterOp = "AND"
	OpOr         FilterOp = "OR"
	OpNot        FilterOp = "NOT"
	OpEqual      FilterOp = "="
	OpNotEqual   FilterOp = "<>"
	OpGreater    FilterOp = ">"
	OpLess       FilterOp = "<"
	OpAtLeast    FilterOp = ">="
	OpAtMost     FilterOp = "<="
	OpLike       FilterOp = "LIKE"
	OpILike      FilterOp = "ILIKE"
	OpIn         FilterOp = "IN"
	OpIsNull     FilterOp = "IS_NULL"
	OpContains   FilterOp = "CONTAINS"
	OpStartsWith FilterOp = "STARTS_WITH"
	OpBetween    FilterOp = "BETWEEN"
	OpSearch     FilterOp = "SEARCH"
)

// FilterOps lists the operators in the order of the documentation.
func FilterOps() []FilterOp {
	return []FilterOp{OpAnd, OpOr, OpNot, OpEqual, OpNotEqual, OpGreater, OpLess, OpAtLeast, OpAtMost, OpLike, OpILike, OpIn, OpIsNull,
		OpContains, OpStartsWith, OpBetween, OpSearch}
}

// A Filter is a node of a checked filter tree. ParseFilter makes it from the written form.
type Filter struct {
	Op       FilterOp
	Filters  []*Filter // of AND and OR; NOT has one
	Left     []Operand // of a comparison: one; of SEARCH one or several fields
	Right    []Operand // of a comparison: one; BETWEEN two; IN one that yields a list, or several
	Optional bool      // dropped where a value of it is absent or null
	Path     []string  // where it stands, relative to the filter's own place
}

// An Operand is a field or a value in a comparison.
type Operand struct {
	Field  string    // a field's name, or a dotted path through references or into JSON; "" for a value
	Value  raw.Value // a slot; where Script is set, a JSON string of JavaScript
	Script bool      // the written form was a LITERAL with a string
	Path   []string  // where it stands, relative to the filter's own place
}

// A Sort orders a list: by Keys, or by the entry of Allow that the slot By names (absent takes the first). Where Allow was written as
// a list, it is Free: By may turn each entry around and name several, and Reversed says that the first one is turned around when
// By is absent.
type Sort struct {
	Keys     []SortKey
	By       raw.Value
	Allow    Map[[]SortKey]
	Free     bool
	Reversed bool
}

// A SortKey is a field's name or dotted path, ascending or descending.
type SortKey struct {
	Field string
	Desc  bool
}
