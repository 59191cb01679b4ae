// Package e2e tests the program as its users meet it: the real binary with its own PostgreSQL, over HTTP, on the command line, in psql
// and in a browser. It has no code of its own, only tests.
package e2e
