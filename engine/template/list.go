package template

import "strconv"

// listFrom is where the rows of a list stand.
type listFrom byte

const (
	listRecords listFrom = iota // Env.Records
	listSource                  // Env.Sources[index]
	listJoined                  // Row.Lists[index] of a record
)

// A list is a list of records that a path leads to. Two of the same place are equal. Its zero value is $records.
type list struct {
	from  listFrom
	index int
	row   int   // of a joined list: the record it is joined to,
	in    *step // or one that is reached from there
}

// A step leads from a record to an item of a list joined to it.
type step struct {
	before      *step // nil: the record is a row of its own
	index, item int
}

func (l *list) find(env *Env, locals []local) []Row {
	switch l.from {
	case listSource:
		if l.index < len(env.Sources) {
			return env.Sources[l.index]
		}
		return nil
	case listJoined:
		return joined(reach(l.in, findRow(l.row, env, locals)), l.index)
	}
	return env.Records
}

// reach follows the steps that end with s; nil where the way ends.
func reach(s *step, row *Row) *Row {
	if s == nil || row == nil {
		return row
	}
	rows := joined(reach(s.before, row), s.index)
	if s.item >= len(rows) {
		return nil
	}
	return &rows[s.item]
}

func joined(row *Row, index int) []Row {
	if row == nil || index >= len(row.Lists) {
		return nil
	}
	return row.Lists[index]
}

// listAt gives the list of records that names lead to and what reads its items; nil where they lead to anything else. Nothing is
// noted of its members.
func (c *compiler) listAt(names []string) (*list, Record) {
	root, rest := names[0], names[1:]
	if b := c.binding(root); b != nil {
		if b.record == nil {
			return nil, nil
		}
		return joinedAt(b.record, b.local, rest)
	}
	switch root {
	case "$records":
		if c.scope.Records == nil {
			return nil, nil
		}
		if len(rest) == 0 {
			return &list{}, c.scope.Records
		}
		if i, err := strconv.Atoi(rest[0]); err == nil && i >= 0 {
			return joinedAt(c.scope.Records, firstRow-i, rest[1:])
		}
	case "$record":
		if c.scope.Record != nil {
			return joinedAt(c.scope.Record, envRecord, rest)
		}
	case "$sources":
		if i := c.source(rest); i >= 0 {
			return c.sourceAt(i, rest[1:])
		}
	}
	return nil, nil
}

func (c *compiler) sourceAt(i int, rest []string) (*list, Record) {
	source := &c.scope.Sources[i]
	if source.One {
		return nil, nil
	}
	if len(rest) == 0 {
		return &list{from: listSource, index: i}, source.Record
	}
	if n, err := strconv.Atoi(rest[0]); err == nil && n >= 0 {
		return joinedAt(source.Record, sourceRow(i, n), rest[1:])
	}
	return nil, nil
}

// joinedAt follows rest from a record to a list joined to it, perhaps by way of items of further lists.
func joinedAt(record Record, row int, rest []string) (*list, Record) {
	var in *step
	for len(rest) > 0 {
		ref, err := record.Member(rest)
		if err != nil || ref.Kind != RefList {
			return nil, nil
		}
		if len(ref.Path) == 0 {
			return &list{from: listJoined, index: ref.Index, row: row, in: in}, ref.Items
		}
		n, err := strconv.Atoi(ref.Path[0])
		if err != nil || n < 0 {
			return nil, nil
		}
		in, record, rest = &step{in, ref.Index, n}, ref.Items, ref.Path[1:]
	}
	return nil, nil
}

// A wholes is a list of whole records.
type wholes struct {
	list   list
	record *whole
}

func (n *wholes) gather(*writer) bool { return true }

func (n *wholes) scripted() bool { return false }

func (n *wholes) write(w *writer, dst []byte) ([]byte, bool) {
	rows := n.list.find(w.env, w.locals)
	dst = append(dst, '[')
	for i := range rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst = n.record.append(dst, &rows[i]); w.full(dst) {
			break
		}
	}
	return append(dst, ']'), true
}

// appendList appends the records joined to row.
func (r *Ref) appendList(dst []byte, row *Row) []byte {
	items := r.items
	if items == nil {
		items = newWhole(r.Items, 0, false)
	}
	dst = append(dst, '[')
	for i := range joined(row, r.Index) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = items.append(dst, &row.Lists[r.Index][i])
	}
	return append(dst, ']')
}

// resolveJoined reads a list joined to a record, or an item of it.
func (c *compiler) resolveJoined(ref Ref, row int, in *step, name string) (node, *refusal) {
	if len(ref.Path) == 0 {
		return &wholes{list{from: listJoined, index: ref.Index, row: row, in: in}, c.whole(ref.Items, 0)}, nil
	}
	n, err := strconv.Atoi(ref.Path[0])
	if err != nil || n < 0 {
		return nil, notMember("$record."+name, ref.Path[0])
	}
	return c.resolveReached(ref.Items, row, &step{in, ref.Index, n}, ref.Path[1:])
}

// notMember refuses a member of a list.
func notMember(list, member string) *refusal {
	return &refusal{list + " is a list and has no member " + member, "write {$each: " + list + ", $as: item, …} in a list, or =" + list + "… for JavaScript"}
}

// source gives the number of the source that names begin with, or -1.
func (c *compiler) source(names []string) int {
	if len(names) > 0 && c.binding("$sources") == nil {
		for i := range c.scope.Sources {
			if c.scope.Sources[i].Name == names[0] {
				return i
			}
		}
	}
	return -1
}

// resolveSources reads $sources: all of them as an object, one, or a part of one.
func (c *compiler) resolveSources(rest []string) (node, *refusal) {
	if len(rest) == 0 {
		o := &object{}
		for i := range c.scope.Sources {
			n, _ := c.resolveSource(i, nil)
			o.members = append(o.members, member{key: memberKey(c.scope.Sources[i].Name), value: n})
		}
		return o, nil
	}
	i := c.source(rest)
	if i < 0 {
		names := make([]string, len(c.scope.Sources))
		for i := range names {
			names[i] = c.scope.Sources[i].Name
		}
		return nil, missing("$sources."+rest[0], "is no source", "$sources.", rest[0], names)
	}
	return c.resolveSource(i, rest[1:])
}

func (c *compiler) resolveSource(i int, rest []string) (node, *refusal) {
	source := &c.scope.Sources[i]
	switch {
	case source.One:
		return c.resolveRecord(source.Record, sourceRow(i, 0), rest)
	case len(rest) == 0:
		return &wholes{list{from: listSource, index: i}, c.whole(source.Record, 0)}, nil
	}
	n, err := strconv.Atoi(rest[0])
	if err != nil || n < 0 {
		return nil, notMember("$sources."+source.Name, rest[0])
	}
	return c.resolveRecord(source.Record, sourceRow(i, n), rest[1:])
}

// itemOf gives the node of a whole item of a list, which stands in a local.
func (c *compiler) itemOf(record Record, local int) node {
	if record != nil {
		return c.whole(record, local)
	}
	return &path{from: fromLocal, index: local}
}

// lists gives the members that are lists the wholes that write their items.
func (n *whole) lists() {
	for i := range n.members {
		if ref := &n.members[i].ref; ref.Kind == RefList {
			ref.items = newWhole(ref.Items, 0, n.dropNulls)
		}
	}
}

// keepNulls lets JavaScript see the members that are null.
func (n *whole) keepNulls() {
	n.dropNulls = false
	n.lists()
}
