package expr

import (
	"strings"

	"github.com/auxten/postgresql-parser/pkg/sql/lex"
)

// Rename gives the source with the column old called now: where it is mentioned as a column, and nowhere else. A name that is a word of
// SQL is put in double quotes.
func (e *Expr) Rename(old, now string) string {
	var b strings.Builder
	done := 0
	for _, m := range e.mentions {
		if !strings.EqualFold(m.column, old) {
			continue
		}
		b.WriteString(e.source[done:m.start])
		if _, keyword := lex.KeywordsCategories[strings.ToLower(now)]; keyword || m.quoted {
			b.WriteString(`"` + now + `"`)
		} else {
			b.WriteString(now)
		}
		done = m.end
	}
	return b.String() + e.source[done:]
}

// reserved reports whether a word cannot stand for a column without quotes.
func reserved(word string) bool {
	category, keyword := lex.KeywordsCategories[word]
	return keyword && category != "U"
}
