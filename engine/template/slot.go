package template

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Slot is one compiled value of a definition. It is immutable and safe for concurrent use.
type Slot struct {
	root     node
	mentions [][]string
	scripted bool
}

// CompileSlot compiles a value: a path ($params.page), JavaScript (=…), text with inserted paths (text ${$record.nick}), a literal, or
// an array or object of those. Its Problems name the place below v and the byte in the text that stands there.
func CompileSlot(v raw.Value, sc *Scope) (*Slot, engine.Problems) { return nil, nil }

// CompileScript compiles source as JavaScript, whatever it begins with: constraints and the strings of LITERAL.
func CompileScript(source string, sc *Scope) (*Slot, engine.Problems) { return nil, nil }

// Const gives the value of a slot that needs no Env. A constant nil is $omit.
func (s *Slot) Const() (raw.Value, bool) { return nil, false }

// Eval gives the slot's value: nil where it is absent ($omit, JavaScript's undefined). A path that leads nowhere is null.
// The value may share memory with env. Errors come from scripts alone, see the script package, and from Env.MaxBytes.
func (s *Slot) Eval(env *Env) (raw.Value, error) { return nil, nil }

// EvalAll evaluates slots, in order, all their scripts in one frame. A nil slot gives nil.
func EvalAll(env *Env, slots ...*Slot) ([]raw.Value, error) { return nil, nil }

// Mentions gives the static paths the slot reads, names first: {"$params", "page"}. A root alone is read whole.
func (s *Slot) Mentions() [][]string { return s.mentions }

type node interface{}
