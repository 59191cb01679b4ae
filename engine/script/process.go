package script

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

// Bounds of a worker as the server sees it.
const (
	killTime   = 500 * time.Millisecond // of processor time, for a frame: above frameTime and heedTime, for a worker that does not watch itself
	killClock  = 6 * time.Second        // on the clock, above frameClock
	killMemory = 160 << 20              // resident bytes
	lookEvery  = 5 * time.Millisecond
	startTime  = 5 * time.Second // until a new process greets
)

// slot is a place for one worker process, which is started when it is needed and replaced when it was killed. One evaluation at a
// time uses it.
type slot struct {
	command []string
	mu      sync.Mutex // of process and closed
	process *process
	closed  bool
	reaped  sync.WaitGroup
}

// process is a running worker. Its pipes die with it, so a late answer never reaches a later frame.
type process struct {
	cmd     *exec.Cmd
	in, out *os.File
	buffer  []byte
	frames  uint64
}

// exchange sends a request and gives the answer. On any error the process is gone. The answer is nil on every error.
func (s *slot) exchange(q *request) (*reply, error) {
	p, err := s.started()
	if err != nil {
		return nil, err
	}
	p.frames++
	q.id = p.frames
	p.buffer = q.append(p.buffer[:0])
	if len(p.buffer) > maxRequest+4 {
		return nil, ErrInput
	}
	answer, err := p.exchange(q.id)
	if cap(p.buffer) > 1<<20 {
		p.buffer = nil
	}
	switch {
	case err != nil && s.drop(p):
		err = ErrClosed
	case err == nil && answer.failure == failStuck:
		s.drop(p)
	}
	return answer, err
}

// ask is exchange whose error is also that of the answer. An answer that says what failed is given with its error.
func (s *slot) ask(q *request) (*reply, error) {
	answer, err := s.exchange(q)
	if err == nil {
		err = answer.error()
	}
	return answer, err
}

func (s *slot) started() (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if s.process == nil {
		p, err := start(s.command)
		if err != nil {
			return nil, fmt.Errorf("start script worker: %w", err)
		}
		s.process = p
	}
	return s.process, nil
}

// start makes a process that knows nothing but its pipes.
func start(command []string) (*process, error) {
	if len(command) == 0 {
		return nil, errors.New("this executable has no path")
	}
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, childIn.Close(), in.Close())
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout = childIn, childOut
	cmd.Env = []string{"GOMAXPROCS=1", "GOMEMLIMIT=96MiB", "GOTRACEBACK=none"}
	detach(cmd)
	closeOnExec()
	err = cmd.Start()
	closed := errors.Join(childIn.Close(), childOut.Close())
	if err != nil || closed != nil {
		return nil, errors.Join(err, closed, in.Close(), out.Close())
	}
	p := &process{cmd: cmd, in: in, out: out}
	if err := p.greeted(); err != nil {
		p.end()
		return nil, err
	}
	return p, nil
}

// greeted waits until the process has set its limits and says so by an empty frame.
func (p *process) greeted() error {
	if err := p.out.SetReadDeadline(time.Now().Add(startTime)); err != nil {
		return err
	}
	frame, err := readFrame(p.out, 0)
	if err != nil || len(frame) > 0 {
		return fmt.Errorf("wait for greeting: %w", err)
	}
	return nil
}

func (p *process) exchange(id uint64) (*reply, error) {
	w := p.watch()
	if err := p.in.SetWriteDeadline(w.clock); err != nil {
		return nil, err
	}
	if _, err := p.in.Write(p.buffer); err != nil {
		return nil, w.cause(err)
	}
	var head [4]byte
	if _, err := io.ReadFull(w, head[:]); err != nil {
		return nil, w.cause(err)
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxReply {
		return nil, errFrame
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(w, body); err != nil {
		return nil, w.cause(err)
	}
	r := &reader{b: body}
	answer, err := r.reply()
	if err != nil {
		return nil, err
	}
	if answer.id != id {
		return nil, errFrame
	}
	for _, v := range answer.results {
		if v == nil {
			continue
		}
		if _, err := raw.Valid(v, raw.Limits{Depth: maxDepth + 1}); err != nil {
			return nil, fmt.Errorf("read script result: %w", err)
		}
	}
	return answer, nil
}

// watch reads from a process while looking at its memory, its processor time and the clock.
type watch struct {
	process   *process
	processor time.Duration // the processor time of the process at which it is to be killed
	clock     time.Time
	memory    bool
}

func (p *process) watch() *watch {
	return &watch{process: p, processor: processorTimeOf(p.cmd.Process.Pid) + killTime, clock: time.Now().Add(killClock)}
}

// Read waits in small steps. On Linux a pipe's read deadline costs less than a goroutine and a channel.
func (w *watch) Read(b []byte) (int, error) {
	for {
		if err := w.process.out.SetReadDeadline(time.Now().Add(lookEvery)); err != nil {
			return 0, err
		}
		n, err := w.process.out.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		pid := w.process.cmd.Process.Pid
		if residentBytes(pid) > killMemory {
			w.memory = true
			return 0, errors.New("memory")
		}
		if processorTimeOf(pid) >= w.processor || !time.Now().Before(w.clock) {
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// cause tells why a worker did not answer. One that ended by itself ran out of memory or stack.
func (w *watch) cause(err error) error {
	switch {
	case !w.memory && errors.Is(err, os.ErrDeadlineExceeded):
		return ErrTime
	default:
		return ErrMemory
	}
}

// drop kills a process; it is reaped in the background, and Close waits for that. It reports whether Close came before it.
func (s *slot) drop(p *process) (closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == p {
		s.process = nil
		s.reaped.Go(p.end)
	}
	return s.closed
}

func (p *process) end() {
	_ = p.cmd.Process.Kill() // it may have ended
	_ = p.in.Close()
	_ = p.out.Close()
	_ = p.cmd.Wait() // its status says only that it was killed
}

func (s *slot) close() {
	s.mu.Lock()
	s.closed = true
	p := s.process
	s.process = nil
	if p != nil {
		s.reaped.Go(p.end)
	}
	s.mu.Unlock()
	s.reaped.Wait()
}
