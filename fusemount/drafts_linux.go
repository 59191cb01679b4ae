package fusemount

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The bounds of what a mount keeps in memory of files that are no records, or not yet.
const (
	maxDraft  = 16 << 20 // bytes of one
	maxDrafts = 4096     // of a table
	maxErrors = 256      // files of a table whose last refusal is kept
)

// drafts are the files of a table that are being written, and those that live in this mount alone. It is safe for concurrent use. A draft
// is locked before they are, never behind: a draft stays locked while it is stored.
type drafts struct {
	mu     sync.Mutex
	byName map[string]*draft
	number uint64
	away   map[string]*draft // records that were moved to the name of a draft, by their file's name
	errors map[string]string // why writing a file was refused, by its name
	last   string            // the last refusal, for .lasterror
	coming map[string]*incoming
}

// receive notes a file on its way into a field.
func (d *drafts) receive(key string, in *incoming) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.coming[key] = in
}

// received forgets it.
func (d *drafts) received(key string, in *incoming) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.coming[key] == in {
		delete(d.coming, key)
	}
}

func (d *drafts) incoming(key string) *incoming {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.coming[key]
}

func (fs *fileSystem) draftsOf(table int) *drafts {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	d := fs.drafts[table]
	if d == nil {
		d = &drafts{byName: map[string]*draft{}, away: map[string]*draft{}, errors: map[string]string{}, coming: map[string]*incoming{}}
		fs.drafts[table] = d
	}
	return d
}

func (d *drafts) get(name string) *draft {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.byName[name]
}

// own gives the files that are not in the database, by their numbers.
func (d *drafts) own() []*draft {
	d.mu.Lock()
	all := slices.Collect(maps.Values(d.byName))
	d.mu.Unlock()
	own := slices.DeleteFunc(all, func(dr *draft) bool { return dr.uid != "" && dr.isStored() })
	slices.SortFunc(own, func(a, b *draft) int { return int(a.number) - int(b.number) })
	return own
}

// make makes an empty file; uid is that of the record that it will be, or "".
func (d *drafts) make(name, uid string, mode uint32) (*draft, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.byName) >= maxDrafts {
		return nil, &refusal{syscall.ENOSPC, fmt.Sprintf("This mount keeps at most %d files that are no records; remove some.", maxDrafts)}
	}
	if known := d.byName[name]; known != nil {
		return known, nil
	}
	d.number++
	dr := &draft{drafts: d, name: name, uid: uid, number: d.number, mode: mode & 0o777, modified: time.Now()}
	dr.stored = d.away[name] != nil
	d.byName[name] = dr
	return dr, nil
}

// edit gives the draft of a record, or of one field of it, that is opened for writing; content is what the file holds now.
func (d *drafts) edit(name, uid, field string, content []byte) *draft {
	d.mu.Lock()
	dr := d.byName[name]
	if dr == nil {
		d.number++
		dr = &draft{drafts: d, name: name, uid: uid, field: field, number: d.number, stored: true, data: slices.Clone(content), modified: time.Now()}
		d.byName[name] = dr
	}
	d.mu.Unlock()
	dr.reload(content)
	return dr
}

// remove forgets a draft; a record that was moved to it is seen under its own name again.
func (d *drafts) remove(dr *draft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byName[dr.name] == dr {
		delete(d.byName, dr.name)
	}
	for name, at := range d.away {
		if at == dr {
			delete(d.away, name)
		}
	}
}

func (d *drafts) isAway(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.away[name] != nil
}

// back ends that a record is away: something was written to its name.
func (d *drafts) back(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.away, name)
}

// note keeps why something was refused.
func (d *drafts) note(name string, err error) {
	text := sentence(err)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.errors) >= maxErrors {
		clear(d.errors)
	}
	d.errors[name] = text
	d.last = strings.TrimPrefix(name+": ", ": ") + text
}

// clear forgets a refusal: the file was written since, or is gone.
func (d *drafts) clear(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, found := d.errors[name]; found {
		delete(d.errors, name)
		if strings.HasPrefix(d.last, name+": ") {
			d.last = ""
		}
	}
}

func (d *drafts) lastError() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == "" {
		return nil
	}
	return []byte(d.last + "\n")
}

// errorOf gives why the last write to a file was refused; "" is nothing.
func (d *drafts) errorOf(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if name == "" {
		return d.last
	}
	return d.errors[name]
}
