package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

// uploads takes the files of one request. It implements middleware.Uploads.
type uploads struct {
	endpoint *endpoint
	request  *middleware.Request
	deadline *deadline
	counts   map[string]int
	taken    []*file.Upload
}

// takeFiles makes the request's files go to the store, where the endpoint has parameters for them.
func (e *endpoint) takeFiles(q *middleware.Request, w http.ResponseWriter) *uploads {
	if e.files == nil || e.server.cfg.Files == nil {
		return nil
	}
	u := &uploads{endpoint: e, request: q, deadline: newDeadline(w), counts: make(map[string]int)}
	q.Uploads = u
	return u
}

// fileParam gives the file parameter of that name in the request, or nil.
func (u *uploads) fileParam(name string) *plan.Param {
	for _, p := range u.endpoint.files {
		if p.As == name {
			return p
		}
	}
	return nil
}

// Wants reports whether a file under that name is a parameter.
func (u *uploads) Wants(name string) bool { return u.fileParam(name) != nil }

// Whole names the parameter that a whole body may be: one with as: "$", or the only file of the endpoint.
func (u *uploads) Whole() string {
	for _, p := range u.endpoint.files {
		if p.IsWhole() || len(u.endpoint.files) == 1 {
			return p.As
		}
	}
	return ""
}

// Always reports whether the body is that file whatever its type.
func (u *uploads) Always() bool { return u.endpoint.files[0].IsWhole() }

// Take streams a file into the store.
func (u *uploads) Take(name, fileName string, r io.Reader, size int64) (raw.Value, error) {
	p, lang := u.fileParam(name), u.endpoint.lang(u.request)
	if name == "" || p == nil {
		return nil, nil
	}
	limit := limitOf(p)
	most := 1
	if p.TakesMany() {
		most = engine.MaxFiles
	}
	if u.counts[name]++; u.counts[name] > most {
		return nil, refuseFile(p, engine.Invalid, "max", value.Sentence(lang, "file.one", p.Label))
	}
	ctx := u.request.HTTP.Context()
	up, err := u.endpoint.server.cfg.Files.Upload(ctx, u.endpoint.plan.Project.ID, &limit, fileName, &steady{u.deadline, r}, size)
	switch {
	case errors.Is(err, file.ErrSize):
		return nil, refuseFile(p, engine.TooLarge, "max_size", value.Sentence(lang, "file.size", p.Label, value.Bytes(limit.Size())))
	case errors.Is(err, file.ErrType):
		return nil, refuseFile(p, engine.Invalid, "types", value.Sentence(lang, "file.type", p.Label, strings.Join(limit.Types, ", ")))
	case errors.Is(err, file.ErrBroken):
		return nil, &engine.Error{Code: engine.Invalid, Message: value.Sentence(lang, "file.broken"), Cause: err}
	case err != nil:
		return nil, err
	}
	u.taken = append(u.taken, up)
	u.request.Env.Files = append(u.request.Env.Files, up.File)
	if up.Size == 0 && fileName == "" {
		return nil, nil // a form whose file nobody chose
	}
	return up.Append(nil), nil
}

func refuseFile(p *plan.Param, code engine.Code, rule, sentence string) error {
	return &engine.Error{Code: code, Fields: []engine.FieldError{{Param: p.Name, Label: p.Label, Code: rule, Message: sentence}}}
}

// limitOf gives what the parameter's field says of its files.
func limitOf(p *plan.Param) file.Limit {
	if p.Field == nil || p.Field.Type != engine.TypeFile {
		return file.Limit{}
	}
	return file.Limit{MaxSize: p.Field.MaxSize, Types: p.Field.Types}
}

// done gives up the files of a request that failed.
func (u *uploads) done(err error) {
	if err != nil && len(u.taken) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(u.request.HTTP.Context()), discardTime)
		defer cancel()
		u.endpoint.server.cfg.Files.Discard(ctx, u.taken)
	}
}

// discardTime bounds what is done for a request whose client may be gone.
const discardTime = 30 * time.Second

// A deadline moves on with a body that goes on arriving. A writer without a deadline, as in tests, has none.
type deadline struct {
	control *http.ResponseController
	moved   time.Time
}

func newDeadline(w http.ResponseWriter) *deadline {
	return &deadline{control: http.NewResponseController(w)}
}

func (p *deadline) move() {
	if now := time.Now(); now.Sub(p.moved) > bodyTimeout/10 {
		p.moved = now
		_ = p.control.SetReadDeadline(now.Add(bodyTimeout))
	}
}

// end takes the deadline away: the body is there, and what is done with it may take longer.
func (p *deadline) end() { _ = p.control.SetReadDeadline(time.Time{}) }

// A steady reader moves the deadline of a body that goes on arriving.
type steady struct {
	deadline *deadline
	r        io.Reader
}

// Read reads.
func (s *steady) Read(p []byte) (int, error) {
	s.deadline.move()
	return s.r.Read(p)
}

// bindFiles gives the value of a file parameter: the files that came, behind those that the form refers to.
func bindFiles(q *middleware.Request, p *plan.Param, texts []string, lang value.Lang) (raw.Value, *engine.FieldError) {
	list, n := raw.Value{'['}, 0
	add := func(item raw.Value) {
		if n > 0 {
			list = append(list, ',')
		}
		list = append(list, item...)
		n++
	}
	for _, text := range texts {
		v, refused := p.Checker.Text(text, lang)
		if refused != nil {
			return nil, refused
		}
		if v.Kind() == raw.Array {
			v.Items(func(_ int, item raw.Value) bool { add(item); return true })
		} else if !v.IsNull() {
			add(v)
		}
	}
	for _, v := range q.FileValues(p.As) {
		add(v)
	}
	list = append(list, ']')
	switch {
	case n == 0:
		return nil, nil
	case p.TakesMany():
		return p.Checker.JSON(list, lang)
	case n > 1:
		return nil, &engine.FieldError{Param: p.Name, Label: p.Label, Code: "max", Message: value.Sentence(lang, "file.one", p.Label)}
	}
	return list.Index(0), nil
}
