package fusemount

import (
	"context"
	"fmt"
	"syscall"

	"github.com/sayrud/sayrud/engine/tree"
)

// rootDir holds the projects.
type rootDir struct{ fs *fileSystem }

func (d *rootDir) key() string                        { return "root" }
func (d *rootDir) attr(context.Context) (attr, error) { return directoryAttr, nil }

var directoryAttr = attr{mode: syscall.S_IFDIR, links: 2}

func (d *rootDir) lookup(_ context.Context, name string) (node, error) {
	if name == statsName {
		return d.fs.stats(), nil
	}
	if d.fs.cfg.Tree.Project(name) == nil {
		return nil, syscall.ENOENT
	}
	return &projectDir{d.fs, name}, nil
}

func (d *rootDir) list(_ context.Context, after uint64, _ bool) ([]entry, error) {
	return listed(d.fs.cfg.Tree.Projects(), after, func(name string) node { return &projectDir{d.fs, name} }), nil
}

// statsName is a file that counts what the mount does.
const statsName = ".stats"

func (fs *fileSystem) stats() node {
	return &textFile{"stats", func() []byte { return fmt.Appendf(nil, "statements %d\n", fs.cfg.Tree.Statements()) }}
}

// listed makes entries of directories out of names in order.
func listed(names []string, after uint64, made func(name string) node) []entry {
	var entries []entry
	for i, name := range names {
		if n := uint64(i) + 1; n > after {
			entries = append(entries, entry{name: name, node: made(name), mode: syscall.S_IFDIR, offset: n})
		}
	}
	return entries
}

// projectDir holds the tables of a project.
type projectDir struct {
	fs   *fileSystem
	name string
}

func (d *projectDir) key() string { return "p/" + d.name }

func (d *projectDir) attr(context.Context) (attr, error) {
	if d.fs.cfg.Tree.Project(d.name) == nil {
		return attr{}, syscall.ENOENT
	}
	return directoryAttr, nil
}

func (d *projectDir) lookup(_ context.Context, name string) (node, error) {
	if name == statsName {
		return d.fs.stats(), nil
	}
	t := d.fs.cfg.Tree.Table(d.name, name)
	if t == nil {
		return nil, syscall.ENOENT
	}
	return d.table(t), nil
}

func (d *projectDir) table(t *tree.Table) *tableDir {
	return &tableDir{fs: d.fs, project: d.name, name: t.Def.Name, id: t.Def.ID, drafts: d.fs.draftsOf(t.Def.ID)}
}

func (d *projectDir) list(_ context.Context, after uint64, _ bool) ([]entry, error) {
	var tables []string
	for _, name := range d.fs.cfg.Tree.Tables(d.name) {
		if d.fs.cfg.Tree.Table(d.name, name) != nil {
			tables = append(tables, name)
		}
	}
	return listed(tables, after, func(name string) node { return d.table(d.fs.cfg.Tree.Table(d.name, name)) }), nil
}
