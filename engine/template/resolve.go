package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// A refusal is why a path does not exist.
type refusal struct{ message, hint string }

var (
	requestMembers = []string{"method", "path", "ip", "origin", "headers", "query", "params", "body"}
	authMembers    = []string{"kind", "id", "email", "roles", "claims"}
	eventMembers   = []string{"type", "op", "time", "project", "table"}
	errorMembers   = []string{"code", "status", "message", "errors"}
	answerMembers  = []string{"status", "headers", "body"}
	pageNames      = []string{"$total", "$page", "$pages", "$size", "$next"}
	allNames       = []string{
		"$request", "$params", "$this", "$that", "$value", "$record", "$records", "$total", "$page", "$pages", "$size", "$next",
		"$sources", "$auth", "$error", "$response", "$event", "$before", "$omit", "$index",
	}
)

// roots gives the names that exist at the present place, innermost last.
func (c *compiler) roots() []string {
	sc := c.scope
	var names []string
	for _, n := range []struct {
		name   string
		exists bool
	}{
		{"$request", sc.Request}, {"$params", sc.Params != nil}, {"$auth", sc.Auth}, {"$this", sc.This != nil}, {"$that", sc.That != nil},
		{"$value", sc.Value}, {"$record", sc.Record != nil}, {"$records", sc.Records != nil}, {"$sources", len(sc.Sources) > 0},
		{"$error", sc.Error}, {"$response", sc.Response},
		{"$event", sc.Event}, {"$before", sc.Before != nil},
	} {
		if n.exists {
			names = append(names, n.name)
		}
	}
	if sc.Pages {
		names = append(names, pageNames...)
	}
	for _, b := range c.names {
		if !slices.Contains(names, b.name) {
			names = append(names, b.name)
		}
	}
	return append(names, "$omit")
}

func (c *compiler) knows(root string) bool { return slices.Contains(c.roots(), root) }

// binding gives the innermost binding of name, or nil.
func (c *compiler) binding(name string) *binding {
	for i := len(c.names) - 1; i >= 0; i-- {
		if c.names[i].name == name {
			return &c.names[i]
		}
	}
	return nil
}

// resolve gives the node that reads the path.
func (c *compiler) resolve(names []string) (node, *refusal) {
	root, rest := names[0], names[1:]
	if b := c.binding(root); b != nil {
		return c.resolveBinding(b, rest)
	}
	if !c.knows(root) {
		return nil, c.unknown(root)
	}
	switch root {
	case "$request":
		return known(&path{from: fromRequest, rest: rest}, root, requestMembers, "method path ip origin", rest)
	case "$auth":
		return known(&path{from: fromAuth, rest: rest}, root, authMembers, "kind id email", rest)
	case "$error":
		return known(&path{from: fromError, rest: rest}, root, errorMembers, "code status message", rest)
	case "$response":
		return known(&path{from: fromResponse, rest: rest}, root, answerMembers, "status", rest)
	case "$params":
		return c.resolveParams(rest)
	case "$record":
		return c.resolveRecord(c.scope.Record, envRecord, rest)
	case "$records":
		return c.resolveRecords(rest)
	case "$sources":
		return c.resolveSources(rest)
	case "$this":
		return stored(&path{from: fromThis, rest: rest}, root, c.scope.This, rest)
	case "$that":
		return stored(&path{from: fromThat, rest: rest}, root, c.scope.That, rest)
	case "$event":
		return known(&path{from: fromEvent, rest: rest}, root, eventMembers, "type op time project table", rest)
	case "$before":
		return stored(&path{from: fromBefore, rest: rest}, root, c.scope.Before, rest)
	case "$value":
		return &path{from: fromValue, rest: rest}, nil
	case "$next":
		return scalar(&path{from: fromNext}, root, rest)
	case "$omit":
		return scalar(omit{}, root, rest)
	}
	return scalar(&path{from: fromTotal + from(slices.Index(pageNames, root))}, root, rest)
}

func (c *compiler) resolveBinding(b *binding, rest []string) (node, *refusal) {
	switch {
	case b.index:
		return scalar(&path{from: fromIndex, index: b.local}, b.name, rest)
	case b.record != nil:
		return c.resolveRecord(b.record, b.local, rest)
	}
	return &path{from: fromLocal, index: b.local, rest: rest}, nil
}

func (c *compiler) resolveParams(rest []string) (node, *refusal) {
	params := c.scope.Params
	if len(rest) > 0 {
		i := slices.Index(params, rest[0])
		if i < 0 {
			return nil, missing("$params."+rest[0], "is no parameter", "$params.", rest[0], params)
		}
		return &path{from: fromParam, index: i, rest: rest[1:]}, nil
	}
	o := &object{}
	for i, name := range params {
		o.members = append(o.members, member{key: memberKey(name), value: &path{from: fromParam, index: i}})
	}
	return o, nil
}

func (c *compiler) resolveRecord(record Record, row int, rest []string) (node, *refusal) {
	return c.resolveReached(record, row, nil, rest)
}

// resolveReached reads a record that is reached from a row by steps.
func (c *compiler) resolveReached(record Record, row int, in *step, rest []string) (node, *refusal) {
	if len(rest) == 0 {
		n := c.whole(record, row)
		n.in = in
		return n, nil
	}
	ref, err := record.Member(rest)
	switch {
	case err != nil:
		return nil, &refusal{message: err.Error()}
	case ref.Kind == RefList:
		return c.resolveJoined(ref, row, in, rest[0])
	}
	return &path{from: fromRecord, row: row, in: in, ref: ref}, nil
}

func (c *compiler) whole(record Record, row int) *whole { return newWhole(record, row, c.dropNulls) }

func (c *compiler) resolveRecords(rest []string) (node, *refusal) {
	if len(rest) == 0 {
		return &wholes{record: c.whole(c.scope.Records, 0)}, nil
	}
	i, err := strconv.Atoi(rest[0])
	if err != nil || i < 0 {
		return nil, &refusal{"$records is a list and has no member " + rest[0], `write {$each: $records, …} in a list, or =$records… for JavaScript`}
	}
	return c.resolveRecord(c.scope.Records, firstRow-i, rest[1:])
}

// known checks the first name of rest against members; those in scalars, separated by spaces, have none of their own.
func known(n node, root string, members []string, scalars string, rest []string) (node, *refusal) {
	if len(rest) == 0 {
		return n, nil
	}
	if !slices.Contains(members, rest[0]) {
		return nil, missing(root+"."+rest[0], "does not exist", root+".", rest[0], members)
	}
	if len(rest) > 1 && slices.Contains(strings.Fields(scalars), rest[0]) {
		return scalar(n, root+"."+rest[0], rest[1:])
	}
	return n, nil
}

// stored checks the first name of rest against the stored fields of t, the uid and what every record has.
func stored(n node, root string, t *engine.Table, rest []string) (node, *refusal) {
	if len(rest) == 0 {
		return n, nil
	}
	members := []string{"uid", "created_at", "updated_at", "version"}
	for _, f := range t.Fields.All() {
		if f.Stored() {
			members = append(members, f.Name)
		}
	}
	if slices.Contains(members, rest[0]) {
		return n, nil
	}
	if f := t.Field(rest[0]); f != nil && !f.Stored() {
		return nil, &refusal{message: fmt.Sprintf("%s.%s is generated when read and not stored", root, rest[0])}
	}
	return nil, missing(root+"."+rest[0], "does not exist", root+".", rest[0], members)
}

func scalar(n node, name string, rest []string) (node, *refusal) {
	if len(rest) > 0 {
		return nil, &refusal{message: name + " has no member " + rest[0]}
	}
	return n, nil
}

// missing refuses what, whose last part is name, with the nearest candidate or all of them.
func missing(what, is, prefix, name string, candidates []string) *refusal {
	r := &refusal{message: what + " " + is}
	if near := engine.Near(name, candidates); near != "" {
		r.hint = "did you mean " + prefix + near + "?"
	} else if len(candidates) > 0 {
		r.hint = "there are " + strings.Join(candidates, " ")
	}
	return r
}

// unknown refuses a root.
func (c *compiler) unknown(root string) *refusal {
	roots := c.roots()
	switch {
	case root == "$sources":
		return &refusal{"$sources does not exist here", "the endpoint has no sources; see `sources`"}
	case root == "$record" && c.knows("$records"):
		r := &refusal{"$record does not exist here", "it does inside {$each: $records, …}"}
		for _, b := range c.names {
			if b.record != nil {
				r.hint = "the item of $records is named " + b.name
			}
		}
		return r
	case slices.Contains(helpers, root):
		return &refusal{root + " is a function", "write =" + root + "(…) for JavaScript"}
	case root == "$index":
		return &refusal{"$index does not exist here", "it does inside $each"}
	case slices.Contains(allNames, root):
		return &refusal{root + " does not exist here", "there are " + strings.Join(roots, " ")}
	}
	r := missing(root, "is no name here", "", root, append(roots, helpers...))
	if strings.HasPrefix(r.hint, "there are ") {
		r.hint = "there are " + strings.Join(roots, " ")
	}
	return r
}
