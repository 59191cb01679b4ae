package relation

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// Quote gives identifier as SQL writes it, always in double quotes (PostgreSQL manual, 4.1.1).
func Quote(identifier string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(identifier, "\x00", ""), `"`, `""`) + `"`
}

// Literal gives s as a string constant. It is an escape string where s holds a backslash, so that it means the same under every
// setting of standard_conforming_strings (PostgreSQL manual, 4.1.2.1 and 4.1.2.2).
func Literal(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), `'`, `''`)
	if strings.Contains(s, `\`) {
		return `E'` + strings.ReplaceAll(s, `\`, `\\`) + `'`
	}
	return `'` + s + `'`
}

// Schema gives the quoted schema of the project.
func Schema(p *engine.Project) string { return Quote(p.SchemaName()) }

// Leaf gives the quoted, qualified name of the table's leaf: "p_blog"."_r17".
func Leaf(p *engine.Project, t *engine.Table) string {
	return Schema(p) + "." + Quote(t.LeafName())
}

// View gives the quoted, qualified name of the table's view: "p_blog"."comments".
func View(p *engine.Project, t *engine.Table) string {
	return Schema(p) + "." + Quote(t.Name)
}

// Sequence gives the quoted, qualified name of an autonumber field's sequence: "p_blog"."_s_Abcd1234".
func Sequence(p *engine.Project, f *engine.Field) string {
	return Schema(p) + "." + Quote(sequenceName(f))
}

func sequenceName(f *engine.Field) string { return "_s_" + f.Key }
