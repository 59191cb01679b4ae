package template

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// from is the place a path begins at.
type from byte

const (
	fromRequest from = iota
	fromAuth
	fromParam  // index
	fromRecord // row, ref
	fromLocal  // index: an item of $each that is a value
	fromIndex  // index: the position of such an item
	fromError
	fromTotal
	fromPage
	fromPages
	fromSize
	fromNext
	fromThis
	fromThat
	fromValue
	fromEvent
	fromBefore
	fromResponse
)

// The rows a path may read: an item of $each by the number of its local, Env.Record, Env.Records[n] as firstRow-n, or
// Env.Sources[i][n] as firstSource - (i<<32 + n).
const (
	envRecord   = -1
	firstRow    = -2
	firstSource = -1 << 31
)

// sourceRow gives the number of row n of source i.
func sourceRow(i, n int) int { return firstSource - (i<<32 + n) }

// A path reads one value of an Env or of an enclosing $each.
type path struct {
	from  from
	index int
	row   int
	in    *step // of fromRecord: how the record is reached from that row
	ref   Ref
	rest  []string // further into the JSON found
}

// A local is the present item of an enclosing $each.
type local struct {
	row   *Row      // nil where the item is a value
	value raw.Value // nil where the item is a record
	index int64
}

func (p *path) write(w *writer, dst []byte) ([]byte, bool) {
	return p.append(dst, w.env, w.locals), true
}

func (p *path) gather(*writer) bool { return true }

func (p *path) scripted() bool { return false }

// append appends the value, or null where there is none.
func (p *path) append(dst []byte, env *Env, locals []local) []byte {
	if p.from == fromRecord {
		row := reach(p.in, findRow(p.row, env, locals))
		if row == nil {
			return append(dst, raw.NullValue...)
		}
		return p.ref.append(dst, row)
	}
	if p.from >= fromTotal && p.from <= fromSize || p.from == fromIndex {
		return p.appendNumber(dst, env, locals)
	}
	v := p.read(env, locals)
	if v == nil {
		v = raw.NullValue
	}
	return append(dst, v...)
}

// read gives the value, or nil where there is none.
func (p *path) read(env *Env, locals []local) raw.Value {
	switch p.from {
	case fromRequest:
		if env.Request == nil {
			return nil
		}
		return env.Request.Value(p.rest)
	case fromAuth:
		return walk(env.Auth, p.rest)
	case fromParam:
		if p.index >= len(env.Params) {
			return nil
		}
		return walk(env.Params[p.index], p.rest)
	case fromRecord:
		if row := reach(p.in, findRow(p.row, env, locals)); row != nil {
			return p.ref.read(row)
		}
		return nil
	case fromLocal:
		return walk(locals[p.index].value, p.rest)
	case fromError:
		return walk(errorValue(env.Error), p.rest)
	case fromNext:
		return env.Next
	case fromThis:
		return walk(env.This, p.rest)
	case fromThat:
		return walk(env.That, p.rest)
	case fromValue:
		return walk(env.Value, p.rest)
	case fromEvent:
		return walk(env.Event, p.rest)
	case fromBefore:
		return walk(env.Before, p.rest)
	case fromResponse:
		return walk(env.Response, p.rest)
	}
	return p.appendNumber(nil, env, locals)
}

func (p *path) appendNumber(dst []byte, env *Env, locals []local) []byte {
	var n int64
	exists := true
	switch p.from {
	case fromIndex:
		n = locals[p.index].index
	case fromTotal:
		n, exists = env.Total, env.Total >= 0
	case fromPage:
		n, exists = env.Page, env.Page > 0
	case fromSize:
		n, exists = env.Size, env.Size > 0
	case fromPages:
		if exists = env.Total >= 0 && env.Size > 0; exists {
			n = (env.Total + env.Size - 1) / env.Size
		}
	}
	if !exists {
		return append(dst, raw.NullValue...)
	}
	return strconv.AppendInt(dst, n, 10)
}

func findRow(row int, env *Env, locals []local) *Row {
	switch {
	case row >= 0:
		return locals[row].row
	case row == envRecord:
		return env.Record
	case row <= firstSource:
		i, n := (firstSource-row)>>32, (firstSource-row)&(1<<32-1)
		if i < len(env.Sources) && n < len(env.Sources[i]) {
			return &env.Sources[i][n]
		}
		return nil
	case firstRow-row < len(env.Records):
		return &env.Records[firstRow-row]
	}
	return nil
}

// walk follows names, or decimal indexes of arrays, into v; nil where the way ends.
func walk(v raw.Value, names []string) raw.Value {
	for _, name := range names {
		switch v.Kind() {
		case raw.Object:
			v = v.Get(name)
		case raw.Array:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 {
				return nil
			}
			v = v.Index(i)
		default:
			return nil
		}
	}
	return v
}

// errorValue gives $error: code, status, message and errors.
func errorValue(e *engine.Error) raw.Value {
	if e == nil {
		return nil
	}
	b := raw.AppendString([]byte(`{"code":`), string(e.Code))
	b = strconv.AppendInt(append(b, `,"status":`...), int64(e.HTTPStatus()), 10)
	b = raw.AppendString(append(b, `,"message":`...), e.Text())
	return append(appendFields(append(b, `,"errors":`...), e.Fields), '}')
}

func appendFields(dst []byte, fields []engine.FieldError) []byte {
	dst = append(dst, '[')
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = raw.AppendString(append(dst, `{"param":`...), f.Param)
		dst = raw.AppendString(append(dst, `,"label":`...), f.Label)
		dst = raw.AppendString(append(dst, `,"code":`...), f.Code)
		dst = raw.AppendString(append(dst, `,"message":`...), f.Message)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}
