package script

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// Names tells what an expression may name beside the helpers and JavaScript's own.
type Names struct {
	Roots []string // with the dollar: "$request", "$record", and the names of $as

	// Known decides whether the path below a root, "$record" "length", is a member of the data; otherwise "length" is JavaScript's
	// property of what stands before it. The answer changes only what is fetched, except that a member that is known and missing
	// is null, not undefined. Nil knows "length" directly below the roots that are objects.
	Known func(path []string) bool
}

func (n Names) known(path []string) bool {
	if n.Known != nil {
		return n.Known(path)
	}
	return len(path) == 2 && slices.Contains(objectRoots, path[0])
}

var objectRoots = []string{"$record", "$this", "$that", "$params", "$request", "$auth", "$error", "$response", "$sources"}

// A Program is one compiled expression. It is immutable and safe for concurrent use.
type Program struct {
	source  string
	paths   [][]string // all static paths
	inputs  [][]string // those of them that the host resolves
	helpers []string   // those it mentions
	env     []string
	small   *small // nil where the expression is not in the small set
	guard   guard
}

// Compile checks source, one JavaScript expression, and makes its Program. The Problems carry the Offset of what is wrong in source.
func Compile(source string, names Names) (*Program, engine.Problems) {
	parsed, res, paths, problems := resolveAll(source, names)
	if problems != nil {
		return nil, problems
	}
	p := &Program{source: source, paths: paths, inputs: res.inputs, helpers: res.helpers, env: res.env}
	p.small = compileSmall(parsed.expr(), p)
	return p, nil
}

// Inputs gives the static paths that the program reads, the root first: {"$record", "likes"}; a root alone where it is used whole or
// dynamically. Array indexes are decimal. The caller must not change them. A value that is missing is given as nil and seen as null.
func (p *Program) Inputs() [][]string { return p.inputs }

// Paths gives all static paths that the source mentions; Inputs lacks those that begin with another input which the script changes.
// The caller must not change them.
func (p *Program) Paths() [][]string { return p.paths }

// InProcess reports whether the program is in the small set that needs no worker. It still goes to one when its inputs are large or
// its values unusual.
func (p *Program) InProcess() bool { return p.small != nil && !p.small.markdown }

// Source gives the text that was compiled.
func (p *Program) Source() string { return p.source }

// Env gives the names that the program asks $env for where they are written as plain text.
func (p *Program) Env() []string { return p.env }

func (p *Program) usesEnv() bool { return slices.Contains(p.helpers, "$env") }

func (p *Program) usesMarkdown() bool { return slices.Contains(p.helpers, "$markdown") }

// replica gives the Names under which another process compiles the same Program.
func replica(paths [][]string) Names {
	names := Names{Known: func(path []string) bool {
		return slices.ContainsFunc(paths, func(known []string) bool {
			return len(known) >= len(path) && slices.Equal(known[:len(path)], path)
		})
	}}
	for _, path := range paths {
		if !slices.Contains(names.Roots, path[0]) {
			names.Roots = append(names.Roots, path[0])
		}
	}
	return names
}

func pathText(path []string) string { return strings.Join(path, ".") }
