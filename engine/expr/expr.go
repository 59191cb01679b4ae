package expr

import (
	"slices"
	"time"

	"github.com/sayrud/sayrud/engine"
)

// Type is what an expression or a column gives.
type Type string

// The five types. Integers are Numeric; the columns behind Text may have any collation.
const (
	Text        Type = "text"
	Numeric     Type = "numeric"
	Boolean     Type = "boolean"
	TimestampTZ Type = "timestamptz"
	Date        Type = "date"
)

// The bounds of a fragment.
const (
	maxSource = 4096    // bytes
	maxDepth  = 32      // of nesting; a chain like a || b || c is one level
	maxNodes  = 400     // of our tree
	maxSQL    = 1 << 17 // bytes printed with columns of one byte
)

// A Column is a name that a fragment may mention: a stored field, uid, created_at, updated_at.
type Column struct {
	Name string
	Type Type
}

// An Expr is a checked fragment. It is immutable.
type Expr struct {
	source   string
	timezone string
	root     *node
	mentions []mention // in the order of the source
}

// A mention is where a column's name stands in the source.
type mention struct {
	column     string
	start, end int  // bytes
	quoted     bool // the name stands in double quotes
}

// Parse checks a fragment over columns. Names are compared without case, as fields are. The timezone is an IANA name that PostgreSQL
// must know too; "" is UTC. Problems carry the byte offset in source; with any of them the Expr is nil.
func Parse(source string, columns []Column, timezone string) (*Expr, engine.Problems) {
	if timezone == "" {
		timezone = "UTC"
	}
	zone, err := time.LoadLocation(timezone)
	if err != nil || timezone == "Local" {
		return nil, engine.Problems{engine.Problemf(nil, "write an IANA name like Asia/Shanghai", "unknown timezone %q", timezone)}
	}
	tokens, problem := scan(source)
	if problem != nil {
		return nil, engine.Problems{*problem}
	}
	c := &checker{source: source, columns: columns, zone: zone, tokens: tokens}
	parsed, problem := c.parse()
	if problem != nil {
		return nil, engine.Problems{*problem}
	}
	root := c.expr(parsed)
	if len(c.problems) == 0 {
		c.audit()
	}
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	if root.untyped() {
		root = c.as(root, Text)
	}
	slices.SortFunc(c.mentions, func(a, b mention) int { return a.start - b.start })
	e := &Expr{source: source, timezone: timezone, root: root, mentions: c.mentions}
	if n := len(e.SQL(func(string) string { return "c" })); n > maxSQL {
		return nil, engine.Problems{engine.Problemf(nil, "make it shorter", "the expression becomes %d bytes of SQL, more than %d", n, maxSQL)}
	}
	return e, nil
}

// Type gives the type of the expression.
func (e *Expr) Type() Type { return e.root.typ }

// Columns gives the columns the expression mentions, each once, as they are named in the list that Parse was given.
func (e *Expr) Columns() []string {
	var names []string
	for _, m := range e.mentions {
		if !slices.Contains(names, m.column) {
			names = append(names, m.column)
		}
	}
	return names
}

// SQL prints the expression for PostgreSQL, fully parenthesised. The function column gives the SQL of a column: an expression of the
// column's type that does not raise. The text holds no placeholders and no subqueries.
func (e *Expr) SQL(column func(name string) string) string {
	p := printer{column: column, timezone: e.timezone}
	return p.sql(e.root)
}

// String prints the expression in the language of fragments, with every conversion written out. Parse gives the same expression for it.
func (e *Expr) String() string { return canonical(e.root) }

// Immutable reports whether every function printed is IMMUTABLE in PostgreSQL, so that the expression can be indexed if its columns can.
func (e *Expr) Immutable() bool { return e.root.immutable() }
