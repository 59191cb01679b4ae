package template

import "github.com/sayrud/sayrud/engine/raw"

// An each repeats its body for the items of a list. With several levels the list of each is read for every item of the one before,
// and the items of the last count: the lists are flattened.
type each struct {
	levels  []level
	body    node
	scripts bool
}

// A level is one list of a $each and where its present item is kept.
type level struct {
	rows  *list // of records
	list  node  // of values, where there are no rows
	local int
}

func (e *each) gather(w *writer) bool {
	if !e.scripts {
		return true
	}
	ready := true
	walked := e.walk(w, func() bool {
		ready = e.body.gather(w) && ready
		return w.err == nil
	})
	return walked && ready
}

func (e *each) appendItems(w *writer, dst []byte, start int) []byte {
	e.walk(w, func() bool {
		dst = appendItem(w, dst, start, e.body)
		return !w.full(dst)
	})
	return dst
}

// walk calls do for each item, until it answers false. It reports false where a list is not known before scripts have run.
func (e *each) walk(w *writer, do func() bool) bool {
	turn := w.turn
	last := e.levels[len(e.levels)-1].local
	w.locals[last].index = -1
	ready, _ := e.level(w, 0, do)
	w.turn = turn
	return ready
}

func (e *each) level(w *writer, n int, do func() bool) (ready, more bool) {
	if n == len(e.levels) {
		return true, do()
	}
	l, outer, i := &e.levels[n], w.turn, int64(0)
	ready, more = true, true
	one := func(item local) bool {
		if more = w.step(); !more {
			return false
		}
		item.index = i
		if n == len(e.levels)-1 {
			item.index = w.locals[l.local].index + 1
		}
		w.locals[l.local] = item
		if e.scripts {
			w.turn = w.number(visit{l, outer, i})
		}
		i++
		var inner bool
		inner, more = e.level(w, n+1, do)
		ready = ready && inner
		return more
	}
	if l.rows != nil {
		rows := l.rows.find(w.env, w.locals)
		for r := range rows {
			if !one(local{row: &rows[r]}) {
				break
			}
		}
		return ready, more
	}
	list, known := w.control(l.list)
	if !known {
		return false, w.err == nil
	}
	switch list.Kind() {
	case raw.Absent, raw.Null:
	case raw.Array:
		list.Items(func(_ int, v raw.Value) bool { return one(local{value: v}) })
	default:
		one(local{value: list})
	}
	return ready, more
}

// number gives an iteration its number, which tells its scripts from those of other iterations.
func (w *writer) number(v visit) int {
	n, known := w.turns[v]
	if !known {
		if w.turns == nil {
			w.turns = make(map[visit]int)
		}
		n = len(w.turns) + 1
		w.turns[v] = n
	}
	return n
}

// A condition is a value under $if.
type condition struct {
	when, then node
}

func (c *condition) scripted() bool { return c.when.scripted() || c.then.scripted() }

func (c *condition) gather(w *writer) bool {
	v, ready := w.control(c.when)
	if !ready {
		return false
	}
	return !v.Truthy() || !c.then.scripted() || c.then.gather(w)
}

func (c *condition) write(w *writer, dst []byte) ([]byte, bool) {
	if v, _ := w.control(c.when); !v.Truthy() {
		return dst, false
	}
	return c.then.write(w, dst)
}
