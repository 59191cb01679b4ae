package template

import "github.com/sayrud/sayrud/engine/raw"

// A constant is JSON known when the template is compiled.
type constant raw.Value

func (c constant) write(_ *writer, dst []byte) ([]byte, bool) { return append(dst, c...), true }

func (c constant) gather(*writer) bool { return true }

func (c constant) scripted() bool { return false }

// omit is $omit: absent.
type omit struct{}

func (omit) write(_ *writer, dst []byte) ([]byte, bool) { return dst, false }

func (omit) gather(*writer) bool { return true }

func (omit) scripted() bool { return false }
