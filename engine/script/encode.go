package script

import (
	"bytes"
	"math"

	"github.com/sayrud/sayrud/engine/raw"
)

// Bounds of a result.
const (
	maxResult = 4 << 20
	maxDepth  = 100
)

// result gives v as JSON, or nil where it is undefined. It costs fuel by its length, so a list that holds another many times over
// does not unfold without bound.
func (r *run) result(v value) (raw.Value, error) {
	if v.kind == undefined {
		return nil, nil
	}
	return r.encode(nil, v, 0)
}

func (r *run) encode(dst []byte, v value, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, errUnusual
	}
	if err := r.spend(1 + len(v.data)/16); err != nil {
		return dst, err
	}
	switch v.kind {
	case number:
		if math.IsNaN(v.num) || math.IsInf(v.num, 0) {
			return append(dst, "null"...), nil
		}
		return appendNumber(dst, v.num), nil
	case text:
		if bytes.IndexByte(v.data, 0) >= 0 {
			return dst, errUnusual
		}
		return raw.AppendString(dst, v.data), nil
	case boolean:
		return v.appendText(dst)
	case data:
		return appendCanonical(dst, v.data), nil
	case list:
		dst = append(dst, '[')
		for i, item := range v.made.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = r.encode(dst, item, depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	case object:
		return r.encodeObject(dst, v, depth)
	}
	return append(dst, "null"...), nil
}

func (r *run) encodeObject(dst []byte, v value, depth int) ([]byte, error) {
	dst = append(dst, '{')
	first := true
	for i, item := range v.made.items {
		if item.kind == undefined {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(raw.AppendString(dst, v.made.names[i]), ':')
		var err error
		if dst, err = r.encode(dst, item, depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// appendCanonical appends v as JSON.stringify prints what JSON.parse made of it: no space, numbers as doubles.
func appendCanonical(dst []byte, v raw.Value) []byte {
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case ' ', '\n', '\t', '\r':
			i++
		case '"':
			end := raw.Skip(v, i)
			token := v[i:end]
			if bytes.IndexByte(token, '\\') < 0 {
				dst = append(dst, token...)
			} else {
				dst = raw.AppendString(dst, raw.AppendText(nil, token))
			}
			i = end
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			end := raw.Skip(v, i)
			dst = appendCanonicalNumber(dst, v[i:end])
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

func appendCanonicalNumber(dst, token []byte) []byte {
	if len(token) <= 15 && token[0] != '-' && digits(token) {
		return append(dst, token...)
	}
	f := parseNumber(token)
	if math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return appendNumber(dst, f)
}
