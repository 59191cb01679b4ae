package rest

import (
	"errors"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/value"
)

// list gives the list of a bulk body; nil where the body is one item.
func (e *endpoint) list(q *middleware.Request) (raw.Value, error) {
	lang := e.lang(q)
	if err := checkBody(q, false, lang); err != nil {
		return nil, err
	}
	kind, body, _, err := q.Input()
	if err != nil || kind != middleware.BodyJSON {
		return nil, err
	}
	list := plan.Step(body, e.plan.BulkPath)
	if body.Kind() == raw.Array {
		list = body
	}
	if list.Kind() == raw.Object && len(e.plan.BulkPath) > 0 { // XML has no lists of one item
		list = append(append(raw.Value{'['}, list...), ']')
	}
	if list.Kind() != raw.Array {
		return nil, nil
	}
	if bulk := e.plan.Endpoint.Bulk; list.Len() > bulk.Max {
		return nil, engine.Errorf(engine.Invalid, "%s", value.Sentence(lang, "list.size", bulk.ListName(), bulk.Max))
	}
	return list, nil
}

// countItems gives how many items the body holds; one where it is no list.
func (e *endpoint) countItems(q *middleware.Request) (int, error) {
	list, err := e.list(q)
	if err != nil || list == nil {
		return 1, err
	}
	return list.Len(), nil
}

// bindItems checks the parameters of each item into Env.Items; those of the first are Env.Params. Of a body that is no list it checks those
// of the request: that is a CREATE like any other.
func (e *endpoint) bindItems(q *middleware.Request, lang value.Lang) error {
	list, err := e.list(q)
	if err != nil {
		return err
	}
	q.Many = list != nil
	if !q.Many {
		if e.needsBody {
			if err := checkBody(q, e.bodyParams, lang); err != nil {
				return err
			}
		}
		return e.bindParams(q, lang)
	}
	items := make([][]raw.Value, 0, list.Len())
	joined := &engine.Error{Code: engine.Invalid}
	defer func() { q.Item = nil }()
	for i, item := range list.Items {
		q.Item, q.Env.Params = item, nil
		err := e.bindItem(q, lang)
		var refused *engine.Error
		switch named := record.OfItem(e.plan, i, lang, err); {
		case err == nil:
		case errors.As(named, &refused) && len(refused.Fields) > 0 && len(joined.Fields) < maxItemRefusals:
			joined.Fields = append(joined.Fields, refused.Fields...)
		case !errors.As(err, &refused) || len(refused.Fields) == 0:
			return named
		}
		items = append(items, q.Env.Params)
	}
	if len(joined.Fields) > 0 {
		return joined
	}
	if q.Env.Items = items; len(items) > 0 {
		q.Env.Params = items[0]
		return nil
	}
	q.Env.Params = make([]raw.Value, len(e.plan.Params))
	return nil
}

func (e *endpoint) ofItem(q *middleware.Request, i int, err error) error {
	return record.OfItem(e.plan, i, e.lang(q), err)
}

// maxItemRefusals bounds the refusals of one bulk.
const maxItemRefusals = 100

func (e *endpoint) bindItem(q *middleware.Request, lang value.Lang) error {
	if e.bodyParams && q.Item.Kind() != raw.Object {
		return engine.Errorf(engine.Invalid, "%s", value.Sentence(lang, "item.object"))
	}
	return e.bindParams(q, lang)
}
