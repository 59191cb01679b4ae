package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// MaxSortKeys bounds the keys of one order.
const MaxSortKeys = 8

// ParseSort reads the written form of an order: [-created_at, nick], one such key alone, or {by: slot, allow: …}. What is allowed is
// {name: keys}, each as it is, or a list of names and {name: keys}, each in both directions. An absent sort and null are nil. The Problems' paths begin at the sort.
func ParseSort(v raw.Value) (*Sort, Problems) {
	p := &sortParser{}
	s := &Sort{}
	switch v.Kind() {
	case raw.Absent, raw.Null:
		return nil, nil
	case raw.Object:
		p.choice(v, s)
	default:
		s.Keys = p.keys(v, nil)
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return s, nil
}

type sortParser struct{ problems Problems }

func (p *sortParser) refuse(path []string, hint, format string, args ...any) {
	p.problems = append(p.problems, Problemf(path, hint, format, args...))
}

func (p *sortParser) choice(v raw.Value, s *Sort) {
	const form = "{by: $params.sort, allow: [-created_at, title]}"
	for key, value := range v.Members {
		switch name, _ := key.Text(); name {
		case "by":
			if s.By = value; value.Kind() != raw.String {
				p.refuse([]string{"by"}, form, "by is a path or JavaScript, not %s", kindWord(value))
			}
		case "allow":
			p.allow(value, s)
		default:
			p.refuse([]string{name}, form, "a sort has no %q", name)
		}
	}
	if v.Get("by") == nil || v.Get("allow") == nil {
		p.refuse(nil, form, "a sort that is chosen has by and allow")
	}
}

const allowForms = "allow: [-created_at, title], or {new: -created_at, top: [-likes, -created_at]}"

func (p *sortParser) allow(v raw.Value, s *Sort) {
	switch {
	case v.Len() == 0 || v.Kind() != raw.Object && v.Kind() != raw.Array:
		p.refuse([]string{"allow"}, allowForms, "allow is a list of fields, or an object of names and keys, not %s", kindWord(v))
	case v.Kind() == raw.Array:
		s.Free = true
		for i, item := range v.Items {
			p.free(item, s, []string{"allow", strconv.Itoa(i)})
		}
	default:
		for key, value := range v.Members {
			name, _ := key.Text()
			s.Allow.Set(name, p.keys(value, []string{"allow", name}))
		}
	}
}

// free reads an item of a list: a field, or {name: keys}. A dash before its name tells how the first one is used by default.
func (p *sortParser) free(item raw.Value, s *Sort, path []string) {
	text, value := "", raw.Value(nil)
	switch {
	case item.Kind() == raw.String:
		text, _ = item.Text()
	case item.Kind() == raw.Object && item.Len() == 1:
		for key, keys := range item.Members {
			text, _ = key.Text()
			value = keys
		}
	default:
		p.refuse(path, "title, or {newest: -created_at}", "what is allowed is a field, or one name with its keys, not %s", kindWord(item))
		return
	}
	name, reversed := strings.CutPrefix(text, "-")
	var keys []SortKey
	if value == nil {
		keys = p.key(nil, raw.Text(name), path)
	} else {
		keys = p.keys(value, append(slices.Clone(path), text))
	}
	_, twice := s.Allow.Get(name)
	switch {
	case twice:
		p.refuse(path, "", "%q is allowed twice", name)
	case strings.ContainsAny(name, ", ") || name == "":
		p.refuse(path, "", "%q is no name to sort by: requests separate names by commas", name)
	case reversed && s.Allow.Len() > 0:
		p.refuse(path, name, "requests name the direction; only the first, which is the order where they name none, has one here")
	}
	s.Reversed = s.Reversed || reversed
	s.Allow.Set(name, keys)
}

func (p *sortParser) keys(v raw.Value, path []string) []SortKey {
	var keys []SortKey
	switch v.Kind() {
	case raw.String:
		keys = p.key(keys, v, path)
	case raw.Array:
		for i, item := range v.Items {
			keys = p.key(keys, item, append(slices.Clone(path), strconv.Itoa(i)))
		}
		if v.Len() == 0 {
			p.refuse(path, "[-created_at]", "an empty sort")
		}
	default:
		p.refuse(path, "[-created_at]", "a sort is a list of fields, not %s", kindWord(v))
	}
	if len(keys) > MaxSortKeys {
		p.refuse(path, "", "a sort may have %d keys", MaxSortKeys)
	}
	return keys
}

func (p *sortParser) key(keys []SortKey, v raw.Value, path []string) []SortKey {
	text, _ := v.Text()
	if v.Kind() != raw.String {
		p.refuse(path, "nick, or -nick for the greatest first", "a sort key is a field's name, not %s", kindWord(v))
		return keys
	}
	name, desc := strings.CutPrefix(text, "-")
	if reason := CheckFieldPath(name); reason != "" {
		hint := ""
		switch {
		case strings.HasPrefix(name, "$") || strings.HasPrefix(name, "="):
			hint = "{by: " + name + ", allow: [-created_at]}"
		case strings.HasSuffix(strings.ToLower(name), " desc"):
			hint = "-" + strings.TrimSpace(name[:len(name)-5])
		case strings.HasSuffix(strings.ToLower(name), " asc"):
			hint = strings.TrimSpace(name[:len(name)-4])
		case strings.HasPrefix(name, "+"):
			hint = name[1:]
		}
		p.refuse(path, hint, "%s", reason)
		return keys
	}
	if slices.ContainsFunc(keys, func(k SortKey) bool { return k.Field == name }) {
		p.refuse(path, "", "%q sorts twice", name)
		return keys
	}
	return append(keys, SortKey{Field: name, Desc: desc})
}
