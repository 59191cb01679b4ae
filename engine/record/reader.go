package record

import (
	"fmt"

	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/storage/pg"
)

// ReadRows reads records that are given as JSON objects of their leaf's columns. The rows live as long as into.
func (e *Engine) ReadRows(tx *pg.Tx, r *plan.Reader, records [][]byte, into *Result) ([]template.Row, error) {
	into.reset()
	into.keys, into.layout = r.Shape.Keys(), &r.Layout
	if _, err := tx.Query(prepared(r.Statement), [][]byte{appendTexts(nil, records)}, into.add); err != nil {
		return nil, fmt.Errorf("read written records: %w", err)
	}
	if len(into.rows) != len(records) {
		return nil, fmt.Errorf("read written records: %d came of %d", len(into.rows), len(records))
	}
	return into.rows, nil
}

// appendTexts writes the literal of an array (PostgreSQL manual, 8.15.6).
func appendTexts(dst []byte, texts [][]byte) []byte {
	dst = append(dst, '{')
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		for _, c := range text {
			if c == '"' || c == '\\' {
				dst = append(dst, '\\')
			}
			dst = append(dst, c)
		}
		dst = append(dst, '"')
	}
	return append(dst, '}')
}
