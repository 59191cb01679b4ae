package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/blob"
)

// A CheckReport counts what a check looked at.
type CheckReport struct {
	Blobs, Bytes int64 // read and hashed, or only looked at
	References   int64 // of records to blobs
	Problems     int64
}

const (
	selectBlobs = `
SELECT b.object, b.project_id, encode(b.sha256, 'hex'), b.size
FROM public.sl_blobs b
WHERE b.sha256 IS NOT NULL AND b.object > $1
ORDER BY b.object
LIMIT 500`
	selectUsers = `
SELECT p.name || '/' || t.name, u.record_id
FROM public.sl_file_uses u
JOIN public.sl_tables t ON t.id = u.table_id
JOIN public.sl_projects p ON p.id = t.project_id
WHERE u.project_id = $1 AND u.sha256 = decode($2, 'hex')
LIMIT 5`
	selectDangling = `
SELECT r.uid, k.key
FROM %s r, public.sl_files_of(r.data, $1) k
WHERE NOT EXISTS (SELECT FROM public.sl_file_uses u WHERE u.table_id = $2 AND u.record_id = r.id AND u.key = k.key AND u.sha256 = k.sha256)`
)

// Check compares every blob with its object (its size, and its hash unless quick), and every reference of a record with its blob.
// problem is told each thing that is wrong, in a sentence.
func (f *Files) Check(ctx context.Context, schema *engine.Schema, quick bool, problem func(string)) (CheckReport, error) {
	c := &check{files: f, ctx: ctx, quick: quick, tell: problem}
	if err := c.blobs(); err != nil {
		return c.report, fmt.Errorf("check blobs: %w", err)
	}
	for _, p := range schema.Projects {
		for _, t := range p.Tables.All() {
			if err := c.references(p, t); err != nil {
				return c.report, fmt.Errorf("check references of %s/%s: %w", p.Name, t.Name, err)
			}
		}
	}
	err := f.db.Pool().QueryRow(ctx, `SELECT count(*) FROM public.sl_file_uses`).Scan(&c.report.References)
	return c.report, err
}

type check struct {
	files  *Files
	ctx    context.Context
	quick  bool
	tell   func(string)
	report CheckReport
}

func (c *check) problem(format string, args ...any) {
	c.report.Problems++
	c.tell(fmt.Sprintf(format, args...))
}

type row struct {
	object  string
	project int
	hash    string
	size    int64
}

func (c *check) blobs() error {
	for after := ""; ; {
		rows, err := c.files.db.Pool().Query(c.ctx, selectBlobs, after)
		if err != nil {
			return err
		}
		batch, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (b row, err error) {
			return b, r.Scan(&b.object, &b.project, &b.hash, &b.size)
		})
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, b := range batch {
			if err := c.blob(b); err != nil {
				return err
			}
		}
		after = batch[len(batch)-1].object
	}
}

func (c *check) blob(b row) error {
	size, hash, err := c.look(b)
	c.report.Blobs++
	c.report.Bytes += size
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return c.users(b, "is missing")
	case err != nil:
		return err
	case size != b.size:
		return c.users(b, fmt.Sprintf("has %d bytes instead of %d", size, b.size))
	case hash != b.hash:
		return c.users(b, "has another content: its hash is "+hash)
	}
	return nil
}

// look gives size and hash of an object; a quick one believes the hash.
func (c *check) look(b row) (int64, string, error) {
	if c.quick {
		info, err := c.files.store.Stat(c.ctx, b.object)
		return info.Size, b.hash, err
	}
	r, err := c.files.store.Get(c.ctx, b.object, 0, -1)
	if err != nil {
		return 0, "", err
	}
	hash := sha256.New()
	n, err := io.Copy(hash, r)
	return n, hex.EncodeToString(hash.Sum(nil)), errors.Join(err, r.Close())
}

// users reports a damaged blob with records that hold it.
func (c *check) users(b row, what string) error {
	rows, err := c.files.db.Pool().Query(c.ctx, selectUsers, b.project, b.hash)
	if err != nil {
		return err
	}
	text := ""
	var table string
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&table, &id}, func() error {
		text += fmt.Sprintf("; record %d of %s holds it", id, table)
		return nil
	}); err != nil {
		return err
	}
	c.problem("the object %s of the file %s %s%s", b.object, b.hash, what, text)
	return nil
}

func (c *check) references(p *engine.Project, t *engine.Table) error {
	var keys []string
	for _, f := range t.Fields.All() {
		if f.Type == engine.TypeFile {
			keys = append(keys, f.Key)
		}
	}
	if keys == nil {
		return nil
	}
	rows, err := c.files.db.Pool().Query(c.ctx, fmt.Sprintf(selectDangling, relation.Leaf(p, t)), keys, t.ID)
	if err != nil {
		return err
	}
	var uid, key string
	_, err = pgx.ForEachRow(rows, []any{&uid, &key}, func() error {
		c.problem("the record %s of %s/%s holds a file in %s that is not counted as used", uid, p.Name, t.Name, t.FieldByKey(key).Name)
		return nil
	})
	return err
}
