package script

import (
	"context"
	"sync"
	"time"
)

// queueTime is how long an evaluation waits for a worker.
const queueTime = 2 * time.Second

const defaultWorkers = 2

// pool lends workers. A program holds at most one, and those that wait are served program by program, so one that is slow and wanted
// often does not keep the others waiting.
type pool struct {
	mu      sync.Mutex
	closed  bool
	idle    []*slot // the last used last
	all     []*slot
	busy    map[*Program]bool
	waiting map[*Program][]*waiter
	order   []*Program // programs with waiters, the next first
}

type waiter struct {
	ready chan *slot // buffered; closed where the pool is
	gone  bool
}

func newPool(cfg Config) *pool {
	n := cfg.Workers
	if n <= 0 {
		n = defaultWorkers
	}
	command := cfg.Command
	if command == nil {
		if path, err := executable(); err == nil {
			command = []string{path, Subcommand}
		}
	}
	p := &pool{busy: map[*Program]bool{}, waiting: map[*Program][]*waiter{}}
	for range n {
		s := &slot{command: command}
		p.idle, p.all = append(p.idle, s), append(p.all, s)
	}
	return p
}

// acquire gives a slot for program, waiting at most queueTime.
func (p *pool) acquire(ctx context.Context, program *Program) (*slot, error) {
	w, s, err := p.enqueue(program)
	if s != nil || err != nil {
		return s, err
	}
	timer := time.NewTimer(queueTime)
	defer timer.Stop()
	select {
	case s, ok := <-w.ready:
		if !ok {
			return nil, ErrClosed
		}
		return s, nil
	case <-timer.C:
		err = ErrBusy
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.mu.Lock()
	w.gone = true
	p.mu.Unlock()
	select {
	case s, ok := <-w.ready: // lent in the same moment
		if ok {
			p.release(s, program)
		}
	default:
	}
	return nil, err
}

func (p *pool) enqueue(program *Program) (*waiter, *slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, ErrClosed
	}
	if !p.busy[program] && len(p.idle) > 0 {
		return nil, p.lend(program), nil
	}
	w := &waiter{ready: make(chan *slot, 1)}
	if len(p.waiting[program]) == 0 {
		p.order = append(p.order, program)
	}
	p.waiting[program] = append(p.waiting[program], w)
	return w, nil, nil
}

func (p *pool) lend(program *Program) *slot {
	s := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	p.busy[program] = true
	return s
}

// release takes a slot back and lends it on.
func (p *pool) release(s *slot, program *Program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, program)
	p.idle = append(p.idle, s)
	for i := 0; i < len(p.order) && len(p.idle) > 0; {
		next := p.order[i]
		if p.busy[next] {
			i++
			continue
		}
		w := p.takeWaiter(next, i)
		if w != nil {
			w.ready <- p.lend(next)
		}
	}
}

// takeWaiter takes the first waiter of the i-th program in order and puts the program behind the others.
func (p *pool) takeWaiter(program *Program, i int) *waiter {
	p.order = append(p.order[:i], p.order[i+1:]...)
	queue := p.waiting[program]
	for len(queue) > 0 && queue[0].gone {
		queue = queue[1:]
	}
	if len(queue) == 0 {
		delete(p.waiting, program)
		return nil
	}
	w := queue[0]
	if len(queue) == 1 {
		delete(p.waiting, program)
	} else {
		p.waiting[program] = queue[1:]
		p.order = append(p.order, program)
	}
	return w
}

func (p *pool) close() {
	p.mu.Lock()
	closed := p.closed
	p.closed = true
	for _, queue := range p.waiting {
		for _, w := range queue {
			close(w.ready)
		}
	}
	p.waiting, p.order = map[*Program][]*waiter{}, nil
	p.mu.Unlock()
	if closed {
		return
	}
	for _, s := range p.all {
		s.close()
	}
}
