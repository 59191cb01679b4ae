package plan

import (
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sayrud/sayrud/engine/template"
)

// The parameters of a statement that are no Values of its Query.
const (
	ArgLimit    = -1 - iota // rows to fetch
	ArgOffset               // rows to skip
	ArgUID                  // the new record's uid
	ArgData                 // its JSON under keys
	ArgRemove               // keys to take away, an array
	ArgVersions             // a list of the versions that If-Match allows
	ArgID                   // the id of a locked row, or of several as an array

	argKey   = -50  // and below: a key of the record behind which to go on, see ArgKey
	argField = -100 // and below: the value of a field being written, see ArgField
)

// ArgKey is the parameter that holds the i-th sort key of the record behind which a list goes on.
func ArgKey(i int) int { return argKey - i }

// KeyOfArg gives the sort key of a parameter made by ArgKey, or -1.
func KeyOfArg(arg int) int {
	if arg > argKey || arg <= argField {
		return -1
	}
	return argKey - arg
}

// ArgField is the parameter that holds the value of the i-th field of the table.
func ArgField(i int) int { return argField - i }

// FieldOfArg gives the field of a parameter made by ArgField, or -1.
func FieldOfArg(arg int) int {
	if arg > argField {
		return -1
	}
	return argField - arg
}

// A Statement is the text of one SQL statement.
type Statement struct {
	SQL  string
	Args []int // what $1, $2, … are: indexes of Query.Values, or one of the Arg constants
	Size Size

	// Prepared is where a runner keeps what belongs to the statement for as long as it lives.
	Prepared atomic.Value
}

// A Size says how much a statement is expected to do. Short ones may go to the server together with others.
type Size int

// The sizes.
const (
	Long        Size = iota
	ShortRead        // few rows, by an index if the definition has one
	ShortInsert      // makes one record
	ShortUpdate      // changes one record
)

// A writer writes one statement; each parameter gets its number when it first stands there. Of values, those that are constant are
// written out: PostgreSQL then knows how common they are, also when it plans once for all requests.
type writer struct {
	sql    strings.Builder
	values []*Value
	args   []int
	number map[int]int
	once   bool // the best plan is the same for all values, see equal
	size   Size
}

func (w *writer) text(parts ...string) {
	for _, part := range parts {
		w.sql.WriteString(part)
	}
}

// arg writes $n::cast, or the constant.
func (w *writer) arg(arg int, cast string) {
	if w.constant(arg) {
		w.text(w.values[arg].literal(), "::", cast)
		return
	}
	if w.number == nil {
		w.number = make(map[int]int)
	}
	n, found := w.number[arg]
	if !found {
		w.args = append(w.args, arg)
		n = len(w.args)
		w.number[arg] = n
	}
	w.text("$", strconv.Itoa(n), "::", cast)
}

func (w *writer) constant(arg int) bool {
	return arg >= 0 && arg < len(w.values) && w.values[arg].known
}

// equal writes what a column is equal to. Where the best plan is known to be the same for all values, it hides the value from the planner,
// which otherwise plans each request anew for those that are rarer than the average (PostgreSQL manual, PREPARE, "Notes").
func (w *writer) equal(arg int, cast string) {
	hidden := w.once && !w.constant(arg)
	if hidden {
		w.text("(SELECT ")
	}
	w.arg(arg, cast)
	if hidden {
		w.text(")")
	}
}

func (w *writer) statement() *Statement {
	return &Statement{SQL: w.sql.String(), Args: w.args, Size: w.size}
}

// A Query is a family of statements over the same values.
type Query struct {
	Values   []*Value
	Slots    []*template.Slot // of Values, in their order; nil where a value needs none
	Scripted bool             // some slot is there
	Optional [][]int          // for each optional comparison, the values without which it is dropped: bit i of the mask
	cells    []atomic.Pointer[Statement]
	write    func(w *writer, variant int)
}

// prepare makes room for n variants.
func (q *Query) prepare(n int, write func(w *writer, variant int)) {
	q.cells = newCells(n)
	q.write = write
}

// Statement gives a variant, writing it when it is first needed. Two callers may write the same one; either is good.
func (q *Query) Statement(variant int) *Statement {
	if s := q.cells[variant].Load(); s != nil {
		return s
	}
	w := &writer{values: q.Values}
	q.write(w, variant)
	s := w.statement()
	if !q.cells[variant].CompareAndSwap(nil, s) {
		return q.cells[variant].Load()
	}
	return s
}

// Mask gives the bits of the optional comparisons that are dropped because a value of theirs is NULL.
func (q *Query) Mask(args [][]byte) int {
	mask := 0
	for bit, values := range q.Optional {
		for _, i := range values {
			if args[i] == nil {
				mask |= 1 << bit
				break
			}
		}
	}
	return mask
}

func newCells(n int) []atomic.Pointer[Statement] { return make([]atomic.Pointer[Statement], n) }
