package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

func scriptDefinition() *Definition {
	return &Definition{
		Name: "script",
		Doc: "JavaScript before and after what stands behind it in the list, `main` with it, within the bounds of [expressions](expressions.md).\n\n" +
			"`before` sees `$request`, `$params` and `$auth` and gives null or an object of any of these: `params`, values for parameters, which " +
			"are checked as if the request had brought them (so what a script alone supplies is not `required`); `headers` of the answer; " +
			"`refuse`, `{status, code, message}`, which ends the request with that error (422 and guard where it does not say), by way of " +
			"`errors`; `answer`, `{status, headers, type, body}`, which ends it with that answer. Of a `bulk` body it runs for each item, whose " +
			"parameters `$params` then is, and once without parameters where there is none; the first that refuses or answers ends it for all.\n\n" +
			"`after` sees `$response` too, `{status, headers, body}`, its body parsed where it is JSON, else text, and gives null or what is to " +
			"change: `{status, headers, type, body}`. It does not run for errors. A header that is null goes away.\n\n" +
			"Neither sees the panel's cookies, API tokens or secrets.",
		Before: true,
		Properties: []Property{
			{Name: "before", Type: TypeAny, Slot: true, Doc: `such as "=$params.size > 50 && !$auth ? {refuse: {status: 403, message: 'Sign in for long pages'}} : null"`},
			{Name: "after", Type: TypeAny, Slot: true, Doc: `such as "=({body: {data: $response.body, at: $now()}})"`},
		},
		Compile: compileScript,
	}
}

func compileScript(settings raw.Value, b Bench) (Wrap, engine.Problems) {
	s := &scriptStep{}
	var problems engine.Problems
	compile := func(name string, scope *template.Scope) *template.Slot {
		v := settings.Get(name)
		if v.IsNull() {
			return nil
		}
		slot, found := template.CompileSlot(v, scope)
		problems = append(problems, found.At(name)...)
		return slot
	}
	behind := *b.Scope
	behind.Response = true
	s.before, s.after = compile("before", b.Scope), compile("after", &behind)
	if problems == nil && s.before == nil && s.after == nil {
		problems = append(problems, engine.Problemf(nil, "write one of them", "before and after are both missing"))
	}
	if problems != nil {
		return nil, problems
	}
	mentions := func(slot *template.Slot) bool {
		return slot != nil && slices.ContainsFunc(slot.Mentions(), func(path []string) bool { return path[0] == "$params" })
	}
	s.params = mentions(s.before) || mentions(s.after)
	return s.wrap, nil
}

// A scriptStep is a compiled script step.
type scriptStep struct {
	before, after *template.Slot // nil is none
	params        bool           // they read parameters
}

func (s *scriptStep) wrap(next Handler) Handler {
	return func(r *Request) error {
		if s.params {
			if err := r.Params(); err != nil {
				return err
			}
		}
		if s.before != nil {
			answered, err := s.runBeforeItems(r)
			if err != nil || answered {
				return err
			}
		}
		if err := next(r); err != nil || s.after == nil {
			return err
		}
		return s.runAfter(r)
	}
}

// runBeforeItems runs before for each item of a bulk body, else once: who sends no item is not let in unasked. It reports whether it
// answered.
func (s *scriptStep) runBeforeItems(r *Request) (answered bool, err error) {
	if r.Items != nil {
		if err := r.Params(); err != nil {
			return false, err
		}
	}
	items := r.Env.Items
	if len(items) == 0 {
		return s.runBefore(r)
	}
	defer func() { r.Env.Params = items[0] }()
	for i, params := range items {
		r.Env.Params = params
		if answered, err := s.runBefore(r); err != nil {
			return false, r.OfItem(r, i, err)
		} else if answered {
			return true, nil
		}
	}
	return false, nil
}

// runBefore reports whether it answered.
func (s *scriptStep) runBefore(r *Request) (answered bool, err error) {
	v, err := s.before.Eval(&r.Env)
	if err != nil {
		return false, fmt.Errorf("script before: %w", err)
	}
	if v.IsNull() {
		return false, nil
	}
	if err := onlyMembers(v, "params", "headers", "refuse", "answer"); err != nil {
		return false, fmt.Errorf("script before: %w", err)
	}
	if headers := v.Get("headers"); !headers.IsNull() {
		r.setHeaders(headersIn(headers))
	}
	if refuse := v.Get("refuse"); !refuse.IsNull() {
		return false, refusalIn(refuse)
	}
	if answer := v.Get("answer"); !answer.IsNull() {
		r.Status, r.ContentType, r.Body = http.StatusOK, "", r.Body[:0]
		if err := r.change(answer); err != nil {
			return false, fmt.Errorf("script before: answer: %w", err)
		}
		return true, nil
	}
	if params := v.Get("params"); !params.IsNull() {
		if err := r.setParams(params); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (s *scriptStep) runAfter(r *Request) error {
	r.Env.Response = r.response()
	v, err := s.after.Eval(&r.Env)
	r.Env.Response = nil
	if err == nil && !v.IsNull() {
		err = r.change(v)
	}
	if err != nil {
		return fmt.Errorf("script after: %w", err)
	}
	return nil
}

// onlyMembers refuses what is no object, and unknown members of one: they would be ignored.
func onlyMembers(v raw.Value, names ...string) error {
	if v.Kind() != raw.Object {
		return fmt.Errorf("it gave %s and not an object of %s", kindName(v), strings.Join(names, ", "))
	}
	for key := range v.Members {
		if name, _ := key.Text(); !slices.Contains(names, name) {
			return fmt.Errorf("it gave %q, which is none of %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}

func kindName(v raw.Value) string {
	switch v.Kind() {
	case raw.String:
		return "a text"
	case raw.Array:
		return "a list"
	case raw.Bool:
		return "a boolean"
	default:
		return "a number"
	}
}

// setParams checks values for parameters and puts them in the place of those that came.
func (q *Request) setParams(params raw.Value) error {
	if params.Kind() != raw.Object || q.SetParam == nil {
		return errors.New("script before: params is no object")
	}
	if err := q.Params(); err != nil {
		return err
	}
	refused := &engine.Error{Code: engine.Invalid}
	for key, v := range params.Members {
		name, _ := key.Text()
		wrong, err := q.SetParam(q, name, slices.Clone(v)) // the script's memory is its own
		if err != nil {
			return fmt.Errorf("script before: %w", err)
		}
		if wrong != nil {
			refused.Fields = append(refused.Fields, *wrong)
		}
	}
	if len(refused.Fields) > 0 {
		return refused
	}
	return nil
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// refusalIn reads {status, code, message}.
func refusalIn(v raw.Value) error {
	if err := onlyMembers(v, "status", "code", "message"); err != nil {
		return fmt.Errorf("script before: refuse: %w", err)
	}
	e := &engine.Error{Code: engine.Guarded}
	if code, ok := v.Get("code").Text(); ok {
		if !codeForm.MatchString(code) {
			return fmt.Errorf("script before: refuse: the code %q is not a word such as too_early", code)
		}
		e.Code = engine.Code(code)
	}
	e.Message, _ = v.Get("message").Text()
	if status := v.Get("status"); !status.IsNull() {
		n, err := strconv.Atoi(string(status))
		if err != nil || n < 400 || n > 599 {
			return fmt.Errorf("script before: refuse: the status %s is not one of 400 to 599", status)
		}
		e.Status = n
	} else if e.Code.Status() == 0 {
		e.Status = engine.Guarded.Status()
	}
	if e.Message == "" && e.Code.Status() == 0 {
		e.Sentence = string(engine.Guarded)
	}
	return e
}

// headersIn reads an object of headers; one that is null goes away, a list is several of the name.
func headersIn(v raw.Value) [][2]string {
	var list [][2]string
	for key, member := range v.Members {
		name, _ := key.Text()
		for _, text := range textsOf(member) {
			list = append(list, [2]string{name, text})
		}
		if member.IsNull() {
			list = append(list, [2]string{name, ""})
		}
	}
	return list
}

// textsOf gives the items of a list, or one value, as texts.
func textsOf(v raw.Value) []string {
	if v.IsNull() {
		return nil
	}
	if v.Kind() != raw.Array {
		return []string{string(raw.AppendText(nil, v))}
	}
	var list []string
	for _, item := range v.Items {
		list = append(list, string(raw.AppendText(nil, item)))
	}
	return list
}

// change takes {status, headers, type, body} over into the answer, where they are there.
func (q *Request) change(v raw.Value) error {
	if err := onlyMembers(v, "status", "headers", "type", "body"); err != nil {
		return err
	}
	a := template.Answer{Status: q.Status, ContentType: q.ContentType, Body: q.Body, Header: headersIn(v.Get("headers"))}
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	if status := v.Get("status"); !status.IsNull() {
		var err error
		if a.Status, err = strconv.Atoi(string(status)); err != nil {
			return fmt.Errorf("the status %s is no number", status)
		}
	}
	body := v.Get("body")
	if body != nil {
		a.ContentType = template.ContentJSON
		a.Body = slices.Clone([]byte(body))
	}
	if kind, ok := v.Get("type").Text(); ok {
		a.ContentType = kind
	}
	if text, isText := body.Text(); body != nil && isText && body.Kind() == raw.String {
		if _, said := v.Get("type").Text(); !said {
			a.ContentType = template.ContentText
		}
		if !template.IsJSON(a.ContentType) {
			a.Body = []byte(text)
		}
	}
	return q.Answer(a)
}

// response gives $response: the answer as it stands.
func (q *Request) response() raw.Value {
	b := strconv.AppendInt([]byte(`{"status":`), int64(max(q.Status, http.StatusOK)), 10)
	b = raw.AppendString(append(b, `,"headers":{"content-type":`...), q.ContentType)
	for name, values := range q.Header {
		if name == "Set-Cookie" {
			continue
		}
		b = append(b, ',')
		b = append(raw.AppendString(b, strings.ToLower(name)), ':')
		b = raw.AppendString(b, strings.Join(values, ", "))
	}
	b = append(b, `},"body":`...)
	switch {
	case len(q.Body) == 0:
		b = append(b, raw.NullValue...)
	case template.IsJSON(q.ContentType):
		b = append(b, q.Body...)
	default:
		b = raw.AppendString(b, string(q.Body))
	}
	return append(b, '}')
}
