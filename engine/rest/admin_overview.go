package rest

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
)

func (s *Server) overviewOperations() []operation {
	return []operation{
		row("GET", "/projects/{project}/overview", "What a dashboard shows beside the traffic: sizes of tables, deliveries, what was done already",
			access{role: auth.Viewer, scope: auth.SchemaScope}, s.overview),
	}
}

// tableSize is how large a table is.
type tableSize struct {
	Name    string `json:"name"`
	Records int64  `json:"records"` // about; -1 where unknown
	Bytes   int64  `json:"bytes"`   // with its indexes
}

// overview tells what there is in a project.
type overview struct {
	Tables        []tableSize      `json:"tables"`     // the largest first
	Deliveries    map[string]int64 `json:"deliveries"` // how many wait, retry and are dead, by state
	HasRecords    bool             `json:"has_records"`
	WasCalled     bool             `json:"was_called"` // an endpoint, in the last thirty days
	WasTried      bool             `json:"was_tried"`  // likewise
	DatabaseBytes int64            `json:"database_bytes"`
	BlockedViews  int              `json:"blocked_views"` // that do not follow their definition
	BadIndexes    int              `json:"bad_indexes"`   // whose build failed
	Broken        int              `json:"broken"`        // endpoints that do not compile and are off the air
}

const (
	sqlSizes = `
SELECT relname::text, reltuples::bigint, pg_total_relation_size(oid)
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident($1)) AND relispartition AND relkind = 'r'
ORDER BY 3 DESC, 1`

	sqlUnfinished = `
SELECT state, count(*)
FROM public.sl_deliveries
WHERE project_id = $1 AND state IN ('waiting', 'retrying', 'dead')
GROUP BY state`

	sqlFacts = `SELECT EXISTS (SELECT FROM public.sl_records WHERE project_id = $1), pg_database_size(current_database())`
)

func (s *Server) overview(c *call, _ *none) (overview, error) {
	ctx, db := c.ctx(), s.cfg.DB.Pool()
	o := overview{Deliveries: map[string]int64{"waiting": 0, "retrying": 0, "dead": 0}}
	var err error
	if o.Tables, err = s.sizes(ctx, c.project); err != nil {
		return o, err
	}
	if err := db.QueryRow(ctx, sqlFacts, c.project.ID).Scan(&o.HasRecords, &o.DatabaseBytes); err != nil {
		return o, err
	}
	rows, err := db.Query(ctx, sqlUnfinished, c.project.ID)
	if err != nil {
		return o, err
	}
	var state string
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		o.Deliveries[state] = n
		return nil
	}); err != nil {
		return o, err
	}
	if o.WasCalled, o.WasTried, err = s.cfg.Traffic.Ever(ctx, c.project.ID); err != nil {
		return o, err
	}
	return o, s.troubles(c, &o)
}

// sizes gives the tables of a project, the largest first.
func (s *Server) sizes(ctx context.Context, p *engine.Project) ([]tableSize, error) {
	names := map[string]string{}
	for name, t := range p.Tables.All() {
		names[t.LeafName()] = name
	}
	list := []tableSize{}
	rows, err := s.cfg.DB.Pool().Query(ctx, sqlSizes, p.SchemaName())
	if err != nil {
		return nil, err
	}
	var leaf string
	var size tableSize
	_, err = pgx.ForEachRow(rows, []any{&leaf, &size.Records, &size.Bytes}, func() error {
		if name, known := names[leaf]; known {
			size.Name = name
			list = append(list, size)
		}
		return nil
	})
	return list, err
}

// troubles counts what is not as defined.
func (s *Server) troubles(c *call, o *overview) error {
	indexes, err := s.cfg.Catalog.IndexStates(c.ctx(), c.project.Name)
	if err != nil {
		return err
	}
	for _, i := range indexes {
		if i.State == catalog.IndexFailed {
			o.BadIndexes++
		}
	}
	notes, err := s.cfg.Catalog.ViewNotes(c.ctx(), c.project.Name)
	if g := s.generation.Load(); g.projects[c.project.Name] != nil {
		o.Broken = len(g.projects[c.project.Name].broken)
	}
	o.BlockedViews = len(notes)
	return err
}
