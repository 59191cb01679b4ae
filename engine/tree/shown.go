package tree

import (
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/raw"
)

// moment is how long a record is given again without asking whether its table changed: from the look-up of a file to its opening.
const moment = 40 * time.Millisecond

// A Shown is a record as its file shows it. It is immutable.
type Shown struct {
	UID              string
	ID               int64
	Created, Updated time.Time
	Record           raw.Value // an object of the names: uid, the fields in order, created_at, updated_at, version
	File             []byte    // what the file holds

	read readMark
}

// A readMark tells what a read has seen. It is taken before the read.
type readMark struct {
	at      time.Time
	mark    change.Mark
	known   bool
	written uint64
}

func (t *Table) readMark() readMark {
	m := readMark{at: time.Now(), written: t.written.Load()}
	m.mark, m.known = t.watch.Mark()
	return m
}

// holds reports whether what was read then is fresh.
func (t *Table) holds(m readMark) bool {
	if m.written != t.written.Load() {
		return false
	}
	if time.Since(m.at) < moment {
		return true
	}
	mark, known := t.watch.Mark()
	return known && m.known && mark == m.mark
}

// show makes a Shown of a whole record as a template writes it.
func (t *Table) show(id int64, record raw.Value, m readMark) *Shown {
	s := &Shown{ID: id, Record: record, read: m}
	s.UID, _ = record.Get("uid").Text()
	s.Created, s.Updated = timeOf(record.Get("created_at")), timeOf(record.Get("updated_at"))
	if t.format.markdown {
		s.File = t.markdownFile(record)
	} else {
		s.File = jsonFile(record)
	}
	return s
}

func timeOf(v raw.Value) time.Time {
	text, _ := v.Text()
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// jsonFile writes a record with one name a line, without its version.
func jsonFile(record raw.Value) []byte {
	b := append(make([]byte, 0, len(record)+4*record.Len()+8), "{\n"...)
	first := true
	record.Members(func(key, v raw.Value) bool {
		if raw.EqualString(key, "version") {
			return true
		}
		if !first {
			b = append(b, ",\n"...)
		}
		first = false
		b = append(append(append(append(b, "  "...), key...), ": "...), v...)
		return true
	})
	return append(b, "\n}\n"...)
}

// notFound is the refusal for a record that is not there.
func (t *Table) notFound(uid string) error {
	return engine.Errorf(engine.NotFound, "There is no record %s in %s.", uid, t.Def.Name)
}
