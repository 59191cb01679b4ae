package engine

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

func itoa(n int) string { return strconv.Itoa(n) }

// EndpointKind is what main does. An endpoint without table and kind does nothing in main.
type EndpointKind string

// The five kinds.
const (
	List   EndpointKind = "LIST"
	View   EndpointKind = "VIEW"
	Create EndpointKind = "CREATE"
	Update EndpointKind = "UPDATE"
	Delete EndpointKind = "DELETE"
)

// An Endpoint is a route the user defined.
type Endpoint struct {
	ID       int   `json:"-"`
	Revision int64 `json:"-"` // of the project when it last changed

	Name        string         `json:"-"`
	Was         string         `json:"was,omitempty"`
	Label       string         `json:"label,omitempty"`
	Help        string         `json:"help,omitempty"`
	Kind        EndpointKind   `json:"kind,omitempty"`
	Route       Route          `json:"route"`
	Match       Map[raw.Value] `json:"match,omitzero"` // "query.type": a value, a list, "*" present, "" absent or empty
	Table       string         `json:"table,omitempty"`
	Params      Map[*Param]    `json:"params,omitzero"`
	Filter      raw.Value      `json:"filter,omitempty"` // a tree or shorthand, see ParseFilter
	Narrow      *Narrow        `json:"narrow,omitempty"` // LIST: what a request may filter by
	Sort        raw.Value      `json:"sort,omitempty"`   // a list of names, or {by, allow}, see ParseSort
	Page        *Page          `json:"page,omitempty"`
	Include     Map[*Include]  `json:"include,omitzero"`
	Sources     Map[*Source]   `json:"sources,omitzero"`
	Group       []string       `json:"group,omitempty"`
	Aggregate   Map[raw.Value] `json:"aggregate,omitzero"` // name: count, or {max: field}
	Keys        Map[raw.Value] `json:"keys,omitzero"`      // one field: a slot that gives the values to answer for, in their order
	Set         Map[raw.Value] `json:"set,omitzero"`       // field: a slot or an operation
	Upsert      *Upsert        `json:"upsert,omitempty"`
	Limit       int            `json:"limit,omitempty"` // of records changed by UPDATE and DELETE; 0 is 1
	Bulk        *Bulk          `json:"bulk,omitempty"`  // CREATE: the body may be a list
	Guards      []Guard        `json:"guards,omitempty"`
	Reveal      []string       `json:"reveal,omitempty"` // hidden fields this endpoint may show
	Middlewares []Step         `json:"middlewares,omitempty"`
	Response    *Response      `json:"response,omitempty"`
	Errors      *Response      `json:"errors,omitempty"`
	Enabled     *bool          `json:"enabled,omitempty"` // nil is true
}

// IsEnabled reports whether the endpoint is on the air.
func (e *Endpoint) IsEnabled() bool { return e.Enabled == nil || *e.Enabled }

// A Route is a method and a path below /api/<project>, written "GET /comments/{id}".
type Route struct{ Method, Path string }

// String gives "GET /comments/{id}".
func (r Route) String() string { return r.Method + " " + r.Path }

// MarshalText gives the written form.
func (r Route) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the written form; CheckRoute tells whether it is a good one.
func (r *Route) UnmarshalText(text []byte) error {
	method, path, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	*r = Route{Method: method, Path: strings.TrimSpace(path)}
	return nil
}

// Names gives the names in braces, in order.
func (r Route) Names() []string {
	var names []string
	for _, segment := range strings.Split(r.Path, "/") {
		for {
			_, rest, open := strings.Cut(segment, "{")
			name, after, closed := strings.Cut(rest, "}")
			if !open || !closed {
				break
			}
			names = append(names, name)
			segment = after
		}
	}
	return names
}

// ParamIn is where a parameter comes from.
type ParamIn string

// The places. An empty one means path if the name is in the route, query for GET and DELETE, else body.
const (
	InPath   ParamIn = "path"
	InQuery  ParamIn = "query"
	InBody   ParamIn = "body"
	InHeader ParamIn = "header"
	InCookie ParamIn = "cookie"
)

// A Param is an input of an endpoint. One with a field's name takes over that field's type, label and rules where it says nothing.
type Param struct {
	Name string    `json:"-"`
	In   ParamIn   `json:"in,omitempty"`
	As   string    `json:"as,omitempty"` // its name in the request, where it is another one; "$" is the whole body
	Type FieldType `json:"type,omitempty"`
	Rules
	Trim  bool   `json:"trim,omitempty"`  // surrounding white space goes away before any rule
	Split string `json:"split,omitempty"` // one text becomes a list; repeated keys do too
	List  bool   `json:"list,omitempty"`  // repeated keys or a JSON array

	By     string `json:"by,omitempty"`     // of a reference: "id" or a unique field of the record referred to, by which it is named
	Format string `json:"format,omitempty"` // of a datetime: FormatEpoch or FormatEpochMillis; "" also reads milliseconds
}

// How a parameter writes a datetime where it is a number.
const (
	FormatEpoch       = "epoch"    // seconds since 1970, with a fraction perhaps
	FormatEpochMillis = "epoch_ms" // milliseconds since 1970
)

// Request gives the parameter's name in the request: As, or its own.
func (p *Param) Request() string { return cmp.Or(p.As, p.Name) }

// A Page bounds a LIST: by Number and Size, by Offset and Limit, or by Cursor and Size. Its members are slots.
type Page struct {
	Number raw.Value `json:"number,omitempty"` // from 1
	Size   raw.Value `json:"size,omitempty"`
	Offset raw.Value `json:"offset,omitempty"`
	Limit  raw.Value `json:"limit,omitempty"`
	Cursor raw.Value `json:"cursor,omitempty"`
	Total  bool      `json:"total,omitempty"` // also count all matches

	// Skip leaves out so many records behind the cursor: with it a grid reaches any page from the nearest one that it knows. It is
	// for lists that the server itself puts together; in a definition a page is bounded in one way only.
	Skip int `json:"-"`
}

// A Narrow lets a request filter a LIST: By is a slot that gives the filter as a text or an object, see ParseFilterText, Allow the
// fields it may name, see ParseNarrow.
type Narrow struct {
	By    raw.Value `json:"by"`
	Allow raw.Value `json:"allow"`
}

// An Include is a list joined to each record.
type Include struct {
	Table   string        `json:"table"`
	By      Map[string]   `json:"by"` // field of the included table: field of the outer record
	Filter  raw.Value     `json:"filter,omitempty"`
	Sort    raw.Value     `json:"sort,omitempty"`
	Limit   int           `json:"limit,omitempty"` // per outer record; 0 is 20
	Include Map[*Include] `json:"include,omitzero"`
}

// A Source is a further named result.
type Source struct {
	Table     string         `json:"table"`
	Filter    raw.Value      `json:"filter,omitempty"`
	Sort      raw.Value      `json:"sort,omitempty"`
	Limit     int            `json:"limit,omitempty"`
	Group     []string       `json:"group,omitempty"`
	Aggregate Map[raw.Value] `json:"aggregate,omitzero"`
	Keys      Map[raw.Value] `json:"keys,omitzero"`
	Include   Map[*Include]  `json:"include,omitzero"`
}

// A Bulk makes a CREATE take a list of records, all or none. It is written as the number alone where the body itself is the list.
type Bulk struct {
	Max int    `json:"max"`          // items
	As  string `json:"as,omitempty"` // the member of the body that is the list; "" is the body
}

// UnmarshalJSON reads a number, or the object.
func (b *Bulk) UnmarshalJSON(data []byte) error {
	*b = Bulk{}
	if len(data) > 0 && data[0] != '{' {
		return json.Unmarshal(data, &b.Max)
	}
	type plain Bulk
	return json.Unmarshal(data, (*plain)(b))
}

// MarshalJSON writes the number where there is nothing else to say.
func (b *Bulk) MarshalJSON() ([]byte, error) {
	if b.As == "" {
		return json.Marshal(b.Max)
	}
	type plain Bulk
	return json.Marshal((*plain)(b))
}

// ListName names the list in refusals.
func (b *Bulk) ListName() string { return cmp.Or(b.As, "items") }

// ItemName names item i of the list in refusals: "items[3]".
func (b *Bulk) ItemName(i int) string { return b.ListName() + "[" + itoa(i) + "]" }

// An Upsert makes a CREATE change the record that has the same key.
type Upsert struct {
	Key []string       `json:"key"`
	Set Map[raw.Value] `json:"set,omitzero"`
}

// A Guard refuses a request by what is in the database or by an expression.
type Guard struct {
	Exists    *GuardQuery `json:"exists,omitempty"`
	NotExists *GuardQuery `json:"not_exists,omitempty"`
	Count     *GuardQuery `json:"count,omitempty"`
	When      raw.Value   `json:"when,omitempty"`
	Lock      raw.Value   `json:"lock,omitempty"`
	Status    int         `json:"status,omitempty"` // 0 is 422
	Message   string      `json:"message,omitempty"`
}

// A GuardQuery is what a guard looks for.
type GuardQuery struct {
	Table  string    `json:"table"`
	Filter raw.Value `json:"filter,omitempty"`
	Over   raw.Value `json:"over,omitempty"` // count: refuses above it
}

// A Response is a template: JSON by example whose strings may be expressions. It serves errors too.
type Response struct {
	Status      raw.Value      `json:"status,omitempty"` // a slot
	Headers     Map[raw.Value] `json:"headers,omitzero"` // slots
	ContentType string         `json:"type,omitempty"`   // for a body that is text
	Nulls       string         `json:"nulls,omitempty"`  // "drop" leaves out members that are null
	Body        raw.Value      `json:"body,omitempty"`
}
