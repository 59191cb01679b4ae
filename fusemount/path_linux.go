package fusemount

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sayrud/sayrud/engine/tree"
)

// pathDir is a directory below a table that selects records, such as .by/status/approved, or lists how the path can go on. Files are
// those of the table: they can be changed and removed here, and made only there.
type pathDir struct {
	table *tableDir
	steps []string
}

func (d *pathDir) key() string {
	return "path/" + strconv.Itoa(d.table.id) + "/" + strings.Join(d.steps, "\x00")
}

func (d *pathDir) note(name string, err error) { d.table.note(name, err) }

func (d *pathDir) explain() string { return d.table.explain() }

// selection reads the path as the table is defined now.
func (d *pathDir) selection(ctx context.Context) (*tree.Table, *tree.Selection, error) {
	t, err := d.table.table()
	if err != nil {
		return nil, nil, err
	}
	s, err := t.Select(ctx, d.steps)
	return t, s, err
}

func (d *pathDir) attr(context.Context) (attr, error) {
	_, err := d.table.table()
	return directoryAttr, err
}

// below gives the directory that a further part leads to.
func (d *pathDir) below(ctx context.Context, name string) (node, error) {
	next := &pathDir{d.table, append(slices.Clip(d.steps), name)}
	_, s, err := next.selection(ctx)
	if err == nil && s.Complete() {
		err = s.Check(ctx)
	}
	return next, err
}

func (d *pathDir) lookup(ctx context.Context, name string) (node, error) {
	t, s, err := d.selection(ctx)
	switch {
	case err != nil:
		return nil, err
	case !s.Complete() || slices.Contains(tree.Words(), name):
		return d.below(ctx, name)
	case name == exportName:
		return &exportDir{d}, nil
	}
	if dr := d.table.drafts.get(name); dr != nil && dr.uid == "" {
		return &scratchFile{d.table, dr}, nil
	}
	found, err := t.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	if has, err := s.Has(ctx, found.UID); err != nil || !has {
		return nil, firstError(err, syscall.ENOENT)
	}
	return &recordFile{d.table, found.UID, name}, nil
}

func firstError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (d *pathDir) list(ctx context.Context, after uint64, whole bool) ([]entry, error) {
	return (&pathListing{pathDir: d}).list(ctx, after, whole)
}

func (d *pathDir) opened() directory { return &pathListing{pathDir: d} }

// A pathListing is an open directory of a path. It goes on where the last page ended.
type pathListing struct {
	*pathDir
	cursor tree.Cursor
	at     uint64 // entries given
}

func (l *pathListing) list(ctx context.Context, after uint64, whole bool) ([]entry, error) {
	_, s, err := l.selection(ctx)
	if err != nil {
		return nil, err
	}
	if !s.Complete() {
		names, err := s.Menu(ctx)
		return listed(names, after, func(name string) node { return &pathDir{l.table, append(slices.Clip(l.steps), name)} }), err
	}
	if after < l.at || after == 0 {
		l.cursor, l.at = tree.Cursor{}, 0
	}
	for {
		page, err := s.Next(ctx, &l.cursor, whole)
		if err != nil || len(page) == 0 {
			return nil, err
		}
		var entries []entry
		for _, n := range page {
			if l.at++; l.at > after {
				entries = append(entries, entry{n.File, &recordFile{l.table, n.UID, n.File}, syscall.S_IFREG, l.at})
			}
		}
		if len(entries) > 0 {
			return entries, nil
		}
	}
}

// create makes scratch files, for programs that write beside a file before they rename.
func (d *pathDir) create(ctx context.Context, name string, mode uint32, flags uint32) (node, handle, error) {
	if err := d.elsewhere(ctx, name); err != nil {
		return nil, nil, err
	}
	return d.table.create(ctx, name, mode, flags)
}

// elsewhere refuses to make a record where a path selects.
func (d *pathDir) elsewhere(ctx context.Context, name string) error {
	t, s, err := d.selection(ctx)
	if err != nil {
		return err
	}
	if !s.Complete() {
		return &refusal{syscall.EPERM, "This directory lists how a path goes on; nothing is made here."}
	}
	if t.IsFileName(name) {
		if _, err := d.lookup(ctx, name); err != nil {
			return &refusal{syscall.EPERM, "Records are made in the directory of their table, " + d.table.name + "."}
		}
	}
	return nil
}

func (d *pathDir) unlink(ctx context.Context, name string) error {
	if _, err := d.lookup(ctx, name); err != nil {
		return err
	}
	return d.table.unlink(ctx, name)
}

func (d *pathDir) rename(ctx context.Context, from string, to maker, name string, flags uint32) error {
	return d.table.rename(ctx, from, to, name, flags)
}

// homeOf gives the table whose files a directory shows, or nil.
func homeOf(ctx context.Context, m maker, name string) (*tableDir, error) {
	switch d := m.(type) {
	case *tableDir:
		return d, nil
	case *pathDir:
		return d.table, d.elsewhere(ctx, name)
	}
	return nil, syscall.EXDEV
}
