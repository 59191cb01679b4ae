//go:build unix

package pg

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	defaultLinger = 10 * time.Second
	// firstLinger is how long a supervisor waits for the client that started it.
	firstLinger = 10 * time.Second
	// termGrace is how long clients may finish when the machine shuts down.
	termGrace = 5 * time.Second
	// lockPatience is how long a supervisor waits for its predecessor to end.
	lockPatience = 90 * time.Second
	// socketCheck is how often the supervisor looks whether its socket is still there.
	socketCheck = 15 * time.Second
)

// supervisor owns the server of one data directory.
type supervisor struct {
	cluster   *cluster
	socketDir string
	settings  map[string]string
	linger    time.Duration
	log       *logFile
	lock      *os.File
	ln        net.Listener

	changed chan struct{} // a client came or went
	mu      sync.Mutex
	clients map[net.Conn]struct{}
	served  int     // clients so far
	state   *answer // what a new client is told; nil: wait
	closing bool
}

// errAlready says that another supervisor serves the data directory.
var errAlready = errors.New("another supervisor serves this data directory")

// RunSupervisor is the hidden subcommand `__postgres`: it owns the server of one data directory until the last client
// is gone, and returns the exit code. Mistakes before it listens go to standard error, which it then lets go of;
// later ones to its clients and to postgres.log in the data directory.
func RunSupervisor(args []string) int {
	closeInherited()
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT)
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	s, err := openSupervisor(args)
	if errors.Is(err, errAlready) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer s.close()
	if err := releaseStandardStreams(); err != nil {
		return 1
	}
	return s.run(terminate)
}

// settingsFlag collects -set name=value.
type settingsFlag map[string]string

// String is for flag.Value: there is no default to print.
func (s settingsFlag) String() string { return "" }

// Set takes one name=value.
func (s settingsFlag) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return fmt.Errorf("%q is not name=value", text)
	}
	s[name] = value
	return nil
}

// openSupervisor takes the data directory's lock and listens for clients.
func openSupervisor(args []string) (*supervisor, error) {
	s := &supervisor{settings: map[string]string{}, changed: make(chan struct{}, 1), clients: map[net.Conn]struct{}{}}
	flags := flag.NewFlagSet(SupervisorCommand, flag.ContinueOnError)
	dataDir := flags.String("data", "", "data directory")
	flags.DurationVar(&s.linger, "linger", defaultLinger, "how long to stay without clients")
	flags.Var(settingsFlag(s.settings), "set", "PostgreSQL setting, name=value")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if !filepath.IsAbs(*dataDir) {
		return nil, errors.New("the data directory must be an absolute path")
	}
	acc, err := accountFor(*dataDir)
	if err != nil {
		return nil, err
	}
	s.cluster = &cluster{dataDir: *dataDir, account: acc}
	if s.lock, err = takeLock(*dataDir, acc); err != nil {
		return nil, err
	}
	if s.log, err = openLog(filepath.Join(*dataDir, "postgres.log"), acc); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	if s.ln, s.socketDir, err = listenControl(*dataDir, acc); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// takeLock waits for the lock of the data directory, or learns that its holder serves.
func takeLock(dataDir string, acc account) (*os.File, error) {
	name := filepath.Join(dataDir, "postgres.lock")
	for end, wait := time.Now().Add(lockPatience), firstPoll; ; wait = min(2*wait, maxPoll) {
		lock, err := lockFile(name, false)
		if err == nil {
			if err := acc.own(name); err != nil {
				return nil, errors.Join(err, lock.Close())
			}
			return lock, nil
		}
		if !errors.Is(err, errLocked) {
			return nil, err
		}
		if conn, _, _, err := dialControl(context.Background(), dataDir); err == nil {
			conn.Close()
			return nil, errAlready
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("the data directory %s is in use by another machine, container or user; stop that one first", dataDir)
		}
		time.Sleep(wait)
	}
}

// releaseStandardStreams lets go of the streams of whoever started us.
func releaseStandardStreams() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for _, fd := range []int{0, 1, 2} {
		if err := dup(int(null.Fd()), fd); err != nil {
			return err
		}
	}
	return nil
}

// run serves until the last client is gone.
func (s *supervisor) run(terminate <-chan os.Signal) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go s.accept()
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()

	leave := time.NewTimer(max(s.linger, firstLinger))
	check := time.NewTicker(socketCheck)
	defer check.Stop()
	for {
		select {
		case <-s.changed:
			switch clients, linger := s.count(); {
			case clients > 0:
				leave.Stop()
			default:
				leave.Reset(linger)
			}
			continue
		case err := <-served: // the server never came up
			s.note(err.Error())
			s.publish(&answer{Error: err.Error()})
			s.awaitTold(firstLinger)
			s.shut()
			return 1
		case <-leave.C:
			if !s.shutIfIdle() {
				continue
			}
		case <-check.C:
			if s.listed() {
				continue
			}
			s.note("the socket is gone; stopping, so that clients start anew")
		case <-terminate:
			s.linger = 0
			s.drain(termGrace)
		}
		s.shut()
		cancel()
		if err := <-served; err != nil {
			s.note(err.Error())
		}
		return 0
	}
}

func (s *supervisor) note(text string) {
	_, _ = fmt.Fprintf(s.log, "%s [%d] SUPERVISOR:  %s\n", time.Now().UTC().Format("2006-01-02 15:04:05.000 UTC"), os.Getpid(), text)
}

// close lets go of the lock last: what follows may begin then.
func (s *supervisor) close() {
	if s.ln != nil {
		s.ln.Close()
	}
	if s.log != nil {
		_ = s.log.Close() // nobody is left to tell
	}
	s.lock.Close()
}
