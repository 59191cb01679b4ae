package engine

import (
	"iter"
	"strings"
)

// ETags gives the entity tags of a header If-Match or If-None-Match (RFC 9110 section 13.1), without their quotes and W/: a proxy that
// compresses weakens a tag. "*" stands for itself; a tag without quotes is taken as it is.
func ETags(header string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			header = strings.TrimLeft(header, " \t,")
			if header == "" {
				return
			}
			header = strings.TrimPrefix(header, "W/")
			var tag string
			if strings.HasPrefix(header, `"`) {
				tag, header, _ = strings.Cut(header[1:], `"`)
			} else {
				tag, header, _ = strings.Cut(header, ",")
				tag = strings.TrimRight(tag, " \t")
			}
			if !yield(tag) {
				return
			}
		}
	}
}
