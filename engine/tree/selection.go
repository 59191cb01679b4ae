package tree

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Selection is what a path below a table selects: ".by/status/approved/.order/-created_at/.first/100". Its parts may come in any order
// and any number: all filters must hold, orders count from left to right, and the smallest bound counts for the whole path. One statement
// reads it. The zero value, a path of nothing, is the whole table.
type Selection struct {
	table   *Table
	key     string
	filters []raw.Value // of the project file; values are parameters
	values  []pathValue // of those, by their numbers
	sort    []string
	limit   int // 0 is none
	last    bool
	menu    menu // what the path wants next; nil: it is complete
}

// A pathValue is one that stands in a path.
type pathValue struct {
	label string // of its field
	typ   engine.FieldType
	raw   raw.Value
}

// A menu lists what can stand next in a path that is not complete.
type menu func(ctx context.Context) ([]string, error)

// Complete reports whether the path selects records; else Menu tells how it can go on.
func (s *Selection) Complete() bool { return s.menu == nil }

// Menu gives the names that can stand next.
func (s *Selection) Menu(ctx context.Context) ([]string, error) { return s.menu(ctx) }

// Words are the parts that begin a step of a path.
func Words() []string {
	return []string{".by", ".filter", ".order", ".first", ".last", ".search", ".views"}
}

// maxSteps bounds a path.
const maxSteps = 64

// Select reads the parts of a path. engine.NotFound says that there is no such path, engine.Invalid that a value in it does not fit.
func (t *Table) Select(ctx context.Context, steps []string) (*Selection, error) {
	s := &Selection{table: t, key: strings.Join(steps, "\x00")}
	if len(steps) > maxSteps {
		return nil, t.notFound("")
	}
	for len(steps) > 0 {
		word, rest := steps[0], steps[1:]
		var err error
		switch word {
		case ".by", ".filter":
			rest, err = s.filterStep(ctx, word, rest)
		case ".order":
			rest, err = s.orderStep(rest)
		case ".first", ".last":
			rest, err = s.boundStep(word, rest)
		case ".search":
			rest, err = s.searchStep(rest)
		case ".views":
			rest, err = s.viewStep(ctx, rest)
		default:
			err = t.notFound(word)
		}
		if err != nil {
			return nil, err
		}
		steps = rest
	}
	if s.Complete() && s.key != "" {
		if _, err := s.plan("names"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// noneNext is the menu of a value that can be anything.
func noneNext(context.Context) ([]string, error) { return nil, nil }

func names(list []string) menu { return func(context.Context) ([]string, error) { return list, nil } }

// visible gives the fields that exist here; indexed ones alone where an index is needed.
func (t *Table) visible(indexed bool) []string {
	var list []string
	for name, f := range t.Def.Fields.All() {
		if f.Hidden && !t.direct.Hidden {
			continue
		}
		if !indexed || f.Index || f.Unique || f.Type == engine.TypeReference || f.Type == engine.TypeReferences {
			list = append(list, name)
		}
	}
	return list
}

// operators are what stands before a value and a colon; without one it is equality.
var operators = map[string]string{"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "LIKE", "ilike": "ILIKE", "contains": "CONTAINS", "starts": "STARTS_WITH", "in": "IN", "null": "IS_NULL", "notnull": "IS_NULL"}

func (s *Selection) filterStep(_ context.Context, word string, rest []string) ([]string, error) {
	t := s.table
	fields := t.visible(word == ".by")
	if len(rest) == 0 {
		s.menu = names(fields)
		return nil, nil
	}
	if !slices.Contains(fields, rest[0]) && !(word == ".filter" && slices.Contains(engine.ReservedFields, rest[0])) {
		return nil, t.notFound(rest[0])
	}
	name := rest[0]
	if len(rest) == 1 {
		if s.menu = noneNext; word == ".by" {
			s.menu = func(ctx context.Context) ([]string, error) { return s.distinct(ctx, name) }
		}
		return nil, nil
	}
	text := unescaped(rest[1])
	op, operand := "=", text
	if before, after, found := strings.Cut(text, ":"); found && word == ".filter" && operators[before] != "" {
		op, operand = operators[before], after
		if before == "notnull" {
			op = "NOT NULL"
		}
	}
	s.compare(name, op, operand)
	return rest[2:], nil
}

// unescaped reads %XX in a part of a path; what is no escape stays.
func unescaped(part string) string {
	if text, err := url.PathUnescape(part); err == nil {
		return text
	}
	return part
}

// compare adds a comparison of a field.
func (s *Selection) compare(name, op, operand string) {
	f, _ := s.table.Def.Fields.Get(name)
	member := append(raw.AppendString(raw.Value{'{'}, name), ':')
	switch op {
	case "IS_NULL":
		member = append(member, "null}"...)
	case "NOT NULL":
		member = append(append(raw.Value(`{"NOT":`), member...), "null}}"...)
	case "IN":
		member = append(member, `{"IN":[`...)
		for i, item := range strings.Split(operand, ",") {
			if i > 0 {
				member = append(member, ',')
			}
			member = append(member, `"$params.`+s.param(f, op, item)+`"`...)
		}
		member = append(member, "]}}"...)
	default:
		if op == "=" && f != nil && f.Type == engine.TypeReferences {
			op = "CONTAINS"
		}
		member = append(member, `{"`+op+`":"$params.`+s.param(f, op, operand)+`"}}`...)
	}
	s.filters = append(s.filters, member)
}

// param makes a value of the path a parameter, and gives its name.
func (s *Selection) param(f *engine.Field, op, text string) string {
	v := pathValue{"the value", engine.TypeText, raw.Text(text)}
	if f != nil {
		v.label = f.DisplayLabel()
	}
	plain := op == "=" || op == "<>" || op == ">" || op == ">=" || op == "<" || op == "<=" || op == "IN"
	if f != nil && plain {
		switch f.Type {
		case engine.TypeNumber, engine.TypeAutonumber:
			v.typ = engine.TypeNumber
		case engine.TypeBoolean, engine.TypeDatetime, engine.TypeDate:
			v.typ = f.Type
		}
	}
	s.values = append(s.values, v)
	return "v" + strconv.Itoa(len(s.values)-1)
}

func (s *Selection) orderStep(rest []string) ([]string, error) {
	fields := append(s.table.visible(false), "created_at", "updated_at", "uid")
	if len(rest) == 0 {
		s.menu = names(fields)
		return nil, nil
	}
	if !slices.Contains(fields, strings.TrimPrefix(rest[0], "-")) {
		return nil, s.table.notFound(rest[0])
	}
	s.sort = append(s.sort, rest[0])
	return rest[1:], nil
}

func (s *Selection) boundStep(word string, rest []string) ([]string, error) {
	if len(rest) == 0 {
		s.menu = noneNext
		return nil, nil
	}
	n, err := strconv.Atoi(rest[0])
	if err != nil || n < 1 {
		return nil, engine.Errorf(engine.Invalid, "%s wants a number of records, such as %s/100.", word, word)
	}
	if s.limit == 0 || n < s.limit {
		s.limit = n
	}
	s.last = s.last != (word == ".last")
	return rest[1:], nil
}

func (s *Selection) searchStep(rest []string) ([]string, error) {
	if len(rest) == 0 {
		s.menu = noneNext
		return nil, nil
	}
	fields := raw.Value("[")
	for name, f := range s.table.Def.Fields.All() {
		if f.Hidden && !s.table.direct.Hidden || f.Type != engine.TypeText && f.Type != engine.TypeEmail && f.Type != engine.TypeURL && f.Type != engine.TypeEnum {
			continue
		}
		if len(fields) > 1 {
			fields = append(fields, ',')
		}
		fields = append(append(append(fields, `{"t":"FIELD","v":`...), raw.Text(name)...), '}')
	}
	if len(fields) == 1 {
		return nil, engine.Errorf(engine.Invalid, "%s has no text to search.", s.table.Def.Name)
	}
	s.filters = append(s.filters, raw.Value(`{"t":"SEARCH","l":`+string(fields)+`],"r":{"t":"LITERAL","v":"$params.`+s.param(nil, "", unescaped(rest[0]))+`"}}`))
	return rest[1:], nil
}

func (s *Selection) viewStep(ctx context.Context, rest []string) ([]string, error) {
	t := s.table
	p := t.tree.cfg.Principal()
	owner := ""
	if p != nil {
		owner = string(p.Kind) + " " + p.ID
	}
	views, err := t.tree.cfg.Views(ctx, t.Def.ID, owner)
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 {
		s.menu = func(context.Context) ([]string, error) {
			var list []string
			for _, v := range views {
				list = append(list, v.Name)
			}
			return slices.Compact(list), nil
		}
		return nil, nil
	}
	for _, v := range views {
		if v.Name != rest[0] {
			continue
		}
		filter, err := direct.PlainFilter(v.Filter)
		if err != nil {
			return nil, err
		}
		if filter != nil {
			s.filters = append(s.filters, filter)
		}
		s.sort = append(s.sort, v.Sort...)
		s.key += "\x00" + string(filter) + strings.Join(v.Sort, ",") // it may be saved anew
		return rest[1:], nil
	}
	return nil, t.notFound(rest[0])
}
