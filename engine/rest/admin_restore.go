package rest

import (
	"bytes"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/value"
)

type restoreRecordsIn struct {
	Table   string      `path:"table" json:"-"`
	Records []raw.Value `json:"records"` // as this API gave them
}

type restored struct {
	Restored int64 `json:"restored"`
}

// restoreRecords brings deleted records back under their uids, with their times and numbers, all or none: the undo of a deletion. They
// obey the rules as an import does, and begin at version 1.
func (s *Server) restoreRecords(c *call, in *restoreRecordsIn) (restored, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return restored{}, err
	}
	if len(in.Records) == 0 || len(in.Records) > maxBulk {
		return restored{}, engine.Errorf(engine.Invalid, "Name 1 to %d records.", maxBulk)
	}
	var file bytes.Buffer
	for _, r := range in.Records {
		if r.Kind() != raw.Object {
			return restored{}, engine.Errorf(engine.Invalid, "A record is an object.")
		}
		file.Write(bytes.ReplaceAll(r, []byte("\n"), []byte(" ")))
		file.WriteByte('\n')
	}
	lang := value.PickLang("auto", c.q.HTTP.Header.Get("Accept-Language"))
	report, err := s.cfg.Records.Import(c.ctx(), c.project, t, &file, record.ImportOptions{Lang: lang})
	if err != nil {
		return restored{}, err
	}
	if report.Refused > 0 {
		sentences := make([]string, len(report.Errors))
		for i, e := range report.Errors {
			sentences[i] = e.Message
		}
		return restored{}, &engine.Error{Code: engine.Conflict, Message: strings.Join(sentences, " ")}
	}
	return restored{report.Records}, c.audit("restore records", t.Name, map[string]any{"records": report.Records})
}
