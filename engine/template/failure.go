package template

import (
	"errors"
	"fmt"

	"github.com/sayrud/sayrud/engine/script"
)

// A ScriptError says which script of a definition failed. Its text is for the author of the definition.
type ScriptError struct {
	Place  string // in the response or slot, "body.items.0"; "" where the script is the slot
	Source string
	Err    error // what it did wrong: a *script.Error
}

// Error gives the script, its place, and what it did wrong.
func (e *ScriptError) Error() string {
	const most = 120
	source := e.Source
	if len(source) > most {
		source = source[:most] + "…"
	}
	if e.Place == "" {
		return fmt.Sprintf("the script =%s failed: %s", source, e.Err)
	}
	return fmt.Sprintf("the script =%s at %s failed: %s", source, e.Place, e.Err)
}

// Unwrap gives what the script did wrong.
func (e *ScriptError) Unwrap() error { return e.Err }

// failed gives an error of the queued scripts with the one it belongs to.
func (w *writer) failed(err error) error {
	var wrong *script.Error
	if !errors.As(err, &wrong) || wrong.Call >= len(w.queued) {
		return fmt.Errorf("run script%s: %w", w.places(), err)
	}
	call := w.queued[wrong.Call].call
	return &ScriptError{Place: call.place, Source: call.program.Source(), Err: wrong}
}
