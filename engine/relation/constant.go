package relation

import (
	"regexp"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// constant gives the value of a slot that is neither a path, nor JavaScript, nor a text with insertions (LANGUAGE, Slots).
func constant(v raw.Value) (raw.Value, bool) {
	switch v.Kind() {
	case raw.Absent, raw.Null:
		return nil, false
	case raw.String:
		text, _ := v.Text()
		switch {
		case strings.HasPrefix(text, "$$"), strings.HasPrefix(text, "=="):
			return raw.Text(text[1:]), !strings.Contains(text, "${")
		case strings.HasPrefix(text, "$"), strings.HasPrefix(text, "="), strings.Contains(text, "${"):
			return nil, false
		}
	case raw.Array, raw.Object:
		if s := string(v); strings.Contains(s, `"$`) || strings.Contains(s, `"=`) || strings.Contains(s, "${") {
			return nil, false
		}
	}
	return v, true
}

// numberForm is a number as JSON and PostgreSQL both write it.
var numberForm = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// valueSQL gives a constant as SQL of the field's type; not ok where it does not fit, which definition and plan refuse.
func valueSQL(p *engine.Project, f *engine.Field, v raw.Value) (string, bool) {
	text, isText := v.Text()
	switch Type(f.Type) {
	case Numeric:
		if !isText {
			text = string(v)
		}
		return text + "::numeric", numberForm.MatchString(text)
	case Boolean:
		return string(v), v.Kind() == raw.Bool
	case Timestamptz:
		at, ok := parseTime(p, text)
		return Literal(at.UTC().Format("2006-01-02T15:04:05.000Z")) + "::timestamptz", ok
	case Date:
		_, err := time.Parse(time.DateOnly, text)
		return Literal(text) + "::date", err == nil
	case JSONB:
		return Literal(string(v)) + "::jsonb", true
	}
	if !isText {
		text = string(v)
	}
	return Literal(text), v.Kind() == raw.String || v.Kind() == raw.Number || v.Kind() == raw.Bool
}

// parseTime reads RFC 3339, or the same without offset in the project's timezone.
func parseTime(p *engine.Project, text string) (time.Time, bool) {
	text = strings.Replace(strings.ToUpper(text), " ", "T", 1)
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, true
	}
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		zone = time.UTC
	}
	for _, form := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// defaultSQL gives the default that a column has for SQL: a constant, or one of the two expressions that need no request.
func defaultSQL(p *engine.Project, f *engine.Field) (string, bool) {
	if v, ok := constant(f.Default); ok {
		return valueSQL(p, f, v)
	}
	source, _ := f.Default.Text()
	switch strings.ReplaceAll(source, " ", "") {
	case "=$now()":
		switch Type(f.Type) {
		case Timestamptz:
			return "date_trunc('milliseconds', now())", true
		case Date:
			zone := p.Timezone
			if zone == "" {
				zone = "UTC"
			}
			return "(now() AT TIME ZONE " + Literal(zone) + ")::date", true
		}
	case "=$uuid()":
		if Type(f.Type) == Text {
			return "gen_random_uuid()::text", true
		}
	}
	return "", false
}
