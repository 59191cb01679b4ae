package secret

import (
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// Kind says where the value of a Reference comes from.
type Kind string

// The kinds.
const (
	Env    Kind = "env"    // a variable of the environment
	File   Kind = "file"   // a file
	Stored Kind = "stored" // typed once; the database alone has it
	Typed  Kind = "value"  // the value itself, on its way in; never in a stored definition
)

// MaxBytes bounds a secret, in bytes.
const MaxBytes = 64 << 10

// A Reference stands in a definition in place of a secret.
type Reference struct {
	Kind Kind
	Name string // of the variable, the file or the stored value
}

// String gives the reference as it is known by: "env:HOOK". It holds no secret: that of Typed is empty behind the colon.
func (r Reference) String() string { return string(r.Kind) + ":" + r.Name }

// JSON gives the reference as definitions have it: {"env": "HOOK"}.
func (r Reference) JSON() raw.Value {
	b := raw.AppendString(raw.Value{'{'}, string(r.Kind))
	return append(raw.AppendString(append(b, ':'), r.Name), '}')
}

// NewStored makes a reference to a value that is typed in.
func NewStored() Reference {
	var b [10]byte
	rand.Read(b[:])
	return Reference{Stored, strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))}
}

var (
	envName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)
	storedName = regexp.MustCompile(`^[a-z0-9]{1,32}$`)
)

// Hint says how a secret is written.
const Hint = "write {env: NAME} or {file: PATH}"

// Parse reads a reference: an object of one member. For {value: TEXT} it gives the Value too. message says what is wrong, without
// repeating what was written; "" is good.
func Parse(v raw.Value) (ref Reference, typed Value, message string) {
	if v.Kind() != raw.Object || v.Len() != 1 {
		return Reference{}, Value{}, "a secret is not written as it is"
	}
	var name, text string
	isText := false
	for key, member := range v.Members {
		name, _ = key.Text()
		text, _ = member.Text()
		isText = member.Kind() == raw.String
	}
	ref = Reference{Kind(name), text}
	switch {
	case ref.Kind != Env && ref.Kind != File && ref.Kind != Stored && ref.Kind != Typed:
		return Reference{}, Value{}, "a secret comes from env or file"
	case !isText:
		return Reference{}, Value{}, "the " + name + " of a secret must be a text"
	}
	switch ref.Kind {
	case Env:
		if !envName.MatchString(text) {
			message = "env must be the name of a variable: letters, digits and _"
		}
	case File:
		if text == "" || len(text) > 4096 || strings.ContainsAny(text, "\x00\n\r") {
			message = "file must be the path of a file"
		}
	case Stored:
		if !storedName.MatchString(text) {
			message = "stored must be the id that an export printed"
		}
	default:
		ref.Name = ""
		if text == "" || len(text) > MaxBytes {
			return Reference{}, Value{}, "the value of a secret must have 1 to 65536 bytes"
		}
		return ref, NewValue(text), ""
	}
	if message != "" {
		return Reference{}, Value{}, message
	}
	return ref, Value{}, ""
}

// Check is Parse for the Check of a setting.
func Check(v raw.Value) (message, hint string) {
	if _, _, message = Parse(v); message != "" {
		return message, Hint
	}
	return "", ""
}
