package template

import "github.com/sayrud/sayrud/engine/raw"

// A constant is JSON known when the template is compiled.
type constant raw.Value

func (c constant) write(_ *writer, dst []byte) ([]byte, bool) { return append(dst, c...), true }

func (c constant) gather(*writer) bool { return true }

func (c constant) scripted() bool { return false }

// omit is $omit: absent.
type omit struct{}

func (omit) write(_ *writer, dst []byte) ([]byte, bool) { return dst, false }

func (omit) gather(*writer) bool { return true }

func (omit) scripted() bool { return false }

// A text is a string with inserted paths.
type text struct {
	pieces []piece
}

// A piece is what stands between two insertions, as the inside of a JSON string, and the insertion behind it.
type piece struct {
	literal []byte
	path    node // nil at the end
}

func (t *text) gather(*writer) bool { return true }

func (t *text) scripted() bool { return false }

func (t *text) write(w *writer, dst []byte) ([]byte, bool) {
	dst = append(dst, '"')
	for i := range t.pieces {
		p := &t.pieces[i]
		dst = append(dst, p.literal...)
		if p.path == nil {
			continue
		}
		v := w.value(p.path)
		switch v.Kind() {
		case raw.Absent, raw.Null:
		case raw.String:
			dst = append(dst, v[1:len(v)-1]...)
		case raw.Bool, raw.Number:
			dst = append(dst, v...)
		default:
			dst = appendInside(dst, v)
		}
		if w.full(dst) {
			break
		}
	}
	return append(dst, '"'), true
}

// appendInside appends s as it stands between the quotes of a JSON string.
func appendInside[T string | []byte | raw.Value](dst []byte, s T) []byte {
	start := len(dst)
	dst = raw.AppendString(dst, string(s))
	return append(dst[:start], dst[start+1:len(dst)-1]...)
}
