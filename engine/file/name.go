package file

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

// maxName bounds a name, in bytes: 255 is what file systems take, and the mount shows files under their names.
const maxName = 200

// SafeName makes a name that is safe in a header, an address and a file system out of what a client said: its last segment, without
// control and direction characters, not hidden, at most 200 bytes with its extension kept. Where nothing is left it is "file" with the
// extension of the media type.
func SafeName(name, mediaType string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, name)
	name = strings.TrimLeftFunc(name, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	name = strings.TrimRightFunc(name, unicode.IsSpace)
	if name == "" {
		name = "file"
		if known := mimetype.Lookup(mediaType); known != nil {
			name += known.Extension()
		}
	}
	extension := path.Ext(name)
	if len(extension) > 20 {
		extension = ""
	}
	if len(name) > maxName {
		stem := name[:maxName-len(extension)]
		for !utf8.ValidString(stem) {
			stem = stem[:len(stem)-1]
		}
		name = strings.TrimRightFunc(stem, unicode.IsSpace) + extension
	}
	return name
}
