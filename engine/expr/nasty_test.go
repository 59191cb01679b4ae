package expr

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/storage/pg"
)

// Values that make careless SQL raise. Each is a literal of PostgreSQL.
var (
	nastyTexts = []string{
		`''`, `'abc'`, `'0'`, `'12'`, `' -1.5e3 '`, `'1e200000'`, `'1e60'`, `'1e61'`, `'-.5'`, `'.'`, `'5.'`, `'NaN'`, `'Infinity'`, `'0x1F'`, `'1_000'`,
		`'١٢'`, `repeat('9', 70)`, `repeat('9', 200000)`, `'2026-02-31'`, `'2024-02-29'`, `'1900-02-29'`, `'2000-02-29'`, `'0000-01-01'`, `'9999-12-31'`,
		`'10000-01-01'`, `'2026-11-23T05:28:00Z'`, `'2026-11-23 05:28'`, `'2026-03-29 02:30:00'`, `'2026-11-23T24:00:00'`, `'2026-11-23T05:28:60Z'`,
		`'0001-01-01T00:00:00+14:59'`, `'9999-12-31T23:59:59.999999999-14:59'`, `'2026-11-23T05:28+15'`, `'infinity'`, `'now'`, `'today'`, `'epoch'`,
		`'true'`, `' No '`, `'😀 中文 é'`, `'%'`, `'_'`, `'\'`, `E'a\nb\t'`, `'O''Brien; --'`, `'İıßŉΐ'`, `repeat('ß😀x ', 2500)`, `repeat('a', 1100000)`,
		`'-9223372036854775808'`, `'9223372036854775807.5'`, `NULL`,
	}
	nastyNumbers = []string{
		`0`, `1`, `-1`, `2`, `0.5`, `-0.4999`, `0.1`, `100`, `-100.5`, `2147483647`, `2147483648`, `-2147483649`, `9223372036854775807`, `9223372036854775808`,
		`-9223372036854775808.5`, `1e100`, `-1e100`, `9.99e99`, `1e-100`, `1e-16383`, `('1e131071')::numeric`, `-repeat('9', 131072)::numeric`,
		`'NaN'`, `'Infinity'`, `'-Infinity'`, `999.995`, `-999.9949`, `1000000000.5`, `NULL`,
	}
	nastyDates = []string{
		`'2026-11-23'`, `'2024-02-29'`, `'0001-01-01'`, `'9999-12-31'`, `'10000-01-01'`, `'0001-12-31 BC'`, `'4714-11-24 BC'`, `'5874897-12-31'`,
		`'infinity'`, `'-infinity'`, `'294277-01-01'`, `NULL`,
	}
	nastyTimes = []string{
		`'2026-11-23T05:28:00.123Z'`, `'2026-03-29T01:00:00Z'`, `'0001-01-01T00:00:00Z'`, `'9999-12-31T23:59:59.999Z'`, `'10000-01-01T12:00:00Z'`,
		`'0001-01-01 BC'`, `'4714-11-24 00:00:00+00 BC'`, `'294276-12-31 23:59:59.999999+00'`, `'infinity'`, `'-infinity'`, `NULL`,
	}
)

// nastyTable makes the table "nasty" whose rows bring the values together, each column at its own pace.
func nastyTable(t *testing.T, db *pg.DB) {
	t.Helper()
	var b strings.Builder
	b.WriteString(`CREATE TABLE nasty (email text, title text, "order" text, "user" text, likes numeric, price numeric, year numeric, ok boolean,
		born date, uid text COLLATE "C", created_at timestamptz(3), "updatedAt" timestamptz);`)
	at := func(list []string, i int) string { return list[i%len(list)] }
	for i := range 2 * len(nastyTexts) {
		b.WriteString("\nINSERT INTO nasty VALUES (" + strings.Join([]string{
			at(nastyTexts, i), at(nastyTexts, i*5+7), at(nastyTexts, i*7+3), at(nastyTexts, i+1), at(nastyNumbers, i), at(nastyNumbers, i*3+1),
			at(nastyNumbers, i*5+2), at([]string{"true", "false", "NULL"}, i), at(nastyDates, i), at(nastyTexts, i*3+11), at(nastyTimes, i), at(nastyTimes, i*3+2),
		}, ", ") + ");")
	}
	execute(t, db, b.String())
}

func execute(t *testing.T, db *pg.DB, sql string) {
	t.Helper()
	if _, err := db.Pool().Exec(t.Context(), sql); err != nil {
		t.Fatalf("%v", err)
	}
}
