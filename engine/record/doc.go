// Package record runs Plans: it evaluates the values of a statement, checks what is written, runs one statement where the semantics
// allow, and hands the rows over as the bytes PostgreSQL sent. It imports and dumps tables too.
//
// Its words: a Result is the memory of one run; whoever keeps Results and uses them again runs without allocating. A change is what
// one write does to the fields of one record. A sink takes the records of a dump, a source gives those of an import.
//
// Guarantees: whatever way a record comes in, its values have passed the types, rules, defaults, references and constraints of its
// table before it is stored. A write that is refused leaves nothing behind. Refusals are *engine.Error; any other error is internal.
package record
