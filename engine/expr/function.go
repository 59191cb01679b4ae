package expr

import "slices"

// A mode says how an argument is printed.
type mode int

const (
	plain   mode = iota // as it is
	within              // bounded: cut, or NULL when out of range
	whole               // as an integer from lo to hi, NULL when out of range
	nonzero             // the same without 0
	field               // a literal of a list: year, month, …
	format              // a literal in the grammar of to_char
	anyType             // made text first
)

type param struct {
	typ    Type
	mode   mode
	lo, hi int
}

// A function is a row of the table. Several rows may have one name; the first that fits is taken.
type function struct {
	name      string
	signature string
	doc       string
	params    []param
	min       int  // arguments that must be there
	rest      bool // the last param may be repeated
	result    Type // "" is the type of the arguments, which are unified
	stable    bool // in PostgreSQL, so that it cannot be indexed
	sql       string
	print     func(p *printer, n *node) string // instead of sql
	size      func(n *node) int                // of the result; nil is 0
}

// A Function documents one function that fragments may call.
type Function struct {
	Name      string
	Signature string // "left(x text, n numeric) → text"
	Doc       string // one line
}

// Functions lists the functions in the order of the documentation; one name may have several signatures.
func Functions() []Function {
	list := make([]Function, len(functions))
	for i, f := range functions {
		list[i] = Function{Name: f.name, Signature: f.signature, Doc: f.doc}
	}
	return list
}

// far is how far a count of characters may go either way.
const far = 1_000_000_000

var (
	textPlain  = param{typ: Text}
	textWithin = param{typ: Text, mode: within}
	textAny    = param{typ: Text, mode: anyType}
	number1    = param{typ: Numeric}
	numberIn   = param{typ: Numeric, mode: within}
	timeIn     = param{typ: TimestampTZ, mode: within}
	dateIn     = param{typ: Date, mode: within}
	count      = param{typ: Numeric, mode: whole, lo: -far, hi: far}
	length     = param{typ: Numeric, mode: whole, lo: 0, hi: far}
	scale      = param{typ: Numeric, mode: whole, lo: -100, hi: 100}
	fieldName  = param{typ: Text, mode: field}
	formatText = param{typ: Text, mode: format}
)

// In sql, $1 is the first argument as its mode says, $* all from there on, separated by commas. $zone is the project's timezone.
var functions = []function{
	{name: "lower", signature: "lower(x text) → text", doc: "in lower case", params: []param{textWithin}, min: 1, result: Text, sql: "lower($1)", size: threefold},
	{name: "upper", signature: "upper(x text) → text", doc: "in upper case", params: []param{textWithin}, min: 1, result: Text, sql: "upper($1)", size: threefold},
	{name: "btrim", signature: "trim([BOTH] [chars FROM] x text) → text", doc: "without spaces, or any of chars, at both ends; also btrim(x, chars)",
		params: []param{textPlain, textPlain}, min: 1, result: Text, sql: "btrim($*)", size: ofFirst},
	{name: "ltrim", signature: "trim(LEADING [chars] FROM x text) → text", doc: "without them at the beginning; also ltrim(x, chars)",
		params: []param{textPlain, textPlain}, min: 1, result: Text, sql: "ltrim($*)", size: ofFirst},
	{name: "rtrim", signature: "trim(TRAILING [chars] FROM x text) → text", doc: "without them at the end; also rtrim(x, chars)",
		params: []param{textPlain, textPlain}, min: 1, result: Text, sql: "rtrim($*)", size: ofFirst},
	{name: "concat", signature: "concat(x, …) → text", doc: "all arguments as one text; NULLs are left out",
		params: []param{textAny}, min: 1, rest: true, result: Text, print: printConcat, size: joined},
	{name: "concat_ws", signature: "concat_ws(separator text, x, …) → text", doc: "all arguments but the first as one text, with the separator between; NULLs are left out",
		params: []param{{typ: Text, mode: within}, textAny}, min: 2, rest: true, result: Text, stable: true, print: printConcatWS, size: maximal},
	{name: "substring", signature: "substring(x text, from numeric [, for numeric]) → text", doc: "for characters beginning with the from-th, from 1; also substring(x FROM n FOR n)",
		params: []param{textPlain, count, length}, min: 2, result: Text, sql: "substr($*)", size: ofFirst},
	{name: "substr", signature: "substr(x text, from numeric [, for numeric]) → text", doc: "the same",
		params: []param{textPlain, count, length}, min: 2, result: Text, sql: "substr($*)", size: ofFirst},
	{name: "left", signature: "left(x text, n numeric) → text", doc: "the first n characters; all but the last -n where n is negative",
		params: []param{textPlain, count}, min: 2, result: Text, sql: "left($1, $2)", size: ofFirst},
	{name: "right", signature: "right(x text, n numeric) → text", doc: "the last n characters; all but the first -n where n is negative",
		params: []param{textPlain, count}, min: 2, result: Text, sql: "right($1, $2)", size: ofFirst},
	{name: "length", signature: "length(x text) → numeric", doc: "how many characters",
		params: []param{textPlain}, min: 1, result: Numeric, sql: "length($1)::numeric", size: digits(10)},
	{name: "replace", signature: "replace(x text, from text, to text) → text", doc: "x with each from replaced by to (of 100 characters at most); the result is cut at 1,000,000 characters",
		params: []param{textPlain, textPlain, textPlain}, min: 3, result: Text, print: printReplace, size: maximal},
	{name: "split_part", signature: "split_part(x text, separator text, n numeric) → text", doc: "the n-th part, from 1; from the end where n is negative",
		params: []param{textPlain, textPlain, {typ: Numeric, mode: nonzero, lo: -far, hi: far}}, min: 3, result: Text, sql: "split_part($1, $2, $3)", size: ofFirst},
	{name: "strpos", signature: "strpos(x text, part text) → numeric", doc: "where part begins in x, from 1; 0 where it is not in it; also position(part IN x)",
		params: []param{textPlain, textPlain}, min: 2, result: Numeric, sql: "strpos($1, $2)::numeric", size: digits(10)},
	{name: "md5", signature: "md5(x text) → text", doc: "MD5 hash in hexadecimal", params: []param{textPlain}, min: 1, result: Text, sql: "md5($1)", size: digits(32)},
	{name: "sha224", signature: "sha224(x text) → text", doc: "SHA-224 hash of the UTF-8 text in hexadecimal", params: []param{textPlain}, min: 1, result: Text, stable: true,
		sql: "encode(sha224(convert_to($1, 'UTF8')), 'hex')", size: digits(128)},
	{name: "sha256", signature: "sha256(x text) → text", doc: "SHA-256 hash of the UTF-8 text in hexadecimal", params: []param{textPlain}, min: 1, result: Text, stable: true,
		sql: "encode(sha256(convert_to($1, 'UTF8')), 'hex')", size: digits(128)},
	{name: "sha384", signature: "sha384(x text) → text", doc: "SHA-384 hash of the UTF-8 text in hexadecimal", params: []param{textPlain}, min: 1, result: Text, stable: true,
		sql: "encode(sha384(convert_to($1, 'UTF8')), 'hex')", size: digits(128)},
	{name: "sha512", signature: "sha512(x text) → text", doc: "SHA-512 hash of the UTF-8 text in hexadecimal", params: []param{textPlain}, min: 1, result: Text, stable: true,
		sql: "encode(sha512(convert_to($1, 'UTF8')), 'hex')", size: digits(128)},
	{name: "abs", signature: "abs(x numeric) → numeric", doc: "without sign", params: []param{number1}, min: 1, result: Numeric, sql: "abs($1)", size: ofFirst},
	{name: "round", signature: "round(x numeric [, places numeric]) → numeric", doc: "rounded to places behind the point, half away from zero; places from -100 to 100",
		params: []param{numberIn, scale}, min: 1, result: Numeric, sql: "round($*)", size: larger},
	{name: "floor", signature: "floor(x numeric) → numeric", doc: "the nearest integer not above x", params: []param{numberIn}, min: 1, result: Numeric, sql: "floor($1)", size: larger},
	{name: "ceil", signature: "ceil(x numeric) → numeric", doc: "the nearest integer not below x", params: []param{numberIn}, min: 1, result: Numeric, sql: "ceil($1)", size: larger},
	{name: "greatest", signature: "greatest(x, …) → type of x", doc: "the greatest; NULLs are left out", params: []param{{}}, min: 1, rest: true, print: extreme("GREATEST"), size: ofAll},
	{name: "least", signature: "least(x, …) → type of x", doc: "the least; NULLs are left out", params: []param{{}}, min: 1, rest: true, print: extreme("LEAST"), size: ofAll},
	{name: "to_hex", signature: "to_hex(x numeric) → text", doc: "in hexadecimal; negative ones as 64 bits in two's complement",
		params: []param{{typ: Numeric, mode: whole, lo: -(1<<63 - 1), hi: 1<<63 - 1}}, min: 1, result: Text, sql: "to_hex($1)", size: digits(16)},
	{name: "to_char", signature: "to_char(x numeric, format) → text", doc: "a number by a format like 'FM999,990.00'",
		params: []param{numberIn, formatText}, min: 2, result: Text, stable: true, sql: "to_char($1, $2)", size: digits(2000)},
	{name: "to_char", signature: "to_char(x timestamptz, format) → text", doc: "a time, in the project's timezone, by a format like 'YYYY-MM-DD HH24:MI:SS'",
		params: []param{timeIn, formatText}, min: 2, result: Text, stable: true, sql: "to_char(($1 AT TIME ZONE $zone), $2)", size: digits(2000)},
	{name: "to_char", signature: "to_char(x date, format) → text", doc: "a date by a format like 'YYYY-MM-DD'",
		params: []param{dateIn, formatText}, min: 2, result: Text, stable: true, sql: "to_char($1::timestamp, $2)", size: digits(2000)},
	{name: "extract", signature: "extract(field FROM x timestamptz) → numeric", doc: "a field of a time in the project's timezone: " + timeFieldList,
		params: []param{fieldName, timeIn}, min: 2, result: Numeric, print: printExtract, size: digits(25)},
	{name: "extract", signature: "extract(field FROM x date) → numeric", doc: "a field of a date: " + dateFieldList,
		params: []param{fieldName, dateIn}, min: 2, result: Numeric, print: printExtract, size: digits(25)},
	{name: "date_part", signature: "date_part('field', x timestamptz) → numeric", doc: "the same as extract",
		params: []param{fieldName, timeIn}, min: 2, result: Numeric, print: printExtract, size: digits(25)},
	{name: "date_part", signature: "date_part('field', x date) → numeric", doc: "the same as extract",
		params: []param{fieldName, dateIn}, min: 2, result: Numeric, print: printExtract, size: digits(25)},
	{name: "date_trunc", signature: "date_trunc('field', x timestamptz) → timestamptz", doc: "when the field began in the project's timezone: " + truncFieldList,
		params: []param{fieldName, timeIn}, min: 2, result: TimestampTZ, sql: "(date_trunc($1, ($2 AT TIME ZONE $zone)) AT TIME ZONE $zone)"},
	{name: "date_trunc", signature: "date_trunc('field', x date) → date", doc: "the first day of the field: " + truncDayList,
		params: []param{fieldName, dateIn}, min: 2, result: Date, sql: "date_trunc($1, $2::timestamp)::date"},
}

func ofFirst(n *node) int { return n.args[0].size }

func ofAll(n *node) int { return largest(n.args) }

func maximal(*node) int { return maxText }

// larger is for rounding, which may carry into one digit more.
func larger(n *node) int { return bounded(n.args[0], maxFactor) + 1 }

// threefold is for changing case, which may make three characters of one (U+0390).
func threefold(n *node) int { return 3 * min(n.args[0].size, maxText) }

func digits(size int) func(*node) int { return func(*node) int { return size } }

func joined(n *node) int {
	sum := 0
	for _, arg := range n.args {
		sum += cut(arg)
	}
	if sum > maxJoined {
		return maxText
	}
	return sum
}

// isFunction reports whether fragments may call a function of this name, with whatever arguments.
func isFunction(name string) bool {
	return slices.ContainsFunc(functions, func(f function) bool { return f.name == name })
}
