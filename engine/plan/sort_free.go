package plan

import (
	"slices"
	"strings"
	"sync"

	"github.com/sayrud/sayrud/engine/raw"
)

// maxTerms bounds the names that one request sorts by.
const maxTerms = 4

// maxNames bounds what a sort allows in both directions.
const maxNames = 256

// maxComposed bounds the orders of several names that are kept with their statements; beyond it all are made anew as they come.
const maxComposed = 64

// A composer keeps the reads in orders of several names that requests made of what their sort allows. It is safe for concurrent use.
type composer struct {
	mu    sync.Mutex
	reads map[int]*Read
}

func newComposer() *composer { return &composer{reads: make(map[int]*Read)} }

// Pick reads what sort.by gave and gives the orders it names, the most significant first; none where it names none. A sort that is
// not free takes one of Names. A free one takes terms, in a text between commas or in a list: "title", "-title", "+title",
// "title desc"; a direction that is an item of its own belongs to the one before: ["title", "DESC"]. It is false where a term is
// no such name, or there are too many.
func (s *Sort) Pick(by raw.Value) (orders []int, ok bool) {
	if by.IsNull() || string(by) == `""` {
		return nil, true
	}
	if s.free == nil {
		text, _ := by.Text()
		i := slices.Index(s.Names, text)
		return []int{i}, i >= 0
	}
	if by.Kind() != raw.Array {
		text, isText := by.Text()
		if !isText {
			return nil, false
		}
		for term := range strings.SplitSeq(text, ",") {
			if orders, ok = s.term(orders, term); !ok {
				return nil, false
			}
		}
		return orders, true
	}
	for _, item := range by.Items {
		text, isText := item.Text()
		if orders, ok = s.term(orders, text); !ok || !isText {
			return nil, false
		}
	}
	return orders, true
}

// term appends the order that one term names; nothing where it is empty or names no field.
func (s *Sort) term(orders []int, term string) ([]int, bool) {
	term = strings.TrimSpace(term)
	desc := strings.HasPrefix(term, "-")
	name, word, _ := strings.Cut(strings.TrimLeft(term, "+-"), " ")
	i := slices.Index(s.Names, name)
	alone := i < 0 && word == "" && isDirection(name)
	switch word = strings.TrimSpace(word); {
	case name == "" && word == "":
		return orders, true
	case alone && len(orders) == 0: // of a field that is not named
		return orders, true
	case alone:
		last := len(orders) - 1
		orders[last] = orders[last]&^1 | index(strings.EqualFold(name, "desc"))
		return orders, true
	case i < 0 || word != "" && !isDirection(word) || len(orders) == maxTerms:
		return nil, false
	}
	desc = desc != strings.EqualFold(word, "desc")
	return append(orders, 2*i+index(desc)), true
}

func isDirection(word string) bool {
	return strings.EqualFold(word, "asc") || strings.EqualFold(word, "desc")
}

// Sorted gives the read in the given orders of its sort and the index of the order in it. Several of them make a read of its own.
func (r *Read) Sorted(orders []int) (*Read, int) {
	switch len(orders) {
	case 0:
		return r, r.Sort.First
	case 1:
		return r, orders[0]
	}
	id := 0
	for _, order := range orders {
		id = id*2*maxNames + order + 1
	}
	c := r.Sort.free
	c.mu.Lock()
	defer c.mu.Unlock()
	composed, found := c.reads[id]
	if !found {
		if len(c.reads) == maxComposed {
			clear(c.reads)
		}
		composed = r.compose(id, orders)
		c.reads[id] = composed
	}
	return composed, 0
}

// compose makes the read in an order whose keys are those asked for by the given ones, and what makes the last one total.
func (r *Read) compose(id int, orders []int) *Read {
	o := Order{ID: id}
	add := func(keys []*Key) {
		for _, k := range keys {
			if !slices.ContainsFunc(o.Keys, func(have *Key) bool { return have.col.sql == k.col.sql }) {
				o.add(k)
			}
		}
	}
	for _, i := range orders {
		add(r.Sort.Orders[i].Keys[:r.Sort.Orders[i].asked])
	}
	o.asked = len(o.Keys)
	last := &r.Sort.Orders[orders[len(orders)-1]]
	add(last.Keys[last.asked:])

	composed := *r
	composed.Sort = &Sort{Orders: []Order{o}}
	composed.Query = &Query{Values: r.Query.Values, Slots: r.Query.Slots, Scripted: r.Query.Scripted, Optional: r.Query.Optional}
	rw := *r.writer
	rw.r = &composed
	composed.Query.prepare(int(starts)*2<<len(r.Query.Optional), rw.write)
	return &composed
}
