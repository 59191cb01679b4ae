package relation

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// RoleName gives the name of the role that may use the project's views and nothing else: "<database>_<project>". Roles belong to the
// whole PostgreSQL server, so the database is part of the name.
func RoleName(database string, p *engine.Project) string {
	name := database + "_" + p.Name
	if len(name) <= 63 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:54] + "_" + hex.EncodeToString(sum[:4])
}

// RoleComment is the comment on every role of ours, by which it is told from a role that somebody else made under the same name.
func RoleComment(p *engine.Project) string { return "sayrud: the views of project " + p.Name }

// CreateRole gives the statements that make the role, without login, and let it into the project's schema. Whoever runs them becomes
// a member, so that SET ROLE works.
func CreateRole(p *engine.Project, role string) []string {
	return []string{
		"CREATE ROLE " + Quote(role) + " NOLOGIN",
		"COMMENT ON ROLE " + Quote(role) + " IS " + Literal(RoleComment(p)),
		"GRANT " + Quote(role) + " TO CURRENT_USER",
		GrantSchema(p, role),
	}
}

// GrantSchema gives the statement that lets the role name what is in the project's schema.
func GrantSchema(p *engine.Project, role string) string {
	return "GRANT USAGE ON SCHEMA " + Schema(p) + " TO " + Quote(role)
}

// DropRole gives the statements that take the role's rights in this database, and the role itself.
func DropRole(role string) []string {
	return []string{"DROP OWNED BY " + Quote(role), "DROP ROLE " + Quote(role)}
}

// GrantView gives the statements that give the role exactly what it may do with the view: read the columns that are not hidden, write
// those of them that can be written, delete records.
func GrantView(p *engine.Project, t *engine.Table, role string, columns []ViewColumn) []string {
	var read, insert, update []string
	for _, c := range columns {
		if c.Hidden {
			continue
		}
		read = append(read, Quote(c.Name))
		if c.Writable || c.Key == "uid" {
			insert = append(insert, Quote(c.Name))
		}
		if c.Writable {
			update = append(update, Quote(c.Name))
		}
	}
	rights := []string{"DELETE", "SELECT (" + strings.Join(read, ", ") + ")", "INSERT (" + strings.Join(insert, ", ") + ")"}
	if len(update) > 0 {
		rights = append(rights, "UPDATE ("+strings.Join(update, ", ")+")")
	}
	return []string{
		"REVOKE ALL ON " + View(p, t) + " FROM " + Quote(role),
		"GRANT " + strings.Join(rights, ", ") + " ON " + View(p, t) + " TO " + Quote(role),
	}
}
