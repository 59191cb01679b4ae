package script

import (
	"errors"
	"strings"
	"testing"
)

// evalTable is what expressions give, in whichever way they are evaluated; "" is undefined.
var evalTable = []struct{ source, want string }{
	{"$record.likes > 10", "true"}, {"$record.likes + 1", "13"}, {"$record.text + 1", `"51"`}, {"$record.text * 2", "10"},
	{"$record.nope", "null"}, {"$record.parent.nick.more", "null"}, {"$record.up.v", `"Eve"`}, {"$record.up.more.deep", "true"},
	{"$omit", ""}, {"undefined", ""}, {"({a: $omit, b: 1})", `{"b":1}`}, {"[undefined, 1]", "[null,1]"},
	{"$record.price", "1.5"}, {"$record.big", "9007199254740992"}, {"1/3", "0.3333333333333333"}, {"1e21", "1e+21"}, {"1e-7", "1e-7"},
	{"0.000001", "0.000001"}, {"123456789012345680000", "123456789012345680000"}, {"-0", "0"}, {"0/0", "null"}, {"1/0", "null"},
	{"`${-0} ${0/0} ${1/0} ${1e21} ${1.50}`", `"0 NaN Infinity 1e+21 1.5"`}, {"5 % -3", "2"}, {"-5 % 3", "-2"}, {"7 >>> 1", "3"},
	{"-1 >>> 0", "4294967295"}, {"1 << 31", "-2147483648"}, {"null == undefined", "true"}, {"null == 0", "false"}, {"'1' == 1", "true"},
	{"'' == 0", "true"}, {"null >= 0", "true"}, {"'b' > 'a'", "true"}, {"'10' < '9'", "true"}, {"'10' < 9", "false"},
	{`'\uE000' < '😀'`, "false"}, {"$record.name.length", "10"}, {"$record.name", `"Ünïcode 😀"`}, {"$record.tags.length", "3"},
	{"$record.length", "7"}, {"$record.constructor", `"mine"`}, {"$record.toString", `"text"`}, {"$that.constructor", "null"},
	{"$record.tags[1]", `"a"`}, {"$record.tags[9]", ""}, {"$record.nick.trim()[0]", `"B"`}, {"$record.tags", `["b","a","c"]`},
	{"$record.nick.trim()", `"Bob"`}, {"$record.name.toUpperCase()", `"ÜNÏCODE 😀"`}, {"$record.tags.includes('a')", "true"},
	{"$record.tags.join()", `"b,a,c"`}, {"$record.tags.join(' - ')", `"b - a - c"`}, {"$value.startsWith('some')", "true"},
	{"$records.map(r => r.post)", `["p1","p2","p1"]`}, {"$records.map((r, i) => i)", "[0,1,2]"},
	{"$records.filter(r => r.likes > 1).map(r => r.uid)", `["a","c"]`}, {"$records.find(r => r.uid === 'b').likes", "1"},
	{"$records.find(r => r.uid === 'x')", ""}, {"$records.findIndex(r => r.likes === 2)", "2"}, {"$records.findIndex(r => 0)", "-1"},
	{"$records.some(r => r.likes === 2)", "true"}, {"$records.every(r => r.likes > 1)", "false"},
	{"$records.map(r => r.up?.v)", `["x",null,null]`}, {"$records.map(r => ({id: r.uid, up: r.up}))", `[{"id":"a","up":{"v":"x"}},{"id":"b","up":null},{"id":"c"}]`},
	{"$records[1].uid", `"b"`}, {"$records[7].uid", "null"}, {"$records.length", "3"}, {"$total + 1", "42"}, {"$auth?.id", "null"},
	{"$auth && $auth.id", "null"}, {"!$auth", "true"}, {"$record.up?.nope?.x", "null"}, {"$record.parent?.trim()", ""},
	{"typeof $record.up", `"object"`}, {"typeof $record.nope", `"object"`}, {"typeof $record.toString", `"string"`},
	{"$request.headers['x-real-ip']", `"10.0.0.1"`}, {"$this[$request.query.f]", `"u1"`}, {"$this.a === $this.a", "true"},
	{"Object.keys($this)", `["uid","a","l","n"]`}, {"Object.entries($that)", `[["uid","u2"]]`}, {"JSON.stringify($that)", `"{\"uid\":\"u2\"}"`},
	{"$this.hasOwnProperty('n')", "true"}, {"'n' in $this", "true"}, {"'toString' in $this", "false"}, {"'x' in $this", "false"},
	{"({...$that, b: 1})", `{"uid":"u2","b":1}`}, {"[...$this.l, 4]", "[3,1,2,4]"}, {"$this.l.sort()", "[1,2,3]"}, {"Math.max(...$this.l)", "3"},
	{"$this.l.concat([1])", "[3,1,2,1]"}, {"Array.isArray($this.l)", "true"}, {"[...$records].sort((a, b) => a.likes - b.likes).map(r => r.uid)", `["b","c","a"]`},
	{"$records.sort((a, b) => b.likes - a.likes)[0].uid", `"a"`}, {"$records.reduce((n, r) => n + r.likes, 0)", "6"},
	{"$records.map(({uid}) => uid)", `["a","b","c"]`}, {"$records.flatMap(r => [r.uid, r.likes])", `["a",3,"b",1,"c",2]`},
	{"/b/i.test($record.nick)", "true"}, {"$record.nick.replace(/\\s/g, '')", `"Bob"`}, {"[...new Set($records.map(r => r.post))]", `["p1","p2"]`},
	{"(() => { let n = 0; for (const x of $this.l) n += x; return n })()", "6"}, {"new Date('2026-01-01T00:00:00Z')", `"2026-01-01T00:00:00.000Z"`},
	{"new Date('2026-01-01T00:00:00Z').getHours()", "8"}, {"new Date().toISOString()", `"2026-11-23T05:28:00.123Z"`}, {"2 ** 10", "1024"},
	{"Object.assign({}, $that)", `{"uid":"u2"}`}, {"($that.uid = 'x', $that)", `{"uid":"x"}`}, {"(delete $this.a, $this)", `{"uid":"u1","l":[3,1,2],"n":null}`},
	{"(() => { $this.a = 1; return $this.a })()", "1"}, {"(() => { $this.l.sort(); return $this.l[0] })()", "1"},
	{"[$this, $this.a.x.y, $this.a.b]", `[{"uid":"u1","a":{"b":1},"l":[3,1,2],"n":null},null,1]`},
	{"($this.l.push(4), $this)", `{"uid":"u1","a":{"b":1},"l":[3,1,2,4],"n":null}`}, {"Object.getPrototypeOf($this)", "null"},
	{"$record.__proto__", `{"x":1}`}, {"({toJSON() { return 5 }})", "5"}, {"new (class { x = 1; #y = 2 })", `{"x":1}`}, {"'😀'[0]", `"�"`},
	{"({get a() { return 1 }})", `{"a":1}`}, {"new Number(5)", "5"}, {"[,1]", "[null,1]"}, {"{a: 1}", `{"a":1}`}, {"1 // one", "1"},
	{"$records.map(r => $md5(r.uid).length)", "[32,32,32]"}, {"decodeURIComponent('%20')", `" "`}, {"parseInt('42px')", "42"},
}

func TestEval(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for _, tt := range evalTable {
		got, err := runTest(t, r, tt.source)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s = %s, %v; want %s", tt.source, got, err, tt.want)
		}
		if strings.Contains(tt.source, "getHours") {
			continue // a worker sets the local timezone of its process
		}
		p := compileTest(t, tt.source)
		if got, err := interpretTest(p, testInputs(p)); err != nil || string(got) != tt.want {
			t.Errorf("goja: %s = %s, %v; want %s", tt.source, got, err, tt.want)
		}
		if p.small == nil {
			continue
		}
		if got, err := smallTest(p, testInputs(p), serverFuel); !errors.Is(err, errUnusual) && (err != nil || string(got) != tt.want) {
			t.Errorf("small: %s = %s, %v; want %s", tt.source, got, err, tt.want)
		}
	}
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	t.Parallel()
	r := newTestRunner(t)
	for _, tt := range []struct {
		source, want string
		line         int
	}{
		{"$record.parent.trim()", "TypeError", 1},
		{"1 +\n  $auth.find(x => x)", "TypeError", 2},
		{"$record.nick.trimm()", "TypeError: Object has no member 'trimm'", 1},
		{"(() => { throw new Error('no good') })()", "Error: no good", 1},
		{"(() => { throw 'bare' })()", "bare", 0},
		{"(() => { throw {} })()", "threw an object", 0},
		{"$ago('soon')", `"soon" is no duration`, 1},
		{"$date('someday')", "is no time", 1},
		{"x => x", "holds a function", 0},
		{"['x'.trim]", "holds a function", 0},
		{"$md5", "holds a function", 0},
		{"(async () => 1)()", "promise", 0},
		{"Promise.resolve(1)", "promise", 0},
		{"Symbol('x')", "symbol", 0},
		{"[Symbol('x')]", "symbol", 0},
		{"10n", "BigInt", 0},
		{"({a: 10n})", "BigInt", 0},
		{"new Map([[1, 2]])", "a Map", 0},
		{"new Set([1])", "a Set", 0},
		{"/a/", "a RegExp", 0},
		{"[1].values()", "an Array Iterator", 0},
		{"new Error('x')", "an Error", 0},
		{"(() => { const a = {}; a.a = a; return a })()", "holds itself", 0},
		{"(() => { const a = []; a.push(a); return a })()", "holds itself", 0},
		{"(() => { let a = []; for (let i = 0; i < 200; i++) a = [a]; return a })()", "nested deeper than 100", 0},
		{"'a\\u0000b'", "U+0000", 0},
		{"({'\\u0000': 1})", "U+0000", 0},
		{"(function f() { return f() })()", "calls itself", 0},
		{"new RegExp('(')", "SyntaxError", 1},
		{"/(/.test('x')", "SyntaxError", 0},
		{"(() => { const x = 1; x = 2 })()", "TypeError", 1},
		{"`${$record}`", "TypeError", 0},
	} {
		_, err := runTest(t, r, tt.source)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Error(), tt.want) || tt.line > 0 && e.Line != tt.line {
			t.Errorf("%s: %v; want %q at line %d", tt.source, err, tt.want, tt.line)
		}
	}
}
