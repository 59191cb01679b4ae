package template

import (
	"strconv"

	"github.com/sayrud/sayrud/engine/raw"
)

// An array writes its items; absent ones are left out, and those of a $each take its place.
type array struct {
	items   []item
	scripts bool
}

// An item of an array is a value, or a $each that makes any number of items.
type item struct {
	value node
	each  *each
}

func (a *array) scripted() bool { return a.scripts }

func (a *array) gather(w *writer) bool {
	ready := true
	for _, item := range a.items {
		if item.each != nil {
			ready = item.each.gather(w) && ready
		} else if item.value.scripted() {
			ready = item.value.gather(w) && ready
		}
	}
	return ready
}

func (a *array) write(w *writer, dst []byte) ([]byte, bool) {
	dst = append(dst, '[')
	start := len(dst)
	for i := range a.items {
		if e := a.items[i].each; e != nil {
			dst = e.appendItems(w, dst, start)
		} else {
			dst = appendItem(w, dst, start, a.items[i].value)
		}
		if w.full(dst) {
			break
		}
	}
	return append(dst, ']'), true
}

// appendItem appends a comma, unless the array began at start, and the item, or nothing where it is absent.
func appendItem(w *writer, dst []byte, start int, item node) []byte {
	mark := len(dst)
	if mark > start {
		dst = append(dst, ',')
	}
	dst, ok := item.write(w, dst)
	if !ok {
		dst = dst[:mark]
	}
	return dst
}

func (c *compiler) array(v raw.Value) node {
	n := &array{}
	v.Items(func(i int, v raw.Value) bool {
		c.in(strconv.Itoa(i), func() node {
			var it item
			if d := directives(v); c.template && d.each != nil && d.key == nil {
				it.each = c.repeat(d)
			} else if it.value = c.value(v); it.value == (omit{}) {
				return nil
			}
			n.items = append(n.items, it)
			return nil
		})
		return true
	})
	constants := true
	for _, it := range n.items {
		if it.each != nil {
			n.scripts, constants = n.scripts || it.each.scripts, false
			continue
		}
		_, isConstant := it.value.(constant)
		n.scripts, constants = n.scripts || it.value.scripted(), constants && isConstant
	}
	if constants {
		return fold(n)
	}
	return n
}
