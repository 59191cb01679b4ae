package record

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
)

// upsert makes the record, or changes the one that has its key already. Racing upserts of one key wait for each other. A key that is
// null in part is like no other, as in a unique index. If-Match wants the record to be there, If-None-Match: * wants it not to be.
func (r *run) upsert(variant int) error {
	u, t := r.w.Upsert, r.plan.Table
	defer func(w *plan.Write) { r.w = w }(r.w)
	wanted, err := r.precondition()
	if err != nil {
		return err
	}
	key := make([][]byte, len(u.Key))
	for i, s := range u.Key {
		if _, key[i] = appendReference(nil, r.result.fields[s.Index]); key[i] == nil {
			return r.insertUnless(wanted.there, variant)
		}
	}
	if _, err := r.query(r.engine.locks, [][]byte{u.Name(t, key)}, nil); err != nil {
		return err
	}
	find, id := u.Find.Statement(0), int64(-1)
	if _, err := r.query(find, r.params(find, (&arg{run: r}).get), func(values [][]byte) (err error) {
		id, err = strconv.ParseInt(string(values[0]), 10, 64)
		return err
	}); err != nil {
		return err
	}
	if id < 0 {
		return r.insertUnless(wanted.there, variant)
	}
	if wanted.absent {
		return r.sentence(engine.Precondition, "precondition")
	}
	r.w = u.Write
	if err := r.apply(wanted.versions, appendIDs([]int64{id})); err != nil {
		return err
	}
	r.result.Status = 200
	return nil
}

func (r *run) insertUnless(wanted bool, variant int) error {
	if wanted {
		return r.sentence(engine.Precondition, "precondition")
	}
	return r.insert(variant)
}
