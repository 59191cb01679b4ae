// Package fusemount is the kernel's door: it shows the tables of the package tree through FUSE. Nodes translate and delegate.
//
// Its words: a node is a file or directory that a path leads to, an inode a node that the kernel knows by a number. A draft is a file
// that is being written, or one that is no record and lives in this mount alone (a scratch file).
//
// # Guarantees
//
// The kernel holds names and attributes for [validity] only, and no content of records: nothing is ever invalidated by a notification, so
// nothing can deadlock. An open file reads what it held when it was opened. Every operation that the mount does not have is refused with
// an errno; whatever a write is refused for can be read in the extended attribute user.sayrud.error and in .lasterror.
//
// Numbers of inodes come from what a path leads to (table and uid), so they are the same in every mount of the same database.
package fusemount
