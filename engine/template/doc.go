// Package template turns JSON by example into programs that write responses, and slots into values.
//
// Its words: a Slot is one value of a definition that may hold paths ($params.page), JavaScript (=$record.likes > 10) or inserted
// paths (text ${$record.nick}); any other JSON value is itself. A Program is a whole response: status, headers, body with $each,
// $if, $omit and the rest. A Scope tells, while compiling, which names exist; an Env holds their values while running.
//
// # Values
//
// Paths are resolved natively; one that leads nowhere is null. Absent, which only $omit, $if and JavaScript's undefined are, drops its
// key, item or header. In text null is nothing, a string is itself, anything else is its JSON.
//
// # Bodies
//
//   - $each repeats the rest of its object for the items of a list, where it stands in an array: [{$each: $records, id: $record.uid}]. The
//     rest may be $value, or nothing, which is the item itself. $as names the item; without it an item of $records is $record. $index is
//     its position from 0, also under the name that $index: gives. A list of paths reads each list for every item of the one before;
//     $as names the item of the last, or is a list of names. Null has no items, any other single value is one.
//   - With $key, $each makes the members of an object instead.
//   - $if keeps or drops what its object stands for, by JavaScript's truth.
//   - $spread puts the members of a value, or of each value of a list, in its place; what is no object has none.
//   - A key may be a path, JavaScript or text with insertions. One that is null or absent drops its member.
//   - Where computed keys and $spread bring a name twice, the last value counts in the place of the first; an absent one takes the member
//     away: {$spread: $record, email: $omit}.
//   - nulls: drop leaves out members that are null, of the template's objects and of whole records, not inside stored JSON.
//   - A body that is a string in the end is text, unless its content type is JSON; every other body is JSON.
//
// # Scripts
//
// Scripts run through the script package before anything is written: all of a response travel in one frame. One that decides what
// follows (under $if, in a key, as the list of $each) makes what is below it wait for a further frame.
//
// # Bounds
//
// A template has at most 32 levels and 10,000 values; a rendered body or value Env.MaxBytes; all $each of one response together a
// million iterations.
//
// Rendering paths allocates nothing beside the body's own memory.
package template
