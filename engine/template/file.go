package template

import (
	"github.com/sayrud/sayrud/engine/raw"
)

// A FileField is a file field as links name it.
type FileField struct {
	Project, Table, Name string
	Public               bool // readable without a signature
}

// Links makes the addresses of files.
type Links interface {
	// AppendURL appends the address of a stored file of the record uid as a JSON string.
	AppendURL(dst raw.Value, field *FileField, uid string, file raw.Value) raw.Value
}

// file gives a stored file, or a list of them, as responses show it: with its address. v is what stands at the place of the Ref: of a
// record that is referred to, it is [uid, stored].
func (r *Ref) file(v raw.Value, row *Row) raw.Value {
	uid := string(row.UID)
	if r.Kind == RefColumn {
		uid, _ = v.Index(0).Text()
		v = v.Index(1)
	}
	if v.Kind() == raw.Array {
		list := raw.Value{'['}
		v.Items(func(i int, item raw.Value) bool {
			if i > 0 {
				list = append(list, ',')
			}
			list = r.appendFile(list, item, uid, row)
			return true
		})
		list = append(list, ']')
		v = list
	} else if v.Kind() == raw.Object {
		v = r.appendFile(nil, v, uid, row)
	}
	if len(r.FilePath) > 0 {
		return walk(v, r.FilePath)
	}
	return v
}

func (r *Ref) appendFile(dst, file raw.Value, uid string, row *Row) raw.Value {
	for i, name := range []string{"name", "size", "type", "sha256"} { // jsonb has an order of its own
		v := file.Get(name)
		if v == nil {
			v = raw.NullValue
		}
		dst = append(dst, []string{`{"`, `,"`}[min(i, 1)]...)
		dst = append(append(append(dst, name...), `":`...), v...)
	}
	dst = append(dst, `,"url":`...)
	if row.Links == nil {
		dst = append(dst, raw.NullValue...)
	} else {
		dst = row.Links.AppendURL(dst, r.File, uid, file)
	}
	return append(dst, '}')
}
