package expr

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// TestValues compares what expressions give with what PostgreSQL's own forms give, or would if they did not raise.
func TestValues(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	execute(t, db, `CREATE TABLE record (email text, title text, "order" text, "user" text, likes numeric, price numeric, year numeric, ok boolean,
		born date, uid text COLLATE "C", created_at timestamptz(3), "updatedAt" timestamptz);
		INSERT INTO record VALUES (' Ann@Example.COM ', '2026-02-31', '12', '2026-07-01 12:30', 7, 0, 2.50, true,
		'2024-02-29', 'É1', '2026-11-22T16:30:00.123Z', NULL)`)
	const null = "NULL"
	for _, c := range []struct{ source, want string }{
		{"md5(lower(trim(email)))", "257c57037d384ae37ea27a07e8a01665"},
		{"sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"likes / 2", "3.5"}, {"likes / price", null}, {"likes % price", null}, {"likes % 4", "3"}, {"6 / 3", "2"}, {"1 / 3", "0.33333333333333333333"},
		{"year + 1", "3.50"}, {"year::text", "2.50"}, {"round(year)", "3"}, {"round(-year)", "-3"}, {"1e60 * 1e60 * 0", "0"},
		{"'x' || likes || ok || born", "x7true2024-02-29"}, {"concat('a', NULL, likes)", "a7"}, {"concat_ws('-', 'a', NULL, likes)", "a-7"},
		{"email || NULL", null},
		{`"order"::numeric + 1`, "13"}, {"title::numeric", null}, {"email::int", null}, {"'2.5'::int", "3"}, {`"order"::smallint`, "12"}, {"(likes * 1e9)::int", null},
		{"1234.5::numeric(5,2)", null}, {"123.456::numeric(5,2)", "123.46"}, {"999.995::numeric(5,2)", null}, {"(-999.994)::numeric(5,2)", "-999.99"},
		{"email::varchar(4)", " Ann"}, {"ok::int", "1"}, {"' YES '::boolean", "true"}, {"email::boolean", null},
		{"title::date", null}, {"born::text", "2024-02-29"}, {"left(\"user\", 10)::date", "2026-07-01"},
		{`"user"::timestamptz::text`, "2026-07-01T04:30:00.000Z"}, {"title::timestamptz", null}, {"created_at::text", "2026-11-22T16:30:00.123Z"},
		{"created_at::date", "2026-11-23"}, {"born::timestamptz::text", "2024-02-28T16:00:00.000Z"},
		{"(left(\"user\", 10) || 'T00:00:00+02:00')::timestamptz::text", "2026-06-30T22:00:00.000Z"},
		{"date_trunc('day', created_at)::text", "2026-11-22T16:00:00.000Z"}, {"date_trunc('month', born)", "2024-02-01"},
		{"extract(hour FROM created_at)", "0"}, {"extract(day FROM born)", "29"}, {"extract(epoch FROM created_at)", "1795365000.123000"},
		{"to_char(created_at, 'YYYY-MM-DD HH24:MI')", "2026-11-23 00:30"}, {"to_char(likes, 'FM000.0')", "007.0"},
		{"born + 1", "2024-03-01"}, {"born - '2024-02-01'", "28"}, {"born + 1e9", null}, {"born < created_at", "true"},
		{"substring(email FROM 2 FOR 3)", "Ann"}, {"substring(email, 2, likes - 8)", null}, {"left('abc', -1)", "ab"}, {"right('abc', 2)", "bc"},
		{"split_part('a,b,c', ',', -1)", "c"}, {"split_part('a,b,c', ',', price)", null}, {"strpos('abc', 'c')", "3"}, {"position('c' IN 'abc')", "3"},
		{"replace('aXa', 'a', likes::text)", "7X7"}, {"to_hex(255)", "ff"}, {"to_hex(-likes)", "fffffffffffffff9"}, {"length('中文')", "2"},
		{"lower(uid)", "é1"}, {"lower(title || 'É')", "2026-02-31é"}, {"(uid || title) ILIKE 'é%'", "true"}, {"lower(uid || 'É')", "é1é"}, {"upper('ß')", "ß"},
		{"greatest(1, NULL, likes)", "7"}, {"coalesce(\"updatedAt\", created_at) = created_at", "true"}, {"nullif(likes, 7)", null},
		{"CASE WHEN likes > 5 THEN 'many' ELSE 'few' END", "many"}, {"CASE likes WHEN 1 THEN 'one' END", null},
		{"likes IN (1, NULL)", null}, {"likes BETWEEN 1 AND '9'", "true"}, {"'50%' LIKE '50\\%'", "true"}, {"'ABC' ILIKE 'a_c'", "true"},
		{"NOT ok OR NULL", null}, {"price IS DISTINCT FROM NULL", "true"}, {`'it''s \n'`, `it's \n`},
	} {
		e, problems := Parse(c.source, columns(), "Asia/Shanghai")
		if e == nil {
			t.Errorf("%s: %v", c.source, problems)
			continue
		}
		var got *string
		if err := db.Pool().QueryRow(t.Context(), "SELECT ("+e.SQL(leafColumn)+")::text FROM record").Scan(&got); err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		if got == nil {
			got = new(string)
			*got = null
		}
		if *got != c.want {
			t.Errorf("%s gives %s, not %s", c.source, *got, c.want)
		}
	}
}

// TestDaysAreThoseOfTheCalendar compares the pattern of a day with Go's calendar.
func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	var texts []string
	for _, year := range []int{0, 1, 4, 100, 400, 1582, 1600, 1700, 1900, 1999, 2000, 2023, 2024, 2100, 9996, 9999} {
		for month := range 14 {
			for day := range 33 {
				texts = append(texts, fmt.Sprintf("%04d-%02d-%02d", year, month, day))
			}
		}
	}
	for _, source := range []string{"email::date::text", "left((email || ' 11:00')::timestamptz::date::text, 10)"} {
		e, problems := Parse(source, columns(), "UTC")
		if e == nil {
			t.Fatal(problems)
		}
		rows, err := db.Pool().Query(t.Context(), "SELECT email, coalesce("+e.SQL(leafColumn)+", '') FROM unnest($1::text[]) AS u(email)", texts)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var text, got string
			if err := rows.Scan(&text, &got); err != nil {
				t.Fatal(err)
			}
			_, err := time.Parse(time.DateOnly, text)
			want := text
			if err != nil || strings.HasPrefix(text, "0000") {
				want = ""
			}
			if got != want {
				t.Errorf("%s of %s gives %q, not %q", source, text, got, want)
			}
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
	}
}
