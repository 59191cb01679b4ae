package script

import (
	"bytes"
	"math"

	"github.com/dop251/goja/ast"
)

// A textMethod works on a text, an arrayMethod on an array; any other receiver is unusual.
type (
	textMethod  func(s []byte, args []value) (value, error)
	arrayMethod func(r *run, v value, args []value) (value, error)
)

var textMethods = map[string]textMethod{
	"toUpperCase": changeASCII(bytes.ToUpper),
	"toLowerCase": changeASCII(bytes.ToLower),
	"trim":        changeASCII(func(s []byte) []byte { return bytes.Trim(s, " \t\n\v\f\r") }),
	"startsWith":  testText(bytes.HasPrefix),
	"endsWith":    testText(bytes.HasSuffix),
	"includes":    testText(bytes.Contains),
}

var arrayMethods = map[string]arrayMethod{"includes": includes, "join": join}

func (c *smallCompiler) method(of node, onText textMethod, onArray arrayMethod, list []ast.Expression) node {
	args := c.args(list)
	return func(r *run) (value, error) {
		v, err := of(r)
		if err != nil {
			return v, err
		}
		values, err := evalAll(r, args)
		if err != nil {
			return undefinedValue, err
		}
		if err := r.spend(1 + len(v.data)/16); err != nil {
			return undefinedValue, err
		}
		switch {
		case v.kind == text && onText != nil:
			return onText(v.data, values)
		case !v.primitive() && onArray != nil:
			return onArray(r, v, values)
		}
		return undefinedValue, errUnusual
	}
}

// changeASCII keeps what Unicode has to say for the worker.
func changeASCII(change func([]byte) []byte) textMethod {
	return func(s []byte, args []value) (value, error) {
		if len(args) > 0 || !ascii(s) {
			return undefinedValue, errUnusual
		}
		return textValue(change(s)), nil
	}
}

func ascii(s []byte) bool {
	for _, c := range s {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func testText(test func(s, part []byte) bool) textMethod {
	return func(s []byte, args []value) (value, error) {
		if len(args) != 1 || args[0].kind != text {
			return undefinedValue, errUnusual
		}
		return boolValue(test(s, args[0].data)), nil
	}
}

func includes(r *run, v value, args []value) (value, error) {
	if len(args) != 1 || !args[0].primitive() {
		return undefinedValue, errUnusual
	}
	want, found := args[0], false
	err := r.each(v, func(_ int, item value) (bool, error) {
		if err := r.spend(1 + min(len(item.data), len(want.data))/64); err != nil {
			return true, err
		}
		same, err := strictEqual(item, want)
		nan := item.kind == number && want.kind == number && math.IsNaN(item.num) && math.IsNaN(want.num)
		found = same || nan
		return found, err
	})
	return boolValue(found), err
}

func join(r *run, v value, args []value) (value, error) {
	separator := []byte(",")
	if len(args) > 1 || len(args) == 1 && args[0].kind != text {
		return undefinedValue, errUnusual
	}
	if len(args) == 1 {
		separator = args[0].data
	}
	var dst []byte
	err := r.each(v, func(i int, item value) (stop bool, err error) {
		if err := r.spend(1 + (len(separator)+len(item.data))/16); err != nil {
			return true, err
		}
		if i > 0 {
			dst = append(dst, separator...)
		}
		if !item.nullish() {
			dst, err = item.appendText(dst)
		}
		return err != nil, err
	})
	return textValue(dst), err
}
