package pg

import "golang.org/x/sys/unix"

// dup makes descriptor to a copy of from (dup3(2)).
func dup(from, to int) error { return unix.Dup3(from, to, 0) }
