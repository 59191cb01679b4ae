package plan

import (
	"slices"
	"strconv"
)

// The parameters of the statement of a bulk CREATE: arrays of its items' uids and data.
const (
	ArgUIDs = -20
	ArgRows = -21
)

// bulk checks `bulk` and prepares the statement that makes all items at once.
func (c *compiler) bulk(w *Write) {
	bulk := c.endpoint.Bulk
	if bulk == nil {
		return
	}
	if bulk.Max < 1 || bulk.Max > MaxBulk {
		c.problem([]string{"bulk"}, "", "bulk is 1 to %d items", MaxBulk)
	}
	w.Limit = max(bulk.Max, 1)
	c.plan.BulkPath = NamePath(bulk.As)
	if c.plan.BulkPath == nil && bulk.As != "" {
		c.plan.BulkPath = []string{bulk.As}
	}
	w.Bulk = &Query{}
}

// MaxBulk bounds the items of a bulk CREATE.
const MaxBulk = 10_000

// insertAll writes the INSERT of all items: none is made where a record that any refers to is missing.
func (w *Write) insertAll(wr *writer, t *Table, columns string) {
	var targets []string
	for i, f := range t.Fields {
		if f.Target == nil || !slices.ContainsFunc(w.Sets, func(s *Set) bool { return s.Index == i }) {
			continue
		}
		name := "t" + strconv.Itoa(i)
		wr.text([]string{"WITH ", ", "}[min(len(targets), 1)], name, " AS (SELECT x.uid FROM ", f.TargetLeaf, " x WHERE x.uid = ANY (")
		wr.arg(ArgField(i), "text[]")
		wr.text(") FOR KEY SHARE)\n")
		targets = append(targets, strconv.Itoa(i))
	}
	numbers := ""
	for i, f := range t.Fields {
		if f.Sequence != "" && !slices.Contains(w.Drawn, i) {
			numbers += nextNumber(f)
		}
	}
	wr.text("INSERT INTO ", t.Leaf, " AS r (uid, data)\nSELECT i.uid, i.data", numbers, "\nFROM (SELECT * FROM unnest(")
	wr.arg(ArgUIDs, "text[]")
	wr.text(", ")
	wr.arg(ArgRows, "jsonb[]")
	wr.text(") WITH ORDINALITY AS u (uid, data, n) ORDER BY u.n) i")
	for i, target := range targets {
		field, _ := strconv.Atoi(target)
		wr.text([]string{"\nWHERE ", " AND "}[min(i, 1)], "(SELECT count(*) FROM t", target, ") = cardinality(")
		wr.arg(ArgField(field), "text[]")
		wr.text(")")
	}
	wr.text("\nRETURNING ", columns)
}

// AppendElement appends text as an element of an array literal (PostgreSQL manual, 8.15.2), behind a comma where it is not the first.
func AppendElement(array []byte, text []byte) []byte {
	if array[len(array)-1] != '{' {
		array = append(array, ',')
	}
	return appendElement(array, string(text))
}

// Alone reports whether the items of a bulk CREATE can be made by one statement: nothing has to be asked between two of them.
func (p *Plan) Alone() bool {
	return p.Write.Upsert == nil && !p.Locks()
}
