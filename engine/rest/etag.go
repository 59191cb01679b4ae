package rest

import (
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/sayrud/sayrud/engine/template"
)

// etagOf gives the ETag of an answer: "<version>-<hash>" of a record, else "<hash>". If-Match compares the version, If-None-Match all.
func etagOf(record *template.Row, body []byte) string {
	var memory [48]byte
	b := append(memory[:0], '"')
	if record != nil && len(record.Version) > 0 {
		b = append(append(b, record.Version...), '-')
	}
	return string(append(strconv.AppendUint(b, xxhash.Sum64(body), 16), '"'))
}
