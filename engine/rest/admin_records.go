package rest

import (
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/raw"
)

type listRecordsIn struct {
	Table  string    `path:"table"`
	Filter raw.Value `query:"filter" doc:"a filter of the project file; its values are data, never expressions"`
	Sort   []string  `query:"sort" doc:"names between commas; a minus before one is descending"`
	Fields []string  `query:"fields" doc:"names between commas; all without"`
	Page   int       `query:"page" doc:"from 1"`
	Size   int       `query:"size" doc:"1 to 1000; 50"`
	Total  bool      `query:"total" doc:"also count all matches"`
	Cursor string    `query:"cursor" doc:"instead of page: * begins at the top, next of a page goes on behind it; the answer has next"`
	Skip   int       `query:"skip" doc:"with cursor: how many records to leave out"`
}

type countRecordsIn struct {
	Table  string    `path:"table"`
	Filter raw.Value `query:"filter" doc:"as that of records"`
	Exact  bool      `query:"exact" doc:"count even where an estimate is at hand"`
}

type recordCount struct {
	Count int64 `json:"count"`
	Exact bool  `json:"exact"` // false: PostgreSQL's estimate
}

type recordIn struct {
	Table string `path:"table"`
	UID   string `path:"uid"`
}

type recordBody struct {
	Table string    `path:"table" json:"-"`
	UID   string    `path:"uid" json:"-"`
	Data  raw.Value `json:"data"` // values by the names of fields
}

type createRecordIn struct {
	Table string    `path:"table" json:"-"`
	Data  raw.Value `json:"data"`
}

type deleteRecordsIn struct {
	Table string   `path:"table" json:"-"`
	UIDs  []string `json:"uids"` // up to 1000
}

type deleted struct {
	Deleted int `json:"deleted"`
}

// maxBulk bounds what is changed at once.
const maxBulk = direct.MaxBulk

// countAtOnce is how many records a table without a filter may have, by PostgreSQL's estimate, to be counted without being asked:
// counting so many takes a few milliseconds.
const countAtOnce = 50_000

func (s *Server) listRecords(c *call, in *listRecordsIn) (raw.Value, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return nil, err
	}
	ep, err := c.listEndpoint(t, in)
	if err != nil {
		return nil, err
	}
	return c.run(ep, in.given())
}

// listEndpoint puts the LIST together that a request asks for.
func (c *call) listEndpoint(t *engine.Table, in *listRecordsIn) (*engine.Endpoint, error) {
	return c.direct(t).List(direct.Selection{
		Filter: in.Filter, Sort: in.Sort, Fields: in.Fields, Page: in.Page, Size: in.Size, Total: in.Total, Cursor: in.Cursor != "", Skip: in.Skip,
	})
}

// given gives the parameters of listEndpoint.
func (in *listRecordsIn) given() map[string]raw.Value {
	if in.Cursor == "" || in.Cursor == "*" {
		return nil
	}
	return map[string]raw.Value{"cursor": raw.Text(in.Cursor)}
}

// countRecords counts what a filter matches. Without one, a large table answers PostgreSQL's estimate.
func (s *Server) countRecords(c *call, in *countRecordsIn) (recordCount, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return recordCount{}, err
	}
	if in.Filter.IsNull() && !in.Exact {
		if n, err := s.estimate(c, t); err != nil || n > countAtOnce {
			return recordCount{Count: n}, err
		}
	}
	ep, err := c.listEndpoint(t, &listRecordsIn{Filter: in.Filter, Size: 1, Total: true})
	if err != nil {
		return recordCount{}, err
	}
	ep.Response = &engine.Response{Body: raw.Value(`"$total"`)}
	body, err := c.run(ep, nil)
	if err != nil {
		return recordCount{}, err
	}
	n, err := strconv.ParseInt(string(body), 10, 64)
	return recordCount{Count: n, Exact: true}, err
}

func (s *Server) getRecord(c *call, in *recordIn) (raw.Value, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return nil, err
	}
	body, err := c.run(c.direct(t).ByUID(engine.View), map[string]raw.Value{"uid": raw.Text(in.UID)})
	c.tag(body)
	return body, err
}

// tag tells the record's version, for If-Match.
func (c *call) tag(record raw.Value) {
	if version := record.Get("version"); version.Kind() == raw.Number {
		c.q.Header.Set("ETag", `"`+string(version)+`"`)
	}
}

func (s *Server) createRecord(c *call, in *createRecordIn) (raw.Value, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return nil, err
	}
	to := c.direct(t)
	ep := to.Create()
	given, err := to.Writable(ep, orEmpty(in.Data))
	if err != nil {
		return nil, err
	}
	to.Demand(ep)
	body, err := c.run(ep, given)
	if err != nil {
		return nil, err
	}
	c.tag(body)
	uid, _ := body.Get("uid").Text()
	return body, c.audit("create record", t.Name+"/"+uid, map[string]any{"fields": sortedNames(given)})
}

// patchRecord changes the fields that data names; null clears one. With If-Match it answers 412 where the version is another.
func (s *Server) patchRecord(c *call, in *recordBody) (raw.Value, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return nil, err
	}
	to := c.direct(t)
	ep := to.ByUID(engine.Update)
	given, err := to.Writable(ep, orEmpty(in.Data))
	if err != nil {
		return nil, err
	}
	names := sortedNames(given)
	given["uid"] = raw.Text(in.UID)
	body, err := c.run(ep, given)
	if err != nil {
		return nil, err
	}
	c.tag(body)
	return body, c.audit("change record", t.Name+"/"+in.UID, map[string]any{"fields": names})
}

func (s *Server) deleteRecord(c *call, in *recordIn) (raw.Value, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return nil, err
	}
	body, err := c.run(c.direct(t).ByUID(engine.Delete), map[string]raw.Value{"uid": raw.Text(in.UID)})
	if err != nil {
		return nil, err
	}
	return body, c.audit("delete record", t.Name+"/"+in.UID, nil)
}

// deleteRecords deletes the records of a list, all or none.
func (s *Server) deleteRecords(c *call, in *deleteRecordsIn) (deleted, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return deleted{}, err
	}
	if len(in.UIDs) == 0 || len(in.UIDs) > maxBulk {
		return deleted{}, engine.Errorf(engine.Invalid, "Name 1 to %d records.", maxBulk)
	}
	uids, err := rawOf(in.UIDs)
	if err != nil {
		return deleted{}, err
	}
	ep := &engine.Endpoint{Name: "records", Kind: engine.Delete, Route: engine.Route{Method: "POST", Path: "/records"}, Table: t.Name,
		Filter: raw.Value(`{"uid":{"IN":"$params.uids"}}`), Limit: maxBulk, Response: &engine.Response{Body: raw.Value(`{}`)}}
	ep.Params.Set("uids", &engine.Param{Name: "uids", Type: engine.TypeText, List: true})
	if _, err := c.run(ep, map[string]raw.Value{"uids": uids}); err != nil {
		return deleted{}, err
	}
	n := len(c.q.Env.Records)
	return deleted{n}, c.audit("delete records", t.Name, map[string]any{"uids": strings.Join(in.UIDs, " ")})
}

// maxHistory bounds the history of a record, in entries.
const maxHistory = 200

// recordHistory gives what was done with a record through the admin API, newest first.
func (s *Server) recordHistory(c *call, in *recordIn) (list[auth.Entry], error) {
	t, err := c.table(in.Table)
	if err != nil {
		return list[auth.Entry]{}, err
	}
	items, err := s.cfg.Auth.EntriesOf(c.ctx(), c.project.Name, t.Name+"/"+in.UID, maxHistory)
	return list[auth.Entry]{items}, err
}
