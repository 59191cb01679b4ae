//go:build unix && !linux

package pg

import "golang.org/x/sys/unix"

// dup makes descriptor to a copy of from (dup2(2)).
func dup(from, to int) error { return unix.Dup2(from, to) }
