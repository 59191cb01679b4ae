package fusemount

import (
	"context"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sayrud/sayrud/engine/tree"
)

// rename moves a file within a table: a scratch file onto the name of a record is one write of it; a record to a scratch name is shown
// there until something is written to its own name, and stays in the database.
func (d *tableDir) rename(ctx context.Context, from string, target maker, to string, flags uint32) error {
	other, err := homeOf(ctx, target, to)
	if err != nil {
		return err
	}
	if other.id != d.id {
		return syscall.EXDEV // mv(1) copies then
	}
	if flags&^unix.RENAME_NOREPLACE != 0 {
		return syscall.EINVAL
	}
	t, err := d.table()
	if err != nil {
		return err
	}
	if flags&unix.RENAME_NOREPLACE != 0 {
		if _, err := d.lookup(ctx, to); err == nil {
			return syscall.EEXIST
		}
	}
	if to[0] == '.' && t.Reserved(to) {
		return &refusal{syscall.EPERM, to + " is a name of the mount's own."}
	}
	dr := d.drafts.get(from)
	scratch := dr != nil && (dr.uid == "" || !dr.isStored())
	switch {
	case scratch && !t.IsFileName(to):
		d.drafts.rename(dr, to)
		return nil
	case scratch:
		return d.promote(ctx, dr, to)
	case !t.IsFileName(to):
		return d.demote(ctx, from, to)
	}
	return d.renameRecord(ctx, from, to)
}

// promote writes a scratch file to the record whose name it gets.
func (d *tableDir) promote(ctx context.Context, dr *draft, to string) error {
	t, err := d.table()
	if err != nil {
		return err
	}
	uid, stored, err := place(ctx, t, to)
	if err != nil {
		return err
	}
	dr.mu.Lock()
	defer dr.mu.Unlock()
	if !d.drafts.awayAs(to, dr) || dr.dirty { // a record that is only moved back is not written
		if err := t.Store(ctx, uid, to, dr.data, stored); err != nil {
			d.drafts.note(dr.name, err)
			return err
		}
	}
	dr.became = &recordFile{d, uid, to}
	d.drafts.remove(dr)
	d.drafts.back(to)
	d.drafts.clear(to)
	return nil
}

// place gives the uid under which a file of a table is a record, and whether there is such a record.
func place(ctx context.Context, t *tree.Table, name string) (uid string, stored bool, err error) {
	switch s, err := t.Find(ctx, name); {
	case err == nil:
		return s.UID, true, nil
	case errno(err) == syscall.ENOENT:
		return t.UIDFor(name), false, nil
	default:
		return "", false, err
	}
}

// demote shows a record under a scratch name, and no longer under its own.
func (d *tableDir) demote(ctx context.Context, from, to string) error {
	t, err := d.table()
	if err != nil {
		return err
	}
	s, err := t.Find(ctx, from)
	if err != nil {
		return err
	}
	if known := d.drafts.get(to); known != nil {
		d.drafts.remove(known)
	}
	dr, err := d.drafts.make(to, "", 0o666&^d.fs.cfg.Umask)
	if err != nil {
		return err
	}
	dr.mu.Lock()
	dr.data, dr.modified = append([]byte(nil), s.File...), time.Now()
	dr.mu.Unlock()
	d.drafts.send(from, dr)
	return nil
}

// renameRecord gives a record another name, where its name is a field.
func (d *tableDir) renameRecord(ctx context.Context, from, to string) error {
	if from == to {
		return nil
	}
	t, err := d.table()
	if err != nil {
		return err
	}
	s, err := t.Find(ctx, from)
	if err != nil {
		return err
	}
	return t.Rename(ctx, s.UID, to)
}

// rename gives a scratch file another name, also that of one that is there.
func (d *drafts) rename(dr *draft, to string) {
	if known := d.get(to); known != nil && known != dr {
		d.remove(known)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.byName, dr.name)
	dr.name = to
	d.byName[to] = dr
}

// send notes that a record is shown as dr.
func (d *drafts) send(name string, dr *draft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.away[name] = dr
}

// awayAs reports whether a record is shown as dr.
func (d *drafts) awayAs(name string, dr *draft) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.away[name] == dr
}
