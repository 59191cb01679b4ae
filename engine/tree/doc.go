// Package tree shows the tables of projects as files and directories, without any kernel: it knows what a record's file says, what a
// path selects and what writing a file means. The package fusemount is the door before it.
//
// Its words: a [Table] is a directory; a [Shown] is a record as its file shows it. What is written goes the way of every write (the
// packages direct, plan and record): the same validation, one transaction.
//
// # Freshness
//
// Nothing that the tree gives is older than [engine/change.Fresh]. A Shown is given again while its table and those it refers to have the
// mark under which it was read, or for [moment] after it was read; a write of this process ends both at once.
package tree
