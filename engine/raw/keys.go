package raw

import "slices"

// Keys finds the members of a record's stored object, whose names are a table's immutable field keys. Its zero value finds nothing.
type Keys struct {
	sorted []string
}

// NewKeys makes the finder for the given keys; slots are their places in sorted order.
func NewKeys(keys []string) Keys {
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	return Keys{sorted: slices.Compact(sorted)}
}

// Len gives the number of slots.
func (k Keys) Len() int { return len(k.sorted) }

// Slot gives the slot of key, or -1.
func (k Keys) Slot(key string) int {
	if i, found := slices.BinarySearch(k.sorted, key); found {
		return i
	}
	return -1
}

// Scan fills slots[i] with the value of the i-th key in object, or nil; slots has length Len. The values share object's memory.
// One pass when the names come sorted, as PostgreSQL's jsonb prints names of equal length; any order is understood.
func (k Keys) Scan(object Value, slots []Value) {
	clear(slots)
	next := 0
	object.Members(func(key, value Value) bool {
		name := key[1 : len(key)-1]
		for next < len(k.sorted) && k.sorted[next] < string(name) {
			next++
		}
		if next < len(k.sorted) && k.sorted[next] == string(name) {
			slots[next] = value
			next++
			return true
		}
		if i := k.Slot(string(name)); i >= 0 {
			slots[i] = value
		}
		return true
	})
}
