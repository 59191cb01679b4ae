package middleware

import (
	"net/http"
	"net/netip"
	"sync"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// A Request is the one record of a request: what came, what the templates see, and the answer. It is pooled: nothing of it may be
// kept behind the answer. It is not safe for concurrent use. It implements template.Request.
type Request struct {
	HTTP      *http.Request
	Header    http.Header // of the answer
	ID        string      // X-Request-Id
	IP        netip.Addr  // zero where the peer has none
	Secure    bool        // came over TLS, to us or to a trusted proxy
	Principal *auth.Principal
	Env       template.Env
	Names     []string // of the route's parameters, and their values
	Path      []string
	MaxBody   int64                // bytes; more is refused with engine.TooLarge
	MaxNames  int                  // of JSON, members of all objects together; 0 is that of BodyLimits
	Bind      func(*Request) error // checks the parameters into Env.Params; see Params
	// SetParam puts a value in the place of the parameter name, or gives its refusal; the error says that there is none of the name.
	SetParam func(q *Request, name string, v raw.Value) (*engine.FieldError, error)
	Bound    bool      // Bind has been called
	Item     raw.Value // of a bulk body while its parameters are checked: where parameters of the body stand
	Many     bool      // the body is a list of items, see Items
	Uploads  Uploads   // takes the files of the body; nil: there are none to take

	// Items gives how many items a bulk body holds; nil where the endpoint takes no bulk. What counts requests counts these.
	Items func(*Request) (int, error)
	// OfItem names item i of a bulk in a refusal of it; other errors come back as they are. It is there where Items is.
	OfItem func(q *Request, i int, err error) error

	Refusal engine.Code // of the error that was answered; "" is none
	Cause   error       // what led to it, for the log

	Refused error // why no endpoint takes the request; main of the onion for those gives it

	Status      int // of the answer; 0 is none yet
	ContentType string
	Body        []byte // of the answer

	input      body
	query      []Pair
	queryState byte
	ip         string
	pairs      []Pair // memory of query
	shared     bool   // CORS has said who may read the answer
	buffer     []byte // memory of the incoming body
}

var pool = sync.Pool{New: func() any { return new(Request) }}

// Acquire gives a clean Request from the pool.
func Acquire(r *http.Request, header http.Header) *Request {
	q := pool.Get().(*Request)
	q.HTTP, q.Header = r, header
	q.Env.Request = q
	return q
}

// maxKept bounds the memory a pooled Request keeps, in bytes.
const maxKept = 64 << 10

// Release gives q back to the pool, without anything of the request.
func (q *Request) Release() {
	pairs, buffer, out := q.pairs, q.buffer, q.Body
	path, params := q.Path, q.Env.Params
	clear(pairs[:cap(pairs)])
	clear(path[:cap(path)])
	clear(params[:cap(params)])
	*q = Request{}
	if cap(buffer) <= maxKept {
		q.buffer = buffer[:0]
	}
	if cap(out) <= maxKept {
		q.Body = out[:0]
	}
	q.pairs, q.Path, q.Env.Params = pairs[:0], path[:0], params[:0]
	pool.Put(q)
}

// Params makes sure that the parameters are checked: a step that reads $params before main calls it.
func (q *Request) Params() error {
	if q.Bound || q.Bind == nil {
		return nil
	}
	q.Bound = true
	return q.Bind(q)
}

// Address gives IP as text, "" where there is none.
func (q *Request) Address() string {
	if q.ip == "" && q.IP.IsValid() {
		q.ip = q.IP.String()
	}
	return q.ip
}

// PathValue gives the value of the route's parameter name.
func (q *Request) PathValue(name string) (string, bool) {
	for i, n := range q.Names {
		if n == name && i < len(q.Path) {
			return q.Path[i], true
		}
	}
	return "", false
}

// Query gives the decoded pairs of the query; ok is false where it is malformed.
func (q *Request) Query() (pairs []Pair, ok bool) {
	if q.queryState == 0 {
		q.queryState = 1
		if q.query, ok = parsePairs(q.pairs[:0], q.HTTP.URL.RawQuery); !ok {
			q.queryState = 2
		}
		for i := range q.query {
			if HoldsToken(q.query[i].Value) {
				q.query[i].Value = ""
			}
		}
		q.pairs = q.query
	}
	return q.query, q.queryState == 1
}

// QueryTexts appends the values of a query parameter to dst.
func (q *Request) QueryTexts(dst []string, name string) []string {
	pairs, _ := q.Query()
	return values(dst, pairs, name)
}
