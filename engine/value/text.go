package value

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func textJSON(c *Checker, v raw.Value) (raw.Value, string) {
	switch v.Kind() {
	case raw.String:
		return v, ""
	case raw.Number, raw.Bool:
		return raw.Text(string(v)), ""
	}
	return nil, "text"
}

func textText(_ *Checker, s string) (raw.Value, string) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, "nul"
	}
	if !utf8.ValidString(s) {
		return nil, "text"
	}
	return raw.Text(s), ""
}

// emailForm is the form that HTML's <input type=email> accepts (HTML Living Standard, 4.10.5.1.5).
var emailForm = regexp.MustCompile("^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$")

func emailText(_ *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	if len(s) > 254 || !emailForm.MatchString(s) { // 254: RFC 5321 section 4.5.3.1.3
		return nil, "email"
	}
	return raw.Text(s), ""
}

func emailJSON(c *Checker, v raw.Value) (raw.Value, string) {
	return ofText(c, v, emailText, "email")
}

func urlText(_ *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > 8000 || !utf8.ValidString(s) {
		return nil, "url"
	}
	return raw.Text(s), ""
}

func urlJSON(c *Checker, v raw.Value) (raw.Value, string) { return ofText(c, v, urlText, "url") }

// ofText reads a JSON string by the rule for texts; any other JSON is refused by the sentence key.
func ofText(c *Checker, v raw.Value, rule func(*Checker, string) (raw.Value, string), key string) (raw.Value, string) {
	if v.Kind() != raw.String {
		return nil, key
	}
	text, _ := v.Text()
	return rule(c, text)
}

func booleanJSON(c *Checker, v raw.Value) (raw.Value, string) {
	switch string(v) {
	case "true", "1":
		return raw.True, ""
	case "false", "0":
		return raw.False, ""
	}
	return ofText(c, v, booleanText, "boolean")
}

func booleanText(_ *Checker, s string) (raw.Value, string) {
	switch strings.ToLower(s) {
	case "":
		return raw.NullValue, ""
	case "true", "1", "on", "yes":
		return raw.True, ""
	case "false", "0", "off", "no":
		return raw.False, ""
	}
	return nil, "boolean"
}

// jsonLimits bounds a JSON value that comes as text.
var jsonLimits = raw.Limits{Depth: 64, Keys: 10_000}

func jsonJSON(_ *Checker, v raw.Value) (raw.Value, string) {
	if !numbersFit(v) {
		return nil, "number.size"
	}
	return v, ""
}

func jsonText(c *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	v, err := raw.Valid([]byte(s), jsonLimits)
	if err != nil {
		return nil, "json"
	}
	return jsonJSON(c, v)
}

// referenceJSON reads a uid, or an object that holds it as "u", as a response shows a reference, or as "uid" or "id".
func referenceJSON(c *Checker, v raw.Value) (raw.Value, string) {
	if v.Kind() == raw.Object {
		var uid raw.Value
		for _, name := range []string{"u", "uid", "id"} {
			if uid.IsNull() {
				uid = v.Get(name)
			}
		}
		if uid.IsNull() {
			return raw.NullValue, ""
		}
		v = uid
	}
	return ofText(c, v, referenceText, "reference")
}

func referenceText(_ *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	if !engine.ValidUID(s) {
		return nil, "reference"
	}
	return raw.Text(s), ""
}

// maxReferences bounds the length of a list of references.
const maxReferences = 1000

// referencesJSON reads a list of references; one that stands twice is kept once.
func referencesJSON(c *Checker, v raw.Value) (raw.Value, string) {
	if v.Kind() != raw.Array {
		if string(v) == `""` {
			return raw.NullValue, ""
		}
		return nil, "references"
	}
	list := raw.Value{'['}
	seen := map[string]bool{}
	refused := ""
	v.Items(func(_ int, item raw.Value) bool {
		uid, bad := referenceJSON(c, item)
		if bad != "" || uid.IsNull() || len(seen) == maxReferences {
			refused = "references"
			return false
		}
		if seen[string(uid)] {
			return true
		}
		if len(seen) > 0 {
			list = append(list, ',')
		}
		seen[string(uid)] = true
		list = append(list, uid...)
		return true
	})
	if refused != "" {
		return nil, refused
	}
	return append(list, ']'), ""
}

// referencesText reads uids between commas.
func referencesText(c *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	list := raw.Value{'['}
	for i, uid := range strings.Split(s, ",") {
		if i > 0 {
			list = append(list, ',')
		}
		list = raw.AppendString(list, strings.TrimSpace(uid))
	}
	return referencesJSON(c, append(list, ']'))
}
