package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine/raw"
)

// An EndpointVersion is a definition that an endpoint has or had.
type EndpointVersion struct {
	Revision   int64      `json:"revision"` // of the project when the endpoint was made so
	Name       string     `json:"name"`     // of the endpoint then
	Actor      string     `json:"actor"`    // who made it so, as in the audit log
	At         *time.Time `json:"at"`       // null: before versions were kept
	Definition raw.Value  `json:"definition" definition:"endpoint"`
}

// keptVersions is how many versions of an endpoint are kept, the present one among them.
const keptVersions = 100

const (
	// A statement sees the table as it was before it, so the new version is none of those that it counts.
	addVersion = `
, older AS (
  DELETE FROM public.sl_endpoint_versions
  WHERE endpoint_id = (SELECT id FROM written) AND revision <= (
    SELECT revision
    FROM public.sl_endpoint_versions
    WHERE endpoint_id = (SELECT id FROM written)
    ORDER BY revision DESC
    OFFSET $6 LIMIT 1)
)
INSERT INTO public.sl_endpoint_versions (endpoint_id, revision, name, definition, at, actor)
SELECT id, revision, name, definition, now(), $5
FROM written
RETURNING endpoint_id`
	selectVersions = `
SELECT revision, name, actor, at, definition::text
FROM public.sl_endpoint_versions
WHERE endpoint_id = $1
ORDER BY revision DESC`
)

// EndpointVersions gives the definitions that an endpoint has had, the present one first. They may name tables and fields that are gone.
func (c *Catalog) EndpointVersions(ctx context.Context, endpoint int) ([]EndpointVersion, error) {
	rows, err := c.db.Pool().Query(ctx, selectVersions, endpoint)
	if err != nil {
		return nil, fmt.Errorf("read versions of endpoint %d: %w", endpoint, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (EndpointVersion, error) {
		var v EndpointVersion
		var definition string
		err := row.Scan(&v.Revision, &v.Name, &v.Actor, &v.At, &definition)
		v.Definition = raw.Value(definition)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("read versions of endpoint %d: %w", endpoint, err)
	}
	return list, nil
}
