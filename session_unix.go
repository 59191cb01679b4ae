//go:build unix

package main

import "syscall"

// ownSession makes a process the first of a session of its own: the terminal's signals do not reach it (setsid(2)).
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
