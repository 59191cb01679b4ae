package file

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

// A Use is a file that a record holds.
type Use struct {
	Table, UID string
	Field      *engine.Field
	engine.File
	At time.Time // when somebody last brought the content
}

// A Selection says which uses List gives. The zero value is all of them.
type Selection struct {
	Table   string // its name; "" is all
	Type    string // the beginning of the media type: "image/"
	Name    string // a part of the name of the file, without case
	Visible bool   // leave hidden fields out
	Offset  int
	Limit   int // 0 is 100
}

// selectUses selects the uses of one table: its name, leaf, id, and the keys of its fields.
const selectUses = `SELECT %[1]s AS name, r.uid, u.key, coalesce(e.file->>'name', ''), b.size, b.type, encode(b.sha256, 'hex'), b.touched_at AS at
  FROM public.sl_file_uses u
  JOIN %[2]s r ON r.id = u.record_id
  JOIN public.sl_blobs b ON b.project_id = u.project_id AND b.sha256 = u.sha256
  CROSS JOIN LATERAL (
    SELECT x.file
    FROM jsonb_array_elements(CASE jsonb_typeof(r.data->u.key) WHEN 'array' THEN r.data->u.key WHEN 'object' THEN jsonb_build_array(r.data->u.key) ELSE '[]'::jsonb END) x (file)
    WHERE x.file->>'sha256' = encode(u.sha256, 'hex')
    LIMIT 1) e
  WHERE u.table_id = %[3]d AND u.key IN (%[4]s) AND starts_with(b.type, $1) AND ($2 = '' OR position($2 IN lower(e.file->>'name')) > 0)`

// List gives the files that records of a project hold, the latest first.
func (f *Files) List(ctx context.Context, p *engine.Project, s *Selection) ([]Use, error) {
	fields := map[string]*engine.Field{} // by table and key
	var parts []string
	for name, t := range p.Tables.All() {
		var keys []string
		for _, field := range t.Fields.All() {
			if field.Type == engine.TypeFile && !(s.Visible && field.Hidden) {
				keys = append(keys, relation.Literal(field.Key))
				fields[name+"/"+field.Key] = field
			}
		}
		if len(keys) > 0 && (s.Table == "" || s.Table == name) {
			parts = append(parts, fmt.Sprintf(selectUses, relation.Literal(name), relation.Leaf(p, t), t.ID, strings.Join(keys, ", ")))
		}
	}
	if len(parts) == 0 {
		return []Use{}, nil
	}
	limit := s.Limit
	if limit <= 0 {
		limit = 100
	}
	sql := strings.Join(parts, "\nUNION ALL\n") + "\nORDER BY at DESC, name, uid, key\nLIMIT " + strconv.Itoa(limit) + " OFFSET " + strconv.Itoa(max(s.Offset, 0))
	rows, err := f.db.Pool().Query(ctx, sql, s.Type, strings.ToLower(s.Name))
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	uses, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (u Use, err error) {
		var key string
		err = row.Scan(&u.Table, &u.UID, &key, &u.Name, &u.Size, &u.Type, &u.SHA256, &u.At)
		u.Field, u.At = fields[u.Table+"/"+key], u.At.UTC()
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	return uses, nil
}

// A Usage counts what a project stores.
type Usage struct {
	Uses        int64 `json:"uses"`         // of contents by records
	Blobs       int64 `json:"blobs"`        // contents; equal files are stored once
	Bytes       int64 `json:"bytes"`        // of them
	UnusedBlobs int64 `json:"unused_blobs"` // of them, what no record holds: it is collected after Grace
	UnusedBytes int64 `json:"unused_bytes"`
}

const selectUsage = `
SELECT (SELECT count(*) FROM public.sl_file_uses u WHERE u.project_id = $1), count(*), coalesce(sum(b.size), 0)::bigint,
  count(*) FILTER (WHERE b.unused), coalesce(sum(b.size) FILTER (WHERE b.unused), 0)::bigint
FROM (
  SELECT b.size, NOT EXISTS (SELECT FROM public.sl_file_uses u WHERE u.project_id = b.project_id AND u.sha256 = b.sha256) AS unused
  FROM public.sl_blobs b
  WHERE b.project_id = $1 AND b.sha256 IS NOT NULL) b`

// Usage counts what a project stores.
func (f *Files) Usage(ctx context.Context, project int) (u Usage, err error) {
	err = f.db.Pool().QueryRow(ctx, selectUsage, project).Scan(&u.Uses, &u.Blobs, &u.Bytes, &u.UnusedBlobs, &u.UnusedBytes)
	if err != nil {
		return u, fmt.Errorf("count files: %w", err)
	}
	return u, nil
}
