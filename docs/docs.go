// Package docs writes the parts of docs/ that the code itself knows: the reference of the project file, of middlewares, helpers and
// functions, and the JSON Schema. Its test holds the files to the code; `./task docs` writes them anew.
//
// A file of docs/ is written by hand but for what stands between
//
//	<!-- generated: NAME -->
//	<!-- end -->
//
// where NAME is one of [Blocks].
package docs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/script"
)

// Blocks gives the generated parts by name, in Markdown.
func Blocks() map[string]string {
	return map[string]string{
		"project file": projectFile(), "middlewares": middlewares(), "helpers": helpers(), "functions": functions(),
		"operators": operators(), "codes": codes(),
	}
}

var block = regexp.MustCompile(`(?s)(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)`)

// Fill gives text with its generated parts as they should be. It answers the names that do not exist, too.
func Fill(text string) (filled string, unknown []string) {
	blocks := Blocks()
	filled = block.ReplaceAllStringFunc(text, func(found string) string {
		parts := block.FindStringSubmatch(found)
		content, known := blocks[parts[2]]
		if !known {
			unknown = append(unknown, parts[2])
			return found
		}
		return parts[1] + content + parts[3]
	})
	return filled, unknown
}

// Schema gives the JSON Schema of the project file.
func Schema() []byte { return definition.JSONSchema(middleware.Manifest()) }

func projectFile() string {
	var b strings.Builder
	for _, section := range definition.Reference() {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n| key | is | means |\n|---|---|---|\n", section.Name, sentence(section.Doc))
		for _, k := range section.Keys {
			is := k.Type
			if len(k.Values) > 0 {
				is = "`" + strings.Join(k.Values, "` `") + "`"
			}
			name := "`" + k.Name + "`"
			if k.Required {
				name = "**" + name + "**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, cell(is), cell(k.Doc))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func middlewares() string {
	var b strings.Builder
	for _, d := range middleware.Definitions() {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", d.Name, sentence(d.Doc))
		if len(d.Properties) == 0 {
			continue
		}
		b.WriteString("| setting | is | means |\n|---|---|---|\n")
		for _, p := range d.Properties {
			writeProperty(&b, "", &p)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func writeProperty(b *strings.Builder, within string, p *middleware.Property) {
	name := "`" + within + p.Name + "`"
	if p.Required {
		name = "**" + name + "**"
	}
	fmt.Fprintf(b, "| %s | %s | %s |\n", name, cell(propertyType(p)), cell(p.Doc))
	inner, below := p, within+p.Name+"."
	if p.Of != nil {
		inner, below = p.Of, within+p.Name+map[middleware.PropertyType]string{middleware.TypeMap: ".*."}[p.Type]
		if p.Type != middleware.TypeMap {
			below += "[]."
		}
	}
	for i := range inner.Members {
		writeProperty(b, below, &inner.Members[i])
	}
}

// propertyType says in words what a setting may be.
func propertyType(p *middleware.Property) string {
	is := p.Type
	switch {
	case len(p.Values) > 0:
		is = "`" + strings.Join(p.Values, "` `") + "`"
	case p.Type == middleware.TypeArray && p.Of != nil:
		is = "list: " + propertyType(p.Of)
	case p.Type == middleware.TypeArray:
		is = "list: string"
	case p.Type == middleware.TypeMap && p.Of != nil:
		is = "name: " + propertyType(p.Of)
	case p.Type == middleware.TypeTexts:
		is = "string, or list of them"
	case p.Type == middleware.TypeSecret:
		is = "[secret](#secrets)"
	}
	if p.OrSecret {
		is += " or [secret](#secrets)"
	}
	if p.Slot {
		is += ", [slot](expressions.md)"
	}
	if p.Default != nil {
		is += ", default `" + string(p.Default) + "`"
	}
	if p.Min != 0 || p.Max != 0 {
		is += fmt.Sprintf(", %d to %d", p.Min, p.Max)
	}
	return is
}

func helpers() string {
	text := "| helper | gives |\n|---|---|\n"
	for _, h := range script.Helpers() {
		text += fmt.Sprintf("| `%s` | %s |\n", h.Signature, cell(h.Doc))
	}
	return text
}

func functions() string {
	text := "| function | gives |\n|---|---|\n"
	for _, f := range expr.Functions() {
		text += fmt.Sprintf("| `%s` | %s |\n", strings.ReplaceAll(f.Signature, "|", `\|`), cell(f.Doc))
	}
	return text
}

func operators() string {
	doc := map[engine.FilterOp]string{
		engine.OpAnd: "all of `l` and `r`, or of the list `v`", engine.OpOr: "one of them at least", engine.OpNot: "not `v`",
		engine.OpEqual: "equal", engine.OpNotEqual: "not equal", engine.OpGreater: "greater", engine.OpLess: "less", engine.OpAtLeast: "greater or equal",
		engine.OpAtMost: "less or equal", engine.OpLike: "like a pattern, `%` any text, `_` one character", engine.OpILike: "the same without case",
		engine.OpIn: "one of the list `r`; an empty or null one is false", engine.OpIsNull: "`v` has no value", engine.OpContains: "the text, the list or the json holds `r`",
		engine.OpStartsWith: "the text begins with `r`", engine.OpBetween: "from `r[0]` to `r[1]`, both included",
		engine.OpSearch: "every word of `r` stands in one of the fields `l`, without case",
	}
	text := "| `t` | is true where |\n|---|---|\n"
	for _, op := range engine.FilterOps() {
		text += fmt.Sprintf("| `%s` | %s |\n", op, doc[op])
	}
	return text
}

func codes() string {
	doc := map[engine.Code]string{
		engine.Invalid: "a parameter, a body or a sort is not what it must be", engine.NotFound: "no record, no endpoint, a path value outside its `values`",
		engine.Conflict: "a unique value is taken, a record is referred to, more records match than `limit`", engine.Guarded: "a guard refuses",
		engine.RateLimited: "too many requests; `Retry-After` says when", engine.Unauthorized: "who asks is not known", engine.Forbidden: "who asks may not",
		engine.Captcha: "the captcha is missing, wrong or used", engine.TooLarge: "the body or a file is too large",
		engine.Unsupported: "the body's or the file's type", engine.Precondition: "`If-Match` lost the race", engine.Timeout: "it took too long",
		engine.Unavailable: "the database or what else is needed is away; `Retry-After`", engine.Internal: "a fault of the server or of the definition; the log has it by request id",
		engine.NotAllowed: "the path has other methods; `Allow` names them",
	}
	text := "| `$error.code` | status | means |\n|---|---|---|\n"
	for _, code := range engine.Codes() {
		text += fmt.Sprintf("| `%s` | %d | %s |\n", code, code.Status(), doc[code])
	}
	return text
}

// cell escapes what would end a cell of a table, or begin HTML.
func cell(text string) string { return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text) }

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !slices.Contains([]byte(".!?"), text[len(text)-1]) {
		text += "."
	}
	return text
}
