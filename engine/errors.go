package engine

import (
	"cmp"
	"fmt"
	"strings"
)

// Code is the reason of an error in one stable word that clients may act on.
type Code string

// The codes of LANGUAGE, Responses.
const (
	Invalid      Code = "invalid"
	NotFound     Code = "not_found"
	Conflict     Code = "conflict"
	Guarded      Code = "guard"
	RateLimited  Code = "rate_limited"
	Unauthorized Code = "unauthorized"
	Forbidden    Code = "forbidden"
	Captcha      Code = "captcha"
	TooLarge     Code = "too_large"
	Unsupported  Code = "unsupported"
	Precondition Code = "precondition"
	Timeout      Code = "timeout"
	Unavailable  Code = "unavailable"
	Internal     Code = "internal"
	NotAllowed   Code = "not_allowed" // the method; answered with Allow
)

var codeStatus = map[Code]int{
	Invalid: 400, NotFound: 404, Conflict: 409, Guarded: 422, RateLimited: 429, Unauthorized: 401, Forbidden: 403, Captcha: 403,
	TooLarge: 413, Unsupported: 415, Precondition: 412, Timeout: 504, Unavailable: 503, Internal: 500, NotAllowed: 405,
}

// Codes lists the codes in the order of the documentation.
func Codes() []Code {
	return []Code{Invalid, NotFound, Conflict, Guarded, RateLimited, Unauthorized, Forbidden, Captcha, TooLarge, Unsupported, Precondition,
		Timeout, Unavailable, Internal, NotAllowed}
}

// Status gives the HTTP status of the code (RFC 9110 section 15).
func (c Code) Status() int { return codeStatus[c] }

// An Error is a refusal that a client may act on. Anything else is internal: it is logged and shown as one fixed sentence.
type Error struct {
	Code       Code
	Status     int // 0 means that of the code
	Message    string
	Sentence   string       // key of the sentence where Message is empty; "" is the code's
	Fields     []FieldError // which inputs were refused, in the order of the parameters
	RetryAfter int          // seconds; 0 is none
	Header     [][2]string  // further response headers
	Cause      error        // for the log, never shown
}

// A FieldError says why one input was refused.
type FieldError struct {
	Param   string `json:"param"` // the parameter's or field's name
	Label   string `json:"label"`
	Code    string `json:"code"` // the rule: required, type, min, max, pattern, values, unique, reference, constraint …
	Message string `json:"message"`
}

// Error joins code, message and cause.
func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Text()
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Text gives the message, or the sentences of the fields joined.
func (e *Error) Text() string {
	if e.Message != "" || len(e.Fields) == 0 {
		return e.Message
	}
	texts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		texts[i] = f.Message
	}
	return strings.Join(texts, " ")
}

// HTTPStatus gives Status, or the code's.
func (e *Error) HTTPStatus() int { return cmp.Or(e.Status, e.Code.Status(), 500) }

// Errorf makes an Error without fields.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// A Problem is one thing wrong in a definition. Path names the place in the definition, from the outside in
// ("endpoints", "list", "filter", "l"); Offset counts bytes into the text that stands there, or is AtName.
type Problem struct {
	Path    []string
	Offset  int
	Message string // what is wrong, lower case, without full stop
	Hint    string // what would be right; may be empty
}

// AtName as a Problem's Offset points at the name in front of the value at Path: an unknown key, a bad name.
const AtName = -1

// Error gives "endpoints.list.filter: message (hint)".
func (p Problem) Error() string {
	text := p.Message
	if len(p.Path) > 0 {
		text = strings.Join(p.Path, ".") + ": " + text
	}
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return text
}

// Problems is a definition's refusal: all that is wrong with it. An empty Problems is no error; see Err.
type Problems []Problem

// Error gives one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Err gives p as an error, or nil where there is no problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// At gives a copy of p whose paths begin with prefix.
func (p Problems) At(prefix ...string) Problems {
	out := make(Problems, len(p))
	for i, problem := range p {
		problem.Path = append(append([]string(nil), prefix...), problem.Path...)
		out[i] = problem
	}
	return out
}

// Problemf makes one problem at a place.
func Problemf(path []string, hint, format string, args ...any) Problem {
	return Problem{Path: path, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// Near gives the candidate most like name (Damerau-Levenshtein distance at most 2, and less than half its length), or "".
func Near(name string, candidates []string) string {
	best, bestDistance := "", 3
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d < bestDistance && d*2 < max(len(name), 2) {
			best, bestDistance = c, d
		}
	}
	return best
}

func distance(a, b string) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}
