// Package relation says what a table is in PostgreSQL, as SQL text: its leaf of sl_records, the leaf's indexes, the view over it, the
// trigger functions that hold the rules for SQL writes and for on_delete, the role of a project. It is pure: it runs nothing.
//
// # Names
//
// The project blog has the schema p_blog. In it, a name that begins with "_" is ours:
//
//	_records            the project's partition of public.sl_records, LIST by table_id
//	_r17                the leaf of the table with id 17; its rows are the records
//	_r17_…              its indexes, see [IndexName]
//	_w17 _d17           its trigger functions: writes through the view, on_delete for those that refer to it
//	_s_Abcd1234         the sequence of the autonumber field with that key
//	comments            the view of the table of that name
//
// # Columns of a leaf
//
//	id bigint, uid text COLLATE "C", version int, created_at timestamptz(3), updated_at timestamptz(3),
//	project_id int, table_id int, data jsonb
//
// data is an object of canonical JSON under the fields' keys. [Column] is the one place that says how a field is read from it. Its
// expressions are immutable and never raise, whatever data holds, so that they stand in indexes, filters, sorts and views alike; a
// value that does not fit the field's type reads as NULL.
//
// Functions that every project shares (public.sl_time, public.sl_date, public.sl_uid) are made by the catalog's first migration.
package relation
