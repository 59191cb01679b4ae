package definition

import (
	"errors"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

type place struct{}

func Parse(filename string, source []byte) (*File, error)                         { return nil, errors.ErrUnsupported }
func (f *File) Err(p engine.Problems) error                                       { return p.Err() }
func DecodeProject(v raw.Value) (*engine.Project, engine.Problems)                { return nil, nil }
func DecodeTable(name string, v raw.Value) (*engine.Table, engine.Problems)       { return nil, nil }
func DecodeField(name string, v raw.Value) (*engine.Field, engine.Problems)       { return nil, nil }
func DecodeEndpoint(name string, v raw.Value) (*engine.Endpoint, engine.Problems) { return nil, nil }
func Check(p *engine.Project) engine.Problems                                     { return nil }
func Unsupported(p *engine.Project) engine.Problems                               { return nil }
func Print(p *engine.Project, expand bool) []byte                                 { return nil }
func JSONSchema() []byte                                                          { return nil }
func RenameField(p *engine.Project, table, old, now string) engine.Problems       { return nil }
func RenameTable(p *engine.Project, old, now string) engine.Problems              { return nil }
func UsesOfField(p *engine.Project, table, field string) []engine.Problem         { return nil }
func UsesOfTable(p *engine.Project, table string) []engine.Problem                { return nil }
