package record

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

// UseFiles lets records hold files. It is called once, before the Engine runs anything.
func (e *Engine) UseFiles(files *file.Files) { e.files = files }

// A kept file is one that an UPDATE leaves in its field: the records changed must hold it already.
type kept struct {
	field *plan.Field
	hash  string
}

// assignFile turns what a write assigns to a file field into what is stored. A record may hold a file that came with the request, that a
// link opens, or that it holds already; a hash alone opens nothing. Size and type are those of the content, whatever was said.
func (r *run) assignFile(f *plan.Field, v raw.Value) (raw.Value, *engine.FieldError, error) {
	if v.IsNull() {
		return v, nil, nil
	}
	if v.Kind() != raw.Array {
		return r.storedFile(f, v)
	}
	list, n := raw.Value{'['}, 0
	var wrong *engine.FieldError
	var err error
	v.Items(func(_ int, item raw.Value) bool {
		var stored raw.Value
		if stored, wrong, err = r.storedFile(f, item); wrong != nil || err != nil {
			return false
		}
		if n++; n > engine.MaxFiles && f.Def.Max.IsNull() {
			wrong = f.Checker.Refuse(r.language(), "max", "file")
			wrong.Message = value.Sentence(r.language(), "max.files", f.Checker.Label(), fmt.Sprint(engine.MaxFiles))
			return false
		}
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = append(list, stored...)
		return true
	})
	if n == 0 {
		return raw.NullValue, wrong, err
	}
	return append(list, ']'), wrong, err
}

func (r *run) storedFile(f *plan.Field, v raw.Value) (raw.Value, *engine.FieldError, error) {
	found, err := r.findFile(f, v)
	if err != nil {
		return nil, nil, err
	}
	lang := r.language()
	if found == nil {
		return nil, f.Checker.Refuse(lang, "file", "file.access"), nil
	}
	limit := file.Limit{MaxSize: f.Def.MaxSize, Types: f.Def.Types}
	switch {
	case found.Size > limit.Size():
		wrong := f.Checker.Refuse(lang, "max_size", "file")
		wrong.Message = value.Sentence(lang, "file.size", f.Checker.Label(), value.Bytes(limit.Size()))
		return nil, wrong, nil
	case !limit.Allows(found.Type):
		wrong := f.Checker.Refuse(lang, "types", "file")
		wrong.Message = value.Sentence(lang, "file.type", f.Checker.Label(), strings.Join(f.Def.Types, ", "))
		return nil, wrong, nil
	}
	stored := *found
	if name, _ := v.Get("name").Text(); name != "" || stored.Name == "" {
		stored.Name = file.SafeName(name, stored.Type)
	}
	return stored.Append(nil), nil, nil
}

// findFile finds what a reference leads to; nil where it may not.
func (r *run) findFile(f *plan.Field, v raw.Value) (*engine.File, error) {
	hash, _ := v.Get("sha256").Text()
	for i := range r.env.Files {
		if known := &r.env.Files[i]; known.SHA256 == hash {
			return known, nil
		}
	}
	files := r.engine.files
	if files == nil {
		return nil, errors.New("records hold files, and there is no store for them")
	}
	if link, _ := v.Get("url").Text(); link != "" {
		found, err := files.Resolve(r.ctx, r.plan.Project, link)
		if found != nil || err != nil {
			return found, err
		}
	}
	if hash == "" || r.w.Creates && !r.env.AnyFile {
		return nil, nil
	}
	if !r.env.AnyFile {
		r.kept = append(r.kept, kept{f, hash})
	}
	return files.Content(r.ctx, r.plan.Project.ID, hash)
}

const selectUse = `
SELECT count(*)
FROM public.sl_file_uses
WHERE table_id = $1 AND record_id = $2 AND key = $3 AND sha256 = decode($4, 'hex')`

// checkKept refuses files that one of the locked rows does not hold.
func (r *run) checkKept(rows []locked) error {
	for _, k := range r.kept {
		for _, row := range rows {
			var n int
			if err := r.tx.Pgx().QueryRow(r.ctx, selectUse, r.plan.Table.Def.ID, row.id, k.field.Def.Key, k.hash).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				return &engine.Error{Code: engine.Invalid, Fields: []engine.FieldError{*k.field.Checker.Refuse(r.language(), "file", "file.access")}}
			}
		}
	}
	return nil
}
