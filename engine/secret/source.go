package secret

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A Source resolves references when a definition is applied. Its error says what the user can do, and holds no secret.
type Source interface {
	Resolve(Reference) (Value, error)
	Typing() bool // whether secrets may be typed in: {value: TEXT}
}

// Operator is the Source of the command line: the environment and the files of its process. A relative path begins at the directory
// the command was started in; a line break at the end of a file does not belong to the secret.
type Operator struct{}

// Resolve reads the variable or file.
func (Operator) Resolve(ref Reference) (Value, error) {
	switch ref.Kind {
	case Env:
		return fromEnv(ref, os.LookupEnv)
	case File:
		return fromFile(ref)
	}
	return Value{}, errNotHere(ref)
}

// Listed is the Source of the admin API: variables that the operator listed with --env, and no files, since those who edit
// definitions may not read what the server may.
type Listed func(name string) (string, bool)

// Resolve reads the variable.
func (l Listed) Resolve(ref Reference) (Value, error) {
	switch ref.Kind {
	case Env:
		v, err := fromEnv(ref, l)
		if err != nil {
			return Value{}, fmt.Errorf("the server does not give out the variable %s; start it with --env %s and the variable set, or type the value", ref.Name, ref.Name)
		}
		return v, nil
	case File:
		return Value{}, errors.New("a file is read by sayrud apply only; type the value here")
	}
	return Value{}, errNotHere(ref)
}

// Typing gives false: a project file is kept where a secret should not be.
func (Operator) Typing() bool { return false }

// Typing gives true.
func (Listed) Typing() bool { return true }

func fromEnv(ref Reference, lookup func(string) (string, bool)) (Value, error) {
	text, set := lookup(ref.Name)
	if !set || text == "" {
		return Value{}, fmt.Errorf("the environment variable %s is not set; set it for this command", ref.Name)
	}
	if len(text) > MaxBytes {
		return Value{}, fmt.Errorf("the environment variable %s is larger than %d bytes", ref.Name, MaxBytes)
	}
	return NewValue(text), nil
}

func fromFile(ref Reference) (Value, error) {
	f, err := os.Open(ref.Name)
	if err != nil {
		return Value{}, fmt.Errorf("the secret's file cannot be read: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return Value{}, fmt.Errorf("the secret's file cannot be read: %w", err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	switch {
	case len(content) > MaxBytes:
		return Value{}, fmt.Errorf("the secret's file %s is larger than %d bytes", ref.Name, MaxBytes)
	case text == "":
		return Value{}, fmt.Errorf("the secret's file %s is empty", ref.Name)
	}
	return NewValue(text), nil
}

func errNotHere(ref Reference) error {
	return fmt.Errorf("the secret %s is not in this database; write %s", ref, strings.TrimPrefix(Hint, "write "))
}
