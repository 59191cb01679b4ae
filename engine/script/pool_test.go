package script

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sayrud/sayrud/engine/raw"
)

func TestRunAll(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	var calls []Call
	var want []string
	for i := range 50 {
		n := raw.Int(i)
		calls = append(calls,
			Call{compileTest(t, "$total + 1"), []raw.Value{n}},
			Call{compileTest(t, "Object.keys($this).length + $total"), []raw.Value{raw.Value(testData).Get("$this"), n}},
			Call{compileTest(t, "$total > 25 ? $omit : [$total].concat(1)"), []raw.Value{n}})
		third := ""
		if i <= 25 {
			third = "[" + string(n) + ",1]"
		}
		want = append(want, string(raw.Int(i+1)), string(raw.Int(i+4)), third)
	}
	got, err := r.RunAll(context.Background(), testShared(), calls)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if string(got[i]) != want[i] {
			t.Errorf("call %d gives %s, want %s", i, got[i], want[i])
		}
	}
	if got, err := r.RunAll(context.Background(), testShared(), nil); err != nil || len(got) != 0 {
		t.Errorf("no calls give %v, %v", got, err)
	}
}

// A value that many calls read is sent once, whether it is the same memory or the same text; a program too.
func TestFrameHoldsSharedValuesOnce(t *testing.T) {
	t.Parallel()
	big := raw.Value(`"` + strings.Repeat("x", 10_000) + `"`)
	p := compileTest(t, "[$value].concat($total)")
	var calls []Call
	var which []int
	for i := range 100 {
		calls = append(calls, Call{p, []raw.Value{append(raw.Value(nil), big...), raw.Int(i)}})
		which = append(which, i)
	}
	q, err := newRequest(testShared(), calls, which)
	if err != nil {
		t.Fatal(err)
	}
	if frame := q.append(nil); len(frame) > len(big)+2000 {
		t.Errorf("the frame has %d bytes", len(frame))
	}
	results, err := newTestRunner(t).RunAll(context.Background(), testShared(), calls[:50])
	if err != nil || string(results[7]) != "["+string(big)+",7]" {
		t.Errorf("got %.50s, %v", results, err)
	}
}

func TestInputsAndResultsAreBounded(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	p := compileTest(t, "$value.repeat(1).length")
	huge := raw.Value(`"` + strings.Repeat("x", maxRequest) + `"`)
	if v, err := r.Run(context.Background(), p, testShared(), []raw.Value{huge}); !errors.Is(err, ErrInput) {
		t.Errorf("a huge input gives %s, %v", v, err)
	}
	large := raw.Value(`"` + strings.Repeat("x", 1<<19) + `"`) // small enough for one evaluation under the race detector
	one := Call{compileTest(t, "$value.repeat(1)"), []raw.Value{large}}
	if _, err := r.RunAll(context.Background(), testShared(), slices.Repeat([]Call{one}, 10)); !errors.Is(err, ErrBound) { // ErrResult, unless a slow machine meets ErrTime first
		t.Errorf("results of 5 MB give %v", err)
	}
	if v, err := r.Run(context.Background(), one.Program, testShared(), one.Inputs); err != nil || len(v) != len(large) {
		t.Errorf("a result of 512 KB gives %d bytes, %v", len(v), err)
	}
}

func TestConcurrentRuns(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	var programs []*Program
	for range 8 {
		programs = append(programs, compileTest(t, "Object.keys($this).length + $total"))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				inputs := []raw.Value{raw.Value(`{"a":1}`), raw.Int(n)}
				v, err := r.Run(context.Background(), programs[i], testShared(), inputs)
				if err != nil || string(v) != string(raw.Int(n+1)) {
					t.Errorf("got %s, %v", v, err)
				}
			}
		})
	}
	wg.Wait()
}

// While all workers are lent, another waits for its turn, its context or the queue's bound.
func TestQueue(t *testing.T) {
	t.Parallel()
	r := NewRunner(Config{Workers: 1})
	t.Cleanup(r.Close)
	holder, other := compileTest(t, "Object.keys({})"), compileTest(t, "Object.keys({})")
	s, err := r.pool.acquire(context.Background(), holder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.started(); err != nil { // what starts on a busy machine takes as long as others wait
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Run(ctx, other, testShared(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled one gives %v", err)
	}
	if _, err := r.Run(context.Background(), other, testShared(), nil); !errors.Is(err, ErrBusy) {
		t.Errorf("one that waits too long gives %v", err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if v, err := r.Run(context.Background(), other, testShared(), nil); err != nil || string(v) != "[]" {
				t.Errorf("one that gets its turn gives %s, %v", v, err)
			}
		})
	}
	r.pool.release(s, holder)
	wg.Wait()
}

// Programs take turns: one with many waiting does not come before one that came after them.
func TestQueueIsFair(t *testing.T) {
	t.Parallel()
	p := newPool(Config{Workers: 1})
	greedy, modest := compileTest(t, "1"), compileTest(t, "1")
	_, s, err := p.enqueue(greedy)
	if err != nil || s == nil {
		t.Fatal(s, err)
	}
	var waiters []*waiter
	for _, program := range []*Program{greedy, greedy, greedy, modest} {
		w, _, err := p.enqueue(program)
		if err != nil {
			t.Fatal(err)
		}
		waiters = append(waiters, w)
	}
	p.release(s, greedy)
	p.release(<-waiters[0].ready, greedy)
	p.release(<-waiters[3].ready, modest)
	p.release(<-waiters[1].ready, greedy)
	p.release(<-waiters[2].ready, greedy)
	if len(p.idle) != 1 || len(p.waiting) != 0 || len(p.busy) != 0 {
		t.Errorf("at the end: %d idle, %d waiting, %d busy", len(p.idle), len(p.waiting), len(p.busy))
	}
}

func TestOneProgramHoldsOneWorker(t *testing.T) {
	t.Parallel()
	p := newPool(Config{})
	bomb := compileTest(t, "1")
	_, first, _ := p.enqueue(bomb)
	if _, second, _ := p.enqueue(bomb); first == nil || second != nil {
		t.Error("it holds two")
	}
	if _, s, _ := p.enqueue(compileTest(t, "1")); s == nil {
		t.Error("another finds none")
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	r := NewRunner(Config{Workers: 1})
	holder, p := compileTest(t, "1"), compileTest(t, "Object.keys({})")
	if _, err := r.pool.acquire(context.Background(), holder); err != nil {
		t.Fatal(err)
	}
	w, _, err := r.pool.enqueue(p)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if _, open := <-w.ready; open {
		t.Error("one that waits still waits")
	}
	if _, err := r.Run(context.Background(), p, testShared(), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	r.Close()
}

// Close ends an evaluation that runs.
func TestCloseWhileRunning(t *testing.T) {
	t.Parallel()
	r := NewRunner(Config{Workers: 1})
	bomb := compileTest(t, "(() => { for (;;); })()")
	s, err := r.pool.acquire(context.Background(), bomb)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.started(); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		q, err := newRequest(testShared(), []Call{{bomb, nil}}, []int{0})
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := s.exchange(q); !errors.Is(err, ErrClosed) {
			t.Errorf("it gives %v", err)
		}
	})
	r.Close()
	wg.Wait()
}

func TestWorkerThatDoesNotStart(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{"/nonexistent"}, {"/bin/false"}, {"/bin/echo", "hello there"}, {}} {
		r := NewRunner(Config{Command: command})
		if v, err := runTest(t, r, "Object.keys({})"); err == nil || errors.Is(err, ErrBound) {
			t.Errorf("%v: %s, %v", command, v, err)
		}
		r.Close()
	}
}
