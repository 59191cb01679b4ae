package script

import (
	"errors"
	"fmt"
)

// An Error is what a script did wrong: an exception it raised, or a result that cannot be JSON. Its message is fit for the author of
// the script.
type Error struct {
	Message      string
	Line, Column int // from 1, into the source; 0 where the place is not known
	Call         int // of RunAll: which of the calls it was
}

// Error gives the message and its place.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s (line %d, column %d)", e.Message, e.Line, e.Column)
}

// A BoundError says which bound a script ran into. errors.Is(err, ErrBound) holds for each.
type BoundError struct{ sentence string }

// Error gives the sentence.
func (e *BoundError) Error() string { return e.sentence }

// Is makes every BoundError an ErrBound.
func (e *BoundError) Is(target error) bool { return target == ErrBound }

// The bounds of a script, and of what it is given and gives.
var (
	ErrBound = errors.New("the script ran into a bound")

	ErrTime   = &BoundError{"the script ran longer than 200 ms"}
	ErrMemory = &BoundError{"the script needed more than 128 MB"}
	ErrInput  = &BoundError{"the script would read more than 8 MB"}
	ErrResult = &BoundError{"the script's result is larger than 4 MB"}
	ErrBroken = &BoundError{"the script ran into a bound three times within a minute and is not tried again for 30 seconds"}
)

// ErrBusy says that no worker became free within two seconds.
var ErrBusy = errors.New("the server is too busy to run the script")

// ErrClosed says that the Runner was closed.
var ErrClosed = errors.New("run script: the runner is closed")

// at says which call err belongs to.
func at(call int, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	of := *e
	of.Call = call
	return &of
}

func errorf(format string, args ...any) *Error { return &Error{Message: fmt.Sprintf(format, args...)} }
