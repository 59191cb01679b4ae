package file

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
)

// A Limit is what a field says about its files.
type Limit struct {
	MaxSize int64    // bytes; 0 is engine.MaxFileSize
	Types   []string // media types, "image/*" too; nil is all
}

// Size gives MaxSize, or the default.
func (l *Limit) Size() int64 {
	if l.MaxSize > 0 {
		return l.MaxSize
	}
	return engine.MaxFileSize
}

// The refusals of an upload.
var (
	ErrSize   = errors.New("the file is larger than allowed")
	ErrType   = errors.New("the type of the file is not allowed")
	ErrBroken = errors.New("the file did not arrive whole") // wraps the reader's error
)

// Allows reports whether a media type is one of Types.
func (l *Limit) Allows(mediaType string) bool {
	if len(l.Types) == 0 {
		return true
	}
	bare, _, _ := strings.Cut(mediaType, ";")
	for _, allowed := range l.Types {
		if allowed == "*/*" || strings.EqualFold(allowed, bare) {
			return true
		}
		if kind, any := strings.CutSuffix(allowed, "/*"); any && strings.HasPrefix(bare, kind+"/") {
			return true
		}
	}
	return false
}

// An Upload is a file that came with a request, and not yet part of a record.
type Upload struct {
	engine.File
	project int
	object  string // "": the content was there already
	touched string // when it was made known, as PostgreSQL writes it
}

const (
	insertUpload = `
INSERT INTO public.sl_blobs (object, project_id)
VALUES ($1, $2)`
	deleteUpload = `
DELETE FROM public.sl_blobs
WHERE object = $1 AND sha256 IS NULL`
	touchBlob = `
UPDATE public.sl_blobs
SET touched_at = now()
WHERE project_id = $1 AND sha256 = $2
RETURNING type`
	completeUpload = `
UPDATE public.sl_blobs
SET sha256 = $2, size = $3, type = $4, touched_at = now()
WHERE object = $1 AND sha256 IS NULL
RETURNING touched_at::text`
)

// Upload streams r into the store and makes it known; size is a hint, -1 where it is not known. Memory does not grow with the file. An
// error is ErrSize, ErrType, ErrBroken (what r said), or that of the store or the database; nothing stays then.
func (f *Files) Upload(ctx context.Context, project int, limit *Limit, name string, r io.Reader, size int64) (_ *Upload, err error) {
	if size > limit.Size() {
		return nil, ErrSize
	}
	in := &incoming{r: r, left: limit.Size()}
	head, err := in.sniff()
	if err != nil {
		return nil, err
	}
	detected := mimetype.Detect(head).String()
	if !limit.Allows(detected) {
		return nil, ErrType
	}
	u := &Upload{project: project, object: newObject(project)}
	if _, err := f.db.Pool().Exec(ctx, insertUpload, u.object, project); err != nil {
		return nil, fmt.Errorf("begin an upload: %w", err)
	}
	defer func() {
		if err != nil {
			f.forget(context.WithoutCancel(ctx), u.object)
		}
	}()
	hash := sha256.New()
	u.Size, err = f.store.Put(ctx, u.object, io.TeeReader(in, hash), -1)
	switch {
	case in.err != nil:
		return nil, in.err
	case err != nil:
		return nil, fmt.Errorf("store an upload: %w", err)
	}
	u.SHA256, u.Type, u.Name = hex.EncodeToString(hash.Sum(nil)), detected, SafeName(name, detected)
	return u, f.complete(ctx, u, hash.Sum(nil))
}

// complete gives the row of an upload its content, or takes the blob that has it already.
func (f *Files) complete(ctx context.Context, u *Upload, sum []byte) error {
	for range 3 {
		err := f.db.Pool().QueryRow(ctx, touchBlob, u.project, sum).Scan(&u.Type)
		if err == nil {
			f.forget(ctx, u.object)
			u.object = ""
			return nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("complete an upload: %w", err)
		}
		err = f.db.Pool().QueryRow(ctx, completeUpload, u.object, sum, u.Size, u.Type).Scan(&u.touched)
		if pg.Code(err) == pg.UniqueViolation {
			continue // the same content came at the same time
		}
		if err != nil {
			return fmt.Errorf("complete an upload: %w", err)
		}
		return nil
	}
	return errors.New("complete an upload: its content comes and goes")
}

// forget removes the object of an upload that came to nothing. Where that fails, the row stays for Collect.
func (f *Files) forget(ctx context.Context, object string) {
	err := f.store.Delete(ctx, object)
	if err == nil {
		_, err = f.db.Pool().Exec(ctx, deleteUpload, object)
	}
	if err != nil {
		f.log.Warn("a broken upload is left for the collection", "object", object, "error", err)
	}
}

// newObject makes a key of the store.
func newObject(project int) string {
	id := strings.ToLower(rand.Text())
	return "p" + strconv.Itoa(project) + "/f/" + id[:2] + "/" + id[2:]
}

// Discard gives up uploads whose request failed. A content that somebody else brought or uses meanwhile stays.
func (f *Files) Discard(ctx context.Context, uploads []*Upload) {
	for _, u := range uploads {
		if u.object == "" {
			continue
		}
		if _, err := f.collect(ctx, oneUnused, u.object, u.touched); err != nil {
			f.log.Warn("an upload is left for the collection", "object", u.object, "error", err)
		}
	}
}

// incoming reads a file that arrives, up to a size.
type incoming struct {
	r    io.Reader
	head []byte // read already
	left int64  // bytes allowed
	err  error  // ErrSize or ErrBroken
}

// sniffed is how much of a file tells its type, in bytes.
const sniffed = 3072

// sniff reads the beginning and keeps it.
func (in *incoming) sniff() ([]byte, error) {
	head := make([]byte, sniffed)
	n := 0
	for n < len(head) {
		read, err := in.r.Read(head[n:])
		n += read
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBroken, err)
		}
	}
	in.head = head[:n]
	if int64(n) > in.left {
		return nil, ErrSize
	}
	return in.head, nil
}

// Read gives the file.
func (in *incoming) Read(p []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	var n int
	var err error
	if len(in.head) > 0 {
		n = copy(p, in.head)
		in.head = in.head[n:]
	} else {
		n, err = in.r.Read(p)
	}
	if in.left -= int64(n); in.left < 0 {
		in.err = ErrSize
		return 0, in.err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		in.err = fmt.Errorf("%w: %w", ErrBroken, err)
		return n, in.err
	}
	return n, err
}
