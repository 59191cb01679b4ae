package traffic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Kept is a request as it was kept.
type Kept struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"` // when it was answered
	Endpoint  string    `json:"endpoint"`
	Method    string    `json:"method"`
	Route     string    `json:"route"` // of the endpoint, "" where the path has none
	Path      string    `json:"path"`  // below /api/<project>, without secrets and without the values of a query
	Status    int       `json:"status"`
	MS        float64   `json:"ms"`
	Bytes     int64     `json:"bytes"`
	IP        string    `json:"ip"`
	RequestID string    `json:"request_id"`
	Principal string    `json:"principal"` // its kind; "" is anonymous
	Code      string    `json:"code"`      // of an error
	Cause     string    `json:"cause"`     // of an error, as the server's log has it
	Sample    bool      `json:"sample"`    // it was neither slow nor refused nor did it fail
}

// A Filter chooses kept requests; the zero value all.
type Filter struct {
	Since, Until time.Time // at or after, before
	Classes      []int     // of the status: 2, 4, 5
	Endpoint     string    // Any or "" is each; None is those without
	Search       string    // in path, code and cause, or a request's id
	LeastMS      float64
	Before       int64 // an ID to go on from, to older ones
	After        int64 // an ID to go on from, to newer ones
	Limit        int
	Public       bool // do not look into causes
}

// None stands for requests whose path has no endpoint.
const None = "-"

const keptFields = `
SELECT id, at, endpoint, method, route, path, status, (micros / 1000.0)::float8, bytes, ip, request_id, principal, code, cause, sample
FROM public.sl_requests
`

// conditions gives the WHERE of a Filter.
func (f *Filter) conditions(project int) (where string, args []any) {
	var texts []string
	add := func(format string, value any) {
		args = append(args, value)
		texts = append(texts, strings.ReplaceAll(format, "?", fmt.Sprintf("$%d", len(args))))
	}
	add("project_id = ?", project)
	if !f.Since.IsZero() {
		add("at >= ?", f.Since)
	}
	if !f.Until.IsZero() {
		add("at < ?", f.Until)
	}
	if len(f.Classes) > 0 {
		add("status / 100 = ANY (?::int[])", f.Classes)
	}
	switch f.Endpoint {
	case "", Any:
	case None:
		add("endpoint = ?", none)
	default:
		add("endpoint = ?", f.Endpoint)
	}
	if f.LeastMS > 0 {
		add("micros >= ?", int64(f.LeastMS*1000))
	}
	if f.Search != "" {
		columns := "path || ' ' || code || ' ' || cause"
		if f.Public {
			columns = "path || ' ' || code"
		}
		add("(strpos(lower("+columns+"), lower(?::text)) > 0 OR request_id = ?::text)", f.Search)
	}
	if f.Before > 0 {
		add("id < ?", f.Before)
	}
	if f.After > 0 {
		add("id > ?", f.After)
	}
	return "WHERE " + strings.Join(texts, " AND "), args
}

// List gives kept requests of a project, the newest first; with After the first ones behind it, still the newest first.
func (l *Log) List(ctx context.Context, project int, f Filter) ([]Kept, error) {
	where, args := f.conditions(project)
	order := "DESC"
	if f.After > 0 && f.Before == 0 {
		order = "ASC"
	}
	sql := fmt.Sprintf("%s%s\nORDER BY id %s\nLIMIT %d", keptFields, where, order, min(max(f.Limit, 1), 1000))
	rows, err := l.db.Pool().Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list kept requests: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Kept])
	if err != nil {
		return nil, fmt.Errorf("list kept requests: %w", err)
	}
	if order == "ASC" {
		slices.Reverse(list)
	}
	return list, nil
}

// Get gives a kept request of a project; nil where there is none.
func (l *Log) Get(ctx context.Context, project int, id int64) (*Kept, error) {
	rows, err := l.db.Pool().Query(ctx, keptFields+"WHERE project_id = $1 AND id = $2", project, id)
	if err != nil {
		return nil, fmt.Errorf("read kept request: %w", err)
	}
	k, err := pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByPos[Kept])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read kept request: %w", err)
	}
	return k, nil
}
