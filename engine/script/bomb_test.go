package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

// bombs want time or memory without end. Each must end in an error, whatever the kind.
var bombs = []string{
	"(() => { while (true); })()",
	"(function f() { return f() })()",
	"'x'.repeat(1e9)",
	"Array(1e7).fill(0)",
	"Array(1e8).fill(0)",
	"[].concat.apply([], Array(1e7))",
	"new Uint8Array(2e9).length",
	"JSON.parse('['.repeat(2e6))",
	"(() => { let s = 'x'; for (;;) s += s })()",
	"/(?=a)(a+)+$/.test('a'.repeat(40) + 'b')",
	"Array.from({length: 1e9}, () => 1)",
	"(() => { const a = []; for (;;) a.push({}) })()",
	"'x'.padStart(2e9)",
	"new Array(2e9).join('xx')",
	"(() => { const m = new Map(); for (let i = 0;; i++) m.set(i, i) })()",

	"(() => { let a = []; for (let i = 0; i < 40; i++) a = [a, a]; return JSON.stringify(a) })()",
	"(() => { let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return a })()",
	"(() => { let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return a.flat(Infinity) })()",
	"(() => { let n = 0; return Array.prototype.fill.call({get length() { return n++ ? 1 : 2 ** 53 }}, 0) })()",
	"String.raw({raw: {length: 2 ** 53}})",
	"'x'.repeat(1e6).replace(/x/g, 'y'.repeat(1e6))",
	"'x'.repeat(1e6).replaceAll('x', 'y'.repeat(1e6))",
	"(() => { let t = 'x'.repeat(1e6); for (let i = 0; i < 9; i++) t = `${t}${t}${t}${t}${t}${t}${t}${t}${t}${t}`; return t.length })()",
	"/((a{0,30}){0,30}){0,30}$/.test('a'.repeat(1e6) + 'b')",
	"2n ** 2n ** 33n",
	"1n << 10n ** 10n",
	"(() => { const a = []; a.length = 2 ** 32 - 1; return [...a] })()",
	"(() => { const a = []; a.length = 2 ** 32 - 1; return Math.max(...a) })()",
	"(() => { const a = []; a.length = 2 ** 32 - 1; return a })()",
	"(() => { const a = {length: 2 ** 32, [Symbol.isConcatSpreadable]: true}; return [].concat(a, a) })()",
	"String(Object.fromEntries([['toString', [].fill], ['length', 9e15]]))",
	"(() => { try { for (;;); } catch (e) {} finally { for (;;); } })()",
	"(() => { for (;;) try { (function f() { f() })() } catch (e) {} })()",
	"({get a() { for (;;); }})",
	"({toJSON() { for (;;); }})",
	"[2, 1].sort(() => { for (;;); })",
	"({toString() { for (;;); }}) + ''",
	"new Proxy({}, {ownKeys() { for (;;); }})",
	"Reflect.ownKeys(new Proxy({}, {ownKeys() { for (;;); }}))",
	"'a'.repeat(1e5).split('').map((x, i, all) => all.join()).length",
	"[...'x'.repeat(3e7)].length",
	"JSON.parse('[' + '[],'.repeat(3e6) + '[]]')",
	"JSON.stringify({a: 'x'.repeat(3e7)}, null, ' '.repeat(10))",
	"encodeURIComponent('\\u{1F600}'.repeat(1e8))",
	"new Array(1e9).fill().map((_, i) => i)",
	"Array(2 ** 31).indexOf(1)",
	"Object.assign([], {length: 2 ** 32 - 1}).reverse()",
	"'(a'.repeat(1e5).match(new RegExp('(a'.repeat(3e4) + ')'.repeat(3e4)))",
	"/^(?=(x+x+)+y)/.test('x'.repeat(40))",
	"(() => { class A extends Array {} ; return A.from({length: 1e9}) })()",
	"(() => { const it = {[Symbol.iterator]() { return {next: () => ({value: 1})} }}; return [...it] })()",
	"(() => { const it = {[Symbol.iterator]() { return {next: () => ({value: 1})} }}; return new Set(it).size + Array.from(it).length })()",
	"(async () => { for (;;); })()",
	"Promise.resolve().then(function f() { return Promise.resolve().then(f) })",
	"$records.map(function f(r) { return $records.map(f) })",
	"'x'.repeat(5e6)",
	"Array(3e6).fill(1)",
	"(() => { let o = {}; for (let i = 0; i < 1e5; i++) o = {o}; return JSON.stringify(o) })()",
	"new ArrayBuffer(2 ** 40)",
	"$md5('x'.repeat(1e9))",
}

// ended is every error a bomb may end in.
func ended(err error) bool {
	var e *Error
	return errors.As(err, &e) || errors.Is(err, ErrBound)
}

const firstBombs = 15

func TestBombs(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	good := compileTest(t, "Object.keys($that)")
	for _, source := range bombs[:firstBombs] {
		p := compileTest(t, source)
		v, err := r.Run(context.Background(), p, testShared(), testInputs(p))
		if err == nil || !ended(err) {
			t.Errorf("%s = %.100s, %v", source, v, err)
		}
		if v, err := r.Run(context.Background(), good, testShared(), testInputs(good)); err != nil || string(v) != `["uid"]` {
			t.Fatalf("after %s a good script gives %s, %v", source, v, err)
		}
	}
}

// A worker that took more than its share would show in the most memory its process ever held.
func TestBombsStayWithinMemory(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Log("only Linux tells")
		return
	}
	command, err := executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range bombs {
		worker, err := start([]string{command, Subcommand})
		if err != nil {
			t.Fatal(err)
		}
		p := compileTest(t, source)
		q, err := newRequest(testShared(), []Call{{Program: p, Inputs: testInputs(p)}}, []int{0})
		if err != nil {
			t.Fatal(err)
		}
		worker.buffer = q.append(nil)
		peak := make(chan int, 1)
		go func() { peak <- peakKilobytes(worker.cmd.Process.Pid) }()
		begun := time.Now()
		answer, err := worker.exchange(0)
		if err == nil && answer.failure == failNone {
			t.Errorf("%s = %.100s", source, answer.results)
		}
		took := time.Since(begun)
		worker.end()
		held := <-peak
		if held == 0 || held > killMemory>>10+40<<10 { // between two looks some more may be taken
			t.Errorf("%s: the worker held %d MB", source, held>>10)
		}
		t.Logf("%4d ms %4d MB  %v  %s", took.Milliseconds(), held>>10, err, source)
	}
}

// peakKilobytes looks at the most memory that a process held (VmHWM of proc_pid_status(5)) until it is gone. What getrusage(2) tells
// would count this process, from which the worker was forked.
func peakKilobytes(pid int) (kilobytes int) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, found := strings.Cut(string(status), "VmHWM:")
		if err != nil || !found { // gone, or nobody has waited for it yet
			return kilobytes
		}
		if n, err := strconv.Atoi(strings.Fields(rest)[0]); err == nil {
			kilobytes = max(kilobytes, n)
		}
		runtime.Gosched()
	}
}

// One bombed expression holds one worker only, and is soon answered without one.
func TestBombsDoNotDelayOthers(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	bomb := compileTest(t, "(() => { for (;;); })()")
	good, simple := compileTest(t, "Object.keys($that)"), compileTest(t, "$record.likes > 1")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := r.Run(context.Background(), bomb, testShared(), nil); !errors.Is(err, ErrBound) && !errors.Is(err, ErrBusy) {
				t.Errorf("the bomb gives %v", err)
			}
		})
	}
	for range 20 {
		if _, err := r.Run(context.Background(), good, testShared(), testInputs(good)); err != nil {
			t.Errorf("a good script among bombs: %v", err)
		}
		if v, err := r.Run(context.Background(), simple, testShared(), testInputs(simple)); err != nil || string(v) != "true" {
			t.Errorf("a simple script among bombs: %s, %v", v, err)
		}
	}
	wg.Wait()
	if _, err := r.Run(context.Background(), bomb, testShared(), nil); !errors.Is(err, ErrBound) {
		t.Errorf("the bomb gives %v", err)
	}
}

func TestRepeatedBoundsAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	bomb, same := compileTest(t, "'x'.repeat(1e9)"), compileTest(t, "'x'.repeat(1e9)")
	for range guardCount {
		if _, err := r.Run(context.Background(), bomb, testShared(), nil); !errors.Is(err, ErrMemory) {
			t.Fatalf("the bomb gives %v", err)
		}
	}
	if _, err := r.Run(context.Background(), bomb, testShared(), nil); !errors.Is(err, ErrBroken) {
		t.Errorf("the fourth time it gives %v", err)
	}
	if _, err := r.Run(context.Background(), same, testShared(), nil); !errors.Is(err, ErrMemory) {
		t.Errorf("another program with the same text gives %v", err)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	var g guard
	at := func(s int) time.Time { return testNow.Add(time.Duration(s) * time.Second) }
	for _, s := range []int{0, 50, 70} { // the first and the third are more than a minute apart
		g.count(at(s))
	}
	if err := g.check(at(71)); err != nil {
		t.Errorf("bounds far apart: %v", err)
	}
	g.count(at(80))
	if err := g.check(at(81)); !errors.Is(err, ErrBroken) {
		t.Errorf("three within a minute: %v", err)
	}
	if err := g.check(at(111)); err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

// The same bomb in a batch takes its frame down, not the worker of the next, and it alone is blamed, heeds it an interrupt or not.
func TestBatchNamesTheGuilty(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"(() => { for (;;); })()", "/(?=a)(a+)+$/.test('a'.repeat(40) + 'b')"} {
		r := newTestRunner(t)
		good, bomb := compileTest(t, "Object.keys($that)"), compileTest(t, source)
		for range guardCount {
			_, err := r.RunAll(context.Background(), testShared(), []Call{{good, testInputs(good)}, {bomb, nil}, {good, testInputs(good)}})
			if !errors.Is(err, ErrTime) {
				t.Fatalf("a batch with %s gives %v", source, err)
			}
		}
		if _, err := r.Run(context.Background(), good, testShared(), testInputs(good)); err != nil {
			t.Errorf("the good one is punished for %s: %v", source, err)
		}
		if _, err := r.Run(context.Background(), bomb, testShared(), []raw.Value{}); !errors.Is(err, ErrBroken) {
			t.Errorf("%s gives %v", source, err)
		}
	}
}
