package direct

import (
	"errors"
	"unicode"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/template"
)

// ScriptRefusal makes an Invalid error of a script that failed or ran into a bound, which says which script it was and how: for those
// who may see definitions. Any other error stays as it is.
func ScriptRefusal(err error) error {
	var failed *template.ScriptError
	switch {
	case errors.As(err, &failed):
		return &engine.Error{Code: engine.Invalid, Message: Sentence(failed.Error())}
	case errors.Is(err, script.ErrBound):
		return &engine.Error{Code: engine.Invalid, Message: Sentence(err.Error())}
	}
	return err
}

// Sentence makes a sentence of what an error says: a capital, and a full stop.
func Sentence(s string) string {
	if s == "" {
		return "."
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:] + "."
}
