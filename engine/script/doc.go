// Package script runs administrators' JavaScript within bounds.
//
// Its words: a Program is one compiled expression. Its Inputs are the static paths it reads; the host resolves them and gives their
// JSON, so $record.likes > 10 costs one number. A Runner evaluates programs: those of the small set in this process, the others in
// worker processes of its own.
//
// # Meaning
//
// An input that is missing is null, and so is a static path through null. A result of undefined is a nil [raw.Value], and a member
// that is undefined is left out. Numbers are doubles and print as JavaScript prints them. A path ends before a call, a computed
// member, an index that is its last part, and "length" (see [Names]); what follows is JavaScript's own. Objects of the inputs have no
// prototype: x.constructor is a member of the data or undefined. Arrays are real arrays. What a script changes in its inputs is its
// own copy. Nothing is shared between evaluations; $now() is the same for all of a request.
//
// Not JSON, and so an error: functions, promises, symbols, BigInt, Map, Set, iterators, cycles, more than 100 levels, more than 4 MB,
// U+0000 in a text. NaN and the infinities become null.
//
// # Helpers
//
// [Helpers] lists the functions that scripts may call, with what they give.
//
// A time is a text in RFC 3339, a date, either without offset in the project's timezone, or milliseconds since 1970. A format has
// the tokens YYYY YY MMMM MMM MM M DD D dddd ddd HH H hh h mm m ss s SSS A a Z ZZ and [text] that stays.
//
// # Bounds
//
// The small set (small.go) is evaluated without goja: its closures pay fuel for each step and byte, and give up when it is spent or a
// value's meaning is less than obvious; the worker then does the same again. A worker (worker.go) is this executable under RLIMIT_AS
// of 128 MB beyond its start, with 200 ms of processor time for an evaluation and 400 ms for a frame. It ends itself where a script does not heed
// that, and the server kills it after 500 ms of processor time, after six seconds on the clock, or at 160 MB.
// $markdown never ends in a bound: a text whose rendering may take long (more than 64 quotes and lists in one line, or a paragraph of
// 20 KB and more that is full of brackets, asterisks and the like: see markdown_cost.go) becomes plain text, escaped, in a <pre>, at
// most 128 KB of it. Where a program that calls it uses up its time or memory all the same, it is evaluated once more, and only texts
// of up to 1 KB are rendered then. So what somebody wrote does not stop the program for everybody else.
//
// An evaluation waits two seconds for a worker; a program holds at most one, and after three bounds within a minute is answered at once
// for 30 seconds. On systems without a working RLIMIT_AS the worker watches its own memory.
//
// An executable that uses a Runner calls [RunWorker] first thing for the argument [Subcommand]; a test binary calls
// [RunWorkerIfAsked] first in its TestMain:
//
//	func TestMain(m *testing.M) {
//		script.RunWorkerIfAsked()
//		os.Exit(m.Run())
//	}
package script
