package template

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
