package traffic

import (
	"strings"
	"time"
	"unicode"
)

// A Request is one that is kept. Its texts may be of any length and hold anything: they are cut and cleaned before they are stored.
type Request struct {
	At        time.Time // when it was answered
	Project   int
	Endpoint  string // "": its path had none
	Method    string
	Route     string // of the endpoint: "/comments/{id}"
	Path      string // below /api/<project>, with masked values
	Status    int
	Took      time.Duration
	Bytes     int
	IP        string
	ID        string // X-Request-Id
	Principal string // its kind; "": anonymous
	Code      string // of an error
	Cause     string // of an error, as the log has it
}

// sample reports whether nothing is remarkable about it.
func (r *Request) sample() bool { return r.Status < 400 && r.Took < Slow }

// Texts are kept up to so many bytes.
const (
	maxPath  = 500
	maxCause = 1000
	maxWord  = 100
)

// clean gives text as PostgreSQL and a reader can take it: UTF-8 without control characters, about as many bytes at most.
func clean(text string, most int) string {
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
