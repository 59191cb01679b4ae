package script

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInputs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{"$record.likes > 10", "$record.likes"},
		{"$record.nick.trim()", "$record.nick"},
		{"$record.tags.length", "$record.tags"},
		{"$record.length", "$record.length"},
		{"$records.length", "$records"},
		{"$value.length", "$value"},
		{"$record.length.length", "$record.length"},
		{"$request.headers['x-real-ip']", "$request.headers.x-real-ip"},
		{"$request.query.length", "$request.query"},
		{"$record.tags[0]", "$record.tags"},
		{"$records[0].uid", "$records.0.uid"},
		{"$records[0].tags[1].trim()", "$records.0.tags"},
		{"$record.nick[0].toUpperCase()", "$record.nick"},
		{"$record?.up?.v", "$record.up.v"},
		{"$record.up?.v.trim()", "$record.up.v"},
		{"($record).up.v", "$record.up.v"},
		{"$record /* x */ . up\n.v", "$record.up.v"},
		{"$records.map(r => r.uid)", "$records"},
		{"$this[$request.query.f]", "$this $request.query.f"},
		{"Object.keys($this)", "$this"},
		{"JSON.stringify($record)", "$record"},
		{"({$record})", "$record"},
		{"$record.up && $record.up.nick", "$record.up $record.up.nick"},
		{"Object.keys($this) + $this.a.b", "$this $this.a.b"},
		{"($this.l.push(1), $this.l[0].x + $this.a.b)", "$this.l $this.a.b"},
		{"($this.l.push(1), $this)", "$this"},
		{"(() => { $this.a.b = 1; return [$this.a.b.c, $that.uid, $that] })()", "$this.a $that.uid $that"},
		{"(() => { $this.l[$that.uid].x = 1; return $this })()", "$that.uid $this"},
		{"(Object.assign($this.a, {x: 1}), $this)", "$this"},
		{"$records.reduce((o, r) => { o[r.uid] = r; return o }, {})[$records[0].uid]", "$records $records.0.uid"},
		{"$record.nick['0']", "$record.nick"},
		{"$record.uid + $record.uid + $that.uid", "$record.uid $that.uid"},
		{"$records.map($record => $record.uid)", "$records"},
		{"$records.map(({uid, up = $that.uid}) => uid + up)", "$records $that.uid"},
		{"$total + 1", "$total"},
		{"delete $this.a.b", "$this.a"},
		{"$this.a = 1", "$this"},
		{"$this.l.push(4)", "$this.l"},
		{"`${$record.up.v}`", "$record.up.v"},
		{"$record.up['v']", "$record.up.v"},
		{"$record.up[`v`]", "$record.up"},
		{"$record[-1]", "$record"},
		{"$now()", ""},
		{"(() => { for (const x of $this.l) if (x > $that.uid) return x })()", "$this.l $that.uid"},
		{"class { static x = $this.a.b }", "$this.a.b"},
	} {
		p := compileTest(t, tt.source)
		var got []string
		for _, path := range p.Inputs() {
			got = append(got, pathText(path))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("inputs of %s (-want +got):\n%s", tt.source, diff)
		}
		again, problems := Compile(tt.source, replica(p.Paths()))
		if problems != nil {
			t.Fatalf("a worker's Compile(%q): %v", tt.source, problems)
		}
		if diff := cmp.Diff(p.Inputs(), again.Inputs()); diff != "" {
			t.Errorf("a worker's inputs of %s differ:\n%s", tt.source, diff)
		}
	}
}

func TestKnownDecidesLength(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{false, true} {
		p, problems := Compile("$record.meta.length", Names{Roots: testRoots, Known: func(path []string) bool {
			return known && pathText(path) == "$record.meta.length"
		}})
		if problems != nil {
			t.Fatal(problems)
		}
		if got := len(p.Inputs()[0]) == 3; got != known {
			t.Errorf("known %v: inputs %v", known, p.Inputs())
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source string
		offset int
		want   string
	}{
		{"$recrod.likes", 0, "$recrod does not exist here; did you mean $record?"},
		{"1 + $recrod.likes", 4, "did you mean $record?"},
		{"$record.likes +\n  lenght", 18, "lenght does not exist here"},
		{"$markdwn($record.nick)", 0, "did you mean $markdown?"},
		{"$records.map(r => q.uid)", 18, "q does not exist"},
		{"", 0, "expected an expression"},
		{" // nothing", 0, "expected one expression"},
		{"1, 2", 0, "one expression"},
		{"...$records", 0, "not a spread"},
		{"1) , (globalThis.z=1", 1, ""},
		{"1] , [2", 0, ""},
		{"1]}), (function(){\"use strict\";return [2", 0, ""},
		{"1]});(function(){\"use strict\";return [2", 0, ""},
		{"a => {", 6, "too early"},
		{"$record.likes >", 15, "too early"},
		{"while (true) {}", 0, ""},
		{"var x = 1", 0, ""},
		{"eval('1')", 0, "eval is not allowed"},
		{"Function('return 1')()", 0, "Function is not allowed"},
		{"globalThis.x", 0, "globalThis is not allowed"},
		{"import('x')", 0, ""},
		{"(async () => await 1)()", 13, "await is not allowed"},
		{"(function* () { yield 1 })()", 1, "generators are not allowed"},
		{"({*x() { yield 1 }})", 0, "generators are not allowed"},
		{"(() => { let $record = 1; return $record })()", 0, "cannot be called $record"},
		{"1 + 010", 4, "does not begin with 0"},
		{"'\\07'", 0, "octal escapes"},
		{"require('fs')", 0, "require does not exist"},
		{"process.env", 0, "process does not exist"},
		{"arguments.length", 0, "arguments does not exist"},
		{"'\x00'", 1, "U+0000"},
		{strings.Repeat("(", 300), 200, "nested deeper"},
		{strings.Repeat("a=>", 300) + "1", 0, "functions are nested deeper"},
		{strings.Repeat("(a=", 20) + "1" + strings.Repeat(")=>1", 20), 0, "more than 12 arrow functions"},
		{"'" + strings.Repeat("x", 20<<10) + "'", 0, "longer than 16 KiB"},
	} {
		_, problems := Compile(tt.source, Names{Roots: testRoots})
		if len(problems) == 0 {
			t.Errorf("Compile(%.80q) has no problems", tt.source)
			continue
		}
		if !strings.Contains(problems.Error(), tt.want) {
			t.Errorf("Compile(%.80q): %v; want %q", tt.source, problems, tt.want)
		}
		if tt.offset > 0 && problems[0].Offset != tt.offset {
			t.Errorf("Compile(%.80q): offset %d, want %d (%v)", tt.source, problems[0].Offset, tt.offset, problems)
		}
	}
}

// What stands in the small set is decided by this table as much as by the code: nothing joins it unseen.
func TestInProcess(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"1", "'a'", "null", "undefined", "$omit", "-1", "!$record.ok", "typeof $record.nick", "void 0", "~5", "+$record.text",
		"$record.likes > 10", "$this.uid !== $that.uid", "$record.likes % 2 == 0", "$record.ok && $record.nick || 'x'",
		"$record.parent ?? 'none'", "$record.likes > 5 ? 'hot' : 'cold'", "`a${$record.nick}b`", "$record.nick + '!'",
		"$records.map(r => r.post)", "$records.filter(r => r.likes > 1).map(r => r.uid)", "$records.find(r => r.uid === 'b')",
		"$records.some((r, i) => i > 5)", "$records.every(r => r.up?.v)", "$records.map(r => ({id: r.uid, n: r.likes * 2}))",
		"$records.map(r => [r.uid, r.likes])", "$record.tags.length", "$record.tags[0]", "$record.tags.includes('a')",
		"$record.nick.trim().toUpperCase()", "$record.tags.join(', ')", "({a: 1, b: [$record.nick]})", "$now()", "$ago('7d')",
		"$date($record.created_at, 'YYYY')", "$md5($record.nick)", "$int($record.ok)", "$json($record.up)", "$env('HOOK')", "1 << 3",
	} {
		if !compileTest(t, source).InProcess() {
			t.Errorf("%s should run in process", source)
		}
	}
	for _, source := range []string{
		"$markdown($record.content)", "Object.keys($record)", "JSON.stringify($record)", "/a/.test($record.nick)",
		"$record.nick.replace('a', 'b')", "$this[$request.query.f]", "$records.sort()", "$records.reduce((a, r) => a + r.likes, 0)",
		"new Set($record.tags)", "(() => 1)()", "(x => x)(1)", "2 ** 3", "2n + 1n", "'a'.repeat(3)", "[...$record.tags]",
		"({...$record})", "({[$record.nick]: 1})", "({a: 1, a: 2})", "({__proto__: null})", "({get a() { return 1 }})", "({1: 2})",
		"$records.map(function (r) { return r.uid })", "$records.map(({uid}) => uid)", "$records.map((r, i, all) => all)",
		"$records.map((r = 1) => r)", "$records.map((...r) => r)", "$records.map(async r => r)", "$records.map($md5)",
		"$records.map(r => { return r.uid })", "x => x", "'a' in $record", "$record instanceof Object", "(1, 2)",
		"$this.a = 1", "delete $this.a", "Math.max(1, 2)", "String.raw`a`", "'\\ud800'", "$records[1.5]", "$records[-1]",
		"String(Object.fromEntries([['toString', [].fill], ['length', 9e15]]))", "$md5",
	} {
		if compileTest(t, source).InProcess() {
			t.Errorf("%s should run in a worker", source)
		}
	}
}
