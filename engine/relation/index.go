package relation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
)

// IndexKind is the letter in an index's name that tells its form.
type IndexKind byte

// The kinds.
const (
	PlainIndex  IndexKind = 'i' // (expression, created_at DESC, id DESC): filter and newest first, or sort
	UniqueIndex IndexKind = 'u' // no two records with the same values; NULLs are distinct
	ListIndex   IndexKind = 'g' // GIN jsonb_path_ops over the whole value: containment
)

// PrefixLength is how many characters of a long text its plain index holds. A filter for equality on such a field needs both
// conditions, left(column, 200) = left($1, 200) AND column = $1, to find the index; see [Prefixed].
const PrefixLength = 200

// longest is the greatest max, in characters, of a text that is indexed whole: 500 characters are at most 2,000 bytes, below the
// 2,704 that an entry of a B-tree may have (PostgreSQL manual, 67.1, "Overview" of B-tree indexes).
const longest = 500

// An Index is one that a definition asks for, beside those that every leaf has.
type Index struct {
	Name       string
	Kind       IndexKind
	Keys       []string // of the fields it is over
	Definition string   // what stands behind "ON leaf"
}

// SQL gives the CREATE INDEX statement. One that is concurrent runs outside a transaction.
func (x Index) SQL(p *engine.Project, t *engine.Table, concurrently bool) string {
	create := "CREATE INDEX "
	if x.Kind == UniqueIndex {
		create = "CREATE UNIQUE INDEX "
	}
	if concurrently {
		create += "CONCURRENTLY "
	}
	return create + Quote(x.Name) + " ON " + Leaf(p, t) + " " + x.Definition
}

// DropIndex gives the statement that drops the index of that name. One that is concurrent runs outside a transaction.
func DropIndex(p *engine.Project, name string, concurrently bool) string {
	if concurrently {
		return "DROP INDEX CONCURRENTLY IF EXISTS " + Schema(p) + "." + Quote(name)
	}
	return "DROP INDEX IF EXISTS " + Schema(p) + "." + Quote(name)
}

// Indexes gives the indexes that the definition of t asks for: one per field that is indexed or a reference, one per uniqueness.
func Indexes(p *engine.Project, t *engine.Table) []Index {
	var list []Index
	for _, f := range t.Fields.All() {
		unique := f.Unique && !slices.ContainsFunc(t.Unique, func(names []string) bool { return len(names) == 1 && t.Field(names[0]) == f })
		if unique {
			list = append(list, uniqueIndex(p, t, []*engine.Field{f}))
		}
		refers := f.Type == engine.TypeReference || f.Type == engine.TypeReferences
		if refers || f.Index && (!unique || Prefixed(f)) {
			list = append(list, plainIndex(p, t, f))
		}
	}
	for _, names := range t.Unique {
		var fields []*engine.Field
		for _, name := range names {
			if f := t.Field(name); f != nil {
				fields = append(fields, f)
			}
		}
		if len(fields) == len(names) && len(fields) > 0 {
			list = append(list, uniqueIndex(p, t, fields))
		}
	}
	return list
}

// Prefixed reports whether f is a text that may be too long for an index entry: its plain index is over the first [PrefixLength]
// characters, its uniqueness over its md5.
func Prefixed(f *engine.Field) bool {
	switch f.Type {
	case engine.TypeText, engine.TypeURL, engine.TypeGenerated:
		most, err := strconv.Atoi(string(f.Max))
		return err != nil || most > longest
	}
	return false
}

// Descending reports whether the field's index runs from the greatest value down, NULLs last: numbers and times do.
func Descending(typ expr.Type) bool {
	return typ == Numeric || typ == Timestamptz || typ == Date
}

func plainIndex(p *engine.Project, t *engine.Table, f *engine.Field) Index {
	column, typ := Column(p, t, f, "")
	if typ == JSONB {
		return newIndex(t, ListIndex, []string{f.Key}, "USING gin ("+column+" jsonb_path_ops)")
	}
	switch {
	case Descending(typ):
		column += " DESC NULLS LAST"
	case typ == Text && Prefixed(f):
		column = prefix(column)
	}
	return newIndex(t, PlainIndex, []string{f.Key}, "USING btree ("+column+", created_at DESC, id DESC)")
}

func prefix(column string) string { return "left(" + column + ", " + strconv.Itoa(PrefixLength) + ")" }

// Prefix gives the expression that the plain index of a long text is over.
func Prefix(column string) string { return prefix(column) }

func uniqueIndex(p *engine.Project, t *engine.Table, fields []*engine.Field) Index {
	var keys, columns []string
	for _, f := range fields {
		column, typ := Column(p, t, f, "")
		switch {
		case typ == JSONB:
			column = "md5(" + column + "::text)"
		case typ == Text && Prefixed(f):
			column = "md5(" + column + ")"
		case Descending(typ):
			column += " DESC NULLS LAST"
		}
		keys, columns = append(keys, f.Key), append(columns, column)
	}
	return newIndex(t, UniqueIndex, keys, "USING btree ("+strings.Join(columns, ", ")+")")
}

func newIndex(t *engine.Table, kind IndexKind, keys []string, definition string) Index {
	return Index{Name: IndexName(t.ID, kind, keys, definition), Kind: kind, Keys: keys, Definition: definition}
}

// namedKeys is how many keys fit into the 63 bytes of a name (PostgreSQL manual, 4.1.1).
const namedKeys = 4

// IndexName gives the name of an index: "_r17_u_Abcd1234_Efgh5678_0a1b2c", which is the leaf, the kind, the keys of the fields (of
// more than four the first four) and six digits that change with the definition, so that an index whose definition changed is built
// beside the old one.
func IndexName(tableID int, kind IndexKind, keys []string, definition string) string {
	sum := sha256.Sum256([]byte(string(kind) + strings.Join(keys, ",") + definition))
	return "_r" + strconv.Itoa(tableID) + "_" + string(kind) + "_" +
		strings.Join(keys[:min(len(keys), namedKeys)], "_") + "_" + hex.EncodeToString(sum[:3])
}

// ParseIndexName reads a name that [IndexName] gave, as it comes back in an error's constraint name (SQLSTATE 23505). The uniqueness
// of uids, "_r17_uid", has the key "uid".
func ParseIndexName(name string) (tableID int, kind IndexKind, keys []string, ok bool) {
	leaf, rest, found := strings.Cut(strings.TrimPrefix(name, "_r"), "_")
	tableID, err := strconv.Atoi(leaf)
	if !found || err != nil || !strings.HasPrefix(name, "_r") {
		return 0, 0, nil, false
	}
	if rest == "uid" {
		return tableID, UniqueIndex, []string{"uid"}, true
	}
	parts := strings.Split(rest, "_")
	if len(parts) < 3 || len(parts[0]) != 1 {
		return 0, 0, nil, false
	}
	return tableID, IndexKind(parts[0][0]), parts[1 : len(parts)-1], true
}

// Duplicates gives the query for what keeps a uniqueness over the fields stored under keys from holding: at most 20 rows (values
// text[], of which the first 200 characters, uids text[] of at most 20, count bigint). Not ok where the table has not all of these fields.
func Duplicates(p *engine.Project, t *engine.Table, keys []string) (sql string, ok bool) {
	var columns, texts, filled []string
	for _, key := range keys {
		f := t.FieldByKey(key)
		if f == nil {
			return "", false
		}
		column, _ := Column(p, t, f, "r")
		columns, texts = append(columns, column), append(texts, fmt.Sprintf("left((%s)::text, %d)", column, PrefixLength))
		filled = append(filled, column+" IS NOT NULL")
	}
	return "SELECT ARRAY[" + strings.Join(texts, ", ") + "], (array_agg(r.uid ORDER BY r.id))[1:20], count(*) FROM " + Leaf(p, t) +
		" r WHERE " + strings.Join(filled, " AND ") + " GROUP BY " + strings.Join(columns, ", ") + " HAVING count(*) > 1 LIMIT 20", true
}
