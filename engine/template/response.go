package template

import (
	"github.com/sayrud/sayrud/engine"
)

// A Program writes a response. It is immutable and safe for concurrent use.
type Program struct {
	mentions [][]string
}

// An Answer is a rendered response. Header and Body may be shared: the caller writes them and does not change them.
type Answer struct {
	Status      int // 0: the template does not say
	Header      [][2]string
	ContentType string
	Body        []byte
}

// Compile compiles status, headers and body of r.
func Compile(r *engine.Response, sc *Scope) (*Program, engine.Problems) { return nil, nil }

// Render appends the body to dst and gives the whole response; Answer.Body is what was appended.
func (p *Program) Render(dst []byte, env *Env) (Answer, error) { return Answer{}, nil }

// Mentions gives the static paths the program reads, as [Slot.Mentions] does.
func (p *Program) Mentions() [][]string { return p.mentions }

// HasBody reports whether the definition said a body. Render of a program without one gives none; see [Program.Or].
func (p *Program) HasBody() bool { return true }

// Or gives p with the body of other where p has none.
func (p *Program) Or(other *Program) *Program { return p }
