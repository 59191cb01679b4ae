package secret

import (
	"fmt"
	"log/slog"
)

// A Value is a secret. However it is printed, logged or encoded, it is ***. The zero Value is no secret; see IsZero.
type Value struct{ text string }

// NewValue makes a Value of its text.
func NewValue(text string) Value { return Value{text} }

// Reveal gives the secret itself. Its result must not reach a log, an error or an answer.
func (v Value) Reveal() string { return v.text }

// IsZero reports whether v is the zero Value.
func (v Value) IsZero() bool { return v.text == "" }

const hidden = "***"

// String gives ***.
func (Value) String() string { return hidden }

// GoString gives ***.
func (Value) GoString() string { return hidden }

// Format prints *** for every verb.
func (Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText gives ***, which serves JSON too.
func (Value) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue gives ***.
func (Value) LogValue() slog.Value { return slog.StringValue(hidden) }
