// Package pgtest gives each test a database of its own on a PostgreSQL server that all test processes share.
//
// $SAYRUD_TEST_DATABASE_URL names the server; without it the embedded one is started on demand and stops after the
// last test process is gone. Databases are dropped when their test ends.
package pgtest
