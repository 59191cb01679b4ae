package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
)

// S3 is a Store in a bucket of a service that speaks the S3 API. Objects of up to [smallObject] go in one request, larger ones as a
// multipart upload, which becomes visible as a whole when it is completed and is aborted where the reader fails.
type S3 struct {
	core   minio.Core
	bucket string
	prefix string // "" or ends with a slash
}

// Sizes in bytes. A part of 16 MiB lets an object of unknown size reach 156 GiB in the 10,000 parts that S3 allows (Amazon S3 User
// Guide, "Amazon S3 multipart upload limits"); one upload holds one part in memory.
const (
	smallObject = 5 << 20
	partSize    = 16 << 20
	maxParts    = 10_000
)

// Put sends r. An upload holds 5 MiB in memory for a small object, one part for a large one.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	buffer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buffer)
	buffer.Reset()
	n, err := io.CopyN(buffer, r, smallObject+1)
	switch {
	case errors.Is(err, io.EOF):
		if err := checkSize(n, size); err != nil {
			return 0, fmt.Errorf("put %s: %w", key, err)
		}
		_, err = s.core.Client.PutObject(ctx, s.bucket, s.prefix+key, bytes.NewReader(buffer.Bytes()), n, minio.PutObjectOptions{DisableMultipart: true, DisableContentSha256: true})
		if err != nil {
			return 0, fmt.Errorf("put %s: %w", key, err)
		}
		return n, nil
	case err != nil:
		return 0, fmt.Errorf("put %s: %w", key, err)
	}
	if n, err = s.putParts(ctx, key, io.MultiReader(bytes.NewReader(buffer.Bytes()), r), size); err != nil {
		return 0, fmt.Errorf("put %s: %w", key, err)
	}
	return n, nil
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// abortTime bounds the abort of an upload whose request is over.
const abortTime = 30 * time.Second

// putParts sends r part after part.
func (s *S3) putParts(ctx context.Context, key string, r io.Reader, size int64) (total int64, err error) {
	id, err := s.core.NewMultipartUpload(ctx, s.bucket, s.prefix+key, minio.PutObjectOptions{})
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
			defer cancel()
			err = errors.Join(err, s.core.AbortMultipartUpload(ctx, s.bucket, s.prefix+key, id))
		}
	}()
	part := parts.Get().(*[]byte)
	defer parts.Put(part)
	memory := *part
	if need := size/maxParts + 1; need > partSize {
		memory = make([]byte, need)
	}
	var done []minio.CompletePart
	for last := false; !last; {
		n, err := io.ReadFull(r, memory)
		if last = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && n < len(memory); err != nil && !last {
			return 0, err
		}
		if n == 0 {
			break
		}
		if len(done) == maxParts {
			return 0, fmt.Errorf("more than %d parts of %d bytes", maxParts, len(memory))
		}
		sent, err := s.core.PutObjectPart(ctx, s.bucket, s.prefix+key, id, len(done)+1, bytes.NewReader(memory[:n]), int64(n), minio.PutObjectPartOptions{DisableContentSha256: true})
		if err != nil {
			return 0, err
		}
		done = append(done, minio.CompletePart{PartNumber: sent.PartNumber, ETag: sent.ETag})
		total += int64(n)
	}
	if err := checkSize(total, size); err != nil {
		return 0, err
	}
	_, err = s.core.CompleteMultipartUpload(ctx, s.bucket, s.prefix+key, id, done, minio.PutObjectOptions{})
	return total, err
}

var parts = sync.Pool{New: func() any {
	memory := make([]byte, partSize)
	return &memory
}}

// Get opens a range.
func (s *S3) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if length == 0 {
		_, err := s.Stat(ctx, key)
		return io.NopCloser(strings.NewReader("")), err
	}
	var opts minio.GetObjectOptions
	if offset > 0 || length > 0 {
		last := int64(0) // minio: to the end
		if length > 0 {
			last = offset + length - 1
		}
		if err := setRange(&opts, offset, last, length); err != nil {
			return nil, fmt.Errorf("get %s: %w", key, err)
		}
	}
	r, _, _, err := s.core.GetObject(ctx, s.bucket, s.prefix+key, opts)
	if minio.ToErrorResponse(err).StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return io.NopCloser(strings.NewReader("")), nil
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, s3Error(err))
	}
	return r, nil
}

func setRange(opts *minio.GetObjectOptions, offset, last, length int64) error {
	if length < 0 {
		return opts.SetRange(offset, 0)
	}
	if offset == 0 && last == 0 { // SetRange(0, 0) is the first byte
		opts.Set("Range", "bytes=0-0")
		return nil
	}
	return opts.SetRange(offset, last)
}

// s3Error gives ErrNotFound for what is not there.
func s3Error(err error) error {
	if r := minio.ToErrorResponse(err); r.Code == "NoSuchKey" || r.StatusCode == http.StatusNotFound && r.Code != "NoSuchBucket" {
		return ErrNotFound
	}
	return err
}

// Stat tells of an object.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	info, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, fmt.Errorf("stat %s: %w", key, s3Error(err))
	}
	return Info{Key: key, Size: info.Size, ModifiedAt: info.LastModified}, nil
}

// Delete removes an object.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.core.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
	if err != nil && !errors.Is(s3Error(err), ErrNotFound) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// List asks for a thousand objects at a time.
func (s *S3) List(ctx context.Context, prefix string, each func(Info) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list %s: %w", prefix, o.Err)
		}
		key := strings.TrimPrefix(o.Key, s.prefix)
		if !ValidKey(key) {
			continue
		}
		if err := each(Info{Key: key, Size: o.Size, ModifiedAt: o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Sweep aborts old multipart uploads below the prefix.
func (s *S3) Sweep(ctx context.Context, before time.Time) (int, error) {
	n, keyMarker, idMarker := 0, "", ""
	for {
		page, err := s.core.ListMultipartUploads(ctx, s.bucket, s.prefix, keyMarker, idMarker, "", 1000)
		if err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		for _, u := range page.Uploads {
			if !u.Initiated.Before(before) {
				continue
			}
			if err := s.core.AbortMultipartUpload(ctx, s.bucket, u.Key, u.UploadID); err != nil {
				return n, fmt.Errorf("sweep %s: %w", u.Key, err)
			}
			n++
		}
		if !page.IsTruncated {
			return n, nil
		}
		keyMarker, idMarker = page.NextKeyMarker, page.NextUploadIDMarker
	}
}
