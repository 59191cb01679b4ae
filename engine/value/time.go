package value

import (
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

// The canonical forms of datetime and date.
const (
	DatetimeForm = "2006-01-02T15:04:05.000Z"
	DateForm     = "2006-01-02"
)

// localForms are the datetimes without offset that are read in the project's timezone.
var localForms = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", DateForm}

// The range of times that have four digits for the year.
var (
	firstMilli = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	lastMilli  = time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC).UnixMilli()
)

func datetimeJSON(c *Checker, v raw.Value) (raw.Value, string) {
	if v.Kind() == raw.Number {
		return c.number1970(string(v))
	}
	return ofText(c, v, datetimeText, "datetime")
}

// datetimeText reads RFC 3339, the same without offset in the project's timezone, or milliseconds since 1970.
func datetimeText(c *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	if digits := strings.Trim(s, "0123456789"); digits == "" && (len(s) > 8 || c.epoch != 0) || digits == "." && c.epoch != 0 || s[0] == '-' {
		return c.number1970(s)
	}
	form := strings.Replace(strings.ToUpper(s), " ", "T", 1)
	if t, err := time.Parse(time.RFC3339Nano, form); err == nil {
		return datetime(t)
	}
	for _, local := range localForms {
		if t, err := time.ParseInLocation(local, form, c.location); err == nil {
			return datetime(t)
		}
	}
	return nil, "datetime"
}

// number1970 reads a number of the checker's units since 1970.
func (c *Checker) number1970(s string) (raw.Value, string) {
	if c.epoch == time.Second {
		d, ok := parseDecimal(s)
		if !ok {
			return nil, "datetime"
		}
		d.scale -= 3
		return epochMilli(string(d.append(nil)))
	}
	return epochMilli(s)
}

func epochMilli(s string) (raw.Value, string) {
	whole, _, _ := strings.Cut(s, ".")
	ms, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || ms < firstMilli || ms > lastMilli {
		return nil, "datetime"
	}
	return datetime(time.UnixMilli(ms))
}

func datetime(t time.Time) (raw.Value, string) {
	t = t.UTC()
	if ms := t.UnixMilli(); ms < firstMilli || ms > lastMilli {
		return nil, "datetime"
	}
	b := append(make(raw.Value, 0, len(DatetimeForm)+2), '"')
	return append(t.AppendFormat(b, DatetimeForm), '"'), ""
}

func dateJSON(c *Checker, v raw.Value) (raw.Value, string) { return ofText(c, v, dateText, "date") }

func dateText(_ *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	t, err := time.Parse(DateForm, s)
	if err != nil || t.Year() < 1 {
		return nil, "date"
	}
	return raw.Text(s), ""
}
