package tree

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/value"
)

// shownBytes bounds what a table keeps of its records in memory.
const shownBytes = 32 << 20

// maxNamed bounds the names that a table keeps.
const maxNamed = 100_000

// A Table is a table of records at one revision of its project. It is safe for concurrent use.
type Table struct {
	Project *engine.Project
	Def     *engine.Table
	tree    *Tree
	direct  direct.Table
	watch   *change.Watch
	written atomic.Uint64 // counts the writes of this process
	format  format
	shown   *otter.Cache[string, *Shown]
	missing *otter.Cache[string, readMark] // uids and names that no record had
	named   *otter.Cache[string, string]   // uids by the names of files, where a field names them
	mu      sync.Mutex
	plans   map[string]*plan.Plan

	attaching sync.Mutex
}

func (t *Tree) newTable(p *engine.Project, def *engine.Table) *Table {
	seen := plan.IDs(plan.Tables(p, &engine.Endpoint{Table: def.Name}))
	return &Table{
		format: formatOf(def, t.cfg.Hidden), missing: otter.Must(&otter.Options[string, readMark]{MaximumSize: maxNamed}), named: otter.Must(&otter.Options[string, string]{MaximumSize: maxNamed}),
		Project: p, Def: def, tree: t, watch: t.cfg.Changes.Watch(seen), plans: make(map[string]*plan.Plan),
		direct: direct.Table{Project: p, Def: def, Hidden: t.cfg.Hidden, Lang: value.PickLang(p.Language, "")},
		shown: otter.Must(&otter.Options[string, *Shown]{
			MaximumWeight: shownBytes,
			Weigher:       func(uid string, s *Shown) uint32 { return uint32(len(s.File) + len(s.Record) + len(uid) + 256) },
		}),
	}
}

// maxPlans bounds the plans that a table keeps; writes of ever other sets of fields make new ones.
const maxPlans = 256

// plan gives the compiled form of an endpoint, which is made where key is not known yet.
func (t *Table) plan(key string, put func() (*engine.Endpoint, error)) (*plan.Plan, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if known := t.plans[key]; known != nil {
		return known, nil
	}
	ep, err := put()
	if err != nil {
		return nil, err
	}
	made, problems := plan.Compile(t.Project, ep)
	if problems != nil {
		return nil, &engine.Error{Code: engine.Invalid, Message: direct.Sentence(problems[0].Message), Cause: problems}
	}
	if len(t.plans) >= maxPlans {
		clear(t.plans)
	}
	t.plans[key] = made
	return made, nil
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
