package record

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

// A staged record is one of a file on its way into the staging table. Absent values are nil.
type staged struct {
	uid, createdAt, updatedAt string
	values                    []raw.Value
	wrong                     []engine.FieldError
}

// readJSON reads one line of NDJSON, skipping empty ones.
func (r *importRows) readJSON(s *staged) error {
	line, err := r.readLine()
	if err != nil {
		return err
	}
	object, err := raw.Valid(line, raw.Limits{})
	var broken *raw.SyntaxError
	if errors.As(err, &broken) {
		return r.invalid("body.json", broken.Reason, broken.Offset)
	}
	if object.Kind() != raw.Object {
		return r.invalid("body.object")
	}
	object.Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		var c column
		if c, err = r.column(name); err != nil {
			return false
		}
		r.set(s, c, v, func(i int) (raw.Value, *engine.FieldError) {
			return r.im.table.Fields[i].Checker.JSON(v, r.im.opt.Lang)
		})
		return true
	})
	return err
}

func (r *importRows) invalid(key string, args ...any) *engine.Error {
	return &engine.Error{Code: engine.Invalid, Message: value.Sentence(r.im.opt.Lang, key, args...)}
}

// readLine gives the next line that is not empty, without its end.
func (r *importRows) readLine() ([]byte, error) {
	for {
		r.line++
		line, err := r.lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line, err = r.readLong(line)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 && (err == nil || errors.Is(err, io.EOF)) {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// readLong reads on a line that is longer than the buffer; one that is too long is read to its end and refused.
func (r *importRows) readLong(start []byte) ([]byte, error) {
	line, size := bytes.Clone(start), len(start)
	for {
		more, err := r.lines.ReadSlice('\n')
		if size += len(more); size <= MaxImportLine {
			line = append(line, more...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case size > MaxImportLine && (err == nil || err == io.EOF):
			return nil, r.invalid("body.size", MaxImportLine)
		default:
			return line, err
		}
	}
}

// readCSV reads one record of CSV. An empty cell is null.
func (r *importRows) readCSV(s *staged) error {
	cells, err := r.csv.read()
	r.line = r.csv.line
	if errors.Is(err, errCSV) {
		return &engine.Error{Code: engine.Invalid, Message: err.Error()}
	}
	if err != nil {
		return err
	}
	if len(cells) != len(r.columns) {
		return &engine.Error{Code: engine.Invalid, Message: fmt.Sprintf("%d cells stand under %d names.", len(cells), len(r.columns))}
	}
	for i, cell := range cells {
		v := raw.NullValue
		null := len(cell.text) == 0 && !cell.quoted
		if !null {
			v = raw.AppendString(nil, cell.text)
		}
		r.set(s, r.columns[i], v, func(i int) (raw.Value, *engine.FieldError) {
			f := r.im.table.Fields[i]
			switch {
			case null:
				return raw.NullValue, nil
			case f.Def.Type == engine.TypeReferences:
				list, err := raw.Valid(cell.text, raw.Limits{})
				if err != nil {
					return f.Checker.Text(string(cell.text), r.im.opt.Lang)
				}
				return f.Checker.JSON(list, r.im.opt.Lang)
			}
			return f.Checker.Text(string(cell.text), r.im.opt.Lang)
		})
	}
	return nil
}

// set takes over one value under its name; check gives the canonical value of field i.
func (r *importRows) set(s *staged, c column, v raw.Value, check func(i int) (raw.Value, *engine.FieldError)) {
	switch {
	case c.ignored:
	case c.index >= 0:
		canonical, wrong := check(c.index)
		if wrong != nil {
			s.wrong = append(s.wrong, *wrong)
		}
		s.values[c.index] = bytes.Clone(canonical)
	case v.IsNull():
	case c.name == "uid":
		if s.uid, _ = v.Text(); !engine.ValidUID(s.uid) {
			s.wrong = append(s.wrong, engine.FieldError{Param: "uid", Message: value.Sentence(r.im.opt.Lang, "reference", "uid")})
		}
	default:
		canonical, wrong := r.times.JSON(v, r.im.opt.Lang)
		if wrong != nil {
			wrong.Message = value.Sentence(r.im.opt.Lang, "datetime", c.name)
			s.wrong = append(s.wrong, *wrong)
		}
		text, _ := canonical.Text()
		if c.name == "created_at" {
			s.createdAt = text
		} else {
			s.updatedAt = text
		}
	}
}

// check gives the record its uid and defaults and tells what is wrong with it.
func (r *importRows) check(s *staged) []engine.FieldError {
	if len(s.wrong) > 0 {
		return s.wrong
	}
	if s.uid == "" {
		s.uid = r.im.engine.uids.New()
	}
	for i, f := range r.im.table.Fields {
		v := s.values[i]
		switch {
		case f.Sequence != "":
			r.numbered[f.Slot] = r.numbered[f.Slot] || !v.IsNull()
			continue
		case v == nil && f.Constant != nil:
			s.values[i] = f.Constant
		case v == nil && f.Default != nil:
			computed, err := f.Default.Eval(r.env)
			canonical, wrong := f.Checker.JSON(computed, r.im.opt.Lang)
			if err != nil || wrong != nil {
				canonical = raw.NullValue
			}
			s.values[i] = canonical
		}
		if f.Def.IsRequired() && f.Checker.Missing(s.values[i]) {
			wrong := f.Checker.Required(r.im.opt.Lang)
			f.Explain(wrong, r.env, nil)
			s.wrong = append(s.wrong, *wrong)
		}
	}
	return s.wrong
}
