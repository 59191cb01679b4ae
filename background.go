package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// A command in the background is a process in a session of its own that the one before it starts with the same arguments. Through a pipe
// it tells that it is ready, or why it is not.
const (
	backgroundVariable = "SAYRUD_BACKGROUND"
	backgroundFD       = 3
	readyLine          = "ready\n"
)

func isBackground() bool { return os.Getenv(backgroundVariable) != "" }

// detach starts the command in the background and waits until it is ready.
func (c *mountCommand) detach(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program itself: %w", err)
	}
	name := c.LogFile
	if name == "" {
		name = os.DevNull
	}
	log, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	reading, writing, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make a pipe: %w", err)
	}
	defer reading.Close()
	child := exec.CommandContext(context.WithoutCancel(ctx), program, os.Args[1:]...)
	child.Env = append(os.Environ(), backgroundVariable+"=1")
	child.Stdout, child.Stderr, child.ExtraFiles = log, log, []*os.File{writing}
	child.SysProcAttr = ownSession()
	err = child.Start()
	writing.Close()
	if err != nil {
		return fmt.Errorf("go to the background: %w", err)
	}
	told, err := io.ReadAll(reading)
	switch {
	case err != nil:
		return fmt.Errorf("go to the background: %w", err)
	case string(told) == readyLine:
		return nil
	case len(told) == 0:
		return errors.New("the process in the background ended at once; --log-file keeps what it says")
	}
	return errors.New(strings.TrimSpace(string(told)))
}

// A readiness is the pipe to the process that waits; nil in the foreground.
type readiness struct {
	once sync.Once
	pipe *os.File
}

func readyPipe() *readiness {
	if !isBackground() {
		return nil
	}
	return &readiness{pipe: os.NewFile(backgroundFD, "ready")}
}

// tell says once that the command is ready, or why it is not.
func (r *readiness) tell(err error) {
	if r == nil {
		return
	}
	r.once.Do(func() {
		text := readyLine
		if err != nil {
			text = errorText(err)
		}
		_, _ = r.pipe.WriteString(text) // whoever waited is gone
		r.pipe.Close()
	})
}
