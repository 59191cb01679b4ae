package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ErrNotFound says that there is no object under a key.
var ErrNotFound = errors.New("blob not found")

// A Store keeps objects. It is safe for concurrent use. Errors are ErrNotFound, that of the context, or of the disk or service.
type Store interface {
	// Put stores what r gives under key and tells its size in bytes. size is a hint, -1 where it is not known; a reader that gives
	// another size than the one hinted at is an error. An error of r ends Put with that error, and nothing is there.
	Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error)
	// Get opens length bytes from offset; length -1 is all that follows. Fewer come where the object ends. The caller closes it.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Stat tells size and time of an object.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes an object; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// List calls each for every object whose key begins with prefix, in no order. Its first error ends the list.
	List(ctx context.Context, prefix string, each func(Info) error) error
	// Sweep removes what Puts left behind that began before the given time and never ended, and tells how many.
	Sweep(ctx context.Context, before time.Time) (int, error)
}

// Info is what a store knows of an object.
type Info struct {
	Key        string
	Size       int64 // bytes
	ModifiedAt time.Time
}

// maxKey bounds a key, in bytes. S3 takes 1,024 (Amazon S3 User Guide, "Naming Amazon S3 objects"); the rest is left to its prefix.
const maxKey = 512

// ValidKey reports whether key may name an object: segments of letters, digits, "_", "-" and ".", none of which begins with a dot,
// with slashes between them.
func ValidKey(key string) bool {
	if key == "" || len(key) > maxKey {
		return false
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment[0] == '.' {
			return false
		}
		for _, c := range []byte(segment) {
			if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}

func checkKey(key string) error {
	if !ValidKey(key) {
		return fmt.Errorf("blob key %q is not valid", key)
	}
	return nil
}

func checkSize(got, hint int64) error {
	if hint >= 0 && got != hint {
		return fmt.Errorf("%d bytes came where %d were announced: %w", got, hint, io.ErrUnexpectedEOF)
	}
	return nil
}

// Check writes, reads and deletes a small object, so that a store that is not usable is found when a program starts.
func Check(ctx context.Context, s Store) error {
	const text = "sayrud"
	key := "check/" + rand.Text() // servers start at the same time
	if _, err := s.Put(ctx, key, strings.NewReader(text), int64(len(text))); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	r, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if string(got) != text {
		return fmt.Errorf("read: %q came back where %q was written", got, text)
	}
	if err := s.Delete(ctx, key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}
