package template

import "github.com/sayrud/sayrud/engine/raw"

// append appends the member of row, or null.
func (r *Ref) append(dst []byte, row *Row) []byte {
	switch r.Kind {
	case RefList:
		return r.appendList(dst, row)
	case RefUID:
		return appendQuoted(dst, row.UID)
	case RefCreatedAt:
		return appendQuoted(dst, row.CreatedAt)
	case RefUpdatedAt:
		return appendQuoted(dst, row.UpdatedAt)
	case RefPair:
		if len(r.Path) == 0 {
			return r.appendPair(dst, row)
		}
	}
	v := r.read(row)
	if v == nil {
		v = raw.NullValue
	}
	return append(dst, v...)
}

// read gives the member of row, or nil where it has none. It allocates for what a Row keeps unquoted.
func (r *Ref) read(row *Row) raw.Value {
	var v raw.Value
	switch r.Kind {
	case RefID:
		v = row.ID
	case RefVersion:
		v = row.Version
	case RefUID, RefCreatedAt, RefUpdatedAt:
		plain := Ref{Kind: r.Kind}
		v = plain.append(nil, row)
	case RefSlot:
		v = at(row.Slots, r.Index)
	case RefColumn:
		v = at(row.Columns, r.Index)
	case RefPair:
		v = r.appendPair(nil, row)
	case RefList:
		v = r.appendList(nil, row)
	}
	if r.File != nil {
		return r.file(walk(v, r.Path), row)
	}
	if len(r.Path) > 0 {
		return walk(v, r.Path)
	}
	if len(v) == 0 {
		return nil
	}
	return v
}

func (r *Ref) appendPair(dst []byte, row *Row) []byte {
	uid := at(row.Slots, r.Index)
	if uid.IsNull() {
		return append(dst, raw.NullValue...)
	}
	display := at(row.Columns, r.Display)
	if display == nil {
		display = raw.NullValue
	}
	dst = append(append(dst, `{"u":`...), uid...)
	return append(append(append(dst, `,"v":`...), display...), '}')
}

func at(values []raw.Value, i int) raw.Value {
	if i < 0 || i >= len(values) {
		return nil
	}
	return values[i]
}

// appendQuoted quotes a uid or a time, which need no escapes; empty is null.
func appendQuoted(dst, plain []byte) []byte {
	if len(plain) == 0 {
		return append(dst, raw.NullValue...)
	}
	return append(append(append(dst, '"'), plain...), '"')
}
