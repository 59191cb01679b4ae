package change

import (
	"sync/atomic"
	"time"
)

// Fresh bounds how old what a Mark vouches for may be.
const Fresh = 100 * time.Millisecond

// A table is what the feed knows of one table.
type table struct {
	changes atomic.Uint64 // counts up
	watched atomic.Bool
	since   string // which trigger it was; the feed's own goroutine alone uses it
}

func (f *Feed) table(id int) *table {
	if known, ok := f.tables.Load(id); ok {
		return known.(*table)
	}
	t, _ := f.tables.LoadOrStore(id, new(table))
	return t.(*table)
}

// A Watch is a set of tables. It is safe for concurrent use.
type Watch struct {
	feed   *Feed
	tables []*table
}

// Watch makes a Watch over the tables of these ids. It does not make their triggers: the catalog does.
func (f *Feed) Watch(ids []int) *Watch {
	w := &Watch{feed: f}
	for _, id := range ids {
		w.tables = append(w.tables, f.table(id))
	}
	return w
}

// A Mark is a state of a Watch. Two that are equal say that nothing changed between.
type Mark uint64

// Mark gives the present state; ok is false where the feed can't vouch for it.
func (w *Watch) Mark() (m Mark, ok bool) {
	w.feed.ask()
	if !w.feed.fresh() { // before the counters are read: they hold what that poll saw, at least
		return 0, false
	}
	sum := w.feed.resets.Load()
	for _, t := range w.tables {
		if !t.watched.Load() {
			return 0, false
		}
		sum += t.changes.Load() // counters only grow: the sum is the same only where each of them is
	}
	return Mark(sum), true
}

// Changed tells that this process has changed tables: their Marks are others when it returns.
func (f *Feed) Changed(ids ...int) {
	for _, id := range ids {
		if known, ok := f.tables.Load(id); ok {
			known.(*table).changes.Add(1)
		}
	}
}
