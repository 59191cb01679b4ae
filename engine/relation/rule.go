package relation

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A rule refuses a value of a column when broken is true.
type rule struct{ broken, code, message string }

// emailForm is what HTML's <input type=email> accepts (HTML Living Standard, 4.10.5.1.5), as the engine checks it.
const emailForm = `^[a-zA-Z0-9.!#$%&'*+/=?^_` + "`" + `{|}~-]+@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$`

// rules gives what SQL checks of a value of f that is there. The order is that of the engine: type, values, min, max.
func (w *writer) rules(f *engine.Field, column string) []rule {
	var list []rule
	add := func(broken, format string, args ...any) {
		list = append(list, rule{broken, "23514", fmt.Sprintf("the field %q of %s ", f.Name, w.t.Name) + fmt.Sprintf(format, args...)})
	}
	switch f.Type {
	case engine.TypeNumber:
		add(column+" IN ('NaN', 'Infinity', '-Infinity')", "must be a finite number")
		add("scale("+column+") > 1000 OR abs("+column+") >= 1e1000", "has too many digits")
		if f.Integer {
			add(column+" <> trunc("+column+")", "must be a whole number")
		}
	case engine.TypeDatetime:
		add(column+" < '0001-01-01T00:00:00Z' OR "+column+" >= '10000-01-01T00:00:00Z'", "must be a time in the years 1 to 9999")
	case engine.TypeDate:
		add(column+" < '0001-01-01' OR "+column+" > '9999-12-31'", "must be a date in the years 1 to 9999")
	case engine.TypeEmail:
		add("octet_length("+column+") > 254 OR "+column+" !~ "+Literal(emailForm), "must be an e-mail address")
	case engine.TypeURL:
		add("octet_length("+column+") > 8000 OR "+column+" !~ '^[hH][tT][tT][pP][sS]?://[^/?#[:space:]]'", "must be an http or https address")
	case engine.TypeReferences:
		add("jsonb_typeof("+column+") <> 'array'", "must be a JSON array of uids")
		add("jsonb_array_length("+column+") > 1000 OR jsonb_path_exists("+column+`, '$[*] ? (@.type() != "string")')`, "must be a JSON array of at most 1000 uids")
	}
	if len(f.Values) > 0 {
		quoted := make([]string, len(f.Values))
		for i, v := range f.Values {
			quoted[i] = Literal(v)
		}
		add(column+" <> ALL (ARRAY["+strings.Join(quoted, ", ")+"])", "must be one of %s", strings.Join(f.Values, ", "))
	}
	return append(list, w.bounds(f, column)...)
}

// bounds gives min and max. An empty text is told apart by required, not by its length.
func (w *writer) bounds(f *engine.Field, column string) []rule {
	var list []rule
	bound := func(v raw.Value, operator, word string) {
		if v.IsNull() {
			return
		}
		size := column
		var limit, unit string
		switch Type(f.Type) {
		case Numeric, Timestamptz, Date:
			sql, ok := valueSQL(w.p, f, v)
			if !ok {
				return
			}
			limit = sql
		case Text:
			n, err := strconv.Atoi(string(v))
			if err != nil {
				return
			}
			size, limit, unit = "char_length("+column+")", strconv.Itoa(n), " characters"
			if !f.Empty {
				limit += " AND " + column + " <> ''"
			}
		default:
			return
		}
		shown, ok := v.Text()
		if !ok {
			shown = string(v)
		}
		list = append(list, rule{size + " " + operator + " " + limit, "23514",
			fmt.Sprintf("the field %q of %s must be %s %s%s", f.Name, w.t.Name, word, shown, unit)})
	}
	bound(f.Min, "<", "at least")
	bound(f.Max, ">", "at most")
	return list
}

// canonical gives the canonical JSON of a value of f as an argument of jsonb_build_object.
func canonical(f *engine.Field, column string) string {
	switch f.Type {
	case engine.TypeDatetime:
		return "to_char(date_trunc('milliseconds', " + column + `) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
	case engine.TypeDate:
		return "to_char(" + column + ", 'YYYY-MM-DD')"
	case engine.TypeNumber:
		if f.Integer {
			return "trunc(" + column + ")"
		}
	}
	return column
}
