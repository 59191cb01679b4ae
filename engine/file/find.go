package file

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

// A Found is a file that a record holds.
type Found struct {
	engine.File
	Object string
}

const selectFile = `
SELECT e.file->>'name', b.size, b.type, encode(b.sha256, 'hex'), b.object
FROM %[1]s r
CROSS JOIN jsonb_array_elements(
  CASE jsonb_typeof(r.data->$3) WHEN 'array' THEN r.data->$3 WHEN 'object' THEN jsonb_build_array(r.data->$3) ELSE '[]'::jsonb END) e (file)
JOIN public.sl_file_uses u ON u.table_id = $4 AND u.record_id = r.id AND u.key = $3 AND u.sha256 = decode(e.file->>'sha256', 'hex')
JOIN public.sl_blobs b ON b.project_id = $5 AND b.sha256 = u.sha256
WHERE r.uid = $1 AND left(e.file->>'sha256', length($2)) = $2
LIMIT 1`

// Find finds the file of a record whose SHA-256 begins with hash. It gives nil where there is none, whatever the reason.
func (f *Files) Find(ctx context.Context, p *engine.Project, t *engine.Table, field *engine.Field, uid, hash string) (*Found, error) {
	var found Found
	err := f.db.Pool().QueryRow(ctx, fmt.Sprintf(selectFile, relation.Leaf(p, t)), uid, hash, field.Key, t.ID, p.ID).
		Scan(&found.Name, &found.Size, &found.Type, &found.SHA256, &found.Object)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a file: %w", err)
	}
	return &found, nil
}

// FieldOf gives the table and the file field that an address names, or nil.
func FieldOf(p *engine.Project, a *Address) (*engine.Table, *engine.Field) {
	t, _ := p.Tables.Get(a.Table)
	if t == nil || p.Name != a.Project || !engine.ValidUID(a.UID) {
		return nil, nil
	}
	f, _ := t.Fields.Get(a.Field)
	if f == nil || f.Type != engine.TypeFile {
		return nil, nil
	}
	return t, f
}

// Open reports whether the address may be read: the link is signed, or the field is public and not hidden.
func (a *Address) Open(field *engine.Field) bool { return a.Signed || field.Public && !field.Hidden }

// Resolve finds the file that a link opens, for a record of the same project that is to hold it too. nil where the link opens nothing.
func (f *Files) Resolve(ctx context.Context, p *engine.Project, link string) (*engine.File, error) {
	a, ok := f.ParseLink(link)
	if !ok {
		return nil, nil
	}
	t, field := FieldOf(p, &a)
	if field == nil || !a.Open(field) {
		return nil, nil
	}
	found, err := f.Find(ctx, p, t, field, a.UID, a.Hash)
	if found == nil {
		return nil, err
	}
	return &found.File, nil
}

const selectContent = `
SELECT size, type
FROM public.sl_blobs
WHERE project_id = $1 AND sha256 = $2`

// Content finds a content of a project by its SHA-256; nil where there is none. That it is there says nothing about who may read it.
func (f *Files) Content(ctx context.Context, project int, hash string) (*engine.File, error) {
	sum, err := hex.DecodeString(hash)
	if err != nil {
		return nil, nil //nolint:nilerr // no hash, no content
	}
	file := engine.File{SHA256: hash}
	err = f.db.Pool().QueryRow(ctx, selectContent, project, sum).Scan(&file.Size, &file.Type)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a content: %w", err)
	}
	return &file, nil
}
