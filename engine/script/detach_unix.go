//go:build unix

package script

import (
	"os/exec"
	"syscall"
)

// detach gives a worker a process group of its own: what a terminal sends to the server's is not for it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
