package value

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Checker turns inputs of one field or parameter into canonical JSON, or refuses them. It is immutable.
type Checker struct {
	kind     kind
	name     string
	label    string
	message  string
	integer  bool
	empty    bool
	min, max *bound
	pattern  *regexp.Regexp
	values   []string
	location *time.Location
	epoch    time.Duration // the unit of a datetime that is a number; 0 is milliseconds, of texts with nine digits and more
}

// Epoch gives c reading every number, also in a text, as so many units since 1970: time.Second or time.Millisecond.
func (c *Checker) Epoch(unit time.Duration) *Checker {
	other := *c
	other.epoch = unit
	return &other
}

// A kind is one type: how JSON and text of it become canonical, and which bounds it knows.
type kind struct {
	json func(c *Checker, v raw.Value) (raw.Value, string) // the string is the key of the sentence where it is refused
	text func(c *Checker, s string) (raw.Value, string)
	size sizing
}

// sizing says what min and max bound.
type sizing byte

const (
	unsized sizing = iota
	byLength
	byNumber
	byOrder // canonical texts compare as what they mean
	byCount // of the items of a list
)

var kinds = map[engine.FieldType]kind{
	engine.TypeText:       {textJSON, textText, byLength},
	engine.TypeEmail:      {emailJSON, emailText, byLength},
	engine.TypeURL:        {urlJSON, urlText, byLength},
	engine.TypeEnum:       {textJSON, textText, unsized},
	engine.TypeGenerated:  {textJSON, textText, byLength},
	engine.TypeNumber:     {numberJSON, numberText, byNumber},
	engine.TypeInteger:    {numberJSON, numberText, byNumber},
	engine.TypeAutonumber: {numberJSON, numberText, byNumber},
	engine.TypeBoolean:    {booleanJSON, booleanText, unsized},
	engine.TypeDatetime:   {datetimeJSON, datetimeText, byOrder},
	engine.TypeDate:       {dateJSON, dateText, byOrder},
	engine.TypeJSON:       {jsonJSON, jsonText, unsized},
	engine.TypeReference:  {referenceJSON, referenceText, unsized},
	engine.TypeReferences: {referencesJSON, referencesText, unsized},
	engine.TypeFile:       {fileJSON, fileText, unsized},
	TypeFiles:             {filesJSON, filesText, byCount},
}

// A bound is a compiled min or max.
type bound struct {
	shown  string
	length int
	number *big.Rat
	order  string
}

// Compile makes the checker of a field or parameter named name. loc reads datetimes without offset; nil is UTC. Problems carry the
// attribute as their path.
func Compile(t engine.FieldType, r *engine.Rules, name string, loc *time.Location) (*Checker, engine.Problems) {
	if t == "" {
		t = engine.TypeText
	}
	k, known := kinds[t]
	if !known {
		return nil, engine.Problems{engine.Problemf([]string{"type"}, "", "the type %q cannot be an input", t)}
	}
	c := &Checker{kind: k, name: name, label: r.Label, message: r.Message, empty: r.Empty, location: loc, values: slices.Clone(r.Values)}
	c.integer = r.Integer || t == engine.TypeInteger || t == engine.TypeAutonumber
	if c.label == "" {
		c.label = name
	}
	if c.location == nil {
		c.location = time.UTC
	}
	var problems engine.Problems
	if t == engine.TypeEnum && len(r.Values) == 0 {
		problems = append(problems, engine.Problemf([]string{"values"}, "give the list of its values", "an enum needs values"))
	}
	if r.Pattern != "" {
		pattern, err := regexp.Compile(r.Pattern)
		if err != nil {
			problems = append(problems, engine.Problemf([]string{"pattern"}, "patterns are RE2 expressions", "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		}
		c.pattern = pattern
	}
	c.min = c.bound(&problems, "min", r.Min)
	c.max = c.bound(&problems, "max", r.Max)
	return c, problems
}

func (c *Checker) bound(problems *engine.Problems, attribute string, v raw.Value) *bound {
	if v.IsNull() {
		return nil
	}
	refuse := func(hint string) *bound {
		*problems = append(*problems, engine.Problemf([]string{attribute}, hint, "%s does not fit the type", attribute))
		return nil
	}
	switch c.kind.size {
	case byLength, byCount:
		n, ok := new(big.Int).SetString(string(v), 10)
		if !ok || n.Sign() < 0 || !n.IsInt64() || n.Int64() > 1<<30 {
			return refuse("it bounds the length of a text, or how many files there are: give a whole number")
		}
		return &bound{shown: n.String(), length: int(n.Int64())}
	case byNumber:
		n, ok := new(big.Rat).SetString(string(v))
		if v.Kind() != raw.Number || !ok {
			return refuse("give a number")
		}
		return &bound{shown: string(v), number: n}
	case byOrder:
		canonical, refused := c.kind.json(c, v)
		if refused != "" || canonical.IsNull() {
			return refuse("give a date")
		}
		text, _ := canonical.Text()
		return &bound{shown: text, order: text}
	}
	return refuse("this type has no bounds")
}

// Label gives the label, or the name where there is none.
func (c *Checker) Label() string { return c.label }

// Missing reports whether v counts as no value for a required field: absent, null, or an empty text unless the rules say
// `empty: true`.
func (c *Checker) Missing(v raw.Value) bool {
	return v.IsNull() || !c.empty && string(v) == `""`
}

// Required gives the refusal of a missing value.
func (c *Checker) Required(lang Lang) *engine.FieldError {
	return c.refuse("required", Sentence(lang, "required", c.label))
}

// Refuse gives a refusal by a rule that is held elsewhere: key is one of the sentences that take the label (unique, missing,
// constraint, readonly).
func (c *Checker) Refuse(lang Lang, code, key string) *engine.FieldError {
	return c.refuse(code, Sentence(lang, key, c.label))
}

func (c *Checker) refuse(code, sentence string) *engine.FieldError {
	if c.message != "" {
		sentence = c.message
	}
	return &engine.FieldError{Param: c.name, Label: c.label, Code: code, Message: sentence}
}

// JSON checks an input that came as JSON and gives its canonical form: null for null, absent and, in types other than text and
// json, for an empty text.
func (c *Checker) JSON(v raw.Value, lang Lang) (raw.Value, *engine.FieldError) {
	if v.IsNull() {
		return raw.NullValue, nil
	}
	canonical, refused := c.kind.json(c, v)
	return c.check(canonical, refused, lang)
}

// Text checks an input that came as text. An empty text is null in types other than text.
func (c *Checker) Text(s string, lang Lang) (raw.Value, *engine.FieldError) {
	canonical, refused := c.kind.text(c, s)
	return c.check(canonical, refused, lang)
}

func (c *Checker) check(v raw.Value, refused string, lang Lang) (raw.Value, *engine.FieldError) {
	if refused != "" {
		return nil, c.refuse("type", Sentence(lang, refused, c.label))
	}
	if v.IsNull() {
		return v, nil
	}
	if c.min == nil && c.max == nil && c.pattern == nil && c.values == nil {
		return v, nil
	}
	if c.values != nil {
		if text, _ := v.Text(); !slices.Contains(c.values, text) {
			if text == "" {
				return raw.NullValue, nil
			}
			return nil, c.refuse("values", Sentence(lang, "enum", c.label, strings.Join(c.values, ", ")))
		}
	}
	// An empty text is told apart by required, not by its length or form.
	if string(v) == `""` && !c.empty {
		return v, nil
	}
	if c.pattern != nil {
		if text, _ := v.Text(); !c.pattern.MatchString(text) {
			return nil, c.refuse("pattern", Sentence(lang, "pattern", c.label))
		}
	}
	if c.min != nil && c.compare(v, c.min) < 0 {
		return nil, c.refuse("min", Sentence(lang, c.sized("min"), c.label, c.min.shown))
	}
	if c.max != nil && c.compare(v, c.max) > 0 {
		return nil, c.refuse("max", Sentence(lang, c.sized("max"), c.label, c.max.shown))
	}
	return v, nil
}

func (c *Checker) sized(rule string) string {
	switch c.kind.size {
	case byLength:
		return rule + ".length"
	case byCount:
		return rule + ".files"
	}
	return rule
}

func (c *Checker) compare(v raw.Value, b *bound) int {
	switch c.kind.size {
	case byLength:
		return textLength(v) - b.length
	case byNumber:
		return compareNumber(v, b.number)
	case byCount:
		return v.Len() - b.length
	}
	text, _ := v.Text()
	return strings.Compare(text, b.order)
}

// textLength counts the characters of a JSON string.
func textLength(v raw.Value) int {
	body := v[1 : len(v)-1]
	if slices.Index(body, '\\') < 0 {
		return utf8.RuneCount(body)
	}
	return utf8.RuneCount(raw.AppendText(nil, v))
}
