package engine

import (
	"regexp"

	"github.com/sayrud/sayrud/engine/raw"
)

// A Project is a tenant: its tables live in the PostgreSQL schema p_<name>, its endpoints under /api/<name>/. As a JSON object it is
// the project file.
type Project struct {
	ID       int   `json:"-"`
	Revision int64 `json:"-"` // +1 with each change of a definition

	Name      string         `json:"project"`
	Timezone  string         `json:"timezone,omitempty"` // IANA name for date functions and inputs without offset; "" is UTC
	Language  string         `json:"language,omitempty"` // of error sentences: "en" (also ""), "zh-CN", or "auto" by Accept-Language
	Public    bool           `json:"public,omitempty"`   // openapi.json and its page can be read by anybody
	Defaults  *Defaults      `json:"defaults,omitempty"`
	Tables    Map[*Table]    `json:"tables,omitzero"`
	Endpoints Map[*Endpoint] `json:"endpoints,omitzero"`
}

// Defaults apply to every endpoint that does not say otherwise, and to answers for which there is no endpoint: 404, 405, bad JSON.
type Defaults struct {
	Middlewares []Step    `json:"middlewares,omitempty"`
	Errors      *Response `json:"errors,omitempty"`
}

// A Step is one middleware in an endpoint's onion: `main`, or `{rate_limit: {…}}`.
type Step struct {
	Name     string
	Settings raw.Value // an object; nil for a bare name
}

// MarshalJSON writes the name alone, or an object of the name and its settings.
func (s Step) MarshalJSON() ([]byte, error) {
	if s.Settings == nil {
		return raw.Text(s.Name), nil
	}
	b := raw.AppendString([]byte{'{'}, s.Name)
	return append(append(append(b, ':'), s.Settings...), '}'), nil
}

// UnmarshalJSON reads either form.
func (s *Step) UnmarshalJSON(data []byte) error {
	v := raw.Trim(data)
	*s = Step{}
	if name, ok := v.Text(); ok {
		s.Name = name
		return nil
	}
	v.Members(func(key, value raw.Value) bool {
		s.Name, _ = key.Text()
		s.Settings = append(raw.Value(nil), value...)
		return true
	})
	return nil
}

// SchemaName gives the PostgreSQL schema of the project.
func (p *Project) SchemaName() string { return "p_" + p.Name }

var (
	objectName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)
	memberName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)
	recordUID  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// ValidObjectName reports whether s can name a project or a table.
func ValidObjectName(s string) bool { return objectName.MatchString(s) }

// ValidMemberName reports whether s can name a field, an endpoint or a parameter.
func ValidMemberName(s string) bool { return memberName.MatchString(s) }

// ValidUID reports whether s can be a record's uid.
func ValidUID(s string) bool { return recordUID.MatchString(s) }

// ReservedFields are the names that every record has and no field may take (compared without case).
var ReservedFields = []string{"uid", "id", "created_at", "updated_at", "version"}
