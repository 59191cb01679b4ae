package rest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// retryAfterUnavailable is how long a client should wait for PostgreSQL, in seconds.
const retryAfterUnavailable = 3

// fail turns any error into the answer: by the errors template of the endpoint or project where there is one, else as
// application/problem+json (RFC 9457). e is nil outside of projects.
func (s *Server) fail(q *middleware.Request, e *endpoint, err error) {
	var lang value.Lang
	if e != nil {
		lang = e.lang(q)
	}
	refusal := s.refusal(q, err, lang)
	q.Refusal, q.Cause = refusal.Code, err
	q.Status, q.ContentType, q.Body = 0, "", q.Body[:0]
	if e != nil {
		e.chain.CORS().Answer(q)
	}
	for _, h := range refusal.Header {
		q.Header.Set(h[0], h[1])
	}
	if refusal.RetryAfter > 0 {
		q.Header.Set("Retry-After", strconv.Itoa(refusal.RetryAfter))
	}
	if e == nil || e.plan.Errors == nil {
		s.writeProblem(q, refusal)
		if problems, ok := asProblems(err); ok {
			appendProblems(q, problems)
		}
		return
	}
	q.Env.Error = refusal
	answer, err := e.plan.Errors.Render(q.Body, &q.Env)
	if err == nil {
		if answer.Status == 0 {
			answer.Status = refusal.HTTPStatus()
		}
		err = q.Answer(answer)
	}
	if err != nil {
		s.log.Error("the errors template failed", "request_id", q.ID, "endpoint", e.plan.Endpoint.Name, "error", err)
		q.Body = q.Body[:0]
		s.writeProblem(q, refusal)
	}
}

// What a script ends in: an exception is internal (500), as is a result or an input too large and a lack of memory; the end of its
// time, and the pause after three such ends, are timeout (504); no worker in time is unavailable (503). What a constraint raises is
// no error: it does not accept.

// refusal gives what a client may know of err; what it may not is logged under the request's id. It never gives an Error without
// a sentence.
func (s *Server) refusal(q *middleware.Request, err error, lang value.Lang) *engine.Error {
	var known *engine.Error
	var body *middleware.BodyError
	var failed *template.ScriptError
	switch {
	case errors.As(err, &known):
		if known.Cause != nil {
			s.log.Log(q.HTTP.Context(), levelOf(known), "request refused", "request_id", q.ID, "code", known.Code, "error", known.Cause)
		}
	case errors.As(err, &body):
		known = &engine.Error{Code: body.Code, Message: value.Sentence(lang, body.Key, body.Args...)}
	case isDefinition(err):
		known = &engine.Error{Code: engine.Invalid, Message: err.Error()}
	case errors.Is(err, context.Canceled) && q.HTTP.Context().Err() != nil:
		known = &engine.Error{Code: engine.Unavailable}
	case pg.IsUnavailable(err), errors.Is(err, script.ErrBusy):
		s.log.Warn("request not served", "request_id", q.ID, "error", err)
		known = &engine.Error{Code: engine.Unavailable, RetryAfter: retryAfterUnavailable}
	case pg.Code(err) == pg.QueryCanceled:
		s.log.Warn("statement took too long", "request_id", q.ID, "error", err)
		known = &engine.Error{Code: engine.Timeout}
	case errors.Is(err, script.ErrTime), errors.Is(err, script.ErrBroken):
		s.log.Error("a script of a definition took too long", "request_id", q.ID, "error", err)
		known = &engine.Error{Code: engine.Timeout}
	case errors.As(err, &failed), errors.Is(err, script.ErrBound):
		s.log.Error("a script of a definition failed", "request_id", q.ID, "error", err)
		known = &engine.Error{Code: engine.Internal}
	default:
		s.log.Error("request failed", "request_id", q.ID, "error", err)
		known = &engine.Error{Code: engine.Internal}
	}
	if known.Code == engine.Internal {
		return &engine.Error{Code: engine.Internal, Message: value.Sentence(lang, "internal")}
	}
	filled := *known
	if filled.Text() == "" {
		filled.Message = sentenceOf(known, lang)
	}
	if filled.Code == engine.Unavailable && filled.RetryAfter == 0 {
		filled.RetryAfter = retryAfterUnavailable
	}
	return &filled
}

func levelOf(e *engine.Error) slog.Level {
	if e.HTTPStatus() >= 500 {
		return slog.LevelError
	}
	return slog.LevelDebug
}

// sentenceOf gives the sentence of an error that has none of its own.
func sentenceOf(e *engine.Error, lang value.Lang) string {
	if e.Code == engine.RateLimited {
		return value.Sentence(lang, "rate_limited", e.RetryAfter)
	}
	return value.Sentence(lang, cmp.Or(e.Sentence, string(e.Code)))
}

// writeProblem writes application/problem+json.
func (s *Server) writeProblem(q *middleware.Request, e *engine.Error) {
	status := e.HTTPStatus()
	message := e.Text()
	if message == "" {
		message = value.Sentence(value.English, string(e.Code))
	}
	b := q.Body[:0]
	b = append(b, `{"type":"about:blank","title":`...)
	b = raw.AppendString(b, http.StatusText(status))
	b = strconv.AppendInt(append(b, `,"status":`...), int64(status), 10)
	b = raw.AppendString(append(b, `,"detail":`...), message)
	b = raw.AppendString(append(b, `,"code":`...), string(e.Code))
	b = raw.AppendString(append(b, `,"request_id":`...), q.ID)
	if len(e.Fields) > 0 {
		b = append(b, `,"errors":[`...)
		for i, f := range e.Fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = raw.AppendString(append(b, `{"param":`...), f.Param)
			b = raw.AppendString(append(b, `,"label":`...), f.Label)
			b = raw.AppendString(append(b, `,"code":`...), f.Code)
			b = append(raw.AppendString(append(b, `,"message":`...), f.Message), '}')
		}
		b = append(b, ']')
	}
	b = append(b, '}')
	q.Body = b
	q.Status, q.ContentType = status, "application/problem+json"
}

// asProblems gives what is wrong with a definition, where that is what err is about.
func asProblems(err error) (engine.Problems, bool) {
	var problems engine.Problems
	return problems, errors.As(err, &problems)
}

// isDefinition reports whether err refuses a definition; then its text is for whoever wrote that.
func isDefinition(err error) bool {
	var file *definition.FileError
	_, ok := asProblems(err)
	return ok || errors.As(err, &file)
}

// appendProblems adds the member problems to the object that writeProblem wrote: [{path, offset, message, hint}].
func appendProblems(q *middleware.Request, problems engine.Problems) {
	b := q.Body[:len(q.Body)-1]
	b = append(b, `,"problems":[`...)
	for i, p := range problems {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"path":[`...)
		for j, name := range p.Path {
			if j > 0 {
				b = append(b, ',')
			}
			b = raw.AppendString(b, name)
		}
		b = strconv.AppendInt(append(b, `],"offset":`...), int64(p.Offset), 10)
		b = raw.AppendString(append(b, `,"message":`...), p.Message)
		b = append(raw.AppendString(append(b, `,"hint":`...), p.Hint), '}')
	}
	b = append(b, "]}"...)
	q.Body = b
}
