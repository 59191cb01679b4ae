package script

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

// A regular expression's own timeout answers "no match"; the interrupt must have come before it.
func TestTrapRegexpTimeoutIsAnError(t *testing.T) {
	t.Parallel()
	if v, err := runTest(t, newTestRunner(t), "/(?=a)(a+)+$/.test('a'.repeat(40) + 'b')"); !errors.Is(err, ErrTime) {
		t.Errorf("got %s, %v", v, err)
	}
	if regexpTime <= killClock || killTime <= frameTime+heedTime {
		t.Error("a timeout comes before another that must be first")
	}
}

// A stack overflow in native code ends a Go process; it must be the worker's.
func TestTrapNativeStackOverflow(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for range 4 {
		if v, err := runTest(t, r, "JSON.parse('['.repeat(3e6))"); !errors.Is(err, ErrBound) {
			t.Errorf("got %.40s, %v", v, err)
		}
	}
	if v, err := runTest(t, r, "Object.keys($that)"); err != nil || string(v) != `["uid"]` {
		t.Errorf("afterwards: %s, %v", v, err)
	}
}

// What a script changes is its own copy.
func TestTrapInputsAreNotWritable(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	p := compileTest(t, "($this.l.sort(), delete $this.a, $this.n = 5, $this)")
	inputs := testInputs(p)
	before := string(inputs[0])
	for range 2 {
		v, err := r.Run(context.Background(), p, testShared(), inputs)
		if err != nil || string(v) != `{"uid":"u1","l":[1,2,3],"n":5}` {
			t.Errorf("got %s, %v", v, err)
		}
	}
	calls := []Call{{p, inputs}, {p, inputs}, {compileTest(t, "[$this, Object.keys($this)]"), inputs}}
	results, err := r.RunAll(context.Background(), testShared(), calls)
	if err != nil || string(results[1]) != string(results[0]) || !strings.Contains(string(results[2]), `"l":[3,1,2],"n":null`) {
		t.Errorf("in one frame: %s, %v", results, err)
	}
	if string(inputs[0]) != before {
		t.Errorf("the input is now %s", inputs[0])
	}
}

func TestTrapIdentityAndOrder(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for source, want := range map[string]string{
		"(() => $this.a === $this.a && $this.l === $this.l)()": "true",
		"((x) => x.a === x.a)($this)":                          "true",
		"Object.keys($this).join()":                            `"uid,a,l,n"`,
		"[$this].indexOf($this)":                               "0",
	} {
		for range 10 {
			if v, err := runTest(t, r, source); err != nil || string(v) != want {
				t.Errorf("%s = %s, %v", source, v, err)
			}
		}
	}
}

func TestTrapNoPrototype(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for source, want := range map[string]string{
		"(x => typeof x.constructor)($this)":                                   `"undefined"`,
		"(x => typeof x.toString)($request.query)":                             `"undefined"`,
		"(x => typeof x.__proto__)($this)":                                     `"undefined"`,
		"(x => x.constructor)($record)":                                        `"mine"`,
		"$records.map(r => typeof r.valueOf)":                                  `["undefined","undefined","undefined"]`,
		"(x => { x.__proto__ = {bad: 1}; return x.bad === undefined })($this)": "true",
	} {
		if v, err := runTest(t, r, source); err != nil || string(v) != want {
			t.Errorf("%s = %s, %v; want %s", source, v, err, want)
		}
	}
}

// hasOwnProperty, in, spread, keys and JSON.stringify agree, also on a member that is null.
func TestTrapWaysToLookAgree(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	const source = `["uid", "n", "a", "toString", "x"].map(k => [
		$this.hasOwnProperty(k), k in $this, Object.hasOwn({...$this}, k), Object.keys($this).includes(k), Object.hasOwn($this, k),
		JSON.stringify($this).includes('"' + k + '":'), (() => { for (const own in $this) if (own === k) return true; return false })(),
	].join(" "))`
	v, err := runTest(t, r, source)
	if err != nil {
		t.Fatal(err)
	}
	v.Items(func(i int, item raw.Value) bool {
		line, _ := item.Text()
		if want := strconv.FormatBool(i < 3); strings.ReplaceAll(line, want, "") != "      " {
			t.Errorf("member %d: %s", i, line)
		}
		return true
	})
}

// A built-in function smuggled in as toString is called by a conversion.
func TestTrapImplicitHook(t *testing.T) {
	t.Parallel()
	p := compileTest(t, "String(Object.fromEntries([['toString', [].fill], ['length', 9e15]]))")
	if p.InProcess() {
		t.Error("it is in the small set")
	}
	if compileTest(t, "$this[$request.query.f]").InProcess() {
		t.Error("a computed member is in the small set")
	}
}

// Neither the compiler of the engine nor the parser may run long while a definition is saved.
func TestTrapCompileIsBounded(t *testing.T) {
	t.Parallel()
	compileTest(t, "2n ** 2n ** 33n")
	compileTest(t, "/((a{0,1000}){0,1000}){0,1000}/.test('a')")
	compileTest(t, strings.Repeat("!", maxSource-1)+"1")
	compileTest(t, "$record"+strings.Repeat(".length", 2000))
}

func TestTrapBigIntegers(t *testing.T) {
	t.Parallel()
	if v, err := runTest(t, newTestRunner(t), "[$record.big, `${$record.big}`]"); err != nil || string(v) != `[9007199254740992,"9007199254740992"]` {
		t.Errorf("got %s, %v", v, err)
	}
}

// Nothing is left behind for the next evaluation, in one frame or the next.
func TestTrapNothingIsShared(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	leave := compileTest(t, `(() => {
		const had = Array.prototype.left || Object.left || JSON.left || (() => {}).constructor("return this")().left || typeof Math.max === "undefined";
		Array.prototype.left = Object.left = JSON.left = (() => {}).constructor("return this")().left = true;
		Array.prototype.map = null; delete Math.max; Object.prototype.nick = "bad";
		return !!had;
	})()`)
	for range 3 {
		results, err := r.RunAll(context.Background(), testShared(), []Call{{leave, nil}, {leave, nil}})
		if err != nil || string(results[0]) != "false" || string(results[1]) != "false" {
			t.Errorf("got %s, %v", results, err)
		}
	}
}

// A worker that died is an error, and its place is taken by a new one.
func TestTrapWorkerDeath(t *testing.T) {
	t.Parallel()
	r := NewRunner(Config{Workers: 1})
	t.Cleanup(r.Close)
	for range 3 {
		if v, err := runTest(t, r, "new Uint8Array(2e9).length"); !errors.Is(err, ErrMemory) {
			t.Errorf("got %s, %v", v, err)
		}
		if v, err := runTest(t, r, "Object.keys($that)"); err != nil || string(v) != `["uid"]` {
			t.Errorf("the next gives %s, %v", v, err)
		}
	}
}

// A worker that gets no processor for longer than a script may take answers all the same.
func TestTrapBusyMachine(t *testing.T) {
	t.Parallel()
	r := NewRunner(Config{Workers: 1})
	t.Cleanup(r.Close)
	p, err := r.pool.all[0].started()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(2*killTime, func() { _ = p.cmd.Process.Signal(syscall.SIGCONT) }) // it cannot have ended
	if v, err := runTest(t, r, "Object.keys($that)"); err != nil || string(v) != `["uid"]` {
		t.Errorf("it gives %s, %v", v, err)
	}
}

// After a kill, an answer of the dead worker never reaches the next request.
func TestTrapLateReply(t *testing.T) {
	t.Parallel()
	r := NewRunner(Config{Workers: 1})
	t.Cleanup(r.Close)
	late := "(() => { const a = []; a.length = 2 ** 32 - 1; try { [...a] } catch (e) {} return 'late' })()"
	if v, err := runTest(t, r, late); !errors.Is(err, ErrBound) {
		t.Errorf("got %s, %v", v, err)
	}
	for i := range 5 {
		source := "Object.keys($that).length + " + strconv.Itoa(i)
		if v, err := runTest(t, r, source); err != nil || string(v) != strconv.Itoa(i+1) {
			t.Errorf("%s = %s, %v", source, v, err)
		}
	}
}

// TestOwner is no test of its own: started by TestTrapKilledOwner, it runs an endless script and is killed meanwhile.
func TestOwner(t *testing.T) {
	if os.Getenv("SCRIPT_TEST_OWNER") == "" {
		return
	}
	r := newTestRunner(t)
	if _, err := runTest(t, r, "Object.keys($that)"); err != nil {
		t.Fatal(err)
	}
	r.pool.mu.Lock()
	pid := r.pool.idle[len(r.pool.idle)-1].process.cmd.Process.Pid
	r.pool.mu.Unlock()
	os.Stdout.WriteString("worker " + strconv.Itoa(pid) + "\n")
	for {
		_, _ = runTest(t, r, "(() => { for (;;); })()")
	}
}

// When the server is killed, the pipe ends and the worker goes, also in the middle of an endless loop.
func TestTrapKilledOwner(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestOwner$")
	cmd.Env = append(os.Environ(), "SCRIPT_TEST_OWNER=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	pid := 0
	for lines.Scan() {
		if number, found := strings.CutPrefix(lines.Text(), "worker "); found {
			if pid, err = strconv.Atoi(number); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		t.Fatal("the worker does not run")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, out) // ends when nobody holds the pipe, the worker neither
	_ = cmd.Wait()                  // killed
	for syscall.Kill(pid, 0) == nil && !zombie(pid) {
		_, _ = os.ReadFile("/proc/self/stat")
	}
}

// zombie reports whether a process has ended and nobody has asked how.
func zombie(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(b), ") Z ")
}
