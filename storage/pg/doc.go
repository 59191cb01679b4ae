// Package pg is the way to PostgreSQL: a pool, prepared statements over text rows, transactions that are rerun
// after a lost race, migrations, LISTEN, SQLSTATE codes, and a PostgreSQL server of our own for those who bring none.
//
// # The client
//
// [Open] connects to any PostgreSQL from version 15 on. The address must lead to the server itself: prepared
// statements, LISTEN and session settings do not survive a transaction pooler. Every session speaks UTC, ISO dates
// and UTF-8.
//
// [DB.Query] is the hot path: a [Statement] is prepared once per connection and its rows are handed over as the
// bytes the server sent. Short statements that are asked for at the same time go to the server together ([Class]). [DB.Tx] offers the same inside a transaction, [DB.InTx] a plain pgx transaction; both run
// their function again when PostgreSQL reports a serialization failure or a deadlock, so the function must leave no
// traces outside the database. [DB.Listen] and [Migrate] say what they do.
//
// Errors of the server are told apart by SQLSTATE ([Code]) and constraint name ([ConstraintName]). While PostgreSQL
// restarts or is out of reach, calls fail with errors for which [IsUnavailable] is true; the pool recovers by itself.
//
// # The embedded server
//
// [StartEmbedded] runs PostgreSQL for one data directory. Its programs travel compressed in this executable
// (see archive), are unpacked once into the user's cache directory, and listen on a Unix socket only. A build
// without the archive takes PostgreSQL from the machine; $SAYRUD_POSTGRES_BIN, a directory with initdb and postgres,
// goes before both. It needs a Unix; elsewhere these functions refuse and [Open] is all there is.
//
// The server belongs to a supervisor: this executable in a session of its own ([RunSupervisor]), one for each data
// directory, guarded by a lock on a file in it. Clients hold a connection to the supervisor's control socket. It
// stops PostgreSQL 10 seconds after the last of them is gone, whichever way it ended. A supervisor that is killed
// takes PostgreSQL with it; its clients notice and start another.
package pg
