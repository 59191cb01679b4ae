package script

import (
	"math"
	"strconv"
	"strings"
	"time"
)

func (r *run) location() *time.Location {
	if r.shared.Timezone == nil {
		return time.UTC
	}
	return r.shared.Timezone
}

// Texts that are times. Those without offset are in the project's timezone.
var timeLayouts = []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04", time.DateOnly}

// time reads a time: a text in RFC 3339, a date, or milliseconds since 1970; false for null.
func (r *run) time(v value) (time.Time, bool, error) {
	switch v.kind {
	case undefined, null:
		return time.Time{}, false, nil
	case number:
		if math.Abs(v.num) > 8.64e15 || math.IsNaN(v.num) { // the range of JavaScript's Date
			return time.Time{}, false, errorf("%s is no time", appendNumber(nil, v.num))
		}
		return time.UnixMilli(int64(v.num)), true, nil
	case text:
		for _, layout := range timeLayouts {
			if t, err := time.ParseInLocation(layout, string(v.data), r.location()); err == nil {
				return t, true, nil
			}
		}
		return time.Time{}, false, errorf("%q is no time; write it like 2026-11-23T05:28:00Z, 2026-11-23 or milliseconds since 1970", cut(v.data))
	}
	return time.Time{}, false, errorf("a time is a text or a number")
}

func cut(s []byte) string { return string(s[:min(len(s), 40)]) }

// helpDate prints a time in the project's timezone. Without a format it is YYYY-MM-DD HH:mm:ss.
func helpDate(r *run, args []value) (value, error) {
	t, ok, err := r.time(argument(args, 0))
	if err != nil || !ok {
		return nullValue, err
	}
	format := "YYYY-MM-DD HH:mm:ss"
	if f := argument(args, 1); f.kind == text {
		format = string(f.data)
	} else if !f.nullish() {
		return f, errorf("$date takes a format like 'YYYY-MM-DD HH:mm:ss'")
	}
	if err := r.spend(10 + len(format)); err != nil {
		return nullValue, err
	}
	return textValue(appendDate(nil, t.In(r.location()), format)), nil
}

// dateTokens are the parts of a format that stand for parts of a time, the longer before the shorter.
var dateTokens = []struct{ token, layout string }{
	{"YYYY", "2006"}, {"YY", "06"}, {"MMMM", "January"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"}, {"DD", "02"}, {"D", "2"},
	{"dddd", "Monday"}, {"ddd", "Mon"}, {"HH", "15"}, {"H", ""}, {"hh", "03"}, {"h", "3"}, {"mm", "04"}, {"m", "4"}, {"ss", "05"},
	{"s", "5"}, {"SSS", ""}, {"A", "PM"}, {"a", "pm"}, {"ZZ", "-0700"}, {"Z", "-07:00"},
}

// appendDate appends t as format says. Text in [square brackets] and whatever is no token stays.
func appendDate(dst []byte, t time.Time, format string) []byte {
	for format != "" {
		if format[0] == '[' {
			if end := strings.IndexByte(format, ']'); end > 0 {
				dst, format = append(dst, format[1:end]...), format[end+1:]
				continue
			}
		}
		n := 1
		found := false
		for _, d := range dateTokens {
			if found = strings.HasPrefix(format, d.token); found {
				dst, n = appendToken(dst, t, d.token, d.layout), len(d.token)
				break
			}
		}
		if !found {
			dst = append(dst, format[0])
		}
		format = format[n:]
	}
	return dst
}

func appendToken(dst []byte, t time.Time, token, layout string) []byte {
	switch token {
	case "H":
		return strconv.AppendInt(dst, int64(t.Hour()), 10)
	case "SSS":
		ms := t.Nanosecond() / int(time.Millisecond)
		return append(dst, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}
	return t.AppendFormat(dst, layout)
}
