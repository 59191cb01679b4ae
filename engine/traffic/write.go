package traffic

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// The columns of sl_traffic that are numbers to add up, in the order of tally.numbers.
var sums = func() []string {
	names := []string{"requests", "refused", "failed", "bytes", "micros"}
	for i := range buckets {
		names = append(names, fmt.Sprintf("h%02d", i))
	}
	return names
}()

// numbers gives where the values of sums stand.
func (t *tally) numbers() []*int64 {
	list := []*int64{&t.Requests, &t.Refused, &t.Failed, &t.Bytes, &t.micros}
	for i := range t.took {
		list = append(list, &t.took[i])
	}
	return list
}

// each joins what format makes of each name of sums.
func each(format string) string {
	texts := make([]string, len(sums))
	for i, name := range sums {
		texts[i] = strings.ReplaceAll(format, "?", name)
	}
	return strings.Join(texts, ", ")
}

// upsertCounts adds to the rows that are there. In the order of the key, so that servers don't wait for each other in a circle. A project that
// was dropped meanwhile has no rows.
var upsertCounts = `
INSERT INTO public.sl_traffic AS t (project_id, span, at, endpoint, ` + each("?") + `)
SELECT n.project_id, 1, to_timestamp(n.at), n.endpoint, ` + each("n.?") + `
FROM unnest($1::int[], $2::bigint[], $3::text[], ` + placeholders(4, len(sums), "bigint[]") + `) AS n (project_id, at, endpoint, ` + each("?") + `)
WHERE EXISTS (SELECT FROM public.sl_projects p WHERE p.id = n.project_id)
ORDER BY n.project_id, n.at, n.endpoint
` + addUp

var addUp = `ON CONFLICT (project_id, span, at, endpoint) DO UPDATE
SET ` + each("? = t.? + excluded.?")

// placeholders gives "$4::bigint[], $5::bigint[], …".
func placeholders(from, n int, of string) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("$%d::%s", from+i, of)
	}
	return strings.Join(texts, ", ")
}

// writeCounted writes what was counted, all or nothing.
func (l *Log) writeCounted(ctx context.Context) error {
	if len(l.counted) == 0 {
		return nil
	}
	n := len(l.counted)
	projects, times, endpoints := make([]int, 0, n), make([]int64, 0, n), make([]string, 0, n)
	columns := make([][]int64, len(sums))
	for m, t := range l.counted {
		projects, times, endpoints = append(projects, m.project), append(times, m.at), append(endpoints, m.endpoint)
		for i, number := range t.numbers() {
			columns[i] = append(columns[i], *number)
		}
	}
	args := []any{projects, times, endpoints}
	for _, column := range columns {
		args = append(args, column)
	}
	err := l.db.InTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, upsertCounts, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("write statistics of requests: %w", err)
	}
	clear(l.counted)
	return nil
}

// The lock makes ids follow the order of the commits, so that whoever reads on from an id misses nothing.
const (
	lockKept = `SELECT pg_advisory_xact_lock(8317, 3)`

	insertKept = `
INSERT INTO public.sl_requests (project_id, sample, at, endpoint, method, route, path, status, micros, bytes, ip, request_id, principal, code, cause)
SELECT n.project_id, n.sample, n.at, n.endpoint, n.method, n.route, n.path, n.status, n.micros, n.bytes, n.ip, n.request_id, n.principal, n.code, n.cause
FROM unnest($1::int[], $2::boolean[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[], $9::bigint[], $10::bigint[],
  $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
  WITH ORDINALITY AS n (project_id, sample, at, endpoint, method, route, path, status, micros, bytes, ip, request_id, principal, code, cause, place)
WHERE EXISTS (SELECT FROM public.sl_projects p WHERE p.id = n.project_id)
ORDER BY n.place`
)

// writeKept writes the kept requests, all or nothing.
func (l *Log) writeKept(ctx context.Context) error {
	if len(l.waiting) == 0 {
		return nil
	}
	slices.SortStableFunc(l.waiting, func(a, b Request) int { return a.At.Compare(b.At) })
	args := keptColumns(l.waiting)
	err := l.db.InTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockKept); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertKept, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("write kept requests: %w", err)
	}
	clear(l.waiting)
	l.waiting = l.waiting[:0]
	return nil
}

// keptColumns gives the arguments of insertKept.
func keptColumns(list []Request) []any {
	return []any{
		column(list, func(r *Request) int { return r.Project }),
		column(list, (*Request).sample),
		column(list, func(r *Request) time.Time { return r.At }),
		column(list, func(r *Request) string { return r.Endpoint }),
		column(list, func(r *Request) string { return clean(r.Method, maxWord) }),
		column(list, func(r *Request) string { return r.Route }),
		column(list, func(r *Request) string { return clean(r.Path, maxPath) }),
		column(list, func(r *Request) int16 { return int16(min(max(r.Status, 0), 999)) }),
		column(list, func(r *Request) int64 { return r.Took.Microseconds() }),
		column(list, func(r *Request) int64 { return int64(r.Bytes) }),
		column(list, func(r *Request) string { return r.IP }),
		column(list, func(r *Request) string { return clean(r.ID, maxWord) }),
		column(list, func(r *Request) string { return r.Principal }),
		column(list, func(r *Request) string { return r.Code }),
		column(list, func(r *Request) string { return clean(r.Cause, maxCause) }),
	}
}

func column[T any](list []Request, of func(*Request) T) []T {
	values := make([]T, len(list))
	for i := range list {
		values[i] = of(&list[i])
	}
	return values
}
