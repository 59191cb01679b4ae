package plan

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// maxListItems bounds a list parameter.
const maxListItems = 1000

// A Param is an input of an endpoint with everything resolved: place, name in the request, type and rules.
type Param struct {
	Name     string
	As       string // its name in the request; WholeBody is the body itself
	In       engine.ParamIn
	Type     engine.FieldType
	Label    string
	Required bool           // absent, null and empty are refused with Checker.Required
	Default  *template.Slot // of an absent one; nil is none
	Checker  *value.Checker // of an item where IsList
	Split    string
	List     bool
	Trim     bool
	Rules    engine.Rules  // as resolved, for OpenAPI
	Field    *engine.Field // whose type and rules it took over; nil is none
	Declared bool          // false for a name of the route that the endpoint does not declare

	Path      []string // where it stands in a JSON body whose members nest; nil: under As alone
	Spellings []string // further names in a query or form, tried where none has the name As
	By        string   // how the record of a reference is named; "" is by its uid
	Format    string   // of a datetime that is a number, see engine.FormatEpoch

	lookup  *Statement     // of one with By
	message *template.Slot // the sentence where it is no constant
	plain   bool           // its rules are the field's own, so a value need not be checked again when it is written
}

// IsWhole reports whether the parameter is the whole body.
func (p *Param) IsWhole() bool { return p.In == engine.InBody && p.As == WholeBody }

// IsList reports whether the value is a list of what Checker checks.
func (p *Param) IsList() bool { return p.List || p.Split != "" }

// Texts checks what came as text: all values given under the name, in order. No value at all gives nil. A path parameter outside
// its values is a FieldError with code "values", which answers 404.
func (p *Param) Texts(texts []string, lang value.Lang) (raw.Value, *engine.FieldError) {
	if len(texts) == 0 {
		return nil, nil
	}
	if !p.IsList() {
		text := texts[0]
		if p.Trim {
			text = strings.TrimSpace(text)
		}
		if text == "" && p.emptyIsAbsent() {
			return nil, nil
		}
		return p.Checker.Text(text, lang)
	}
	list := raw.Value("[")
	n := 0
	for _, text := range texts {
		parts := []string{text}
		if p.Split != "" {
			parts = strings.Split(text, p.Split)
		}
		for _, part := range parts {
			if p.Trim {
				part = strings.TrimSpace(part)
			}
			if part == "" {
				continue
			}
			item, refused := p.Checker.Text(part, lang)
			if refused != nil {
				return nil, refused
			}
			if n++; n > maxListItems {
				return nil, p.refuse("max", value.Sentence(lang, "list.size", p.Label, maxListItems))
			}
			list = appendItem(list, item)
		}
	}
	if n == 0 {
		return raw.NullValue, nil
	}
	return append(list, ']'), nil
}

// JSON checks what came as JSON; nil is absent and stays it.
func (p *Param) JSON(v raw.Value, lang value.Lang) (raw.Value, *engine.FieldError) {
	if v == nil {
		return nil, nil
	}
	if !p.IsList() || v.Kind() == raw.Null {
		if v = p.trim(p.named(v)); string(v) == `""` && p.emptyIsAbsent() {
			return nil, nil
		}
		return p.Checker.JSON(v, lang)
	}
	if text, ok := v.Text(); ok {
		return p.Texts([]string{text}, lang)
	}
	if v.Kind() != raw.Array { // XML has no lists of one item
		v = append(append(raw.Value{'['}, v...), ']')
	}
	list := raw.Value("[")
	var refused *engine.FieldError
	v.Items(func(i int, item raw.Value) bool {
		if i >= maxListItems {
			refused = p.refuse("max", value.Sentence(lang, "list.size", p.Label, maxListItems))
			return false
		}
		var canonical raw.Value
		if canonical, refused = p.Checker.JSON(p.trim(p.named(item)), lang); refused != nil {
			return false
		}
		if !canonical.IsNull() {
			list = appendItem(list, canonical)
		}
		return true
	})
	if refused != nil {
		return nil, refused
	}
	return append(list, ']'), nil
}

// Explain replaces the sentence of a refusal of v, as it came, by the parameter's own message where that is computed.
func (p *Param) Explain(refused *engine.FieldError, env *template.Env, v raw.Value) {
	explain(p.message, refused, env, v)
}

// Speaks reports whether the parameter has a message that is computed.
func (p *Param) Speaks() bool { return p.message != nil }

// emptyIsAbsent holds for every type but text and json.
func (p *Param) emptyIsAbsent() bool { return p.Type != engine.TypeText && p.Type != engine.TypeJSON }

func (p *Param) trim(v raw.Value) raw.Value {
	if !p.Trim || v.Kind() != raw.String {
		return v
	}
	text, _ := v.Text()
	return raw.Text(strings.TrimSpace(text))
}

func (p *Param) refuse(code, message string) *engine.FieldError {
	return &engine.FieldError{Param: p.Name, Label: p.Label, Code: code, Message: message}
}

func appendItem(list raw.Value, item raw.Value) raw.Value {
	if len(list) > 1 {
		list = append(list, ',')
	}
	return append(list, item...)
}

func explain(message *template.Slot, refused *engine.FieldError, env *template.Env, v raw.Value) {
	if message == nil || refused == nil {
		return
	}
	env.Value = v
	if v, err := message.Eval(env); err == nil {
		if text, ok := v.Text(); ok && text != "" {
			refused.Message = text
		}
	}
	env.Value = nil
}

// params resolves the declared parameters and those that only the route names.
func (c *compiler) params() {
	ep := c.endpoint
	routeNames := ep.Route.Names()
	claimed := make(map[string]bool)
	for name, declared := range ep.Params.All() {
		p := c.param(name, declared, routeNames)
		c.plan.Params = append(c.plan.Params, p)
		if p.In == engine.InPath {
			claimed[p.As] = true
		}
	}
	for _, name := range routeNames {
		if claimed[name] {
			continue
		}
		required := true
		p := c.param(name, &engine.Param{In: engine.InPath, Type: engine.TypeText, Rules: engine.Rules{Required: &required}}, routeNames)
		p.Declared = false
		c.plan.Params = append(c.plan.Params, p)
	}
	names := make([]string, len(c.plan.Params))
	for i, p := range c.plan.Params {
		names[i] = p.Name
	}
	c.plan.scope = &template.Scope{Request: true, Auth: true, Params: names}
	for _, p := range c.plan.Params {
		c.paramSlots(p)
	}
	c.lookups()
}

func (c *compiler) param(name string, declared *engine.Param, routeNames []string) *Param {
	p := &Param{
		Name: name, As: declared.As, In: declared.In, Type: declared.Type, Rules: declared.Rules,
		Split: declared.Split, List: declared.List, Trim: declared.Trim, Declared: true,
	}
	if p.As == "" {
		p.As = name
	}
	if p.In == "" {
		p.In = defaultPlace(c.endpoint.Route.Method, slices.Contains(routeNames, p.As))
	}
	if p.In == engine.InPath && !slices.Contains(routeNames, p.As) {
		c.problem([]string{"params", name, "in"}, near(p.As, routeNames), "the route has no {%s}", p.As)
	}
	c.inherit(p, declared)
	if declared.By != "" {
		c.refer(p, declared)
	}
	if p.Type == "" {
		p.Type = engine.TypeText
	}
	if p.Type == engine.TypeReferences {
		p.Type, p.List = engine.TypeReference, true
	}
	if p.In == engine.InPath {
		p.Required = true
	}
	p.name(routeNames)
	p.Label = p.Rules.Label
	if p.Label == "" {
		p.Label = name
	}
	return p
}

func defaultPlace(method string, inRoute bool) engine.ParamIn {
	switch {
	case inRoute:
		return engine.InPath
	case method == "GET" || method == "DELETE" || method == "HEAD":
		return engine.InQuery
	}
	return engine.InBody
}

// inherit takes type, label and rules from the field of the same name, where the parameter says nothing. The field's default is not
// taken over: CREATE applies it when it writes, and elsewhere an absent parameter is absent. A writing endpoint does not take over
// `required` for the parameter's presence either: the field's own rule is held when the record is written.
func (c *compiler) inherit(p *Param, declared *engine.Param) {
	var f *engine.Field
	if t, found := c.project.Tables.Get(c.endpoint.Table); found {
		f, _ = t.Fields.Get(p.Name)
	}
	if f == nil || f.Type == engine.TypeGenerated || f.Type == engine.TypeAutonumber {
		p.Required = declared.IsRequired()
		return
	}
	p.Field = f
	same := p.Type == "" || p.Type == f.Type || p.Type == engine.TypeInteger && f.Type == engine.TypeNumber
	if p.Type == "" {
		p.Type = f.Type
	}
	own := p.Rules
	p.plain = same && p.Type == f.Type && own.Min == nil && own.Max == nil && own.Pattern == "" && own.Values == nil && !p.IsList() && f.Type != engine.TypeReferences
	if same {
		p.Rules = inheritRules(own, f.Rules)
	} else if own.Label == "" {
		p.Rules.Label = f.Label
	}
	switch {
	case own.Required != nil:
		p.Required = *own.Required
	case !c.writes():
		p.Required = f.IsRequired()
	}
	p.Rules.Default = own.Default
}

func (c *compiler) writes() bool {
	return c.endpoint.Kind == engine.Create || c.endpoint.Kind == engine.Update
}

// TakesMany reports whether a file parameter takes several files.
func (p *Param) TakesMany() bool { return p.checkedAs() == value.TypeFiles }

// checkedAs gives the type that Checker checks: a file parameter that takes several checks them together.
func (p *Param) checkedAs() engine.FieldType {
	if p.Type == engine.TypeFile && p.Field != nil && p.Field.Type == engine.TypeFile && p.Field.Many {
		return value.TypeFiles
	}
	return p.Type
}

func inheritRules(own, field engine.Rules) engine.Rules {
	r := own
	if r.Label == "" {
		r.Label = field.Label
	}
	if r.Help == "" {
		r.Help = field.Help
	}
	if r.Min == nil {
		r.Min = field.Min
	}
	if r.Max == nil {
		r.Max = field.Max
	}
	if r.Pattern == "" {
		r.Pattern = field.Pattern
	}
	if r.Values == nil {
		r.Values = field.Values
	}
	if r.Message == "" {
		r.Message = field.Message
	}
	r.Empty = r.Empty || field.Empty
	r.Integer = r.Integer || field.Integer
	return r
}

// paramSlots compiles the checker, the default and the message, once the names of all parameters are known.
func (c *compiler) paramSlots(p *Param) {
	rules := p.Rules
	t, _ := c.project.Tables.Get(c.endpoint.Table)
	scope := messageScope(c.project, t, p.Field)
	scope.Params = c.plan.scope.Params
	p.message, rules.Message = c.message(rules.Message, []string{"params", p.Name, "message"}, scope)
	if p.Type == engine.TypeFile && p.In != engine.InBody {
		c.problem([]string{"params", p.Name, "in"}, "in: body", "a file comes in the body")
	}
	checker, problems := value.Compile(p.checkedAs(), &rules, p.Name, c.plan.Location)
	c.add(problems, "params", p.Name)
	p.Checker = checker
	if declared, found := c.endpoint.Params.Get(p.Name); found {
		c.format(p, declared.Format)
		checker = p.Checker
	}
	if p.Rules.Default == nil {
		return
	}
	slot, problems := template.CompileSlot(p.Rules.Default, &template.Scope{Request: true, Auth: true})
	c.add(problems, "params", p.Name, "default")
	if slot == nil || checker == nil {
		return
	}
	if constant, ok := slot.Const(); ok {
		if _, refused := p.JSON(constant, value.English); refused != nil {
			c.problem([]string{"params", p.Name, "default"}, "", "the default is not allowed: %s", refused.Message)
		}
	}
	p.Default = slot
}

// message compiles the sentence of a rule: a constant one stays with the checker, a computed one becomes a slot.
func (c *compiler) message(text string, path []string, scope *template.Scope) (*template.Slot, string) {
	slot, rest, problems := compileMessage(text, scope)
	c.add(problems, path...)
	return slot, rest
}

func compileMessage(text string, scope *template.Scope) (*template.Slot, string, engine.Problems) {
	if text == "" {
		return nil, "", nil
	}
	slot, problems := template.CompileSlot(raw.Text(text), scope)
	if slot == nil || len(problems) > 0 {
		return nil, "", problems
	}
	if constant, ok := slot.Const(); ok {
		plain, _ := constant.Text()
		return nil, plain, nil
	}
	return slot, "", nil
}
