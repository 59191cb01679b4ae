// Package direct puts operations on records together that nobody has saved as an endpoint: those of the admin API and of the mount. It
// makes endpoints out of names, filters and values that come with a request, which are data and never evaluated; the package plan
// compiles them and the package record runs them, as it runs any other, so a write obeys the same rules through every door.
//
// Its words: a Table is a table as a principal may use it, with or without its hidden fields.
package direct
