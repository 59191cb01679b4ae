// Package template turns JSON by example into programs that write responses, and slots into values.
//
// Its words: a Slot is one string of a definition that may hold a path ($params.page), JavaScript (=$record.likes > 10) or inserted
// paths (text ${$record.nick}); any other JSON value is itself. A Program is a whole response: status, headers, body with $each,
// $if, $omit and the rest. A Scope tells, while compiling, which names exist; an Env holds their values while running.
//
// Paths are resolved natively. Scripts run through the script package; all scripts of one response that need a child process
// travel to it in one frame.
package template
