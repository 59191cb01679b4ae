//go:build !unix

package main

import "syscall"

// ownSession gives nil: there are no sessions here, and no mounts either.
func ownSession() *syscall.SysProcAttr { return nil }
