// Package catalog keeps the definitions of all projects in PostgreSQL and publishes them as an [engine.Schema].
//
// A change is one transaction: lock the project's row, compare the revision, write the rows that changed, make the leaves, indexes and
// views of new tables, count the revision up, NOTIFY. Nothing else is touched: a field that is added, renamed, moved, dropped or
// restored costs a few rows, whatever the table holds. A definition that does not stand up changes nothing.
//
// What takes time follows in the background, by [Catalog.Run] in a server or [Catalog.Settle] on the command line: views of tables
// that exist, indexes of tables that hold records, values of purged fields. Jobs hold an advisory lock, so that each runs once however
// many servers there are.
//
// Every server listens on the channel sl_schema, loads what changed, and swaps its Schema. Values that did not change are the same
// pointers in the next Schema.
package catalog
