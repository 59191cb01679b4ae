package definition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// atName as a Problem's Offset means the name in front of the value, not the value.
const atName = engine.AtName

// A decoder compares a value with a shape.
type decoder struct {
	problems engine.Problems
}

func (d *decoder) refuse(path []string, hint, format string, args ...any) {
	if len(d.problems) < maxFaults {
		d.problems = append(d.problems, engine.Problemf(slices.Clone(path), hint, format, args...))
	}
}

func (d *decoder) refuseName(path []string, hint, format string, args ...any) {
	n := len(d.problems)
	if d.refuse(path, hint, format, args...); len(d.problems) > n {
		d.problems[n].Offset = atName
	}
}

func below(path []string, part string) []string { return append(slices.Clone(path), part) }

func (d *decoder) value(s *shape, v raw.Value, path []string) {
	if len(d.problems) >= maxFaults {
		return
	}
	if !s.fits(v) {
		d.refuse(path, d.kindHint(s, v), "expected %s, found %s", s.wants(), found(v))
		return
	}
	switch s.kind {
	case textValue:
		d.word(s, v, path)
	case wholeValue:
		d.whole(s, v, path)
	case listValue:
		d.list(s, v, path)
	case objectValue:
		d.object(s, v, path)
	case mapValue:
		if v.Kind() == raw.Object {
			item := s.item()
			for key, member := range v.Members {
				name, _ := key.Text()
				d.value(item, member, below(path, name))
			}
		}
	case eitherValue:
		form := s.either[slices.IndexFunc(s.either, func(form *shape) bool { return form.fits(v) })]
		d.value(form, v, path)
	case filterValue:
		_, problems := engine.ParseFilter(v)
		d.problems = append(d.problems, problems.At(path...)...)
	case sortValue:
		_, problems := engine.ParseSort(v)
		d.problems = append(d.problems, problems.At(path...)...)
	case stepValue:
		d.step(v, path)
	}
}

// kindHint says what would be right where the JSON kind is wrong.
func (d *decoder) kindHint(s *shape, v raw.Value) string {
	wantsText := s.fits(raw.Value(`""`))
	switch {
	case v.IsNull():
		return "give it a value or leave it out"
	case wantsText && v.Kind() == raw.Object && cutInTwo(v):
		return "quote this expression"
	case wantsText && (v.Kind() == raw.Number || v.Kind() == raw.Bool):
		return fmt.Sprintf("quote it: %q", v)
	case s.kind == boolValue && v.Kind() == raw.String:
		text, _ := v.Text()
		switch strings.ToLower(text) {
		case "yes", "on", "y", "true":
			return "true"
		case "no", "off", "n", "false":
			return "false"
		}
	case s.kind == wholeValue && v.Kind() == raw.String:
		if text, _ := v.Text(); text != "" && strings.Trim(text, "0123456789") == "" {
			return "without quotes: " + text
		}
	case s.kind == listValue && s.item().kind == stepValue && v.Kind() == raw.Object:
		var steps []string
		for key := range v.Members {
			name, _ := key.Text()
			if name != "main" {
				name = "{" + name + ": {…}}"
			}
			steps = append(steps, name)
		}
		return "a list in the order they run: [" + strings.Join(steps, ", ") + "]"
	case s.kind == listValue && s.hint == "" && s.item().fits(v) && v.Kind() == raw.String:
		text, _ := v.Text()
		return "[" + text + "]"
	case (s.kind == mapValue || s.kind == objectValue) && v.Kind() == raw.Array && s.hint == "":
		return "name: value, not a list"
	}
	return s.hint
}

// cutInTwo reports whether an object is an expression that YAML took for a name and a value.
func cutInTwo(v raw.Value) bool {
	cut := false
	for key := range v.Members {
		name, _ := key.Text()
		cut = strings.HasPrefix(name, "=") || strings.HasPrefix(name, "$") || strings.ContainsAny(name, " ?(\"'")
		break
	}
	return cut
}

func (d *decoder) word(s *shape, v raw.Value, path []string) {
	word, _ := v.Text()
	if len(s.values) == 0 || slices.Contains(s.values, word) {
		return
	}
	all := "it is one of " + strings.Join(s.values, ", ")
	for wrong, right := range s.hints {
		if strings.EqualFold(wrong, word) {
			d.refuse(path, "write "+right, "%q is not known here", word)
			return
		}
	}
	if near := engine.Near(word, s.values); near != "" || slices.ContainsFunc(s.values, func(w string) bool { near = w; return strings.EqualFold(w, word) }) {
		d.refuse(path, fmt.Sprintf("did you mean %q? %s", near, all), "%q is not known here", word)
		return
	}
	d.refuse(path, all, "%q is not known here", word)
}

func (d *decoder) whole(s *shape, v raw.Value, path []string) {
	n, err := strconv.ParseInt(string(v), 10, 64)
	switch {
	case err != nil:
		d.refuse(path, "", "expected a whole number, found %s", v)
	case s.min != s.max && (n < s.min || n > s.max):
		d.refuse(path, "", "%d is not between %d and %d", n, s.min, s.max)
	}
}

func (d *decoder) list(s *shape, v raw.Value, path []string) {
	item := s.item()
	for i, member := range v.Items {
		d.value(item, member, below(path, strconv.Itoa(i)))
	}
	if s.nonEmpty && v.Len() == 0 {
		d.refuse(path, "leave it out, or "+orElse(s.hint, "name at least one"), "an empty list")
	}
}

func (d *decoder) object(s *shape, v raw.Value, path []string) {
	for key, member := range v.Members {
		name, _ := key.Text()
		if k := s.key(name); k != nil {
			d.value(k.shape, member, below(path, name))
			continue
		}
		d.unknown(s, name, path)
	}
	for _, k := range s.keys {
		if k.required && v.Get(k.name) == nil {
			d.refuse(path, orElse(k.shape.hint, s.hint), "%q is missing", k.name)
		}
	}
}

func (d *decoder) unknown(s *shape, name string, path []string) {
	if len(d.problems) >= maxFaults {
		return
	}
	at := below(path, name)
	if right := s.others[name]; right != "" {
		d.refuseName(at, fmt.Sprintf("did you mean %q?", right), "unknown key %q", name)
		return
	}
	all := "keys are " + strings.Join(s.names(), ", ")
	if len(s.keys) == 0 {
		all = ""
	}
	if near := engine.Near(name, s.names()); near != "" {
		d.refuseName(at, fmt.Sprintf("did you mean %q? %s", near, all), "unknown key %q", name)
		return
	}
	d.refuseName(at, all, "unknown key %q", name)
}

func (d *decoder) step(v raw.Value, path []string) {
	if name, ok := v.Text(); ok {
		if name == "" {
			d.refuse(path, "main, or {cors: {}}", "a middleware without name")
		}
		return
	}
	if v.Len() != 1 {
		d.refuse(path, "begin each with - of its own: [{cors: {}}, main]", "an item of middlewares is one middleware, not %d", v.Len())
		return
	}
	for key, settings := range v.Members {
		name, _ := key.Text()
		if !settings.IsNull() && settings.Kind() != raw.Object {
			d.refuse(below(path, name), fmt.Sprintf("{%s: {…}}", name), "expected an object of settings, found %s", found(settings))
		}
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
