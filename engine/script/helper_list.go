package script

// A Helper documents a function that every script may call.
type Helper struct {
	Name      string // "$ago"
	Signature string // "$ago(duration)"
	Doc       string
}

// Helpers lists the functions in the order of the documentation.
func Helpers() []Helper {
	return []Helper{
		{"$now", "$now()", "the time of the request, 2026-11-23T05:28:00.123Z"},
		{"$ago", "$ago(duration)", "that time less a duration: '60s', '1h30m', '7d', '2w', '1d12h'"},
		{"$uuid", "$uuid()", "a random UUID, version 4"},
		{"$md5", "$md5(text)", "in hexadecimal; null of null"},
		{"$sha256", "$sha256(text)", "likewise"},
		{"$markdown", "$markdown(text)", "HTML of CommonMark, sanitised; null of null"},
		{"$epoch", "$epoch(time)", "seconds since 1970 of a time; without an argument, of the request's"},
		{"$epoch_ms", "$epoch_ms(time)", "milliseconds"},
		{"$int", "$int(value)", "1 for true, 0 for false and null; a number without its fraction, a text read as one, or null"},
		{"$date", "$date(time, format)", "in the project's timezone; without a format, YYYY-MM-DD HH:mm:ss"},
		{"$json", "$json(value)", "the JSON text of a value"},
		{"$env", "$env(name)", "a variable that the operator listed; null where it is not"},
	}
}
