package script

import (
	"bufio"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// Subcommand is the hidden first argument under which an executable must call [RunWorker].
const Subcommand = "__script"

// Bounds of a worker.
const (
	memoryLimit    = 128 << 20 // beyond what the process has at its start
	stackLimit     = 32 << 20
	callTime       = 200 * time.Millisecond // of processor time, for one evaluation
	frameTime      = 400 * time.Millisecond // of processor time, for all of a frame
	heedTime       = 50 * time.Millisecond  // of processor time, from an interrupt to the end of the process
	frameClock     = 5 * time.Second        // for all of a frame, on the clock
	regexpTime     = 10 * time.Second       // on the clock and above all others: regexp2 swallows its own timeout and answers "no match"
	maxCallStack   = 500
	cachedPrograms = 256
)

// RunWorker is the worker: it reads requests from standard input and answers them on standard output until its input ends. It gives
// the exit status. An executable calls it first thing for the arguments behind [Subcommand].
func RunWorker([]string) int {
	debug.SetMaxStack(stackLimit)
	regexp2.DefaultMatchTimeout = regexpTime
	regexp2.SetTimeoutCheckPeriod(10 * time.Millisecond)
	if err := limitProcess(); err != nil {
		return 1
	}
	runtime.GC() // what the start left behind should not count
	if _, err := os.Stdout.Write(make([]byte, 4)); err != nil {
		return 1
	}
	frames := make(chan []byte)
	go readFrames(os.Stdin, frames)
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	w := &worker{programs: map[string]*compiled{}}
	for frame := range frames {
		answer, err := w.serve(frame)
		if err != nil {
			return 1
		}
		if _, err := out.Write(answer); err != nil {
			return 1
		}
		if err := out.Flush(); err != nil {
			return 1
		}
	}
	return 0
}

// readFrames ends the process when its input does, also in the middle of a script, so that no worker outlives a killed server.
func readFrames(from io.Reader, frames chan<- []byte) {
	in := bufio.NewReaderSize(from, 64<<10)
	for {
		frame, err := readFrame(in, maxRequest)
		if err != nil {
			os.Exit(0)
		}
		frames <- frame
	}
}

// RunWorkerIfAsked runs the worker and exits where this process was started as one. TestMain of every package that uses a [Runner]
// calls it first.
func RunWorkerIfAsked() {
	if len(os.Args) > 1 && os.Args[1] == Subcommand {
		os.Exit(RunWorker(os.Args[2:]))
	}
}
