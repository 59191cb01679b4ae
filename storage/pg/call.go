package pg

import (
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// A call is one use of a statement in a lane. Its rows are kept until the batch is through: only then are they true.
type call struct {
	s    *Statement
	args [][]byte

	data    []byte   // of the values, one behind the other
	sizes   []int    // of the values; -1 is NULL
	columns int      // of a row
	values  [][]byte // of the row being delivered
	rows    int64    // returned, or affected
	err     error
	again   bool // nothing of it happened: it is to run alone

	turn chan bool // true: lead the next batch; false: done
}

var calls = sync.Pool{New: func() any { return &call{turn: make(chan bool, 1)} }}

func newCall(s *Statement, args [][]byte) *call {
	c := calls.Get().(*call)
	c.s, c.args = s, args
	return c
}

// keptBytes bounds the memory that a call keeps for its next use.
const keptBytes = 1 << 16

func (c *call) free() {
	if cap(c.data) > keptBytes {
		c.data = nil
	}
	c.reset()
	c.s, c.args, c.again = nil, nil, false
	clear(c.values)
	calls.Put(c)
}

func (c *call) reset() {
	c.data, c.sizes, c.columns, c.rows, c.err = c.data[:0], c.sizes[:0], 0, 0, nil
}

// retry has the call run alone.
func (c *call) retry() {
	c.reset()
	c.again = true
}

// take reads the call's result.
func (c *call) take(rr *pgconn.ResultReader) error {
	for rr.NextRow() {
		values := rr.Values()
		c.columns = len(values)
		c.rows++
		for _, v := range values {
			size := len(v)
			if v == nil {
				size = -1
			}
			c.sizes = append(c.sizes, size)
			c.data = append(c.data, v...)
		}
	}
	fields := len(rr.FieldDescriptions())
	tag, err := rr.Close()
	if fields == 0 {
		c.rows = tag.RowsAffected()
	}
	return err
}

// deliver hands the rows over; it runs where the call was made.
func (c *call) deliver(row func(values [][]byte) error) (int64, error) {
	if c.err != nil || row == nil || c.columns == 0 {
		return c.rows, c.err
	}
	c.values = slices.Grow(c.values[:0], c.columns)[:c.columns]
	rest := c.data
	for sizes := c.sizes; len(sizes) > 0; sizes = sizes[c.columns:] {
		for i, size := range sizes[:c.columns] {
			if size < 0 {
				c.values[i] = nil
				continue
			}
			c.values[i], rest = rest[:size:size], rest[size:]
		}
		if err := row(c.values); err != nil {
			return c.rows, err
		}
	}
	return c.rows, nil
}
