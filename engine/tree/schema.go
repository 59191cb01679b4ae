package tree

import (
	"bytes"
	"encoding/json"
)

// Schema gives the definition of the table, as JSON.
func (t *Table) Schema() []byte {
	var out bytes.Buffer
	compact, err := json.Marshal(t.Def)
	if err == nil {
		err = json.Indent(&out, compact, "", "  ")
	}
	if err != nil {
		return []byte(`{"error": "the definition cannot be written"}` + "\n")
	}
	out.WriteByte('\n')
	return out.Bytes()
}
