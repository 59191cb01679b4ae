package catalog

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine/relation"
)

// A grant is a right that somebody has on a view or one of its columns.
type grant struct {
	grantee   string // "" is PUBLIC
	privilege string
	column    string // "" is the whole view
	option    bool
}

const selectGrants = `
SELECT CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee)::text END, x.privilege_type, x.attname, x.is_grantable
FROM (
  SELECT (aclexplode(c.relacl)).*, '' AS attname, c.relowner
  FROM pg_class c
  WHERE c.oid = to_regclass($1)
  UNION ALL
  SELECT (aclexplode(a.attacl)).*, a.attname::text, c.relowner
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
) x
WHERE x.grantee <> x.relowner`

// readGrants notes the rights on the view before it is dropped.
func (v *viewChange) readGrants() error {
	rows, err := v.tx.Query(v.ctx, selectGrants, relation.View(v.project, v.table))
	if err != nil {
		return err
	}
	v.grants, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (g grant, err error) {
		return g, row.Scan(&g.grantee, &g.privilege, &g.column, &g.option)
	})
	return err
}

// giveGrants gives the statements that give them again on what is there. The rights of the project's own role follow the definition
// instead.
func (v *viewChange) giveGrants(role string) []string {
	var statements []string
	for _, g := range v.grants {
		if g.grantee == role && role != "" {
			continue
		}
		sql := "GRANT " + g.privilege
		if g.column != "" {
			if !slices.ContainsFunc(v.columns, func(c relation.ViewColumn) bool { return c.Name == g.column }) {
				continue
			}
			sql += " (" + relation.Quote(g.column) + ")"
		}
		sql += " ON " + relation.View(v.project, v.table) + " TO "
		if g.grantee == "" {
			sql += "PUBLIC"
		} else {
			sql += relation.Quote(g.grantee)
		}
		if g.option {
			sql += " WITH GRANT OPTION"
		}
		statements = append(statements, sql)
	}
	return statements
}
