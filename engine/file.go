package engine

import (
	"strconv"

	"github.com/sayrud/sayrud/engine/raw"
)

// A File is what a record keeps of a file; its bytes are in the blob store.
type File struct {
	Name   string // made safe, see file.SafeName
	Size   int64  // bytes
	Type   string // media type, by the content
	SHA256 string // 64 small hexadecimal digits
}

// MaxFileSize bounds a file whose field says no max_size, in bytes: 5 GiB.
const MaxFileSize = 5 << 30

// MaxFiles bounds the files of a field with many, where it says no max.
const MaxFiles = 100

// Append appends the stored form: {"name", "size", "type", "sha256"}.
func (f *File) Append(dst raw.Value) raw.Value {
	dst = raw.AppendString(append(dst, `{"name":`...), f.Name)
	dst = strconv.AppendInt(append(dst, `,"size":`...), f.Size, 10)
	dst = raw.AppendString(append(dst, `,"type":`...), f.Type)
	dst = raw.AppendString(append(dst, `,"sha256":`...), f.SHA256)
	return append(dst, '}')
}

// IsHash reports whether text is a SHA-256 as a File has it.
func IsHash(text string) bool {
	if len(text) != 64 {
		return false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
