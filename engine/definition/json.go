package definition

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine/raw"
)

// A jsonReader finds the places of a JSON text that is valid.
type jsonReader struct {
	source []byte
	offset int // of what line and col tell
	line   int
	col    int // characters in front
	nodes  int
}

// locate gives line and column of a part of the source; parts come in order.
func (j *jsonReader) locate(v []byte) (line, col int) {
	offset := cap(j.source) - cap(v)
	between := j.source[j.offset:offset]
	if n := bytes.Count(between, []byte("\n")); n > 0 {
		j.line += n
		j.col = 0
		between = between[bytes.LastIndexByte(between, '\n')+1:]
	}
	j.col += utf8.RuneCount(between)
	j.offset = offset
	return j.line, j.col + 1
}

func (j *jsonReader) value(v raw.Value) *place {
	p := &place{style: double}
	if v.Kind() != raw.String {
		p.style = plain
	}
	p.line, p.col = j.locate(v)
	if j.nodes++; j.nodes > maxNodes {
		return p
	}
	for key, member := range v.Members {
		line, col := j.locate(key)
		kid := j.value(member)
		kid.keyLine, kid.keyCol = line, col
		name, _ := key.Text()
		p.put(name, kid)
	}
	for i, item := range v.Items {
		p.put(strconv.Itoa(i), j.value(item))
	}
	return p
}

// checkBytes refuses what is no text of a bearable size.
func checkBytes(source []byte) []fault {
	if len(source) > maxSourceBytes {
		return []fault{{1, 1, fmt.Sprintf("the file has %d bytes", len(source)), fmt.Sprintf("at most %d", maxSourceBytes)}}
	}
	if utf8.Valid(source) {
		return nil
	}
	line, col := 1, 1
	for i := 0; i < len(source); {
		r, size := utf8.DecodeRune(source[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
		col++
		if r == '\n' {
			line, col = line+1, 1
		}
	}
	return []fault{{line, col, "a byte that is not UTF-8", "save the file as UTF-8"}}
}
