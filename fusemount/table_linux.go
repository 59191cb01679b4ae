package fusemount

import (
	"context"
	"slices"
	"strconv"
	"syscall"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/tree"
)

// tableDir is the directory of a table: its records, and files that live in this mount alone.
type tableDir struct {
	fs            *fileSystem
	project, name string
	id            int
	drafts        *drafts
}

func (d *tableDir) key() string { return "t/" + strconv.Itoa(d.id) }

func (d *tableDir) attr(context.Context) (attr, error) {
	if _, err := d.table(); err != nil {
		return attr{}, err
	}
	return directoryAttr, nil
}

// table gives the table as it is defined now.
func (d *tableDir) table() (*tree.Table, error) {
	t := d.fs.cfg.Tree.Table(d.project, d.name)
	if t == nil || t.Def.ID != d.id {
		return nil, syscall.ENOENT
	}
	return t, nil
}

func (d *tableDir) note(name string, err error) { d.drafts.note(name, err) }

// The files that every table has besides its records.
const (
	schemaName = ".schema.json"
	errorName  = ".lasterror"
)

func (d *tableDir) lookup(ctx context.Context, name string) (node, error) {
	t, err := d.table()
	if err != nil {
		return nil, err
	}
	if dr := d.drafts.get(name); dr != nil {
		return d.ofDraft(dr), nil
	}
	switch name {
	case schemaName:
		return &textFile{"schema/" + strconv.Itoa(d.id), t.Schema}, nil
	case errorName:
		return &textFile{"error/" + strconv.Itoa(d.id), d.drafts.lastError}, nil
	}
	if name == exportName || slices.Contains(tree.Words(), name) {
		return (&pathDir{table: d}).lookup(ctx, name)
	}
	if d.drafts.isAway(name) {
		return nil, syscall.ENOENT
	}
	switch {
	case t.IsFileName(name):
		s, err := t.Find(ctx, name)
		if err != nil {
			return nil, err
		}
		return &recordFile{d, s.UID, name}, nil
	case engine.ValidUID(name):
		s, err := t.Read(ctx, name)
		if err != nil {
			return nil, err
		}
		return &recordDir{d, s.UID}, nil
	}
	return nil, syscall.ENOENT
}

// ofDraft gives the node of a file that is being written.
func (d *tableDir) ofDraft(dr *draft) node {
	if dr.uid != "" {
		return &recordFile{d, dr.uid, dr.name}
	}
	return &scratchFile{d, dr}
}

// The offsets in a listing: files of the directory itself, then drafts by their number, then records by their id.
const (
	draftOffset  = 1 << 8
	recordOffset = 1 << 40
)

func (d *tableDir) list(ctx context.Context, after uint64, whole bool) ([]entry, error) {
	t, err := d.table()
	if err != nil {
		return nil, err
	}
	var entries []entry
	if after < 1 {
		entries = append(entries, entry{schemaName, &textFile{"schema/" + strconv.Itoa(d.id), t.Schema}, syscall.S_IFREG, 1})
	}
	if after < recordOffset {
		for _, dr := range d.drafts.own() {
			if offset := draftOffset + dr.number; offset > after {
				entries = append(entries, entry{dr.name, d.ofDraft(dr), syscall.S_IFREG, offset})
			}
		}
	}
	from := int64(0)
	if after >= recordOffset {
		from = int64(after - recordOffset)
	}
	for {
		page, err := names(ctx, t, from, whole)
		if err != nil || len(page) == 0 {
			return entries, err
		}
		for _, n := range page {
			from = n.ID
			if !d.drafts.isAway(n.File) {
				entries = append(entries, entry{n.File, &recordFile{d, n.UID, n.File}, syscall.S_IFREG, recordOffset + uint64(n.ID)})
			}
		}
		if len(entries) > 0 {
			return entries, nil
		}
	}
}

func names(ctx context.Context, t *tree.Table, after int64, whole bool) ([]tree.Name, error) {
	if whole {
		return t.Page(ctx, after)
	}
	return t.Names(ctx, after)
}

// create makes a file: a record, once something is written, or a scratch file.
func (d *tableDir) create(ctx context.Context, name string, mode uint32, flags uint32) (node, handle, error) {
	t, err := d.table()
	if err != nil {
		return nil, nil, err
	}
	if name[0] == '.' && t.Reserved(name) {
		return nil, nil, &refusal{syscall.EPERM, name + " is a name of the mount's own."}
	}
	uid := ""
	if t.IsFileName(name) {
		switch s, err := t.Find(ctx, name); {
		case err == nil && !d.drafts.isAway(name):
			if flags&syscall.O_EXCL != 0 {
				return nil, nil, syscall.EEXIST
			}
			rf := &recordFile{d, s.UID, name}
			h, err := rf.open(ctx, flags)
			return rf, h, err
		case err == nil:
			uid = s.UID
		case errno(err) != syscall.ENOENT:
			return nil, nil, err
		default:
			uid = t.UIDFor(name)
		}
	}
	dr, err := d.drafts.make(name, uid, mode)
	if err != nil {
		return nil, nil, err
	}
	return d.ofDraft(dr), newEditing(d, dr, flags), nil
}

// unlink removes a record, or a scratch file.
func (d *tableDir) unlink(ctx context.Context, name string) error {
	t, err := d.table()
	if err != nil {
		return err
	}
	dr := d.drafts.get(name)
	if dr != nil && (dr.uid == "" || !dr.isStored()) {
		d.drafts.remove(dr)
		return nil
	}
	if !t.IsFileName(name) {
		return &refusal{syscall.EPERM, name + " cannot be removed."}
	}
	s, err := t.Find(ctx, name)
	if err != nil {
		return err
	}
	if err := t.Delete(ctx, s.UID); err != nil {
		return err
	}
	if dr != nil {
		d.drafts.remove(dr)
	}
	d.drafts.clear(name)
	return nil
}
