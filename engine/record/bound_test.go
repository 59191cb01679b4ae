package record

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// A constraint that runs into a bound is no judgement of the data, and it is evaluated once: after three evaluations the program
// would be answered with ErrBroken, so three writes must each end in ErrTime.
func TestConstraintWithoutEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	program, problems := script.Compile("(() => { for (;;); })()", script.Names{})
	if problems != nil {
		t.Fatal(problems)
	}
	table, problems := plan.CompileTable(h.project, h.table("counters"))
	if problems != nil {
		t.Fatal(problems)
	}
	for range 3 {
		c := &constraints{engine: h.engine, table: table, shared: script.Shared{Now: time.Now()}}
		c.calls = []script.Call{{Program: program, Inputs: []raw.Value{}}}
		c.fields, c.cases = table.Fields[:1], []judged{{}}
		err := c.check(context.Background(), value.English, &template.Env{})
		var refused *engine.Error
		if !errors.Is(err, script.ErrTime) || errors.As(err, &refused) {
			t.Errorf("it ends in %v", err)
		}
	}
}
