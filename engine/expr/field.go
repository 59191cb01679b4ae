package expr

import "strings"

// The fields of dates and times (PostgreSQL manual, 9.9.1 and 9.9.2). PostgreSQL refuses an unknown one only when it runs.
const (
	dateFieldList  = "year month day quarter week dow isodow doy isoyear decade century millennium"
	timeFieldList  = dateFieldList + " hour minute second milliseconds microseconds epoch"
	truncDayList   = "day week month quarter year decade century millennium"
	truncFieldList = "second minute hour " + truncDayList
)

// fieldsOf gives the fields a row of the table takes.
func fieldsOf(f *function) []string {
	day := f.params[1].typ == Date
	switch {
	case f.name == "date_trunc" && day:
		return strings.Fields(truncDayList)
	case f.name == "date_trunc":
		return strings.Fields(truncFieldList)
	case day:
		return strings.Fields(dateFieldList)
	}
	return strings.Fields(timeFieldList)
}

// timeFormats are what a format of to_char may hold outside double quotes, longer ones first where one begins another (PostgreSQL
// manual, table 9.26). TM, TZ and OF depend on the session and stay out.
var timeFormats = []string{
	"YYYY", "IYYY", "YY", "MM", "Month", "MONTH", "month", "Mon", "MON", "mon", "DDD", "DD", "Day", "DAY", "day", "Dy", "DY", "dy", "ID", "D",
	"HH24", "HH12", "HH", "MI", "SSSS", "SS", "MS", "US", "AM", "PM", "am", "pm", "IW", "WW", "Q", "CC",
}

// checkTimeFormat gives the byte at which a format for dates and times leaves our grammar, or -1: patterns, each perhaps after FM,
// punctuation, characters beyond ASCII, and any text in double quotes.
func checkTimeFormat(text string) int {
	for i := 0; i < len(text); {
		if c := text[i]; c >= 0x80 || strings.IndexByte(" -/:.,;_()", c) >= 0 {
			i++
			continue
		}
		if text[i] == '"' {
			end := strings.IndexAny(text[i+1:], `"\`)
			if end < 0 || text[i+1+end] == '\\' {
				return i
			}
			i += end + 2
			continue
		}
		rest := strings.TrimPrefix(text[i:], "FM")
		n := 0
		for _, pattern := range timeFormats {
			if strings.HasPrefix(rest, pattern) {
				n = len(pattern)
				break
			}
		}
		if n == 0 {
			return i
		}
		i = len(text) - len(rest) + n
	}
	return -1
}

// checkNumberFormat does so for numbers: FM, a sign or currency before, digits with group separators and at most one point, a sign behind.
// Anything more PostgreSQL may refuse when it runs (42601 "multiple decimal points" and others).
func checkNumberFormat(text string) int {
	i := 0
	skip := func(prefixes ...string) bool {
		for _, prefix := range prefixes {
			if strings.HasPrefix(text[i:], prefix) {
				i += len(prefix)
				return true
			}
		}
		return false
	}
	skip("FM")
	signed := skip("SG", "S", "MI")
	digits := 0
	run := func(all string) {
		for i < len(text) && strings.IndexByte(all, text[i]) >= 0 {
			if text[i] == '9' || text[i] == '0' {
				digits++
			}
			i++
		}
	}
	run("90,")
	if skip(".") {
		run("90")
	}
	if digits == 0 || digits > 60 {
		return i
	}
	if !signed {
		skip("SG", "S", "MI", "PR")
	}
	if i < len(text) {
		return i
	}
	return -1
}
