package fusemount

import (
	"context"
	"strconv"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/tree"
)

// recordDir is a record as a directory: a file for each field, a directory for each field of files.
type recordDir struct {
	table *tableDir
	uid   string
}

func (d *recordDir) key() string { return "d/" + strconv.Itoa(d.table.id) + "/" + d.uid }

func (d *recordDir) note(name string, err error) { d.table.note(d.uid+"/"+name, err) }

func (d *recordDir) explain() string { return d.table.explain() }

func (d *recordDir) shown(ctx context.Context) (*tree.Table, *tree.Shown, error) {
	t, err := d.table.table()
	if err != nil {
		return nil, nil, err
	}
	s, err := t.Read(ctx, d.uid)
	return t, s, err
}

func (d *recordDir) attr(ctx context.Context) (attr, error) {
	_, s, err := d.shown(ctx)
	if err != nil {
		return attr{}, err
	}
	a := directoryAttr
	a.modified = s.Updated
	return a, nil
}

func (d *recordDir) lookup(ctx context.Context, name string) (node, error) {
	t, _, err := d.shown(ctx)
	if err != nil {
		return nil, err
	}
	f := t.Field(name)
	if f == nil {
		return nil, syscall.ENOENT
	}
	return d.field(f), nil
}

func (d *recordDir) field(f *engine.Field) node {
	if f.Type == engine.TypeFile {
		return &filesDir{d, f.Name}
	}
	return &fieldFile{d, f.Name}
}

func (d *recordDir) list(ctx context.Context, after uint64, _ bool) ([]entry, error) {
	t, _, err := d.shown(ctx)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for i, f := range t.Fields() {
		mode := uint32(syscall.S_IFREG)
		if f.Type == engine.TypeFile {
			mode = syscall.S_IFDIR
		}
		if n := uint64(i) + 1; n > after {
			entries = append(entries, entry{f.Name, d.field(f), mode, n})
		}
	}
	return entries, nil
}

// fieldFile is one field of a record.
type fieldFile struct {
	dir  *recordDir
	name string
}

func (f *fieldFile) key() string { return f.dir.key() + "/" + f.name }

// path is its name among the drafts of the table.
func (f *fieldFile) path() string { return f.dir.uid + "/" + f.name }

func (f *fieldFile) note(_ string, err error) { f.dir.table.drafts.note(f.path(), err) }

func (f *fieldFile) explain() string { return f.dir.table.drafts.errorOf(f.path()) }

// content gives what the file holds.
func (f *fieldFile) content(ctx context.Context) ([]byte, *tree.Shown, error) {
	t, s, err := f.dir.shown(ctx)
	if err != nil {
		return nil, nil, err
	}
	field := t.Field(f.name)
	if field == nil {
		return nil, nil, syscall.ENOENT
	}
	return tree.FieldFile(s, field), s, nil
}

func (f *fieldFile) attr(ctx context.Context) (attr, error) {
	if dr := f.dir.table.drafts.get(f.path()); dr != nil && dr.isAhead() {
		return dr.attr(), nil
	}
	content, s, err := f.content(ctx)
	if err != nil {
		return attr{}, err
	}
	return attr{mode: syscall.S_IFREG, size: int64(len(content)), modified: s.Updated}, nil
}

func (f *fieldFile) open(ctx context.Context, flags uint32) (handle, error) {
	content, _, err := f.content(ctx)
	if err != nil {
		return nil, err
	}
	if flags&syscall.O_ACCMODE == syscall.O_RDONLY {
		return snapshot(content), nil
	}
	return newEditing(f.dir.table, f.dir.table.drafts.edit(f.path(), f.dir.uid, f.name, content), flags), nil
}

func (f *fieldFile) setattr(ctx context.Context, in *fuse.SetAttrIn, h handle) error {
	if e, ok := h.(*editing); ok {
		if size, given := in.GetSize(); given {
			return e.draft.truncate(int64(size))
		}
		return nil // a program that copies
	}
	size, given := in.GetSize()
	if !given {
		return &refusal{syscall.EPERM, "Owner, mode and times of a field cannot be set."}
	}
	opened, err := f.open(ctx, syscall.O_WRONLY)
	if err != nil {
		return err
	}
	defer opened.release()
	if err := opened.(*editing).draft.truncate(int64(size)); err != nil {
		return err
	}
	return opened.(*editing).draft.store(ctx, f.dir.table, true)
}
