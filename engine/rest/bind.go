package rest

import (
	"fmt"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

// bind checks the parameters of a request in the order of the definition, into Env.Params. All refusals are collected; a path value
// outside its values is 404 at once.
func (e *endpoint) bind(q *middleware.Request) error {
	lang := e.lang(q)
	if e.needsQuery {
		if _, ok := q.Query(); !ok {
			return engine.Errorf(engine.Invalid, "%s", value.Sentence(lang, "query"))
		}
	}
	if e.plan.Endpoint.Bulk != nil {
		return e.bindItems(q, lang)
	}
	if e.needsBody {
		if err := checkBody(q, e.bodyParams, lang); err != nil {
			return err
		}
	}
	return e.bindParams(q, lang)
}

// bindParams checks the parameters of the request, or of q.Item.
func (e *endpoint) bindParams(q *middleware.Request, lang value.Lang) error {
	params := q.Env.Params[:0]
	var refused []engine.FieldError
	var of []*plan.Param // of refused
	for _, p := range e.plan.Params {
		v, wrong := bindOne(q, p, lang)
		if wrong == nil && v == nil && p.Default != nil {
			var err error
			if v, err = p.Default.Eval(&q.Env); err != nil {
				return err
			}
			v, wrong = p.JSON(v, lang)
		}
		if wrong == nil && p.Checker.Missing(v) && e.needs(p, v) {
			wrong = p.Checker.Required(lang)
		}
		if wrong != nil {
			if p.In == engine.InPath && wrong.Code == "values" {
				return engine.Errorf(engine.NotFound, "%s", value.Sentence(lang, "not_found"))
			}
			refused, of = append(refused, *wrong), append(of, p)
		}
		params = append(params, v)
	}
	q.Env.Params = params
	if refused == nil {
		return nil
	}
	for i, p := range of {
		if p.Speaks() {
			p.Explain(&refused[i], &q.Env, given(q, p))
		}
	}
	return &engine.Error{Code: engine.Invalid, Fields: refused}
}

// setParam puts the value that a script gave in the place of a parameter's, by the same rules as one that came. null takes it away.
func (e *endpoint) setParam(q *middleware.Request, name string, v raw.Value) (*engine.FieldError, error) {
	for i, p := range e.plan.Params {
		if p.Name != name {
			continue
		}
		canonical, wrong := p.JSON(v, e.lang(q))
		if wrong == nil && canonical.IsNull() {
			canonical = nil
		}
		if wrong == nil && p.Checker.Missing(canonical) && e.needs(p, canonical) {
			wrong = p.Checker.Required(e.lang(q))
		}
		q.Env.Params[i] = canonical
		return wrong, nil
	}
	return nil, fmt.Errorf("there is no parameter %s", name)
}

// needs reports whether a missing value is refused here: by the parameter's own rule, or since the field it is written to would refuse
// it anyway, so that all refusals come at once.
func (e *endpoint) needs(p *plan.Param, v raw.Value) bool {
	ep := e.plan.Endpoint
	if p.Required || p.Field == nil || !p.Field.IsRequired() || ep.Set.Len() > 0 {
		return p.Required
	}
	return ep.Kind == engine.Create && p.Field.Default == nil || ep.Kind == engine.Update && v != nil
}

// checkBody reads the body; where parameters stand in it, it must be an object or a form.
func checkBody(q *middleware.Request, params bool, lang value.Lang) error {
	kind, json, _, err := q.Input()
	if err != nil {
		return err
	}
	if params && kind == middleware.BodyJSON && json.Kind() != raw.Object {
		return engine.Errorf(engine.Invalid, "%s", value.Sentence(lang, "body.object"))
	}
	return nil
}

// textsOf appends the texts given for a parameter to dst; where the body is JSON and holds it, its value comes instead.
func textsOf(dst []string, q *middleware.Request, p *plan.Param) (texts []string, json raw.Value, isJSON bool) {
	switch p.In {
	case engine.InPath:
		if text, found := q.PathValue(p.As); found {
			dst = append(dst, text)
		}
	case engine.InQuery:
		pairs, _ := q.Query()
		dst = formTexts(dst, pairs, p)
	case engine.InHeader:
		dst = q.HeaderTexts(dst, p.As)
	case engine.InCookie:
		dst = q.CookieTexts(dst, p.As)
	case engine.InBody:
		kind, json, form, _ := q.Input()
		if q.Item != nil {
			kind, json = middleware.BodyJSON, q.Item
		}
		switch {
		case p.IsWhole() && p.Type == engine.TypeFile: // see bindFiles
		case p.IsWhole() && kind == middleware.BodyJSON:
			return nil, json, true
		case p.IsWhole():
			return nil, q.Value([]string{"body"}), true
		case kind == middleware.BodyJSON:
			return nil, member(json, p), true
		}
		dst = formTexts(dst, form, p)
	}
	return dst, nil, false
}

// member gives the value of a parameter in a JSON body: under its name, or along it.
func member(json raw.Value, p *plan.Param) raw.Value {
	v := json.Get(p.As)
	if v == nil && p.Path != nil {
		v = plan.Step(json, p.Path)
	}
	return v
}

// formTexts appends the values of a parameter in a query or form, under the first of its names that is there.
func formTexts(dst []string, pairs []middleware.Pair, p *plan.Param) []string {
	texts := middleware.FormTexts(dst, pairs, p.As)
	for _, name := range p.Spellings {
		if len(texts) > len(dst) {
			break
		}
		texts = middleware.FormTexts(dst, pairs, name)
	}
	return texts
}

// given gives what came for a parameter, as it came.
func given(q *middleware.Request, p *plan.Param) raw.Value {
	texts, json, isJSON := textsOf(nil, q, p)
	switch {
	case isJSON:
		return json
	case len(texts) == 1:
		return raw.Text(texts[0])
	case len(texts) == 0:
		return nil
	}
	list := raw.Value{'['}
	for i, text := range texts {
		if i > 0 {
			list = append(list, ',')
		}
		list = raw.AppendString(list, text)
	}
	return append(list, ']')
}

// bindOne gives the canonical value of a parameter: nil where it is absent, null only where JSON said null.
func bindOne(q *middleware.Request, p *plan.Param, lang value.Lang) (raw.Value, *engine.FieldError) {
	var memory [4]string
	texts, json, isJSON := textsOf(memory[:0], q, p)
	if isJSON {
		return bindJSON(p, json, lang)
	}
	if p.Type == engine.TypeFile {
		return bindFiles(q, p, texts, lang)
	}
	if len(texts) == 0 && (p.Type == engine.TypeJSON || p.IsList()) && (p.In == engine.InQuery || p.In == engine.InBody) {
		return bindNested(q, p, lang)
	}
	v, refused := p.Texts(texts, lang)
	if refused == nil && v.IsNull() {
		return nil, nil // an empty text is absent
	}
	return v, refused
}

// bindNested gives the value of a json parameter whose members, or of a list whose items, have names of their own in a query or form:
// order[0][dir]=asc, ids[0]=7.
func bindNested(q *middleware.Request, p *plan.Param, lang value.Lang) (raw.Value, *engine.FieldError) {
	pairs, _ := q.Query()
	if p.In == engine.InBody {
		_, _, pairs, _ = q.Input()
	}
	v, ok := middleware.Nested(pairs, p.As)
	if !ok {
		return p.Texts([]string{"["}, lang) // which says what JSON it must be
	}
	if p.IsList() {
		v = items(v)
	}
	return p.JSON(v, lang)
}

// items gives the members of an object whose names are numbers with gaps as a list, in the order they came.
func items(v raw.Value) raw.Value {
	if v.Kind() != raw.Object {
		return v
	}
	list := raw.Value{'['}
	for _, item := range v.Members {
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = append(list, item...)
	}
	return append(list, ']')
}

func bindJSON(p *plan.Param, v raw.Value, lang value.Lang) (raw.Value, *engine.FieldError) {
	canonical, refused := p.JSON(v, lang)
	if refused == nil && canonical.IsNull() && v.Kind() != raw.Null {
		return nil, nil
	}
	return canonical, refused
}
