package template

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// The content types of bodies whose definition says none.
const (
	ContentJSON = "application/json"
	ContentText = "text/plain; charset=utf-8"
)

// A Program writes a response. It is immutable and safe for concurrent use.
type Program struct {
	status      node // nil: not said
	headers     []header
	constants   [][2]string // the headers, where none needs an Env
	contentType string
	body        node   // nil: not said
	scripts     []node // those of status, headers and body that hold scripts
	locals      int
	mentions    [][]string
	writers     sync.Pool // of *writer
}

// An Answer is a rendered response. Header and Body may be shared: the caller writes them and does not change them.
type Answer struct {
	Status      int // 0: the template does not say
	Header      [][2]string
	ContentType string // "" where there is no body
	Body        []byte
}

// Compile compiles status, headers and body of r.
func Compile(r *engine.Response, sc *Scope) (*Program, engine.Problems) {
	c := &compiler{scope: sc}
	p := &Program{contentType: r.ContentType}
	if r.Nulls != "" && r.Nulls != "drop" {
		c.place = []string{"nulls"}
		c.refuse(0, `write "drop" or leave it out`, strconv.Quote(r.Nulls)+" is no way to treat nulls")
	}
	c.place = nil
	p.status = c.status(r.Status)
	c.headers(p, r)
	if strings.ContainsFunc(r.ContentType, isControl) {
		c.in("type", func() node { c.refuse(0, "", "a content type has no control characters"); return nil })
	}
	if r.Body != nil {
		c.template, c.dropNulls = true, r.Nulls == "drop"
		p.body = c.in("body", func() node { return c.value(r.Body) })
	}
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	p.locals, p.mentions = c.locals, c.mentions
	p.collectScripts()
	return p, nil
}

func (p *Program) collectScripts() {
	p.scripts = nil
	nodes := []node{p.status, p.body}
	for _, h := range p.headers {
		nodes = append(nodes, h.value)
	}
	for _, n := range nodes {
		if n != nil && n.scripted() {
			p.scripts = append(p.scripts, n)
		}
	}
}

// Mentions gives the static paths the program reads, as [Slot.Mentions] does.
func (p *Program) Mentions() [][]string { return p.mentions }

// HasBody reports whether the definition said a body. Render of a program without one gives none; see [Program.Or].
func (p *Program) HasBody() bool { return p.body != nil }

// Or gives p with the body of other where p has none: a template may say a status or headers alone.
func (p *Program) Or(other *Program) *Program {
	if p.body != nil || other == nil {
		return p
	}
	merged := &Program{
		status: p.status, headers: p.headers, constants: p.constants, contentType: p.contentType,
		body: other.body, locals: max(p.locals, other.locals),
		mentions: append(append([][]string(nil), p.mentions...), other.mentions...),
	}
	merged.collectScripts()
	return merged
}

// Render appends the body to dst and gives the whole response; Answer.Body is what was appended. Errors come from scripts, see the
// script package, from values that are no status, and from bounds ([ErrTooLarge]).
func (p *Program) Render(dst []byte, env *Env) (Answer, error) {
	w, _ := p.writers.Get().(*writer)
	if w == nil {
		w = &writer{}
	}
	defer func() {
		w.reset()
		p.writers.Put(w)
	}()
	w.begin(env, p.locals)
	if len(p.scripts) > 0 {
		if err := w.run(p.scripts...); err != nil {
			return Answer{}, err
		}
	}
	a := Answer{Header: p.constants, ContentType: p.contentType}
	var err error
	if a.Status, err = w.status(p.status); err != nil {
		return Answer{}, err
	}
	p.writeHeaders(w, &a)
	if p.body != nil {
		p.writeBody(w, dst, &a)
	}
	if w.err != nil {
		return Answer{}, w.err
	}
	return a, nil
}

// writeBody writes the body. One that is a string in the end is text, unless its content type is JSON; all others are JSON.
func (p *Program) writeBody(w *writer, dst []byte, a *Answer) {
	start := len(dst)
	w.limit += start
	dst, ok := p.body.write(w, dst)
	if w.full(dst) {
		return
	}
	if !ok {
		dst = append(dst, raw.NullValue...)
	}
	a.Body = dst[start:]
	isText := a.Body[0] == '"' && !IsJSON(a.ContentType)
	switch {
	case isText:
		a.Body = raw.AppendText(nil, a.Body)
	case a.ContentType != "" && isXML(a.ContentType):
		a.Body = appendXML(nil, a.Body)
	}
	if a.ContentType == "" {
		a.ContentType = ContentJSON
		if isText {
			a.ContentType = ContentText
		}
	}
}

// IsJSON reports whether a media type is JSON (RFC 6839 section 3.1).
func IsJSON(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == ContentJSON || strings.HasSuffix(media, "+json")
}

// status compiles the status. A constant one is checked here.
func (c *compiler) status(v raw.Value) node {
	if v == nil {
		return nil
	}
	return c.in("status", func() node {
		n := c.value(v)
		if known, isConstant := n.(constant); isConstant {
			if _, err := statusOf(raw.Value(known)); err != nil {
				c.refuse(0, "", err.Error())
			}
		}
		return n
	})
}

func (w *writer) status(n node) (int, error) {
	if n == nil {
		return 0, nil
	}
	return statusOf(w.value(n))
}

// statusOf gives 0 for null and absent.
func statusOf(v raw.Value) (int, error) {
	if v.IsNull() {
		return 0, nil
	}
	s, _ := v.Text()
	n, err := strconv.Atoi(s)
	if err != nil || n < 200 || n > 599 {
		return 0, fmt.Errorf("%s is no status; it is an integer from 200 to 599", v)
	}
	return n, nil
}
